"""Alarms and graphs of the database, the cache and the NAT gateways."""

from components.monitoring import metrics
from components.monitoring.definitions import (
    Advice,
    AlarmDefinition,
    Comparison,
    CompositeDefinition,
    Graph,
    Layer,
    MissingData,
)
from components.monitoring.metrics import BYTES_PER_GIGABYTE, BYTES_PER_MEGABYTE, Metric
from components.monitoring.monitored import Monitored, Name
from components.monitoring.settings import AlarmThresholds

DATABASE_OVERLOADED = "Database-Overloaded"
CACHE_OVERLOADED = "Cache-Overloaded"
PRIMARY = "primary"


def database_layer(watched: Monitored, limits: AlarmThresholds) -> Layer:
    """The Postgres primary and its replicas."""
    load: list[AlarmDefinition] = []
    alone: list[AlarmDefinition] = []
    series: dict[str, list[Metric]] = {}
    for role, identifier in watched.databases.items():
        prefix = "RDS" if role == PRIMARY else f"RDS-{role}"

        def gauge(name: str, identifier: Name = identifier, role: str = role) -> Metric:
            metric = metrics.database(identifier, name, role)
            series.setdefault(name, []).append(metric)
            return metric

        load += [
            AlarmDefinition(
                name=f"{prefix}-High-CPU",
                series=gauge("CPUUtilization"),
                threshold=limits.database_cpu_percent,
                missing_data=MissingData.UNKNOWN,
                symptom_of=DATABASE_OVERLOADED,
                advice=Advice(
                    meaning=f"Database CPU utilization is high on the {role}.",
                    first_step="see in Performance Insights which statements take the time.",
                    runbook="rds-high-cpu",
                ),
            ),
            AlarmDefinition(
                name=f"{prefix}-Connections",
                series=gauge("DatabaseConnections"),
                threshold=limits.database_connections
                if role == PRIMARY
                else limits.replica_connections,
                missing_data=MissingData.UNKNOWN,
                symptom_of=DATABASE_OVERLOADED,
                advice=Advice(
                    meaning=f"The {role} will soon refuse new connections.",
                    first_step="count connections by client in pg_stat_activity.",
                    runbook="rds-connections",
                ),
            ),
            AlarmDefinition(
                name=f"{prefix}-Low-Memory",
                series=gauge("FreeableMemory"),
                threshold=limits.database_free_memory_megabytes * BYTES_PER_MEGABYTE,
                comparison=Comparison.BELOW,
                periods=3,
                missing_data=MissingData.UNKNOWN,
                symptom_of=DATABASE_OVERLOADED,
                advice=Advice(
                    meaning=f"Memory runs out on the {role}.",
                    first_step="look for many connections or a large sort, then resize.",
                    runbook="rds-low-memory",
                ),
            ),
        ]
        alone.append(
            AlarmDefinition(
                name=f"{prefix}-Low-Storage",
                series=gauge("FreeStorageSpace"),
                threshold=round(
                    watched.allocated_storage_gb
                    * BYTES_PER_GIGABYTE
                    * limits.database_free_storage_percent
                    / 100
                ),
                comparison=Comparison.BELOW,
                missing_data=MissingData.UNKNOWN,
                advice=Advice(
                    meaning=f"Storage runs out on the {role}; a full database stops.",
                    first_step="see whether autoscaling grows it and what filled it.",
                    runbook="rds-low-storage",
                ),
            )
        )
        if role != PRIMARY:
            alone.append(
                AlarmDefinition(
                    name=f"{prefix}-Lag",
                    series=gauge("ReplicaLag"),
                    threshold=limits.replica_lag_seconds,
                    periods=3,
                    missing_data=MissingData.UNKNOWN,
                    advice=Advice(
                        meaning=f"The {role} is behind the primary: readers see old data.",
                        first_step="look for a long query on the replica or heavy writes.",
                        runbook="rds-replica-lag",
                    ),
                )
            )
    titles = {
        "CPUUtilization": "RDS CPU Utilization",
        "DatabaseConnections": "RDS Connections",
        "FreeableMemory": "RDS Free Memory",
        "FreeStorageSpace": "RDS Free Storage",
        "ReplicaLag": "RDS Replica Lag",
    }
    return Layer(
        title="Database",
        alarms=[*load, *alone],
        graphs=[
            Graph(title=title, series=series[name])
            for name, title in titles.items()
            if name in series
        ],
        composites=[
            CompositeDefinition(
                name=DATABASE_OVERLOADED,
                any_of=[[alarm.name] for alarm in load],
                advice=Advice(
                    meaning="The database is overloaded: CPU, connections or memory.",
                    first_step="see in the reason which, and follow that alarm.",
                    runbook="database-overloaded",
                ),
            )
        ],
    )


