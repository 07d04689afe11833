"""What an AWS account holds, by Pulumi type, asked of AWS itself and not of our plugins."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws

Resource = dict[str, Any]


class Inventory:
    """Lists an account's resources with boto3."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._clients = AwsClients(aws.access)
        self._listed: dict[str, set[str]] = {}

    def client(self, service: str) -> Any:
        return self._clients(service)

    def of(self, token: str) -> set[str]:
        """The identifiers of all resources of a type; asked once."""
        if token not in self._listed:
            self._listed[token] = set(LISTS[token](self))
        return self._listed[token]

    def everything(self) -> dict[str, set[str]]:
        """All that there is, of every type that can be deleted."""
        return {token: self.of(token) for token in LISTS}

    def each(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """What a list operation answers, over all its pages, under a key of the answer."""
        client = self.client(service)
        if client.can_paginate(operation):
            for page in client.get_paginator(operation).paginate(**arguments):
                yield from page.get(key) or ()
        else:
            yield from getattr(client, operation)(**arguments).get(key) or ()


def identifier(resource: Resource) -> str:
    """What `Inventory` lists a deployed resource as."""
    return IDENTIFIERS.get(resource["type"], lambda found: found["id"])(resource)


def _listing(
    service: str, operation: str, key: str, field: str, **arguments: Any
) -> Callable[[Inventory], Iterable[str]]:
    def listed(aws: Inventory) -> Iterable[str]:
        for item in aws.each(service, operation, key, **arguments):
            yield item if field == "" else item[field]

    return listed


def _standing(
    service: str, operation: str, key: str, field: str, state: str
) -> Callable[[Inventory], Iterable[str]]:
    """Leaves out what AWS shows a while longer as deleted, and moto for ever."""

    def listed(aws: Inventory) -> Iterable[str]:
        for item in aws.each(service, operation, key):
            if item[state].lower() not in ("deleted", "deleting"):
                yield item[field]

    return listed


def _kms_keys(aws: Inventory) -> Iterator[str]:
    kms = aws.client("kms")
    for key in aws.each("kms", "list_keys", "Keys"):
        # AWS keeps deleted keys for days.
        if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion":
            yield key["KeyId"]


def _role_policies(aws: Inventory) -> Iterator[str]:
    for role in aws.of("aws:iam/role:Role"):
        for name in aws.each("iam", "list_role_policies", "PolicyNames", RoleName=role):
            yield f"{role}:{name}"


def _attachments(aws: Inventory) -> Iterator[str]:
    for role in aws.of("aws:iam/role:Role"):
        for policy in aws.each(
            "iam", "list_attached_role_policies", "AttachedPolicies", RoleName=role
        ):
            yield f"{role}/{policy['PolicyArn']}"


def _of_each_pool(operation: str, key: str, field: str) -> Callable[[Inventory], Iterable[str]]:
    def listed(aws: Inventory) -> Iterator[str]:
        for pool in aws.of("aws:cognito/userPool:UserPool"):
            for item in aws.each("cognito-idp", operation, key, UserPoolId=pool):
                yield f"{pool}/{item[field]}" if operation == "list_groups" else item[field]

    return listed


def _of_each_function(operation: str, key: str, field: str) -> Callable[[Inventory], Iterable[str]]:
    def listed(aws: Inventory) -> Iterator[str]:
        for function in aws.of("aws:lambda/function:Function"):
            for item in aws.each("lambda", operation, key, FunctionName=function):
                yield item[field]

    return listed


def _invoke_configs(aws: Inventory) -> Iterator[str]:
    for function in aws.of("aws:lambda/function:Function"):
        if any(
            aws.each(
                "lambda",
                "list_function_event_invoke_configs",
                "FunctionEventInvokeConfigs",
                FunctionName=function,
            )
        ):
            yield function


def _permissions(aws: Inventory) -> Iterator[str]:
    client = aws.client("lambda")
    for function in aws.of("aws:lambda/function:Function"):
        for alias in (None, "live"):
            qualifier = {"Qualifier": alias} if alias else {}
            try:
                answer = client.get_policy(FunctionName=function, **qualifier)
            except client.exceptions.ResourceNotFoundException:
                continue
            for statement in json.loads(answer["Policy"])["Statement"]:
                yield statement["Sid"]


def _layer_versions(aws: Inventory) -> Iterator[str]:
    for layer in aws.each("lambda", "list_layers", "Layers"):
        for version in aws.each(
            "lambda", "list_layer_versions", "LayerVersions", LayerName=layer["LayerName"]
        ):
            yield version["LayerVersionArn"]


def _of_each_api(operation: str, field: str) -> Callable[[Inventory], Iterable[str]]:
    def listed(aws: Inventory) -> Iterator[str]:
        for api in aws.of("aws:apigateway/restApi:RestApi"):
            answer = getattr(aws.client("apigateway"), operation)(restApiId=api)
            for item in answer.get("items") or answer.get("item") or ():
                yield f"ags-{api}-{item[field]}" if operation == "get_stages" else item[field]

    return listed


def _method_settings(aws: Inventory) -> Iterator[str]:
    for api in aws.of("aws:apigateway/restApi:RestApi"):
        for stage in aws.client("apigateway").get_stages(restApiId=api)["item"]:
            for path in stage.get("methodSettings", {}):
                yield f"{api}-{stage['stageName']}-{path}"


def _usage_plan_keys(aws: Inventory) -> Iterator[str]:
    for plan in aws.of("aws:apigateway/usagePlan:UsagePlan"):
        for key in aws.each("apigateway", "get_usage_plan_keys", "items", usagePlanId=plan):
            yield key["id"]


def _routes(aws: Inventory) -> Iterator[str]:
    for table in aws.each("ec2", "describe_route_tables", "RouteTables"):
        for route in table["Routes"]:
            if route.get("GatewayId") != "local" and route.get("DestinationCidrBlock"):
                yield f"{table['RouteTableId']} {route['DestinationCidrBlock']}"


def _associations(aws: Inventory) -> Iterator[str]:
    for table in aws.each("ec2", "describe_route_tables", "RouteTables"):
        for association in table["Associations"]:
            if association.get("SubnetId"):
                yield association["RouteTableAssociationId"]


def _rules(*, egress: bool) -> Callable[[Inventory], Iterable[str]]:
    def listed(aws: Inventory) -> Iterator[str]:
        for rule in aws.each("ec2", "describe_security_group_rules", "SecurityGroupRules"):
            if rule["IsEgress"] is egress:
                yield rule["SecurityGroupRuleId"]

    return listed


def _queue_policies(aws: Inventory) -> Iterator[str]:
    sqs = aws.client("sqs")
    for url in aws.of("aws:sqs/queue:Queue"):
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        if answer.get("Attributes", {}).get("Policy"):
            yield url


def _secret_versions(aws: Inventory) -> Iterator[str]:
    for secret in aws.of("aws:secretsmanager/secret:Secret"):
        for version in aws.each(
            "secretsmanager", "list_secret_version_ids", "Versions", SecretId=secret
        ):
            yield f"{secret}|{version['VersionId']}"


def _topic_policies(aws: Inventory) -> Iterator[str]:
    sns = aws.client("sns")
    for topic in aws.of("aws:sns/topic:Topic"):
        policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
        # AWS gives each topic this one.
        if policy["Statement"][0].get("Sid") != "__default_statement_ID":
            yield topic


def _web_acls(aws: Inventory) -> Iterator[str]:
    for acl in aws.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]:
        yield acl["Id"]


