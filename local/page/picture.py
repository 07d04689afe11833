"""A drawing of the deployed stack, made from its resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

WIDTH = 1180
_NODE_WIDTH, _NODE_HEIGHT = 164, 52
_VPC_TOP = 410
_SUBNET_HEIGHT = 40
_TIERS = ("public", "private", "database")

_Resource = Mapping[str, Any]


@dataclass(frozen=True)
class _Node:
    key: str
    x: int
    y: int
    title: str
    detail: str = ""


_EDGES = (
    ("clients", "api"),
    ("api", "authorizer"),
    ("authorizer", "pool"),
    ("api", "users"),
    ("api", "products"),
    ("api", "orders"),
    ("users", "table"),
    ("products", "table"),
    ("orders", "table"),
    ("table", "pipe"),
    ("table", "metrics"),
    ("pipe", "queue"),
    ("queue", "fulfilment"),
    ("alarms", "topics"),
    ("topics", "slack-notifier"),
)
_FUNCTION_PLACES = {
    "authorizer": (400, 20),
    "users": (400, 110),
    "products": (400, 180),
    "orders": (400, 250),
    "metrics": (810, 215),
    "fulfilment": (1000, 215),
    "slack-notifier": (810, 320),
}


def stack_picture(export: Mapping[str, Any], stage: str, method_count: int) -> str:
    """An SVG of the stack.

    Args:
        export: the deployment, in the form of `pulumi stack export`.
        stage: name of the API's stage.
        method_count: how many methods the API has.
    """
    resources: list[_Resource] = export["deployment"].get("resources", [])
    by_type: dict[str, list[_Resource]] = {}
    for resource in resources:
        by_type.setdefault(resource["type"], []).append(resource)
    nodes = [*_nodes(by_type, stage, method_count), *_function_nodes(by_type)]
    places = {node.key: node for node in nodes}
    edges = [
        _edge(places[start], places[end])
        for start, end in _EDGES
        if start in places and end in places
    ]
    vpc, height = _vpc(by_type)
    count = sum(resource["type"].split(":")[0] == "aws" for resource in resources)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="picture-title"'
        f' xmlns="http://www.w3.org/2000/svg"><title id="picture-title">The deployed stack:'
        f" {count} AWS resources</title>"
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        ' markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" class="arrow"/></marker></defs>'
        f"{''.join(edges)}{''.join(map(_box, nodes))}{vpc}</svg>"
    )


def _nodes(by_type: Mapping[str, list[_Resource]], stage: str, methods: int) -> list[_Node]:
    alarms = len(by_type.get("aws:cloudwatch/metricAlarm:MetricAlarm", []))
    tables = by_type.get("aws:dynamodb/table:Table", [])
    pools = by_type.get("aws:cognito/userPool:UserPool", [])
    nodes = [
        _Node("clients", 10, 180, "Clients", "this machine"),
        _Node("api", 205, 180, "API Gateway", f"{stage}, {methods} methods"),
    ]
    if pools:
        nodes.append(_Node("pool", 610, 20, "Cognito", _output(pools[0], "name")))
    if tables:
        nodes.append(_Node("table", 610, 180, "DynamoDB", _output(tables[0], "name")))
    if by_type.get("aws:pipes/pipe:Pipe"):
        nodes.append(_Node("pipe", 810, 130, "Pipe", "new orders"))
    queues = by_type.get("aws:sqs/queue:Queue", [])
    if queues:
        dead = sum("dead" in _name(queue) for queue in queues)
        nodes.append(_Node("queue", 1000, 130, "SQS", f"orders, {dead} dead-letter"))
    if alarms:
        nodes.append(_Node("alarms", 400, 320, "CloudWatch", f"{alarms} alarms, dashboard"))
    if topics := by_type.get("aws:sns/topic:Topic"):
        nodes.append(_Node("topics", 610, 320, "SNS", f"{len(topics)} topics"))
    return nodes


def _function_nodes(by_type: Mapping[str, list[_Resource]]) -> list[_Node]:
    nodes: list[_Node] = []
    for function in by_type.get("aws:lambda/function:Function", []):
        name = _output(function, "name")
        for key, (x, y) in _FUNCTION_PLACES.items():
            if name.endswith(f"-{key}"):
                memory = int(float(_output(function, "memorySize") or 0))
                nodes.append(_Node(key, x, y, f"λ {key}", f"{memory} MB"))
    return nodes


def _vpc(by_type: Mapping[str, list[_Resource]]) -> tuple[str, int]:
    vpcs, subnets = by_type.get("aws:ec2/vpc:Vpc", []), by_type.get("aws:ec2/subnet:Subnet", [])
    if not vpcs:
        return "", _VPC_TOP
    zones = sorted({_output(subnet, "availabilityZone") for subnet in subnets})
    nats = len(by_type.get("aws:ec2/natGateway:NatGateway", []))
    groups = len(by_type.get("aws:ec2/securityGroup:SecurityGroup", []))
    height = 96 + len(_TIERS) * (_SUBNET_HEIGHT + 8)
    parts = [
        f'<rect class="vpc" x="10" y="{_VPC_TOP}" width="{WIDTH - 20}" height="{height}" rx="10"/>',
        _text(26, _VPC_TOP + 24, f"VPC {_output(vpcs[0], 'cidrBlock')}", "title"),
        _text(
            26,
            _VPC_TOP + 42,
            f"{nats} NAT gateway{'s' * (nats != 1)}, {groups} security groups",
            "detail",
        ),
    ]
    column = 250
    for index, zone in enumerate(zones):
        x = 26 + index * (column - 20)
        parts.append(_text(x, _VPC_TOP + 66, zone, "detail"))
        parts += _zone(x, zone, subnets)
    x = 26 + len(zones) * (column - 20)
    bottom = _VPC_TOP + 76
    stores = [
        *(
            _Node("", x, 0, "Postgres", _output(one, "instanceClass"))
            for one in by_type.get("aws:rds/instance:Instance", [])
        ),
        *(
            _Node("", x, 0, "Redis", _output(one, "nodeType"))
            for one in by_type.get("aws:elasticache/replicationGroup:ReplicationGroup", [])
        ),
    ]
    for index, node in enumerate(stores[:4]):
        place = _Node(
            "", x + (index // 2) * 176, bottom + (index % 2) * 66, node.title, node.detail
        )
        parts.append(_box(place))
    return "".join(parts), _VPC_TOP + height + 10


def _zone(x: int, zone: str, subnets: Sequence[_Resource]) -> list[str]:
    parts: list[str] = []
    for row, tier in enumerate(_TIERS):
        y = _VPC_TOP + 76 + row * (_SUBNET_HEIGHT + 8)
        for subnet in subnets:
            name = _name(subnet)
            isolated = tier == "database" and "isolated" in name
            if _output(subnet, "availabilityZone") == zone and (tier in name or isolated):
                cidr = _output(subnet, "cidrBlock")
                parts.append(
                    f'<rect class="subnet {tier}" x="{x}" y="{y}" width="214"'
                    f' height="{_SUBNET_HEIGHT}" rx="6"/>' + _text(x + 10, y + 25, f"{tier} {cidr}")
                )
    return parts


def _box(node: _Node) -> str:
    detail = node.detail if len(node.detail) <= 23 else f"{node.detail[:22]}…"
    return (
        f"<g><title>{escape(f'{node.title} {node.detail}')}</title>"
        f'<rect class="node" x="{node.x}" y="{node.y}" width="{_NODE_WIDTH}"'
        f' height="{_NODE_HEIGHT}" rx="8"/>'
        f"{_text(node.x + 12, node.y + 22, node.title, 'title')}"
        f"{_text(node.x + 12, node.y + 40, detail, 'detail')}</g>"
    )


def _edge(start: _Node, end: _Node) -> str:
    middle = _NODE_HEIGHT // 2
    if start.x == end.x:
        x = start.x + _NODE_WIDTH // 2
        return f'<path class="edge" d="M{x} {start.y + _NODE_HEIGHT} {x} {end.y - 3}"/>'
    x1, y1 = start.x + _NODE_WIDTH, start.y + middle
    x2, y2 = end.x - 3, end.y + middle
    half = (x1 + x2) // 2
    return f'<path class="edge" d="M{x1} {y1} C{half} {y1} {half} {y2} {x2} {y2}"/>'


def _text(x: int, y: int, text: str, kind: str = "detail") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'


def _output(resource: _Resource, name: str) -> str:
    outputs: Mapping[str, Any] = resource.get("outputs") or {}
    value = outputs.get(name)
    return "" if value is None else str(value)


def _name(resource: _Resource) -> str:
    return str(resource["urn"]).rsplit("::", 1)[1]
