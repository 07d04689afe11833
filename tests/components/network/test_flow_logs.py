import json

import pytest

from components.network.flow_logs import FlowLogs, FlowLogsArgs
from tests.pulumi_recorder import ACCOUNT_ID, Recorder, record


@pytest.fixture(scope="module")
def logs() -> Recorder:
    return record(
        lambda: FlowLogs(
            "flow",
            FlowLogsArgs(
                vpc_id="vpc-1",
                log_group_name="/aws/vpc/flow",
                retention_days=7,
                account_id=ACCOUNT_ID,
            ),
        )
    )


def test_all_traffic_goes_to_the_log_group(logs: Recorder) -> None:
    inputs = logs.one("FlowLog").inputs

    assert inputs["vpcId"] == "vpc-1"
    assert inputs["trafficType"] == "ALL"
    assert inputs["logDestinationType"] == "cloud-watch-logs"
    assert inputs["logDestination"] == "arn:aws:::flow-group"
    assert inputs["iamRoleArn"] == "arn:aws:::flow-role"


def test_the_log_group_has_its_name_and_retention(logs: Recorder) -> None:
    assert logs.one("LogGroup").inputs == {"name": "/aws/vpc/flow", "retentionInDays": 7}


def test_the_role_writes_to_its_group_only_and_cannot_make_it_anew(logs: Recorder) -> None:
    (statement,) = json.loads(logs.one("RolePolicy").inputs["policy"])["Statement"]

    assert statement["Resource"] == "arn:aws:::flow-group:*"
    assert set(statement["Action"]) == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:DescribeLogStreams",
    }


def test_only_this_accounts_flow_logs_may_take_the_role(logs: Recorder) -> None:
    (statement,) = json.loads(logs.one("Role").inputs["assumeRolePolicy"])["Statement"]

    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}


def test_the_flow_log_starts_when_its_role_may_write(logs: Recorder) -> None:
    assert logs.one("FlowLog").depends_on == (logs.one("RolePolicy").name,)
