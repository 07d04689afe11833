"""Alarms and graphs of what users meet: the API, its error budgets and its table."""

from components.api.api import Api
from components.api.table import Table
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
from components.monitoring.settings import AlarmThresholds, MonitoringSettings
from handlers.common.facts import INDEX

USERS_AFFECTED = "Users-Affected"
SLOW_BURN = "Error-Budget-Slow-Burn"
# The Site Reliability Workbook, "Alerting on SLOs": 2 % of a 30-day budget in an hour, and 5 % in
# six; the short window ends the alarm soon after the cause is gone.
FAST_BURN_RATE, FAST_WINDOWS = 14.4, {"1h": 3600, "5m": 300}
SLOW_BURN_RATE, SLOW_WINDOWS = 6.0, {"6h": 21_600, "30m": 1800}


def users_layer(api: Api, region: str, settings: MonitoringSettings) -> Layer:
    """Users' experience: requests, errors and latency of the API.

    Args:
        api: the API.
        region: its AWS region.
        settings: thresholds and error budgets.
    """
    limits = settings.thresholds
    stage = (api.rest_api.api_name, api.rest_api.stage_name)
    alarms = _symptoms(stage, limits)
    graphs = _graphs(stage)
    composites = [
        CompositeDefinition(
            name=USERS_AFFECTED,
            advice=Advice(
                meaning="Users are affected: the API fails or is slow.",
                first_step="see in the reason which alarms it is about, and follow the first.",
                runbook="users-affected",
            ),
        )
    ]
    if settings.burn_rate_alarms:
        alarms += _burn_rates(stage, settings)
        composites.append(
            CompositeDefinition(
                name=SLOW_BURN,
                unless=USERS_AFFECTED,
                advice=Advice(
                    meaning="The error budget of 30 days will be used up in five days.",
                    first_step="look in working hours for the routes that fail or are slow.",
                    runbook="error-budget-slow-burn",
                ),
            )
        )
    if api.web_acl_name is not None:
        # A web ACL's metrics carry its name, and those of all its rules together `ALL`.
        web_acl = (api.web_acl_name, region, "ALL")
        allowed = metrics.WEB_ACL_ALLOWED.of(*web_acl, label="allowed")
        blocked = metrics.WEB_ACL_BLOCKED.of(*web_acl, label="blocked")
        alarms.append(_blocked_requests(blocked, limits))
        graphs.append(Graph(title="WAF Requests", series=[allowed, blocked]))
    return Layer(title="Users' experience", alarms=alarms, graphs=graphs, composites=composites)


def table_layer(table: Table) -> Layer:
    """The DynamoDB table and its index."""
    index = (table.table_name, INDEX)
    throttles = {
        "table_read": metrics.TABLE_READ_THROTTLES.of(table.table_name, label="reads of the table"),
        "table_write": metrics.TABLE_WRITE_THROTTLES.of(
            table.table_name, label="writes of the table"
        ),
        "index_read": metrics.INDEX_READ_THROTTLES.of(*index, label="reads of the index"),
        "index_write": metrics.INDEX_WRITE_THROTTLES.of(*index, label="writes of the index"),
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
                    metrics.TABLE_READ_UNITS.of(table.table_name, label="read"),
                    metrics.TABLE_WRITE_UNITS.of(table.table_name, label="write"),
                ],
            ),
        ],
    )


def _symptoms(stage: tuple[str, str], limits: AlarmThresholds) -> list[AlarmDefinition]:
    return [
        AlarmDefinition(
            name="API-High-Latency",
            series=metrics.API_LATENCY.of(*stage, label="average"),
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
            series=metrics.API_LATENCY.of(*stage, statistic="p99"),
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
                stage, metrics.API_5XX.of(*stage, label="5XX", statistic="Average"), 100, limits
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


def _graphs(stage: tuple[str, str]) -> list[Graph]:
    return [
        Graph(
            title="API Gateway Requests",
            series=[metrics.API_REQUESTS.of(*stage, label="Requests")],
        ),
        Graph(
            title="API Gateway Errors",
            series=[
                metrics.API_4XX.of(*stage, label="4XX"),
                metrics.API_5XX.of(*stage, label="5XX"),
            ],
        ),
        Graph(
            title="API Gateway Latency",
            series=[
                metrics.API_LATENCY.of(*stage, label="average"),
                *(
                    metrics.API_LATENCY.of(*stage, statistic=percentile)
                    for percentile in ("p50", "p95", "p99")
                ),
            ],
        ),
        Graph(
            title="API Gateway Integration Latency",
            series=[
                metrics.API_INTEGRATION_LATENCY.of(*stage, statistic=percentile)
                for percentile in ("p50", "p99")
            ],
        ),
        Graph(
            title="API Gateway Cache",
            series=[
                metrics.API_CACHE_HITS.of(*stage, label="hits"),
                metrics.API_CACHE_MISSES.of(*stage, label="misses"),
            ],
        ),
    ]


def _burn_rates(stage: tuple[str, str], settings: MonitoringSettings) -> list[AlarmDefinition]:
    """Both windows of each objective's fast burn, then of its slow burn."""
    slow_from = settings.latency_target_milliseconds
    failed = metrics.API_5XX.of(*stage, label="5XX", statistic="Average")
    slow = metrics.API_LATENCY.of(
        *stage, label=f"over {slow_from} ms", statistic=f"PR({slow_from}:)"
    )
    objectives = (
        ("Availability", failed, 100, settings.availability_target_percent),
        ("Latency", slow, 1, settings.latency_target_percent),
    )
    burns = (
        (USERS_AFFECTED, FAST_BURN_RATE, FAST_WINDOWS),
        (SLOW_BURN, SLOW_BURN_RATE, SLOW_WINDOWS),
    )
    return [
        AlarmDefinition(
            name=f"API-{kind}-Burn-{window}",
            series=_share_of_requests(stage, share.over(seconds), factor, settings.thresholds),
            threshold=round(rate * (100 - target), 4),
            periods=1,
            missing_data=MissingData.FINE,
            symptom_of=page,
            together=f"{kind} burn",
            advice=Advice(
                meaning=f"{kind} of the last {window} uses up its error budget {rate:g} times"
                f" as fast as {target:g} % over 30 days allow.",
                first_step="nothing: it pages together with the other window only.",
                runbook="api-error-budget-burn",
            ),
        )
        for page, rate, windows in burns
        for kind, share, factor, target in objectives
        for window, seconds in windows.items()
    ]


def _share_of_requests(
    stage: tuple[str, str], share: Metric, factor: int, limits: AlarmThresholds
) -> Formula:
    """A share of requests in percent; nothing where there are too few to speak of shares."""
    requests = metrics.API_REQUESTS.of(*stage).over(share.period_seconds)
    return Formula(
        expression=f"IF(requests >= {limits.api_least_requests}, {factor} * share, 0)",
        metrics={"share": share, "requests": requests},
        label=f"{share.label} in percent of requests",
    )


def _blocked_requests(blocked: Metric, limits: AlarmThresholds) -> AlarmDefinition:
    return AlarmDefinition(
        name="WAF-Blocked-Requests",
        series=blocked,
        threshold=limits.blocked_requests,
        missing_data=MissingData.FINE,
        advice=Advice(
            meaning="WAF refuses many requests: an attack, or a rule that hits good users.",
            first_step="see in the web ACL's sampled requests which rule it is.",
            runbook="waf-blocked-requests",
        ),
    )
