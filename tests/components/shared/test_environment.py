import json
from typing import Any

import pulumi
import pytest

from components.shared.environment import Environment
from components.shared.environment_settings import EnvironmentSettings
from components.shared.provider_configuration import ProviderConfiguration
from tests.pulumi_recorder import ACCOUNT_ID, Recorder, record


def environment(stack: str) -> tuple[Environment, Recorder]:
    found: list[Environment] = []
    settings = EnvironmentSettings.model_validate(
        {"logRetentionDays": 14, "deletionProtection": True}
    )
    recorded = record(
        lambda: found.append(Environment.of_stack("eu-west-1", settings, ProviderConfiguration())),
        stack=stack,
    )
    return found[0], recorded


def test_it_is_the_stack_in_its_account_and_region() -> None:
    made, _ = environment("staging")

    assert (made.project, made.name, made.prefix) == (
        "aws-platform",
        "staging",
        "aws-platform-staging",
    )
    assert (made.account_id, made.partition, made.region) == (ACCOUNT_ID, "aws", "eu-west-1")
    assert made.log_retention_days == 14
    assert made.deletion_protection is True


def test_its_provider_tags_everything_with_project_and_environment() -> None:
    _, recorded = environment("staging")
    inputs = recorded.one("pulumi:providers:aws").inputs

    assert inputs["region"] == "eu-west-1"
    assert json.loads(inputs["defaultTags"]) == {
        "tags": {
            "Project": "aws-platform",
            "Environment": "staging",
            "ManagedBy": "Pulumi",
        }
    }


@pytest.mark.parametrize("name", ["a", "dev", "feature-1234", "a-b-c", "a1-2", "a" * 20])
def test_a_stack_name_that_fits_into_aws_names_is_taken(name: str) -> None:
    assert environment(name)[0].name == name


@pytest.mark.parametrize(
    "name",
    [
        *("Dev", "1st", "my_stack", "a" * 21, "-x", "dév", "a.b", "", "dev\n"),
        *("a--b", "dev-", "dev--", "a---b", "a-", f"{'a' * 19}-", f"{'a' * 20}-"),
    ],
)
def test_another_stack_name_is_refused_with_what_is_allowed(name: str) -> None:
    recorder = Recorder()
    program: Any = lambda: Environment.of_stack(  # noqa: E731
        "eu-west-1", EnvironmentSettings(), ProviderConfiguration()
    )

    with pytest.raises(pulumi.RunError) as refused:
        record(program, stack=name, recorder=recorder)

    message = str(refused.value)
    assert repr(name) in message
    assert "a lower-case letter, then up to 19" in message
    assert "single hyphens, and no hyphen at the end" in message
    assert "pulumi stack init" in message
    assert recorder.resources == []
