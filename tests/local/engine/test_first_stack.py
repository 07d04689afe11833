"""The first stack of an account, where nobody has set what an account has once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from local.aws.embedded_aws import EmbeddedAws
from local.engine.deployment import open_deployment
from local.engine.finding import Engine
from local.failures import DeploymentError
from tests.pulumi_recorder import STACK_FILES

PROGRAM = """\
import pulumi, pulumi_aws as aws
from components.api.log_role import log_role_is_missing

body = '''{"openapi": "3.0.1", "info": {"title": "a", "version": "1"}, "paths": {"/a": {"get": {
  "responses": {}, "x-amazon-apigateway-integration": {"type": "http_proxy",
  "httpMethod": "GET", "uri": "https://example.com/"}}}}}'''
api = aws.apigateway.RestApi("api", body=body)
deployment = aws.apigateway.Deployment("deployment", rest_api=api.id)
aws.apigateway.Stage(
    "stage", rest_api=api.id, deployment=deployment.id, stage_name="dev", STAGE
    opts=pulumi.ResourceOptions(hooks=log_role_is_missing("api")),
)
"""
LOGS = """access_log_settings={
    "destination_arn": "arn:aws:logs:us-east-1:123456789012:log-group:access",
    "format": "$context.requestId",
},"""
BAD_VARIABLE = 'variables={"a": "b c"},'


def printed(checkout: Path, stage: str, *, first_stack: bool) -> list[str]:
    (checkout / "__main__.py").write_text(PROGRAM.replace("STAGE", stage))
    lines: list[str] = []
    start_aws = partial(EmbeddedAws, first_stack=first_stack)
    with open_deployment("dev", checkout=checkout, start_aws=start_aws) as deployment:
        try:
            deployment.up(on_output=lines.append)
        except DeploymentError as failure:
            lines += getattr(failure, "__notes__", [])
    return lines


@pytest.mark.xdist_group("tiny")
def test_logs_without_a_role_fail_with_the_command_that_sets_it(
    engine: Engine, checkout: Path
) -> None:
    text = "\n".join(printed(checkout, LOGS, first_stack=True))

    assert "aws:apigateway:Stage (stage)" in text
    assert "BadRequestException: CloudWatch Logs role ARN must be set in account settings" in text
    assert "`pulumi config set --path api.ownsAccountRole true`, then `pulumi up` again." in text
    assert "Traceback" not in text


@pytest.mark.xdist_group("tiny")
def test_another_failure_of_the_stage_is_not_taken_for_it(engine: Engine, checkout: Path) -> None:
    text = "\n".join(printed(checkout, BAD_VARIABLE, first_stack=True))

    assert "error" in text
    assert "ownsAccountRole" not in text


@pytest.mark.xdist_group("tiny")
def test_a_later_stack_of_an_account_logs(engine: Engine, checkout: Path) -> None:
    text = "\n".join(printed(checkout, LOGS, first_stack=False))

    assert "error" not in text
    assert "Stage stage created" in text


@pytest.mark.life
@pytest.mark.xdist_group("first")
def test_dev_as_it_stands_is_no_first_stack_and_can_be_made_one(engine: Engine) -> None:
    lines: list[str] = []
    first_stack = partial(EmbeddedAws, first_stack=True)
    with open_deployment("dev", stack_files=STACK_FILES, start_aws=first_stack) as deployment:
        with pytest.raises(DeploymentError):
            deployment.up(on_output=lines.append)
        assert any("pulumi config set --path api.ownsAccountRole true" in line for line in lines)
        deployment.configure({"api.ownsAccountRole": "true"})
        deployment.up()
        assert deployment.preview() == []
