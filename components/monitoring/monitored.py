"""The deployed resources that are watched, by the names that their metrics carry."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

Name = pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class Monitored:
    """Names of what is watched; how many of each there are is known at preview.

    Attributes:
        region: the AWS region.
        api_name: the REST API.
        stage_name: its stage.
        api_functions: functions behind the API and its authorizer, by their short names.
        table_name: the DynamoDB table.
        index_name: its global secondary index.
        databases: RDS instances by role: `primary`, `replica-1`, …
        allocated_storage_gb: storage that an instance begins with, in GB.
        cache_nodes: cache clusters of the replication group by role: `node-1`, …
        nat_gateways: NAT gateways by their number, from `1`.
        order_pipe: the pipe from the table's stream to the queue of placed orders.
        order_pipe_dead_letters: the queue of stream records that the pipe could not deliver.
        order_queue: the queue of placed orders.
        order_dead_letters: the queue of orders that could not be confirmed.
        fulfilment: the function that confirms orders.
        metrics_function: the function that counts business metrics.
        metrics_service: its service name.
        metrics_dead_letters: the queue of stream records it could not read.
        notifier: the function that sends alarms to Slack.
        notifier_dead_letters: the queue of alarms that did not reach Slack.
        web_acl: the web ACL; None for none.
    """

    region: str
    api_name: str
    stage_name: str
    api_functions: Mapping[str, Name]
    table_name: Name
    index_name: str
    databases: Mapping[str, Name]
    allocated_storage_gb: int
    cache_nodes: Mapping[str, Name]
    nat_gateways: Mapping[str, Name]
    order_pipe: Name
    order_pipe_dead_letters: Name
    order_queue: Name
    order_dead_letters: Name
    fulfilment: Name
    metrics_function: Name
    metrics_service: str
    metrics_dead_letters: Name
    notifier: Name
    notifier_dead_letters: Name
    web_acl: Name | None
