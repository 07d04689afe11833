"""An AWS that does not answer the program's first questions, on the real engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from local.engine.deployment import open_deployment
from local.engine.finding import Engine
from local.failures import DeploymentError, UserError

PROGRAM = """\
import settings
from components.network.network import availability_zones
from components.shared.environment import Environment
config = settings.load()
configuration = settings.provider_configuration()
made = Environment.of_stack(settings.region(), config, configuration)
availability_zones(made, config)
"""

UNCONFIGURABLE_PLUGIN = """\
import sys
from local.provider import server
from local.provider.__main__ import main
from pulumi.runtime.proto import provider_pb2

def check_config(self, request, context):
    failure = provider_pb2.CheckFailure(reason="No valid credential sources found.")
    return provider_pb2.CheckResponse(inputs=request.news, failures=[failure])

server.CustomResources.CheckConfig = check_config
sys.exit(main(["aws", *sys.argv[1:]]))
"""
"""A provider that looks for credentials as the real one does, and finds none.

pulumi-aws, provider/config.go, `validateCredentials`: it answers with failures of the check.
"""

pytestmark = pytest.mark.xdist_group("tiny")


@pytest.fixture
def program(checkout: Path) -> Path:
    (checkout / "Pulumi.dev.yaml").write_text("config: {aws:region: us-east-1}\n")
    (checkout / "__main__.py").write_text(PROGRAM)
    return checkout


def outcome(program: Path, environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """What a preview is refused with, and what the engine prints, in this environment."""
    lines: list[str] = []
    with open_deployment("dev", checkout=program) as deployment:
        deployment._stack.workspace.env_vars.update(environment)
        with pytest.raises(UserError) as refused:
            deployment.preview(on_output=lines.append)
    return str(refused.value), lines


def test_an_endpoint_that_refuses_is_one_line(engine: Engine, program: Path) -> None:
    message, lines = outcome(program, {"AWS_PLATFORM_ENDPOINT": "http://127.0.0.1:1"})

    assert message.startswith("AWS does not say which account this is: ")
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:1/". See that' in message
    assert message.endswith("`python -m local preview dev` needs no account.")
    assert "\n" not in message
    assert lines == []


def test_a_call_that_is_denied_is_one_line(engine: Engine, program: Path) -> None:
    message, lines = outcome(program, {"AWS_ACCESS_KEY_ID": "AKIAOFSOMEBODYELSE"})

    assert message.startswith("AWS does not say which account this is: ")
    assert "\n" not in message
    assert lines == []


def test_somebody_without_credentials_is_told_before_the_provider_is_made(
    engine: Engine, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    with open_deployment("dev", checkout=program) as deployment:
        # Not before, since the engine is looked for in the home.
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        deployment.preview(on_output=lines.append)
        assert not any("error" in line for line in lines)
        content = deployment.workspace.stack_file.read_text()
        # What each run on this machine has in place of credentials.
        without = re.sub(r"  aws:skipCredentialsValidation: .*\n", "", content)
        assert without != content
        deployment.workspace.stack_file.write_text(without)
        lines.clear()
        with pytest.raises(UserError, match=r"^There are no AWS credentials: ") as refused:
            deployment.preview(on_output=lines.append)
    assert "\n" not in str(refused.value)
    assert lines == []


def test_what_the_provider_finds_wrong_with_credentials_brings_no_traceback(
    engine: Engine, program: Path
) -> None:
    plugin = program / "plugin.py"
    plugin.write_text(UNCONFIGURABLE_PLUGIN)
    lines: list[str] = []
    with open_deployment("dev", checkout=program) as deployment:
        launcher = deployment.workspace.folder / "plugins" / "aws" / "pulumi-resource-aws"
        started = launcher.read_text()
        launcher.write_text(started.replace("-m local.provider aws", str(plugin)))
        assert launcher.read_text() != started
        with pytest.raises(DeploymentError):
            deployment.preview(on_output=lines.append)
    text = "\n".join(lines)
    assert text.count("has a problem: No valid credential sources found.") == 2
    assert "Traceback" not in text