def cache_layer(watched: Monitored, limits: AlarmThresholds) -> Layer:
    """The nodes of the cache."""
    alarms: list[AlarmDefinition] = []
    used: list[Metric] = []
    evicted: list[Metric] = []
    for role, cluster_id in watched.cache_nodes.items():
        memory = metrics.cache_node(
            cluster_id, "DatabaseMemoryUsagePercentage", "Maximum", f"{role} memory in percent"
        )
        evictions = metrics.cache_node(cluster_id, "Evictions", "Sum", f"{role} evictions")
        used.append(memory)
        evicted.append(evictions)
        alarms += [
            AlarmDefinition(
                name=f"Cache-{role}-Memory",
                series=memory,
                threshold=limits.cache_memory_percent,
                periods=3,
                missing_data=MissingData.UNKNOWN,
                symptom_of=CACHE_OVERLOADED,
                advice=Advice(
                    meaning=f"The memory of cache {role} is nearly full.",
                    first_step="see whether evictions follow; then shorten lifetimes or resize.",
                    runbook="cache-memory",
                ),
            ),
            AlarmDefinition(
                name=f"Cache-{role}-Evictions",
                series=evictions,
                threshold=limits.cache_evictions,
                missing_data=MissingData.UNKNOWN,
                symptom_of=CACHE_OVERLOADED,
                advice=Advice(
                    meaning=f"Cache {role} throws out keys that may still be wanted.",
                    first_step="compare the hit rate with last week's, then resize.",
                    runbook="cache-evictions",
                ),
            ),
        ]
    return Layer(
        title="Cache",
        alarms=alarms,
        graphs=[
            Graph(title="Cache Memory", series=used),
            Graph(title="Cache Evictions", series=evicted),
            Graph(
                title="Cache Engine CPU",
                series=[
                    metrics.cache_node(cluster_id, "EngineCPUUtilization", "Average", role)
                    for role, cluster_id in watched.cache_nodes.items()
                ],
            ),
        ],
        composites=[
            CompositeDefinition(
                name=CACHE_OVERLOADED,
                any_of=[[alarm.name] for alarm in alarms],
                advice=Advice(
                    meaning="The cache is overloaded: its memory is full or it evicts keys.",
                    first_step="see in the reason which node, and follow that alarm.",
                    runbook="cache-overloaded",
                ),
            )
        ],
    )


def network_layer(watched: Monitored) -> Layer:
    """The NAT gateways, where there are any."""
    errors = {
        number: metrics.nat_gateway(gateway, "ErrorPortAllocation", f"NAT {number} port errors")
        for number, gateway in watched.nat_gateways.items()
    }
    traffic = [
        metrics.nat_gateway(gateway, "BytesOutToDestination", f"NAT {number} bytes out")
        for number, gateway in watched.nat_gateways.items()
    ]
    return Layer(
        title="Network",
        alarms=[
            AlarmDefinition(
                name=f"NAT-{number}-Port-Errors",
                series=metric,
                threshold=1,
                missing_data=MissingData.UNKNOWN,
                advice=Advice(
                    meaning=f"NAT gateway {number} has no port left for new connections.",
                    first_step="find in the flow logs who opens many to one destination.",
                    runbook="nat-port-errors",
                ),
            )
            for number, metric in errors.items()
        ],
        graphs=[
            Graph(title="NAT Port Errors", series=list(errors.values())),
            Graph(title="NAT Traffic", series=traffic),
        ]
        if errors
        else [],
    )