def _web_acl_associations(aws: Inventory) -> Iterator[str]:
    for api in aws.of("aws:apigateway/restApi:RestApi"):
        for stage in aws.client("apigateway").get_stages(restApiId=api)["item"]:
            arn = f"arn:aws:apigateway:us-east-1::/restapis/{api}/stages/{stage['stageName']}"
            if aws.client("wafv2").get_web_acl_for_resource(ResourceArn=arn).get("WebACL"):
                yield arn


def _account_role(aws: Inventory) -> Iterator[str]:
    if aws.client("apigateway").get_account().get("cloudwatchRoleArn"):
        yield "api-gateway-account"


LISTS: dict[str, Callable[[Inventory], Iterable[str]]] = {
    "aws:apigateway/account:Account": _account_role,
    "aws:apigateway/apiKey:ApiKey": _listing("apigateway", "get_api_keys", "items", "id"),
    "aws:apigateway/deployment:Deployment": _of_each_api("get_deployments", "id"),
    "aws:apigateway/methodSettings:MethodSettings": _method_settings,
    "aws:apigateway/restApi:RestApi": _listing("apigateway", "get_rest_apis", "items", "id"),
    "aws:apigateway/stage:Stage": _of_each_api("get_stages", "stageName"),
    "aws:apigateway/usagePlan:UsagePlan": _listing("apigateway", "get_usage_plans", "items", "id"),
    "aws:apigateway/usagePlanKey:UsagePlanKey": _usage_plan_keys,
    "aws:budgets/budget:Budget": _listing(
        "budgets", "describe_budgets", "Budgets", "BudgetName", AccountId="123456789012"
    ),
    "aws:cloudwatch/dashboard:Dashboard": _listing(
        "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"
    ),
    "aws:cloudwatch/logGroup:LogGroup": _listing(
        "logs", "describe_log_groups", "logGroups", "logGroupName"
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": _listing(
        "logs", "describe_resource_policies", "resourcePolicies", "policyName"
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _listing(
        "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"
    ),
    "aws:cognito/userGroup:UserGroup": _of_each_pool("list_groups", "Groups", "GroupName"),
    "aws:cognito/userPool:UserPool": _listing(
        "cognito-idp", "list_user_pools", "UserPools", "Id", MaxResults=60
    ),
    "aws:cognito/userPoolClient:UserPoolClient": _of_each_pool(
        "list_user_pool_clients", "UserPoolClients", "ClientId"
    ),
    "aws:dynamodb/table:Table": _listing("dynamodb", "list_tables", "TableNames", ""),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _listing(
        "ec2", "describe_security_groups", "SecurityGroups", "GroupId"
    ),
    "aws:ec2/eip:Eip": _listing("ec2", "describe_addresses", "Addresses", "AllocationId"),
    "aws:ec2/flowLog:FlowLog": _listing("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    "aws:ec2/internetGateway:InternetGateway": _listing(
        "ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    ),
    "aws:ec2/natGateway:NatGateway": _listing(
        "ec2",
        "describe_nat_gateways",
        "NatGateways",
        "NatGatewayId",
        # AWS shows deleted ones for an hour.
        Filter=[{"Name": "state", "Values": ["available"]}],
    ),
    "aws:ec2/route:Route": _routes,
    "aws:ec2/routeTable:RouteTable": _listing(
        "ec2", "describe_route_tables", "RouteTables", "RouteTableId"
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _associations,
    "aws:ec2/securityGroup:SecurityGroup": _listing(
        "ec2", "describe_security_groups", "SecurityGroups", "GroupId"
    ),
    "aws:ec2/subnet:Subnet": _listing("ec2", "describe_subnets", "Subnets", "SubnetId"),
    "aws:ec2/vpc:Vpc": _listing("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _standing(
        "ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", "State"
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": _standing(
        "elasticache",
        "describe_replication_groups",
        "ReplicationGroups",
        "ReplicationGroupId",
        "Status",
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": _listing(
        "elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups", "CacheSubnetGroupName"
    ),
    "aws:iam/role:Role": _listing("iam", "list_roles", "Roles", "RoleName"),
    "aws:iam/rolePolicy:RolePolicy": _role_policies,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _attachments,
    "aws:kms/alias:Alias": _listing("kms", "list_aliases", "Aliases", "AliasName"),
    "aws:kms/key:Key": _kms_keys,
    "aws:lambda/alias:Alias": _of_each_function("list_aliases", "Aliases", "AliasArn"),
    "aws:lambda/eventSourceMapping:EventSourceMapping": _listing(
        "lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"
    ),
    "aws:lambda/function:Function": _listing(
        "lambda", "list_functions", "Functions", "FunctionName"
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": _invoke_configs,
    "aws:lambda/layerVersion:LayerVersion": _layer_versions,
    "aws:lambda/permission:Permission": _permissions,
    "aws:pipes/pipe:Pipe": _listing("pipes", "list_pipes", "Pipes", "Name"),
    "aws:rds/instance:Instance": _listing(
        "rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"
    ),
    "aws:rds/parameterGroup:ParameterGroup": _listing(
        "rds", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"
    ),
    "aws:rds/subnetGroup:SubnetGroup": _listing(
        "rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"
    ),
    "aws:secretsmanager/secret:Secret": _listing(
        "secretsmanager", "list_secrets", "SecretList", "ARN"
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": _secret_versions,
    "aws:sns/topic:Topic": _listing("sns", "list_topics", "Topics", "TopicArn"),
    "aws:sns/topicPolicy:TopicPolicy": _topic_policies,
    "aws:sns/topicSubscription:TopicSubscription": _listing(
        "sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"
    ),
    "aws:sqs/queue:Queue": _listing("sqs", "list_queues", "QueueUrls", ""),
    "aws:sqs/queuePolicy:QueuePolicy": _queue_policies,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rules(egress=True),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rules(egress=False),
    "aws:wafv2/webAcl:WebAcl": _web_acls,
    "aws:wafv2/webAclAssociation:WebAclAssociation": _web_acl_associations,
}

IDENTIFIERS: dict[str, Callable[[Resource], str]] = {
    "aws:budgets/budget:Budget": lambda found: found["id"].partition(":")[2],
    "aws:ec2/route:Route": lambda found: (
        f"{found['outputs']['routeTableId']} {found['outputs']['destinationCidrBlock']}"
    ),
    # moto knows no qualifiers here.
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": lambda found: found[
        "id"
    ].partition(":")[0],
    "aws:rds/instance:Instance": lambda found: found["outputs"]["identifier"],
    "aws:wafv2/webAclAssociation:WebAclAssociation": lambda found: re.sub(
        r"^[^,]*,", "", found["id"]
    ),
}
"""How a type's Pulumi id becomes what AWS lists, where the two differ."""
