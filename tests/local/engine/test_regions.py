import json
import re

import pytest

from local.engine.deployment import open_deployment
from local.engine.finding import Engine
from tests.pulumi_recorder import STACK_FILES

pytestmark = pytest.mark.life


@pytest.mark.parametrize("region", ["ca-central-1", "me-central-1", "mx-central-1"])
def test_a_preview_is_that_of_the_region(engine: Engine, region: str) -> None:
    lines: list[str] = []
    with open_deployment("dev", {"aws:region": region}, stack_files=STACK_FILES) as deployment:
        changes = deployment.preview(on_output=lines.append)
    assert {change.operation for change in changes} == {"create"}
    assert "us-east-1" not in "\n".join(lines)


def test_in_another_partition_no_arn_is_of_this_one(engine: Engine) -> None:
    with open_deployment(
        "dev", {"aws:region": "us-gov-west-1"}, stack_files=STACK_FILES
    ) as deployment:
        deployment.up()
        exported = json.dumps(deployment.export())
    arns = set(re.findall(r"arn:aws[\w-]*:[\w-]*:[\w-]*:", exported))
    assert [arn for arn in sorted(arns) if not arn.startswith("arn:aws-us-gov:")] == []
    assert {arn.split(":")[3] for arn in arns} <= {"us-gov-west-1", ""}
