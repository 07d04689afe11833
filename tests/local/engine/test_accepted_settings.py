"""What settings take deploys, and stays as it is."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings

from local.engine.deployment import open_deployment
from local.engine.finding import Engine
from tests.accepted_settings import PROTECTED, accepted_settings

pytestmark = pytest.mark.life

REGION = "eu-west-1"
FEWEST_SET = 4
"""Top-level settings of a try, that it be worth a deployment."""


def stack_files(folder: Path, given: dict[str, Any]) -> Path:
    """A folder with one stack of these settings, `walk`."""
    own = {f"aws-platform:{key}": value for key, value in given.items()}
    stack = yaml.safe_dump({"config": {"aws:region": REGION, **own}})
    (folder / "Pulumi.walk.yaml").write_text(stack)
    return folder


# A failure is told as it is: each try deploys everything.
@given(chosen=accepted_settings(REGION).filter(lambda chosen: len(chosen) >= FEWEST_SET))
@example(chosen={**PROTECTED, "cache": {"nodeType": "cache.r6gd.xlarge"}})
@hypothesis_settings(
    max_examples=1,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_settings_that_are_taken_deploy_and_leave_nothing_to_change(
    engine: Engine, chosen: dict[str, Any]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = stack_files(Path(folder), chosen)
        with open_deployment("walk", stack_files=files) as deployment:
            deployment.up()
            assert deployment.preview() == []
