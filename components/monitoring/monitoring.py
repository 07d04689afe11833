"""Monitoring: alarms that name what to do, one dashboard, and the ways to the people on call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.api.api import Api
from components.data.data import Data
from components.messaging.messaging import Messaging
from components.monitoring.alarms import Alarms, AlarmsArgs
from components.monitoring.business_metrics import BusinessMetrics, BusinessMetricsArgs
from components.monitoring.cost_budget import cost_budget
from components.monitoring.dashboard import dashboard_body
from components.monitoring.definitions import Layer
from components.monitoring.layers.api import table_layer, users_layer
from components.monitoring.layers.data import cache_layer, database_layer, network_layer
from components.monitoring.layers.functions import functions_layer
from components.monitoring.layers.messaging import business_layer, notification_layer, orders_layer
from components.monitoring.saved_queries import SavedQueries, SavedQueriesArgs
from components.monitoring.settings import MonitoringSettings
from components.monitoring.slack_notifier import SlackNotifier, SlackNotifierArgs
from components.monitoring.topics import AlarmTopics, AlarmTopicsArgs
from components.network.network import Network
from components.shared.environment import Environment
from components.shared.function_settings import FunctionSettings
from components.shared.tagging import component_tag


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """What monitoring is made from.

    Attributes:
        environment: the environment it belongs to.
        settings: the stack's `monitoring` settings.
        alarm_emails: addresses that alarms are mailed to.
        slack_webhook_url: the Slack incoming webhook; empty for none.
        functions: the stack's `functions` settings.
        network: the network.
        data: the data tier.
        api: the API.
        messaging: the way of orders to their confirmation.
    """

    environment: Environment
    settings: MonitoringSettings
    alarm_emails: Sequence[str]
    slack_webhook_url: str = field(repr=False)
    functions: FunctionSettings
    network: Network
    data: Data
    api: Api
    messaging: Messaging


class Monitoring(pulumi.ComponentResource):
    """The monitoring of one environment.

    Creates the alarm topics with their key and email subscriptions, the Slack notifier, the
    publisher of business metrics, all alarms, the dashboard, the saved log queries and, where there
    is a limit, the monthly budget.
    """

    outputs: Mapping[str, pulumi.Input[object]]

    def __init__(
        self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(
            "aws-platform:monitoring:Monitoring",
            name,
            None,
            pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(transforms=[component_tag("monitoring")]), opts
            ),
        )
        self._args = args
        child = pulumi.ResourceOptions(parent=self)
        environment, api = args.environment, args.api
        topics = AlarmTopics(
            f"{name}-topic",
            AlarmTopicsArgs(environment=environment, emails=args.alarm_emails),
            child,
        )
        notifier = SlackNotifier(
            f"{name}-slack",
            SlackNotifierArgs(
                environment=environment,
                webhook_url=args.slack_webhook_url,
                topic_arn=topics.alarms_arn,
                layer_arn=api.layer_arn,
                kms_key_arn=args.data.key_arn,
                log_level=args.functions.log_level,
                memory_mb=args.functions.memory_size,
            ),
            child,
        )
        publisher = BusinessMetrics(
            f"{name}-metrics",
            BusinessMetricsArgs(
                environment=environment,
                stream_arn=api.table.stream_arn,
                layer_arn=api.layer_arn,
                log_level=args.functions.log_level,
                memory_mb=args.functions.memory_size,
            ),
            child,
        )
        layers = self._layers(publisher, notifier)
        alarms = Alarms(
            f"{name}-alarm",
            AlarmsArgs(
                name_prefix=environment.prefix,
                layers=layers,
                alarms_topic_arn=topics.alarms_arn,
                operations_topic_arn=topics.operations_arn,
                runbook_url=args.settings.runbook_url,
            ),
            child,
        )
        dashboard = aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=f"{environment.prefix}-system-overview",
            dashboard_body=dashboard_body(environment.region, layers, alarms.arns),
            opts=child,
        )
        SavedQueries(
            f"{name}-query",
            SavedQueriesArgs(
                name_prefix=environment.prefix,
                access_log_group=api.rest_api.access_log_group_name,
                function_log_groups=[
                    one.log_group_name
                    for one in (*api.functions.values(), args.messaging.fulfilment)
                ],
            ),
            child,
        )
        if args.settings.monthly_budget_usd:
            cost_budget(
                f"{name}-budget",
                name_prefix=environment.prefix,
                environment_name=environment.name,
                monthly_usd=args.settings.monthly_budget_usd,
                emails=args.alarm_emails,
                opts=child,
            )
        self.outputs = {
            "alarmTopicArn": topics.alarms_arn,
            "operationsTopicArn": topics.operations_arn,
            "dashboardName": dashboard.dashboard_name,
            "metricsFunctionName": publisher.function.function_name,
            "slackNotifications": notifier.status,
            "unconfirmedAlarmEmails": topics.pending_confirmations,
        }
        self.register_outputs(dict(self.outputs))

    def _layers(self, publisher: BusinessMetrics, notifier: SlackNotifier) -> Sequence[Layer]:
        """What is watched, users first: alarms and dashboard are both made from it."""
        args = self._args
        limits = args.settings.thresholds
        return [
            users_layer(args.api, args.environment.region, args.settings),
            functions_layer(args.api, limits),
            table_layer(args.api.table),
            orders_layer(args.messaging, limits),
            database_layer(args.data.database, limits),
            cache_layer(args.data.cache, limits),
            network_layer(args.network),
            business_layer(publisher, limits),
            notification_layer(notifier),
        ]
