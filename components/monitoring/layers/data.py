"""Alarms and graphs of the database, the cache and the NAT gateways."""

from collections.abc import Mapping

import pulumi

from components.data.cache import Cache
from components.data.database import Database
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
from components.monitoring.metrics import Metric, PublishedMetric
from components.monitoring.settings import AlarmThresholds
from components.network.network import Network

DATABASE_OVERLOADED = "Database-Overloaded"
CACHE_OVERLOADED = "Cache-Overloaded"
PRIMARY = "primary"
BYTES_PER_MEGABYTE = 1024**2
BYTES_PER_GIGABYTE = 1024**3


def database_layer(database: Database, limits: AlarmThresholds) -> Layer:
    """The Postgres primary and its replicas."""
    replicas = {
        f"replica-{number}": identifier
        for number, identifier in enumerate(database.replica_identifiers, start=1)
    }
    instances = {PRIMARY: database.identifier, **replicas}
    graphs = {
        "RDS CPU Utilization": (metrics.DATABASE_CPU, instances),
        "RDS Connections": (metrics.DATABASE_CONNECTIONS, instances),
        "RDS Free Memory": (metrics.DATABASE_FREE_MEMORY, instances),
        "RDS Free Storage": (metrics.DATABASE_FREE_STORAGE, instances),
        "RDS Replica Lag": (metrics.DATABASE_LAG, replicas),
    }
    alarms: list[AlarmDefinition] = []
    for role, identifier in instances.items():
        alarms += _load(role, identifier, limits)
    for role, identifier in instances.items():
        alarms.append(_low_storage(role, identifier, database.allocated_storage_gb, limits))
        if role in replicas:
            alarms.append(_lag(role, identifier, limits))
    return Layer(
        title="Database",
        alarms=alarms,
        graphs=[
            Graph(title=title, series=_by_role(metric, measured))
            for title, (metric, measured) in graphs.items()
            if measured
        ],
        composites=[
            CompositeDefinition(
                name=DATABASE_OVERLOADED,
                advice=Advice(
                    meaning="The database is overloaded: CPU, connections or memory.",
                    first_step="see in the reason which, and follow that alarm.",
                    runbook="database-overloaded",
                ),
            )
        ],
    )


def cache_layer(cache: Cache, limits: AlarmThresholds) -> Layer:
    """The nodes of the cache."""
    nodes = {f"node-{number}": cluster for number, cluster in enumerate(cache.cluster_ids, start=1)}
    return Layer(
        title="Cache",
        alarms=[alarm for role, cluster in nodes.items() for alarm in _node(role, cluster, limits)],
        graphs=[
            Graph(
                title="Cache Memory",
                series=[
                    metrics.CACHE_MEMORY.of(cluster, label=f"{role} memory in percent")
                    for role, cluster in nodes.items()
                ],
            ),
            Graph(
                title="Cache Evictions",
                series=[
                    metrics.CACHE_EVICTIONS.of(cluster, label=f"{role} evictions")
                    for role, cluster in nodes.items()
                ],
            ),
            Graph(title="Cache Engine CPU", series=_by_role(metrics.CACHE_CPU, nodes)),
        ],
        composites=[
            CompositeDefinition(
                name=CACHE_OVERLOADED,
                advice=Advice(
                    meaning="The cache is overloaded: its memory is full or it evicts keys.",
                    first_step="see in the reason which node, and follow that alarm.",
                    runbook="cache-overloaded",
                ),
            )
        ],
    )


def network_layer(network: Network) -> Layer:
    """The NAT gateways, where there are any."""
    gateways = dict(enumerate(network.nat_gateway_ids, start=1))
    errors = {
        number: metrics.NAT_PORT_ERRORS.of(gateway, label=f"NAT {number} port errors")
        for number, gateway in gateways.items()
    }
    traffic = [
        metrics.NAT_BYTES_OUT.of(gateway, label=f"NAT {number} bytes out")
        for number, gateway in gateways.items()
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
        if gateways
        else [],
    )


def _by_role(metric: PublishedMetric, resources: Mapping[str, pulumi.Input[str]]) -> list[Metric]:
    return [metric.of(resource, label=role) for role, resource in resources.items()]


def _load(
    role: str, identifier: pulumi.Input[str], limits: AlarmThresholds
) -> list[AlarmDefinition]:
    return [
        AlarmDefinition(
            name=f"{_prefix(role)}-High-CPU",
            series=metrics.DATABASE_CPU.of(identifier),
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
            name=f"{_prefix(role)}-Connections",
            series=metrics.DATABASE_CONNECTIONS.of(identifier),
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
            name=f"{_prefix(role)}-Low-Memory",
            series=metrics.DATABASE_FREE_MEMORY.of(identifier),
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


def _low_storage(
    role: str, identifier: pulumi.Input[str], allocated_gb: int, limits: AlarmThresholds
) -> AlarmDefinition:
    free_share = limits.database_free_storage_percent / 100
    return AlarmDefinition(
        name=f"{_prefix(role)}-Low-Storage",
        series=metrics.DATABASE_FREE_STORAGE.of(identifier),
        threshold=round(allocated_gb * BYTES_PER_GIGABYTE * free_share),
        comparison=Comparison.BELOW,
        missing_data=MissingData.UNKNOWN,
        advice=Advice(
            meaning=f"Storage runs out on the {role}; a full database stops.",
            first_step="see whether autoscaling grows it and what filled it.",
            runbook="rds-low-storage",
        ),
    )


def _lag(role: str, identifier: pulumi.Input[str], limits: AlarmThresholds) -> AlarmDefinition:
    return AlarmDefinition(
        name=f"{_prefix(role)}-Lag",
        series=metrics.DATABASE_LAG.of(identifier),
        threshold=limits.replica_lag_seconds,
        periods=3,
        missing_data=MissingData.UNKNOWN,
        advice=Advice(
            meaning=f"The {role} is behind the primary: readers see old data.",
            first_step="look for a long query on the replica or heavy writes.",
            runbook="rds-replica-lag",
        ),
    )


def _prefix(role: str) -> str:
    return "RDS" if role == PRIMARY else f"RDS-{role}"


def _node(
    role: str, cluster_id: pulumi.Input[str], limits: AlarmThresholds
) -> list[AlarmDefinition]:
    return [
        AlarmDefinition(
            name=f"Cache-{role}-Memory",
            series=metrics.CACHE_MEMORY.of(cluster_id),
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
            series=metrics.CACHE_EVICTIONS.of(cluster_id),
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
