"""Where AWS, or the real provider, takes other values than CloudFormation's schemas say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ONLY_WITH_CAPACITY_PROVIDER = (
    "the schema's maximum is that of functions on a capacity provider (AWS Lambda developer guide, "
    "Lambda quotas)"
)
ZERO_IS_THE_DEFAULT = "to the provider 0 is AWS's default"
PRINTABLE = r"[^\x00-\x1f\x7f]*"
NO_CONTROL_CHARACTERS = "PutMetricAlarm and PutCompositeAlarm: no control characters"

SEARCHED = frozenset({r"\S", r"\{####\}", r"^[^:]"})
"""Patterns that are to be found in a text; to AWS all others are for the whole of it."""


@dataclass(frozen=True)
class Difference:
    """What is to be taken for what a schema says.

    Attributes:
        keywords: keywords of JSON Schema in place of the schema's; None takes one away.
        reason: who says so.
    """

    keywords: dict[str, Any]
    reason: str


def differing(reason: str, **keywords: Any) -> Difference:
    """A difference with its reason first, as a row of the table."""
    return Difference(keywords, reason)


DIFFERENCES: dict[str, dict[str, Difference]] = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
        "alarmName": differing(NO_CONTROL_CHARACTERS, pattern=PRINTABLE),
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        "retentionInDays": differing(
            "to the provider 0 is to keep events for ever",
            enum=[
                *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827),
                *(2192, 2557, 2922, 3288, 3653),
            ],
        ),
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "alarmActions": differing("PutMetricAlarm", maxItems=5),
        "insufficientDataActions": differing("PutMetricAlarm", maxItems=5),
        "metricQueries": differing("PutMetricAlarm", maxItems=20),
        "name": differing(NO_CONTROL_CHARACTERS, minLength=1, pattern=PRINTABLE),
        "okActions": differing("PutMetricAlarm", maxItems=5),
    },
    "aws:cognito/userPool:UserPool": {
        "adminCreateUserConfig.inviteMessageTemplate.smsMessage": differing(
            "the schema's pattern is no regular expression", pattern=None
        ),
        "name": differing("CreateUserPool", pattern=r"[\w\s+=,.@-]+"),
    },
    "aws:cognito/userPoolClient:UserPoolClient": {
        "accessTokenValidity": differing(ZERO_IS_THE_DEFAULT, minimum=0),
        "idTokenValidity": differing(ZERO_IS_THE_DEFAULT, minimum=0),
        "refreshTokenValidity": differing(ZERO_IS_THE_DEFAULT, minimum=0),
    },
    "aws:dynamodb/table:Table": {
        "globalSecondaryIndexes": differing("Quotas in Amazon DynamoDB", maxItems=20),
        "localSecondaryIndexes": differing("Quotas in Amazon DynamoDB", maxItems=5),
        "name": differing(
            "CreateTable: 3 characters and more; ARNs are for tables of other accounts",
            minLength=3,
            maxLength=255,
            pattern=r"[A-Za-z0-9_.-]+",
        ),
        "streamViewType": differing(
            "to the provider an empty text is no stream",
            enum=["", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE"],
        ),
    },
    "aws:ec2/vpc:Vpc": {
        "instanceTenancy": differing(
            "CreateVpc: host is for instances, no VPC", enum=["dedicated", "default"]
        ),
    },
    "aws:kms/alias:Alias": {
        "name": differing(
            "CreateAlias: alias/aws/ is AWS's own", pattern=r"alias/(?!aws/)[a-zA-Z0-9:/_-]+"
        ),
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": {
        "filterCriteria.filters": differing(
            "5 without an increase of the quota (Lambda quotas)", maxItems=5
        ),
        "startingPosition": differing(
            "the schema's pattern takes LATESTLATEST",
            enum=["AT_TIMESTAMP", "LATEST", "TRIM_HORIZON"],
            pattern=None,
        ),
    },
    "aws:lambda/function:Function": {
        "ephemeralStorage.size": differing(ONLY_WITH_CAPACITY_PROVIDER, maximum=10_240),
        "handler": differing("the provider: 1 character and more", minLength=1),
        "memorySize": differing(ONLY_WITH_CAPACITY_PROVIDER, maximum=10_240),
        "name": differing("the provider's id is the name, no ARN", pattern=r"[a-zA-Z0-9_-]{1,64}"),
        "reservedConcurrentExecutions": differing("to the provider -1 is no limit", minimum=-1),
        "timeout": differing(ONLY_WITH_CAPACITY_PROVIDER, maximum=900),
    },
    "aws:rds/instance:Instance": {
        "backupRetentionPeriod": differing("CreateDBInstance", maximum=35),
        "identifier": differing(
            "the provider takes lower case only", pattern=r"[a-z](?:-?[a-z0-9]){0,62}"
        ),
    },
    "aws:rds/parameterGroup:ParameterGroup": {
        "name": differing(
            "the provider takes lower case only, and full stops",
            maxLength=255,
            pattern=r"[a-z](?:-?[a-z0-9.])*",
        ),
    },
    "aws:wafv2/webAcl:WebAcl": {
        "description": differing(
            "CreateWebACL: _ and + anywhere, and 256 characters in all",
            maxLength=256,
            pattern=r"[\w+=:#@/\-,.][\w+=:#@/\-,.\s]*",
        ),
    },
}
"""By type and by the property's path; beyond a schema only where there is a schema's place."""
