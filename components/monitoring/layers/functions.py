"""Alarms and graphs of functions."""

from collections.abc import Sequence

from components.api.api import Api
from components.monitoring import metrics
from components.monitoring.definitions import Advice, AlarmDefinition, Graph, Layer, MissingData
from components.monitoring.layers.api import USERS_AFFECTED
from components.monitoring.settings import AlarmThresholds
from components.shared.function import Function


def functions_layer(api: Api, limits: AlarmThresholds) -> Layer:
    """The functions behind the API."""
    alarms: list[AlarmDefinition] = []
    graphs: list[Graph] = []
    for key, function in api.functions.items():
        alarms += function_alarms(key, function, limits, symptom_of=USERS_AFFECTED)
        graphs += function_graphs(key, function)
    return Layer(title="Functions", alarms=alarms, graphs=graphs)


def function_alarms(
    key: str, function: Function, limits: AlarmThresholds, *, symptom_of: str
) -> Sequence[AlarmDefinition]:
    """Alarms on errors and throttles of one function.

    Args:
        key: the function's short name.
        function: the function.
        limits: thresholds.
        symptom_of: the composite alarm that pages for them.
    """
    return [
        AlarmDefinition(
            name=f"Lambda-{key}-Errors",
            series=metrics.FUNCTION_ERRORS.of(function.function_name),
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
            series=metrics.FUNCTION_THROTTLES.of(function.function_name),
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


def function_graphs(key: str, function: Function) -> Sequence[Graph]:
    """Graphs of invocations, duration and errors of one function."""
    name = function.function_name
    return [
        Graph(title=f"Lambda {key} - Invocations", series=[metrics.FUNCTION_INVOCATIONS.of(name)]),
        Graph(
            title=f"Lambda {key} - Duration",
            series=[
                metrics.FUNCTION_DURATION.of(name, statistic=statistic)
                for statistic in ("Average", "p99")
            ],
        ),
        Graph(
            title=f"Lambda {key} - Errors",
            series=[metrics.FUNCTION_ERRORS.of(name), metrics.FUNCTION_THROTTLES.of(name)],
        ),
    ]
