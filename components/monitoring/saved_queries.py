"""Saved CloudWatch Logs Insights queries for the questions that on-call asks first."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

# Fields of the access log are those of the REST API's log format.
FAILED_REQUESTS = """\
fields @timestamp, httpMethod, resourcePath, status, integrationStatus, integrationError,
  errorType, authorizerError, requestId
| filter status >= 500
| stats count(*) as failures, latest(requestId) as exampleRequestId,
  latest(integrationError) as exampleError by httpMethod, resourcePath, status
| sort failures desc"""
SLOW_REQUESTS = """\
fields responseLatency
| filter ispresent(resourcePath)
| stats count(*) as requests, pct(responseLatency, 50) as p50, pct(responseLatency, 99) as p99,
  max(responseLatency) as slowest by httpMethod, resourcePath
| sort p99 desc"""
ONE_REQUEST = """\
fields @timestamp, @log, coalesce(message, httpMethod) as what, status, outcome, @message
| filter requestId = "PUT-THE-REQUEST-ID-HERE" or correlation_id = "PUT-THE-REQUEST-ID-HERE"
| sort @timestamp asc"""


@dataclass(frozen=True, kw_only=True)
class SavedQueriesArgs:
    """What the queries are made from.

    Attributes:
        name_prefix: `<project>-<stack>`; the queries are in a folder of this name.
        access_log_group: the API's access log.
        function_log_groups: logs of the functions.
    """

    name_prefix: str
    access_log_group: pulumi.Input[str]
    function_log_groups: Sequence[pulumi.Input[str]]


class SavedQueries(pulumi.ComponentResource):
    """Which requests fail, which are slow, and everything about one request.

    Creates the saved queries `failed-requests`, `slow-requests` and `one-request`. The last one
    follows one correlation id from the access log through the functions to the queue's reader.
    """

    def __init__(
        self, name: str, args: SavedQueriesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:monitoring:SavedQueries", name, None, opts)
        queries = {
            "failed-requests": (FAILED_REQUESTS, [args.access_log_group]),
            "slow-requests": (SLOW_REQUESTS, [args.access_log_group]),
            "one-request": (ONE_REQUEST, [args.access_log_group, *args.function_log_groups]),
        }
        for query, (text, log_groups) in queries.items():
            aws.cloudwatch.QueryDefinition(
                f"{name}-{query}",
                name=f"{args.name_prefix}/{query}",
                query_string=text,
                log_group_names=log_groups,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"queries": list(queries)})
