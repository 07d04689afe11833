"""The life of every type that is one object of an API, and its table against the API's models."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from inspect import isabstract
from typing import Any

import pytest

from local.provider.aws.api_object import ApiObject, in_order
from local.provider.aws.described import ignoring
from local.provider.aws.kms import Key
from local.provider.aws.logs import LogGroup
from local.provider.aws.vpc import Eip, Subnet, Vpc
from local.provider.connection import Connection
from local.provider.outputs import EMPTY
from local.provider.registry import resource_types
from tests.local.provider.aws.apigateway.stages import stage
from tests.local.provider.aws.cognito.user_pools import pool
from tests.local.provider.aws.lambda_.deployments import code, function
from tests.local.provider.aws.lifecycle import deploy, failures, imported
from tests.local.provider.aws.test_pipes import QUEUE, STREAM, source
from tests.local.provider.aws.test_wafv2 import ACL, stage_arn


def document(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


@dataclass
class Life:
    """What a resource is made from and changed to.

    Attributes:
        inputs: at the creation.
        changes: of the update.
        address: what stands before the id on import.
        unread: inputs that AWS, or moto, does not answer with.
    """

    inputs: dict[str, Any]
    changes: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    unread: tuple[str, ...] = ()


def _role(aws: Connection) -> str:
    aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document("sts:AssumeRole"))
    return "r"


def _role_policy(aws: Connection) -> Life:
    inputs = {"name": "p", "role": _role(aws), "policy": document("sqs:SendMessage")}
    return Life(inputs, {"policy": document("sqs:*")})


def _attachment(aws: Connection) -> Life:
    answer = aws.client("iam").create_policy(PolicyName="m", PolicyDocument=document("sqs:*"))
    return Life({"role": _role(aws), "policyArn": answer["Policy"]["Arn"]})


def _user_group(aws: Connection) -> Life:
    inputs = {"name": "admin", "userPoolId": pool(aws).id, "precedence": 1, "description": "all"}
    return Life(inputs, {"description": "some", "precedence": 2})


def _user_pool_client(aws: Connection) -> Life:
    pool_id = pool(aws).id
    inputs = {
        "name": "web",
        "userPoolId": pool_id,
        "explicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
        "generateSecret": True,
        "accessTokenValidity": 30,
        "tokenValidityUnits": {"accessToken": "minutes"},
    }
    return Life(inputs, {"accessTokenValidity": 45, "name": "site"}, f"{pool_id}/")


def _alias(aws: Connection) -> Life:
    deployed = function(aws)
    deployed.update(code=code("second = True"))
    inputs = {"name": "live", "functionName": "users", "functionVersion": "1", "description": "d"}
    return Life(inputs, {"functionVersion": "2", "description": None})


def _usage_plan_key(aws: Connection) -> Life:
    apigateway = aws.client("apigateway")
    deployed = stage(aws)
    plan = apigateway.create_usage_plan(
        name="plan", apiStages=[{"apiId": deployed.state["restApi"], "stage": "prod"}]
    )["id"]
    key = apigateway.create_api_key(name="k", enabled=True)["id"]
    return Life({"usagePlanId": plan, "keyId": key, "keyType": "API_KEY"}, {}, f"{plan}/")


def _kms_alias(aws: Connection) -> Life:
    first, second = deploy(aws, Key()), deploy(aws, Key())
    return Life({"name": "alias/a", "targetKeyId": first.id}, {"targetKeyId": second.id})


def _association(aws: Connection) -> Life:
    settings = {"DefaultAction": {"Allow": {}}, "Name": "api", "Scope": "REGIONAL"}
    visibility = {
        "SampledRequestsEnabled": True,
        "CloudWatchMetricsEnabled": True,
        "MetricName": ACL["name"],
    }
    acl = aws.client("wafv2").create_web_acl(**settings, VisibilityConfig=visibility)["Summary"]
    return Life({"webAclArn": acl["ARN"], "resourceArn": stage_arn(aws)})


def _pipe(aws: Connection) -> Life:
    inputs = {
        "name": "orders",
        "description": "to the queue",
        "roleArn": "arn:aws:iam::123456789012:role/pipe",
        "source": STREAM,
        "target": QUEUE,
        "sourceParameters": source(),
        "targetParameters": {"inputTemplate": "{}"},
        "tagsAll": {"a": "1", "b": "1"},
    }
    changes = {"sourceParameters": source(batchSize=5), "description": None, "tagsAll": {"b": "2"}}
    # moto forgets the stream's starting position at an update.
    return Life(inputs, changes, unread=("sourceParameters",))


def _vpc(aws: Connection) -> str:
    return deploy(aws, Vpc(), cidrBlock="10.0.0.0/16").id


def _subnet(aws: Connection) -> str:
    return deploy(aws, Subnet(), vpcId=_vpc(aws), cidrBlock="10.0.0.0/24").id


TAGS = {"tagsAll": {"a": "1", "b": "1"}}
RETAGGED = {"tagsAll": {"b": "2"}}

LIVES: dict[str, Callable[[Connection], Life]] = {
    "aws:apigateway/usagePlanKey:UsagePlanKey": _usage_plan_key,
    "aws:cloudwatch/dashboard:Dashboard": lambda aws: Life(
        {"dashboardName": "d", "dashboardBody": json.dumps({"widgets": []}, indent=1)},
        {"dashboardBody": json.dumps({"widgets": [{"type": "text", "width": 3}]})},
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": lambda aws: Life(
        {"policyName": "p", "policyDocument": document("logs:*")},
        {"policyDocument": document("logs:PutLogEvents")},
    ),
    "aws:cognito/userGroup:UserGroup": _user_group,
    "aws:cognito/userPoolClient:UserPoolClient": _user_pool_client,
    "aws:ec2/eip:Eip": lambda aws: Life({"domain": "vpc", **TAGS}, RETAGGED),
    "aws:ec2/flowLog:FlowLog": lambda aws: Life(
        {
            "vpcId": _vpc(aws),
            "trafficType": "REJECT",
            "maxAggregationInterval": 60,
            "iamRoleArn": f"arn:aws:iam::123456789012:role/{_role(aws)}",
            "logDestination": deploy(aws, LogGroup(), name="flow").state["arn"],
            **TAGS,
        },
        RETAGGED,
    ),
    "aws:ec2/internetGateway:InternetGateway": lambda aws: Life(
        {"vpcId": _vpc(aws), **TAGS}, {"vpcId": None, **RETAGGED}
    ),
    "aws:ec2/natGateway:NatGateway": lambda aws: Life(
        {"subnetId": _subnet(aws), "allocationId": deploy(aws, Eip()).id, **TAGS}, RETAGGED
    ),
    "aws:ec2/routeTable:RouteTable": lambda aws: Life({"vpcId": _vpc(aws), **TAGS}, RETAGGED),
    "aws:ec2/securityGroup:SecurityGroup": lambda aws: Life(
        {"vpcId": _vpc(aws), "name": "web", "description": "Web", **TAGS}, RETAGGED
    ),
    "aws:ec2/subnet:Subnet": lambda aws: Life(
        {
            "vpcId": _vpc(aws),
            "cidrBlock": "10.0.1.0/24",
            "availabilityZone": "us-east-1b",
            "mapPublicIpOnLaunch": True,
            **TAGS,
        },
        {"mapPublicIpOnLaunch": False, **RETAGGED},
    ),
    "aws:ec2/vpc:Vpc": lambda aws: Life(
        {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": True, **TAGS},
        {"enableDnsHostnames": False, **RETAGGED},
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": lambda aws: Life(
        {"name": "cache", "subnetIds": [_subnet(aws)], **TAGS}, RETAGGED, unread=("tagsAll",)
    ),
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _attachment,
    "aws:kms/alias:Alias": _kms_alias,
    "aws:lambda/alias:Alias": _alias,
    "aws:pipes/pipe:Pipe": _pipe,
    "aws:wafv2/webAclAssociation:WebAclAssociation": _association,
}
KINDS = {
    kind.token: kind
    for kind in resource_types()
    if issubclass(kind, ApiObject) and not isabstract(kind)
}


def test_every_type_has_a_life() -> None:
    assert KINDS.keys() == LIVES.keys()


@pytest.mark.parametrize("token", LIVES)
def test_it_is_created_imported_changed_and_deleted(aws: Connection, token: str) -> None:
    kind, life = KINDS[token](), LIVES[token](aws)
    deployed = deploy(aws, kind, **life.inputs)
    _assert_read(aws, kind, life, deployed.id, life.inputs)
    if life.changes:
        deployed.update(**life.changes)
        _assert_read(aws, kind, life, deployed.id, deployed.inputs)
    deployed.delete()
    if kind.api.delete:
        assert deployed.read() is None
        assert imported(aws, kind, f"{life.address}{deployed.id}") is None


def _assert_read(
    aws: Connection, kind: ApiObject, life: Life, id: str, inputs: dict[str, Any]
) -> None:
    read = imported(aws, kind, f"{life.address}{id}")
    assert read is not None
    for name, value in inputs.items():
        if name in life.unread:
            continue
        if name in kind.documents:
            assert json.loads(read[name]) == json.loads(value)
        else:
            assert read[name] == value, name
    for name in life.changes.keys() - inputs.keys():
        assert read.get(name) in [*EMPTY.values(), None], f"{name} was taken away"


@pytest.mark.parametrize("token", LIVES)
def test_all_of_its_table_are_parameters_of_its_calls(aws: Connection, token: str) -> None:
    kind = KINDS[token]
    if not kind.table:
        return
    client = aws.client(kind.api.service)
    shapes = [_shape(client, method) for method in (kind.api.create, kind.api.update) if method]
    ours = {"mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"}
    for path in _paths({name: api for name, api in kind.table.items() if name not in ours}):
        assert any(_takes(shape, path) for shape in shapes), f"no call takes {'.'.join(path)}"
    for name in kind.defaults:
        assert any(name in shape.members for shape in shapes), name
    if kind.tagging:
        assert kind.tagging.created_with in shapes[0].members
        service = aws.client(kind.tagging.service)
        assert {kind.tagging.resource, kind.tagging.parameter} <= _shape(
            service, kind.tagging.tag
        ).members.keys()
        assert kind.tagging.keys in _shape(service, kind.tagging.untag).members


def test_what_the_schema_refuses_is_refused_of_a_row_too() -> None:
    assert failures(KINDS["aws:kms/alias:Alias"](), {"name": "data"}).keys() == {"name"}


def test_a_set_in_another_order_is_the_same_set() -> None:
    assert in_order(["a", "b"], ["b", "a"]) == ["b", "a"]
    assert in_order(["a", "b"], ["b"]) == ["a", "b"]
    assert in_order(["a"], None) == ["a"]


def test_only_the_named_ends_of_codes_are_ignored() -> None:
    with ignoring("NotFound"):
        raise _Error("InvalidSubnetID.NotFound")
    with pytest.raises(_Error), ignoring("NotFound"):
        raise _Error("NotFoundException")


class _Error(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


def _shape(client: Any, method: str) -> Any:
    operation = client.meta.method_to_api_mapping[method]
    return client.meta.service_model.operation_model(operation).input_shape


def _paths(table: Any) -> Iterator[tuple[str, ...]]:
    for target in table.values():
        api, inner = target if isinstance(target, tuple) else (target, {})
        yield (api,)
        yield from ((api, *path) for path in _paths(inner))


def _takes(shape: Any, path: tuple[str, ...]) -> bool:
    while shape.type_name == "list":
        shape = shape.member
    if shape.type_name != "structure" or path[0] not in shape.members:
        return False
    return len(path) == 1 or _takes(shape.members[path[0]], path[1:])
