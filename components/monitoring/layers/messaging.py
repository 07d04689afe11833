"""Alarms and graphs of what runs behind the requests: orders, business metrics, alarms to Slack."""

import pulumi

from components.messaging.messaging import Messaging
from components.monitoring import metrics
from components.monitoring.business_metrics import BusinessMetrics
from components.monitoring.definitions import (
    Advice,
    AlarmDefinition,
    CompositeDefinition,
    Graph,
    Layer,
    MissingData,
)
from components.monitoring.layers.functions import function_alarms, function_graphs
from components.monitoring.settings import AlarmThresholds
from components.monitoring.slack_notifier import SlackNotifier

ORDERS_DELAYED = "Orders-Delayed"
MILLISECONDS_PER_SECOND = 1000


def orders_layer(messaging: Messaging, limits: AlarmThresholds) -> Layer:
    """The way of a placed order to its confirmation."""
    age = metrics.QUEUE_AGE.of(messaging.queue_name, label="oldest message in seconds")
    failures = metrics.PIPE_FAILURES.of(messaging.pipe_name, label="failed")
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
            messaging.dead_letters_name,
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
            messaging.pipe_dead_letters_name,
            symptom_of=ORDERS_DELAYED,
            advice=Advice(
                meaning="Stream records of orders never got to the queue.",
                first_step="find the orders still PLACED and send them to the queue again.",
                runbook="orders-pipe-dead-letters",
            ),
        ),
        *function_alarms("fulfilment", messaging.fulfilment, limits, symptom_of=ORDERS_DELAYED),
    ]
    return Layer(
        title="Orders",
        alarms=alarms,
        graphs=[
            Graph(
                title="Order queue",
                series=[
                    metrics.QUEUE_WAITING.of(messaging.queue_name, label="waiting"),
                    metrics.QUEUE_WAITING.of(messaging.dead_letters_name, label="dead letters"),
                    age,
                ],
            ),
            Graph(
                title="Order pipe",
                series=[metrics.PIPE_EVENTS.of(messaging.pipe_name, label="events"), failures],
            ),
            *function_graphs("fulfilment", messaging.fulfilment),
        ],
        composites=[
            CompositeDefinition(
                name=ORDERS_DELAYED,
                advice=Advice(
                    meaning="Placed orders are not confirmed, or too late.",
                    first_step="see in the reason where they are stuck, and follow that alarm.",
                    runbook="orders-delayed",
                ),
            )
        ],
    )


def business_layer(publisher: BusinessMetrics, limits: AlarmThresholds) -> Layer:
    """The business metrics and the function that counts them."""
    age = metrics.FUNCTION_ITERATOR_AGE.of(publisher.function.function_name, label="age in ms")
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
                publisher.dead_letters_name,
                advice=Advice(
                    meaning="Some registrations or orders were not counted.",
                    first_step="read in the metrics log which record it could not read.",
                    runbook="metrics-dead-letters",
                ),
            ),
        ],
        graphs=[
            Graph(
                title="New registrations",
                series=[metrics.REGISTRATIONS.of(publisher.service_name, label="New users")],
            ),
            Graph(title="Order value", series=[metrics.order_values(publisher.service_name)]),
            Graph(title="Metrics stream age", series=[age]),
        ],
    )


def notification_layer(notifier: SlackNotifier) -> Layer:
    """The way of an alarm to Slack; its own alarm is mailed only."""
    return Layer(
        title="Notification",
        alarms=[
            _dead_letters(
                "Slack-Notifier-Dead-Letters",
                notifier.dead_letters_name,
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
                    metrics.FUNCTION_INVOCATIONS.of(notifier.function.function_name),
                    metrics.FUNCTION_ERRORS.of(notifier.function.function_name),
                    metrics.QUEUE_WAITING.of(notifier.dead_letters_name, label="dead letters"),
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
        series=metrics.QUEUE_WAITING.of(queue_name),
        threshold=1,
        periods=1,
        missing_data=MissingData.FINE,
        symptom_of=symptom_of,
        mail_only=mail_only,
        advice=advice,
    )
