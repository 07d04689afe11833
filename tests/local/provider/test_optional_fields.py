"""Resource types read what AWS answers, also without any field that AWS may leave out.

Which fields those are is what the service models of boto3 say, which are AWS's own.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local.engine.deployment import Deployment
from local.provider import registry
from local.provider.aws.described import DescribedType
from local.provider.aws.sqs import Queue, QueuePolicy
from local.provider.connection import Connection
from local.provider.outputs import complete
from local.provider.resource_type import Properties
from tests.local.provider.aws.lifecycle import Deployed, deploy
from tests.local.provider.replayed_aws import Call, Path, ReplayedAws

OTHER_VALUES: dict[tuple[str, str], set[str]] = {
    # CloudWatch API reference, PutMetricAlarm: "missing" is what an alarm without it does.
    ("DescribeAlarms", "MetricAlarms.*.TreatMissingData"): {"treatMissingData"},
    # terraform-provider-aws, internal/service/dynamodb/table.go: without it, PROVISIONED.
    ("DescribeTable", "Table.BillingModeSummary"): {"billingMode"},
    ("DescribeTable", "Table.BillingModeSummary.BillingMode"): {"billingMode"},
    # Cognito API reference, UserPoolType: a pool has no protection unless it is ACTIVE.
    ("DescribeUserPool", "UserPool.DeletionProtection"): {"deletionProtection"},
    # API Gateway API reference, EndpointConfiguration: an API is EDGE unless it says otherwise.
    ("GetRestApi", "endpointConfiguration"): {"endpointConfiguration"},
    ("GetRestApi", "endpointConfiguration.types"): {"endpointConfiguration"},
    # EventBridge Pipes API reference: a batch without a size has 100 records.
    (
        "DescribePipe",
        "SourceParameters.DynamoDBStreamParameters.BatchSize",
    ): {"sourceParameters"},
    # Of a function without versions that is left which each has, $LATEST.
    ("ListVersionsByFunction", "Versions"): {"version", "qualifiedArn", "qualifiedInvokeArn"},
    ("ListVersionsByFunction", "Versions.*.Version"): {
        "version",
        "qualifiedArn",
        "qualifiedInvokeArn",
    },
    # An instance without a source is no replica, so that its database's name is its own.
    ("DescribeDBInstances", "DBInstances.*.ReadReplicaSourceDBInstanceIdentifier"): {"dbName"},
}
"""Outputs that are not empty without a field, but say something else: AWS's default."""


@dataclass
class Reading:
    """One resource that is read, and what it read with all fields there."""

    kind: DescribedType
    id: str
    state: Properties
    aws: ReplayedAws
    complete: Properties

    def read(self) -> Properties | None:
        read = self.kind.read(self.aws, self.id, copy.deepcopy(self.state))
        return None if read is None else complete(self.kind.token, read)

    def variants(self) -> Iterator[tuple[Call, Path]]:
        """Each optional field of each answer."""
        for call, answer in self.aws.answers.items():
            if isinstance(answer, dict):
                for path in self.aws.optional_fields(call):
                    yield call, path

    def faults(self) -> Iterator[str]:
        """What is wrong with the reading without one of the fields."""
        for call, path in self.variants():
            where = f"{self.kind.token} without {call.operation} {'.'.join(path)}"
            self.aws.without(call, path)
            try:
                read = self.read()
            except Exception as error:
                yield f"{where}: {error!r}"
                continue
            if read is None:
                if not self._holds_or_names(self.aws.values(call, path)):
                    yield f"{where}: gone"
                continue
            said = OTHER_VALUES.get((call.operation, ".".join(path)), set())
            for name, value in read.items():
                if name not in said and not _nothing_new(value, self.complete.get(name)):
                    yield f"{where}: {name} is {value!r}, was {self.complete.get(name)!r}"

    def _holds_or_names(self, values: list[Any]) -> bool:
        """Whether without these nobody could tell that the resource is there."""
        known = json.dumps([self.id, self.complete], default=str)
        return any(
            isinstance(value, (dict, list)) or str(value) in known or self.id in str(value)
            for value in values
        )


