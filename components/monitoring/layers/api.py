"""Alarms and graphs of what users meet: the API, its error budgets, functions and table."""

from collections.abc import Sequence

import pulumi

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
from components.monitoring.metrics import Formula, Metric
from components.monitoring.monitored import Monitored
from components.monitoring.settings import AlarmThresholds, MonitoringSettings

USERS_AFFECTED = "Users-Affected"
SLOW_BURN = "Error-Budget-Slow-Burn"
# The Site Reliability Workbook, "Alerting on SLOs": 2 % of a 30-day budget in an hour, and 5 % in
# six; the short window ends the alarm soon after the cause is gone.
FAST_BURN_RATE, FAST_WINDOWS = 14.4, {"1h": 3600, "5m": 300}
SLOW_BURN_RATE, SLOW_WINDOWS = 6.0, {"6h": 21_600, "30m": 1800}


def users_layer(watched: Monitored, settings: MonitoringSettings) -> Layer:
    """Users' experience: requests, errors and latency of the API."""
    limits = settings.thresholds
    stage = {"ApiName": watched.api_name, "Stage": watched.stage_name}
    requests = metrics.api(stage, "Count", "Sum", "Requests")
    average = metrics.api(stage, "Latency", "Average", "average")
    p99 = metrics.api(stage, "Latency", "p99", "p99")
    symptoms = [
        AlarmDefinition(
            name="API-High-Latency",
            series=average,
            threshold=limits.api_latency_milliseconds,
            comparison=Comparison.ABOVE,
            missing_data=MissingData.FINE,
            symptom_of=USERS_AFFECTED,
            advice=Advice(
                meaning="API Gateway latency is high: the average request takes too long.",
                first_step="see on the dashboard which function's duration rose with it.",
                runbook="api-high-latency",
            ),
        ),
        AlarmDefinition(
            name="API-P99-Latency",
            series=p99,
            threshold=limits.api_p99_latency_milliseconds,
            comparison=Comparison.ABOVE,
            periods=3,
            missing_data=MissingData.FINE,
            symptom_of=USERS_AFFECTED,
            advice=Advice(
                meaning="One of 100 API requests takes too long.",
                first_step="run the saved query `slow-requests` to see which routes they are.",
                runbook="api-p99-latency",
            ),
        ),
        AlarmDefinition(
            name="API-5XX-Rate",
            series=_share_of_requests(
                metrics.api(stage, "5XXError", "Average", "5XX"), 100, requests, limits
            ),
            threshold=limits.api_error_percent,
            missing_data=MissingData.FINE,
            symptom_of=USERS_AFFECTED,
            advice=Advice(
                meaning="The API fails too many requests with a 5XX status.",
                first_step="run the saved query `failed-requests` to see routes and causes.",
                runbook="api-5xx-rate",
            ),
        ),
    ]
    graphs = [
        Graph(title="API Gateway Requests", series=[requests]),
        Graph(
            title="API Gateway Errors",
            series=[metrics.api(stage, f"{kind}Error", "Sum", kind) for kind in ("4XX", "5XX")],
        ),
        Graph(
            title="API Gateway Latency",
            series=[
                average,
                *(metrics.api(stage, "Latency", f"p{rank}", f"p{rank}") for rank in (50, 95)),
                p99,
            ],
        ),
        Graph(
            title="API Gateway Integration Latency",
            series=[
                metrics.api(stage, "IntegrationLatency", statistic, statistic)
                for statistic in ("p50", "p99")
            ],
        ),
        Graph(
            title="API Gateway Cache",
            series=[
                metrics.api(stage, "CacheHitCount", "Sum", "hits"),
                metrics.api(stage, "CacheMissCount", "Sum", "misses"),
            ],
        ),
    ]
    fast, slow = _burn_rates(stage, requests, settings) if settings.burn_rate_alarms else ([], [])
    request_path = [*symptoms, *functions_layer(watched, limits).alarms]
    request_path += table_layer(watched).alarms
    composites = [
        CompositeDefinition(
            name=USERS_AFFECTED,
            any_of=[
                *([alarm.name] for alarm in request_path),
                *([alarm.name for alarm in pair] for pair in fast),
            ],
            advice=Advice(
                meaning="Users are affected: the API fails or is slow.",
                first_step="see in the reason which alarms it is about, and follow the first.",
                runbook="users-affected",
            ),
        )
    ]
    if slow:
        composites.append(
            CompositeDefinition(
                name=SLOW_BURN,
                any_of=[[alarm.name for alarm in pair] for pair in slow],
                unless=USERS_AFFECTED,
                advice=Advice(
                    meaning="The error budget of 30 days will be used up in five days.",
                    first_step="look in working hours for the routes that fail or are slow.",
                    runbook="error-budget-slow-burn",
                ),
            )
        )
    burning = [alarm for pair in (*fast, *slow) for alarm in pair]
    return Layer(
        title="Users' experience",
        alarms=[*symptoms, *burning, *_web_acl_alarms(watched, limits)],
        graphs=[*graphs, *_web_acl_graphs(watched)],
        composites=composites,
    )


