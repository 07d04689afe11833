"""Monitoring: alarms that name what to do, one dashboard, and the ways to the people on call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.api.api import Api
from components.data.data import Data
from components.messaging.messaging import Messaging
from components.monitoring.alarms import Alarms
from components.monitoring.business_metrics import BusinessMetrics
from components.monitoring.cost_budget import cost_budget
from components.monitoring.dashboard import dashboard_body
from components.monitoring.layers.data import PRIMARY
from components.monitoring.layers.platform import layers
from components.monitoring.monitored import Monitored
from components.monitoring.saved_queries import SavedQueries
from components.monitoring.settings import MonitoringSettings
from components.monitoring.slack_notifier import SlackNotifier
from components.monitoring.topics import AlarmTopics
from components.network.network import Network
from components.shared.environment import Environment
from components.shared.function_settings import FunctionSettings
from components.shared.tagging import component_tag
from handlers.common.facts import INDEX


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
            f"{name}-topic", environment=environment, emails=args.alarm_emails, opts=child
        )
        notifier = SlackNotifier(
            f"{name}-slack",
            environment=environment,
            webhook_url=args.slack_webhook_url,
            topic_arn=topics.alarms_arn,
            layer_arn=api.layer_arn,
            kms_key_arn=args.data.key_arn,
            log_level=args.functions.log_level,
            memory_mb=args.functions.memory_size,
            opts=child,
        )
        publisher = BusinessMetrics(
            f"{name}-metrics",
            environment=environment,
            stream_arn=api.table.stream_arn,
            layer_arn=api.layer_arn,
            log_level=args.functions.log_level,
            memory_mb=args.functions.memory_size,
            opts=child,
        )
        watched = layers(self._watched(notifier, publisher), args.settings)
        alarms = Alarms(
            f"{name}-alarm",
            name_prefix=environment.prefix,
            layers=watched,
            alarms_topic_arn=topics.alarms_arn,
            operations_topic_arn=topics.operations_arn,
            runbook_url=args.settings.runbook_url,
            opts=child,
        )
        dashboard = aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=f"{environment.prefix}-system-overview",
            dashboard_body=dashboard_body(environment.region, watched, alarms.arns),
            opts=child,
        )
        SavedQueries(
            f"{name}-query",
            name_prefix=environment.prefix,
            access_log_group=api.rest_api.access_log_group_name,
            function_log_groups=[
                one.log_group_name for one in (*api.functions.values(), args.messaging.fulfilment)
            ],
            opts=child,
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

    def _watched(self, notifier: SlackNotifier, publisher: BusinessMetrics) -> Monitored:
        args, api, messaging = self._args, self._args.api, self._args.messaging
        replicas = enumerate(args.data.database.replica_identifiers, start=1)
        return Monitored(
            region=args.environment.region,
            api_name=api.rest_api.api_name,
            stage_name=api.rest_api.stage_name,
            api_functions={key: one.function_name for key, one in api.functions.items()},
            table_name=api.table.table_name,
            index_name=INDEX,
            databases={
                PRIMARY: args.data.database.identifier,
                **{f"replica-{number}": replica for number, replica in replicas},
            },
            allocated_storage_gb=args.data.database.allocated_storage_gb,
            cache_nodes={
                # ElastiCache numbers the clusters of a group in this way.
                f"node-{number}": pulumi.Output.format(
                    "{0}-{1:03d}", args.data.cache.replication_group_id, number
                )
                for number in range(1, args.data.cache.node_count + 1)
            },
            nat_gateways={
                str(number): gateway
                for number, gateway in enumerate(args.network.nat_gateway_ids, start=1)
            },
            order_pipe=messaging.pipe_name,
            order_pipe_dead_letters=messaging.pipe_dead_letters_name,
            order_queue=messaging.queue_name,
            order_dead_letters=messaging.dead_letters_name,
            fulfilment=messaging.fulfilment.function_name,
            metrics_function=publisher.function.function_name,
            metrics_service=publisher.service_name,
            metrics_dead_letters=publisher.dead_letters_name,
            notifier=notifier.function.function_name,
            notifier_dead_letters=notifier.dead_letters_name,
            web_acl=api.web_acl_name,
        )
