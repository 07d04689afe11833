"""How Pulumi's names of types and properties become those of CloudFormation.

A rule finds most of them; the tables hold those that it does not.
"""

from __future__ import annotations

from local.provider.aws.parameters import Table
from local.provider.aws.schema.files import Node, type_names

TYPES: dict[str, str | None] = {
    "aws:apigateway/methodSettings:MethodSettings": None,
    "aws:cloudwatch/logGroup:LogGroup": "AWS::Logs::LogGroup",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "AWS::Logs::ResourcePolicy",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "AWS::CloudWatch::Alarm",
    "aws:cloudwatch/queryDefinition:QueryDefinition": "AWS::Logs::QueryDefinition",
    "aws:cognito/userGroup:UserGroup": "AWS::Cognito::UserPoolGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": None,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "AWS::EC2::SubnetRouteTableAssociation",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": None,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (
        "AWS::Lambda::EventInvokeConfig"
    ),
    "aws:rds/instance:Instance": "AWS::RDS::DBInstance",
    "aws:rds/parameterGroup:ParameterGroup": "AWS::RDS::DBParameterGroup",
    "aws:rds/subnetGroup:SubnetGroup": "AWS::RDS::DBSubnetGroup",
    "aws:secretsmanager/secretVersion:SecretVersion": None,
    "aws:sns/topicSubscription:TopicSubscription": "AWS::SNS::Subscription",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": None,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "AWS::EC2::SecurityGroupEgress",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "AWS::EC2::SecurityGroupIngress",
}
"""Types that are not `AWS::<module>::<name>`; None where CloudFormation has no such type."""

_INDEX = {
    "name": "IndexName",
    "nonKeyAttributes": "Projection.NonKeyAttributes",
    "projectionType": "Projection.ProjectionType",
    "readCapacity": "ProvisionedThroughput.ReadCapacityUnits",
    "writeCapacity": "ProvisionedThroughput.WriteCapacityUnits",
}

PROPERTIES: dict[str, dict[str, str]] = {
    "aws:budgets/budget:Budget": {
        "notifications": "NotificationsWithSubscribers",
        "notifications.threshold": "Notification.Threshold",
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "metricQueries.metric.dimensions": "Metric.Dimensions",
        "metricQueries.metric.metricName": "Metric.MetricName",
        "metricQueries.metric.namespace": "Metric.Namespace",
    },
    "aws:cognito/userPool:UserPool": {
        "passwordPolicy": "Policies.PasswordPolicy",
    },
    "aws:dynamodb/table:Table": {
        "attributes.name": "AttributeName",
        "attributes.type": "AttributeType",
        **{f"globalSecondaryIndexes.{name}": place for name, place in _INDEX.items()},
        **{
            f"localSecondaryIndexes.{name}": place
            for name, place in _INDEX.items()
            if "Throughput" not in place
        },
        "pointInTimeRecovery": "PointInTimeRecoverySpecification",
        "readCapacity": "ProvisionedThroughput.ReadCapacityUnits",
        "streamViewType": "StreamSpecification.StreamViewType",
        "writeCapacity": "ProvisionedThroughput.WriteCapacityUnits",
    },
    "aws:ec2/securityGroup:SecurityGroup": {"description": "GroupDescription"},
    "aws:iam/role:Role": {
        "assumeRolePolicy": "AssumeRolePolicyDocument",
        "inlinePolicies": "Policies",
        "inlinePolicies.name": "PolicyName",
    },
    "aws:kms/key:Key": {
        "customerMasterKeySpec": "KeySpec",
        "deletionWindowInDays": "PendingWindowInDays",
    },
}
"""Places of properties in the schema of what they stand in, where the rule finds another or none.

Paths of Pulumi's names to paths of CloudFormation's.
"""


def cloudformation_type(token: str) -> str | None:
    """The CloudFormation type of a Pulumi type, or None: `aws:ec2/vpc:Vpc` is `AWS::EC2::VPC`.

    The rule: the module and the class, without regard to case.
    """
    if token in TYPES:
        return TYPES[token]
    package, module, name = token.split(":")
    return type_names().get(f"{package}::{module.partition('/')[0]}::{name}".lower())


def place(token: str, type_name: str, path: str, table: Table, members: Node) -> str | None:
    """Where the property of a Pulumi path stands among the members of a schema, or None.

    The rule, without regard to case: the name that the API has for it in the type's table, its own
    name, its own without the plural that Pulumi gives lists of blocks, or, for a resource's own
    `name`, the name after the type: `RoleName`.
    """
    exception = PROPERTIES.get(token, {}).get(path)
    if exception is not None:
        return exception
    name = path.rpartition(".")[2]
    target = table.get(name, "")
    candidates = [target if isinstance(target, str) else target[0], name, name.removesuffix("s")]
    if path == "name":
        candidates.append(f"{type_name.rpartition(':')[2]}Name")
    known = {member.lower(): member for member in members}
    return next((known[item.lower()] for item in candidates if item.lower() in known), None)
