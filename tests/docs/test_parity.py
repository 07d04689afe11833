"""docs/parity.md says what is there: held to what the program registers."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.pulumi_recorder import Recorder, run_program

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PARITY = (ROOT / "docs" / "parity.md").read_text(encoding="utf-8")
# A component's own type is no resource of AWS.
COMPONENT_PREFIX = "aws-platform:"
# Construct ids of the source's four stacks, and what it makes without one.
SOURCE_IDS = """
MainVPC VpcFlowLogsGroup FlowLogsCloudWatch WebSecurityGroup AppSecurityGroup DatabaseSecurityGroup
CacheSecurityGroup BastionSecurityGroup S3Endpoint DynamoDbEndpoint VpcEndpointSG ECR ECR_DOCKER
LAMBDA SECRETS_MANAGER SSM SSM_MESSAGES EC2_MESSAGES VpcId VpcCidr PublicSubnetIds PrivateSubnetIds
DatabaseSubnetIds
DatabaseKey rds-credentials DatabaseSubnetGroup DatabaseParameterGroup PrimaryDatabase ReadReplica
CacheSubnetGroup CacheParameterGroup RedisCluster DatabaseEndpoint DatabaseSecretArn
ReadReplicaEndpoint RedisEndpoint
ApiUserPool ApiClient ApiDataTable CommonLayer UsersFunction ProductsFunction OrdersFunction
AuthorizerFunction CustomAuthorizer ServerlessApi ApiAccessLogs UsersValidator ApiUrl UserPoolId
TableName
AlarmTopic EmailSubscription SlackNotifier LambdaSubscription SystemDashboard ApiHighLatency
usersErrors productsErrors ordersErrors authorizerErrors DatabaseHighCPU MetricsPublisher
"""


def rows() -> list[list[str]]:
    """The cells of every table row, without heads and rules."""
    lines = [line for line in PARITY.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[1] != "here"]


def sources() -> list[str]:
    return [row[0] for row in rows()]


def here() -> str:
    return "\n".join(row[1] for row in rows())


def resources() -> list[tuple[str, str]]:
    """Each (type, name pattern) of the tables."""
    return re.findall(r"`([a-z]+:[\w/]+:\w+)` `([^`]+)`", here())


def short(token: str) -> str:
    """`aws:rds/instance:Instance` as the documentation writes it, `aws:rds:Instance`."""
    return re.sub(r"/\w+:", ":", token)


@pytest.fixture(scope="module")
def complete() -> Recorder:
    """The prod stack with everything that its committed config leaves to the team."""
    return run_program(
        "prod",
        {
            "slackWebhookUrl": "https://hooks.slack.com/services/T0/B0/x",
            "monitoring": {"monthlyBudgetUsd": 1000, "burnRateAlarms": True},
        },
    )


def registered(recorder: Recorder) -> set[tuple[str, str]]:
    return {
        (short(one.type), one.name)
        for one in recorder.resources
        if not one.type.startswith(COMPONENT_PREFIX)
    }


def test_every_resource_named_is_registered(complete: Recorder) -> None:
    known = registered(complete)
    missing = [
        (token, pattern)
        for token, pattern in resources()
        if not any(token == kind and fnmatchcase(name, pattern) for kind, name in known)
    ]
    assert missing == []


def test_every_registered_resource_has_a_row(complete: Recorder) -> None:
    named = resources()
    missing = [
        (kind, name)
        for kind, name in sorted(registered(complete))
        if not any(kind == token and fnmatchcase(name, pattern) for token, pattern in named)
    ]
    assert missing == []


def test_every_output_named_is_exported(complete: Recorder) -> None:
    named = set(re.findall(r"output `(\w+)`", here()))
    assert named - set(complete.outputs) == set()
    assert len(named) == 12


def test_every_graph_named_is_on_the_dashboard(complete: Recorder) -> None:
    body = json.loads(complete.one("Dashboard").inputs["dashboardBody"])
    titles = {widget["properties"]["title"] for widget in body["widgets"]}
    named = set(re.findall(r"graph `([^`]+)`", here()))
    assert len(named) == 19
    assert named - titles == set()


def test_every_file_named_exists() -> None:
    files = set(re.findall(r"`([\w/]+\.py)`", here()))
    assert files
    assert [name for name in sorted(files) if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("source_id", SOURCE_IDS.split())
def test_every_resource_of_the_source_has_a_row(source_id: str) -> None:
    assert any(f"`{source_id}`" in cell for cell in sources())
