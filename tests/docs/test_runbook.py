"""The runbook's commands, outputs and settings exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from settings import described_settings
from tests.pulumi_recorder import Recorder

RUNBOOK = (Path(__file__).resolve().parents[2] / "docs" / "runbook.md").read_text()
# Options of the AWS CLI itself: "AWS CLI command line options".
CLI_OPTIONS = {"query", "output", "cli-binary-format"}


def commands() -> Iterator[str]:
    """Every AWS command, with line breaks taken out."""
    text = re.sub(r"\s*\\?\n\s*", " ", RUNBOOK)
    text = text.replace("$(aws", "`aws").replace("```", "`")
    for found in re.finditer(r"`?\b(aws [a-z-]+ [a-z-]+ --.*?)(?=`|\baws [a-z]+ [a-z]+-)", text):
        yield re.sub(r'"\$\([^)]*\)"', "VALUE", found[1]).rstrip(") ")


@pytest.mark.parametrize("command", commands())
def test_every_aws_command_of_the_runbook_exists_with_its_options(command: str) -> None:
    _, service, name, *rest = shlex.split(command, posix=False)
    model = botocore.session.get_session().get_service_model(service)
    [operation] = [one for one in model.operation_names if xform_name(one, "-") == name]
    members = model.operation_model(operation).input_shape.members
    options = {xform_name(member, "-") for member in members} | CLI_OPTIONS
    given = {word.removeprefix("--") for word in rest if word.startswith("--")}
    assert given
    assert given <= options


def test_the_runbook_has_commands() -> None:
    names = {tuple(command.split()[1:3]) for command in commands()}
    assert ("sqs", "start-message-move-task") in names
    assert ("dynamodb", "scan") in names
    assert ("sqs", "send-message") in names


def test_every_stack_output_of_the_runbook_exists(dev: Recorder) -> None:
    named = set(re.findall(r"pulumi stack output (\w+)", RUNBOOK))
    assert named
    assert named <= set(dev.outputs)


def test_every_setting_of_the_runbook_exists() -> None:
    known = {key for key, _ in described_settings()}
    sections = {key.partition(".")[0] for key in known if "." in key}
    named = {
        name
        for name in re.findall(r"`([a-z][\w.]+)`", RUNBOOK)
        if name.partition(".")[0] in sections and "." in name
    }
    assert named
    assert named <= known