def functions_layer(watched: Monitored, limits: AlarmThresholds) -> Layer:
    """The functions behind the API."""
    alarms: list[AlarmDefinition] = []
    graphs: list[Graph] = []
    for key, name in watched.api_functions.items():
        alarms += function_alarms(key, name, limits, symptom_of=USERS_AFFECTED)
        graphs += function_graphs(key, name)
    return Layer(title="Functions", alarms=alarms, graphs=graphs)


def function_alarms(
    key: str, name: pulumi.Input[str], limits: AlarmThresholds, *, symptom_of: str
) -> Sequence[AlarmDefinition]:
    """Alarms on errors and throttles of one function.

    Args:
        key: the function's short name.
        name: its physical name.
        limits: thresholds.
        symptom_of: the composite alarm that pages for them.
    """
    return [
        AlarmDefinition(
            name=f"Lambda-{key}-Errors",
            series=metrics.function(name, "Errors", "Sum"),
            threshold=limits.function_errors,
            missing_data=MissingData.FINE,
            symptom_of=symptom_of,
            advice=Advice(
                meaning=f"High error rate for {key} function: it raises, crashes or times out.",
                first_step="run the saved query `failed-requests`, then read its log at that time.",
                runbook="lambda-errors",
            ),
        ),
        AlarmDefinition(
            name=f"Lambda-{key}-Throttles",
            series=metrics.function(name, "Throttles", "Sum"),
            threshold=limits.function_throttles,
            missing_data=MissingData.FINE,
            symptom_of=symptom_of,
            advice=Advice(
                meaning=f"Lambda refuses to run the {key} function: no concurrency is left.",
                first_step="compare ConcurrentExecutions of the account with its quota.",
                runbook="lambda-throttles",
            ),
        ),
    ]


def function_graphs(key: str, name: pulumi.Input[str]) -> Sequence[Graph]:
    """Graphs of invocations, duration and errors of one function."""
    return [
        Graph(
            title=f"Lambda {key} - Invocations",
            series=[metrics.function(name, "Invocations", "Sum")],
        ),
        Graph(
            title=f"Lambda {key} - Duration",
            series=[
                metrics.function(name, "Duration", statistic, statistic)
                for statistic in ("Average", "p99")
            ],
        ),
        Graph(
            title=f"Lambda {key} - Errors",
            series=[metrics.function(name, kind, "Sum") for kind in ("Errors", "Throttles")],
        ),
    ]