@pytest.fixture
def deployed(request: pytest.FixtureRequest) -> Deployment:
    return request.getfixturevalue(f"deployed_{request.param}")


@pytest.fixture
def of_no_program(deployed: Deployment) -> Iterator[list[Deployed]]:
    """A resource of each type that the program has not."""
    aws = Connection(deployed.workspace.region, deployed.aws.access)
    queue = deploy(aws, Queue(), name="optional-fields")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    yield [deploy(aws, QueuePolicy(), queueUrl=queue.id, policy=policy)]
    queue.delete()


@pytest.mark.parametrize(
    ("deployed", "without"),
    [
        pytest.param(
            "dev",
            {
                "aws:apigateway/account:Account",
                "aws:wafv2/webAcl:WebAcl",
                "aws:wafv2/webAclAssociation:WebAclAssociation",
            },
            marks=pytest.mark.xdist_group("dev"),
        ),
        pytest.param("prod", set(), marks=[pytest.mark.xdist_group("prod"), pytest.mark.life]),
    ],
    indirect=["deployed"],
)
def test_any_optional_field_may_be_missing(
    deployed: Deployment, of_no_program: list[Deployed], without: set[str]
) -> None:
    aws = Connection(deployed.workspace.region, deployed.aws.access)
    resources = [
        *_resources(deployed.export()),
        *((one.kind, one.id, one.state) for one in of_no_program),
    ]
    readings = [
        reading
        for kind, id, state in resources
        # As a refresh reads it, and as an import does, which knows the id alone.
        for known in (state, {})
        if (reading := _recorded(kind, id, known, aws))
    ]
    described = {
        kind.token for kind in registry.resource_types() if issubclass(kind, DescribedType)
    }
    assert described - {reading.kind.token for reading in readings} == without
    assert sum(len(list(reading.variants())) for reading in readings) > 1500
    assert [fault for reading in readings for fault in reading.faults()] == []


def _resources(export: dict[str, Any]) -> Iterator[tuple[DescribedType, str, Properties]]:
    """One resource of each type and set of inputs."""
    seen: set[tuple[str, ...]] = set()
    for resource in export["deployment"]["resources"]:
        if not resource["type"].startswith("aws:"):
            continue
        kind = registry.resource_type(resource["type"])
        given = (kind.token, *sorted(resource["inputs"]))
        if isinstance(kind, DescribedType) and given not in seen:
            seen.add(given)
            yield kind, resource["id"], _plain(resource["outputs"])


def _recorded(kind: DescribedType, id: str, state: Properties, aws: Connection) -> Reading | None:
    """The reading of a resource; None where an import takes a longer id than this."""
    replayed = ReplayedAws(aws)
    try:
        read = kind.read(replayed, id, copy.deepcopy(state))
    except (KeyError, ValueError):
        assert not state
        return None
    if read is None:
        assert not state
        return None
    replayed.replay = True
    return Reading(kind, id, state, replayed, complete(kind.token, read))


def _nothing_new(value: Any, before: Any) -> bool:
    """Whether a value says nothing that it did not say before: the same, or less."""
    if value == before or value in (None, "", 0, False) or value in ([], {}):
        return True
    if isinstance(value, dict) and isinstance(before, dict):
        return all(name in before and _nothing_new(value[name], before[name]) for name in value)
    if isinstance(value, list) and isinstance(before, list):
        left = list(before)
        for item in value:
            match = next((one for one in left if _nothing_new(item, one)), None)
            if match is None:
                return False
            left.remove(match)
        return True
    return False


def _plain(value: Any) -> Any:
    """A value of an exported state: secrets unwrapped, whole numbers as such."""
    if isinstance(value, dict):
        if "plaintext" in value:
            return _plain(json.loads(value["plaintext"]))
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
