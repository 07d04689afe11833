"""Alarms and graphs of what runs behind the requests: orders, business metrics, alarms to Slack."""

import pulumi

from components.monitoring import metrics
from components.monitoring.definitions import (
    Advice,
    AlarmDefinition,
    CompositeDefinition,
    Graph,
    Layer,
    MissingData,
)
from components.monitoring.layers.api import function_alarms, function_graphs
from components.monitoring.monitored import Monitored
from components.monitoring.settings import AlarmThresholds

ORDERS_DELAYED = "Orders-Delayed"
MILLISECONDS_PER_SECOND = 1000


def orders_layer(watched: Monitored, limits: AlarmThresholds) -> Layer:
    """The way of a placed order to its confirmation."""
    age = metrics.queue(
        watched.order_queue, "ApproximateAgeOfOldestMessage", "oldest message in seconds"
    )
    failures = metrics.pipe(watched.order_pipe, "ExecutionFailed", "failed")
    alarms = [
        AlarmDefinition(
            name="Orders-Queue-Age",
            series=age,
            threshold=limits.queue_age_seconds,
            missing_data=MissingData.FINE,
            symptom_of=ORDERS_DELAYED,
            advice=Advice(
                meaning="Placed orders wait too long for their confirmation.",
                first_step="see whether the fulfilment function runs, fails or is throttled.",
                runbook="orders-queue-age",
            ),
        ),
        _dead_letters(
            "Orders-Dead-Letters",
            watched.order_dead_letters,
            symptom_of=ORDERS_DELAYED,
            advice=Advice(
                meaning="Orders could not be confirmed and wait in the dead-letter queue.",
                first_step="read the fulfilment log for their reason before you redrive them.",
                runbook="orders-dead-letters",
            ),
        ),
        AlarmDefinition(
            name="Orders-Pipe-Failures",
            series=failures,
            threshold=1,
            missing_data=MissingData.FINE,
            symptom_of=ORDERS_DELAYED,
            advice=Advice(
                meaning="Placed orders do not get from the table's stream to the queue.",
                first_step="check the pipe's state and its role's rights.",
                runbook="orders-pipe-failures",
            ),
        ),
        _dead_letters(
            "Orders-Pipe-Dead-Letters",
            watched.order_pipe_dead_letters,
            symptom_of=ORDERS_DELAYED,
            advice=Advice(
                meaning="Stream records of orders never got to the queue.",
                first_step="find the orders still PLACED and send them to the queue again.",
                runbook="orders-pipe-dead-letters",
            ),
        ),
        *function_alarms("fulfilment", watched.fulfilment, limits, symptom_of=ORDERS_DELAYED),
    ]
    return Layer(
        title="Orders",
        alarms=alarms,
        graphs=[
            Graph(
                title="Order queue",
                series=[
                    metrics.waiting_messages(watched.order_queue, "waiting"),
                    metrics.waiting_messages(watched.order_dead_letters, "dead letters"),
                    age,
                ],
            ),
            Graph(
                title="Order pipe",
                series=[metrics.pipe(watched.order_pipe, "EventCount", "events"), failures],
            ),
            *function_graphs("fulfilment", watched.fulfilment),
        ],
        composites=[
            CompositeDefinition(
                name=ORDERS_DELAYED,
                any_of=[[alarm.name] for alarm in alarms],
                advice=Advice(
                    meaning="Placed orders are not confirmed, or too late.",
                    first_step="see in the reason where they are stuck, and follow that alarm.",
                    runbook="orders-delayed",
                ),
            )
        ],
    )


def business_layer(watched: Monitored, limits: AlarmThresholds) -> Layer:
    """The business metrics and the function that counts them."""
    age = metrics.function(watched.metrics_function, "IteratorAge", "Maximum", "age in ms")
    return Layer(
        title="Business",
        alarms=[
            AlarmDefinition(
                name="Metrics-Stream-Age",
                series=age,
                threshold=limits.queue_age_seconds * MILLISECONDS_PER_SECOND,
                missing_data=MissingData.FINE,
                advice=Advice(
                    meaning="Business metrics are behind: the stream is not read fast enough.",
                    first_step="see whether the metrics function is throttled or fails.",
                    runbook="metrics-stream-age",
                ),
            ),
            _dead_letters(
                "Metrics-Dead-Letters",
                watched.metrics_dead_letters,
                advice=Advice(
                    meaning="Some registrations or orders were not counted.",
                    first_step="read in the metrics log which record it could not read.",
                    runbook="metrics-dead-letters",
                ),
            ),
        ],
        graphs=[
            Graph(
                title="New registrations", series=[metrics.registrations(watched.metrics_service)]
            ),
            Graph(title="Order value", series=[metrics.order_values(watched.metrics_service)]),
            Graph(title="Metrics stream age", series=[age]),
        ],
    )


def notification_layer(watched: Monitored) -> Layer:
    """The way of an alarm to Slack; its own alarm is mailed only."""
    return Layer(
        title="Notification",
        alarms=[
            _dead_letters(
                "Slack-Notifier-Dead-Letters",
                watched.notifier_dead_letters,
                mail_only=True,
                advice=Advice(
                    meaning="Alarms did not reach Slack.",
                    first_step="read the alarms by mail, and the notifier's log for the reason.",
                    runbook="slack-notifier-dead-letters",
                ),
            )
        ],
        graphs=[
            Graph(
                title="Slack notifier",
                series=[
                    metrics.function(watched.notifier, "Invocations", "Sum"),
                    metrics.function(watched.notifier, "Errors", "Sum"),
                    metrics.waiting_messages(watched.notifier_dead_letters, "dead letters"),
                ],
            )
        ],
    )


def _dead_letters(
    name: str,
    queue_name: pulumi.Input[str],
    *,
    advice: Advice,
    symptom_of: str | None = None,
    mail_only: bool = False,
) -> AlarmDefinition:
    return AlarmDefinition(
        name=name,
        series=metrics.waiting_messages(queue_name, "dead letters"),
        threshold=1,
        periods=1,
        missing_data=MissingData.FINE,
        symptom_of=symptom_of,
        mail_only=mail_only,
        advice=advice,
    )