def table_layer(watched: Monitored) -> Layer:
    """The DynamoDB table and its index."""
    table = {"TableName": watched.table_name}
    index = {**table, "GlobalSecondaryIndexName": watched.index_name}
    throttles = {
        f"{where}_{kind}": metrics.table(
            dimensions, f"{kind.capitalize()}ThrottleEvents", f"{kind}s of the {where}"
        )
        for where, dimensions in (("table", table), ("index", index))
        for kind in ("read", "write")
    }
    return Layer(
        title="Table",
        alarms=[
            AlarmDefinition(
                name="DynamoDB-Throttles",
                series=Formula(
                    expression="+".join(f"FILL({name}, 0)" for name in throttles),
                    metrics=throttles,
                    label="Throttled reads and writes",
                ),
                threshold=1,
                missing_data=MissingData.FINE,
                symptom_of=USERS_AFFECTED,
                advice=Advice(
                    meaning="DynamoDB throttles the table or its index; requests are answered 503.",
                    first_step="look for one busy key with CloudWatch Contributor Insights.",
                    runbook="dynamodb-throttles",
                ),
            )
        ],
        graphs=[
            Graph(title="DynamoDB Throttles", series=list(throttles.values())),
            Graph(
                title="DynamoDB Capacity",
                series=[
                    metrics.table(table, f"Consumed{kind}CapacityUnits", kind.lower())
                    for kind in ("Read", "Write")
                ],
            ),
        ],
    )


def _share_of_requests(
    share: Metric, factor: int, requests: Metric, limits: AlarmThresholds
) -> Formula:
    """A share of requests in percent; nothing where there are too few to speak of shares."""
    return Formula(
        expression=f"IF(requests >= {limits.api_least_requests}, {factor} * share, 0)",
        metrics={"share": share, "requests": requests.over(share.period_seconds)},
        label=f"{share.label} in percent of requests",
    )


def _burn_rates(
    stage: dict[str, str], requests: Metric, settings: MonitoringSettings
) -> tuple[list[list[AlarmDefinition]], list[list[AlarmDefinition]]]:
    """The pairs of windows of both objectives that burn fast, and those that burn slowly."""
    slow_from = settings.latency_target_milliseconds
    objectives = (
        (
            "Availability",
            metrics.api(stage, "5XXError", "Average", "5XX"),
            100,
            settings.availability_target_percent,
        ),
        (
            "Latency",
            metrics.api(stage, "Latency", f"PR({slow_from}:)", f"over {slow_from} ms"),
            1,
            settings.latency_target_percent,
        ),
    )

    def pair(
        objective: tuple[str, Metric, int, float], rate: float, windows: dict[str, int], page: str
    ) -> list[AlarmDefinition]:
        kind, share, factor, target = objective
        return [
            AlarmDefinition(
                name=f"API-{kind}-Burn-{window}",
                series=_share_of_requests(
                    share.over(seconds), factor, requests, settings.thresholds
                ),
                threshold=round(rate * (100 - target), 4),
                periods=1,
                missing_data=MissingData.FINE,
                symptom_of=page,
                advice=Advice(
                    meaning=f"{kind} of the last {window} uses up its error budget {rate:g} times"
                    f" as fast as {target:g} % over 30 days allow.",
                    first_step="nothing: it pages together with the other window only.",
                    runbook="api-error-budget-burn",
                ),
            )
            for window, seconds in windows.items()
        ]

    return (
        [pair(one, FAST_BURN_RATE, FAST_WINDOWS, USERS_AFFECTED) for one in objectives],
        [pair(one, SLOW_BURN_RATE, SLOW_WINDOWS, SLOW_BURN) for one in objectives],
    )


def _web_acl_alarms(watched: Monitored, limits: AlarmThresholds) -> list[AlarmDefinition]:
    if watched.web_acl is None:
        return []
    return [
        AlarmDefinition(
            name="WAF-Blocked-Requests",
            series=metrics.web_acl(watched.web_acl, watched.region, "BlockedRequests", "blocked"),
            threshold=limits.blocked_requests,
            missing_data=MissingData.FINE,
            advice=Advice(
                meaning="WAF refuses many requests: an attack, or a rule that hits good users.",
                first_step="see in the web ACL's sampled requests which rule it is.",
                runbook="waf-blocked-requests",
            ),
        )
    ]


def _web_acl_graphs(watched: Monitored) -> list[Graph]:
    if watched.web_acl is None:
        return []
    return [
        Graph(
            title="WAF Requests",
            series=[
                metrics.web_acl(watched.web_acl, watched.region, f"{kind}Requests", kind.lower())
                for kind in ("Allowed", "Blocked")
            ],
        )
    ]
