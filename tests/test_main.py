import json
import re
import runpy
from collections import Counter
from typing import Any

import pulumi
import pytest

from handlers.common.facts import WEBHOOK_URL
from tests.pulumi_recorder import ROOT, UNKNOWN, Recorder, config_of, record, run_program

WEBHOOK = "https://hooks.slack.com/services/T0/B0/s3cret"
FUNCTION = "aws:lambda/function:Function"
# Actions that IAM takes no resource for, each by its "Actions, resources, and condition keys".
WITHOUT_RESOURCE = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "cloudwatch:PutMetricData",
    "dynamodb:ListStreams",
}


def role_statements(recorded: Recorder) -> list[tuple[str, dict[str, Any]]]:
    return [
        (one.name, statement)
        for one in recorded.of("RolePolicy")
        for statement in json.loads(one.inputs["policy"])["Statement"]
    ]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_the_whole_program_stays_on_one_screen_and_holds_no_resource_arguments() -> None:
    source = (ROOT / "__main__.py").read_text()

    assert len(source.splitlines()) < 60
    assert "import pulumi_aws" not in source


def test_all_outputs_of_the_sources_four_stacks_are_there(each_run: Recorder) -> None:
    assert {
        "vpcId",
        "vpcCidr",
        "publicSubnetIds",
        "privateSubnetIds",
        "databaseSubnetIds",
        "databaseEndpoint",
        "databaseSecretArn",
        "readReplicaEndpoint",
        "redisEndpoint",
        "apiUrl",
        "userPoolId",
        "tableName",
    } <= set(each_run.outputs)


def test_the_outputs_have_one_style_of_name(each_run: Recorder) -> None:
    for name in each_run.outputs:
        assert re.fullmatch(r"[a-z]+([A-Z][a-z0-9]*)*", name), name


def test_at_preview_what_aws_makes_is_unknown_and_the_program_does_not_ask(
    program: Any,
) -> None:
    preview: Recorder = program("prod", True)

    assert preview.outputs["vpcCidr"] == "10.0.0.0/16"
    for name in ("vpcId", "privateSubnetIds", "databaseEndpoint", "apiUrl", "apiKey"):
        assert preview.outputs[name] == UNKNOWN


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_preview_shows_the_resources_that_up_makes(program: Any, stack: str) -> None:
    def registered(recorded: Recorder) -> Counter[tuple[str, str]]:
        return Counter((one.type, one.name) for one in recorded.resources)

    assert registered(program(stack, True)) == registered(program(stack, False))


def test_dev_exercises_every_component_of_prod_but_those_it_would_pay_for(
    dev: Recorder, prod: Recorder
) -> None:
    def components(recorded: Recorder) -> set[str]:
        return {one.type for one in recorded.resources if one.type.startswith("aws-platform:")}

    assert components(prod) - components(dev) <= {
        "aws-platform:api:WebAcl",
        "aws-platform:monitoring:Budget",
        "aws-platform:monitoring:CostBudget",
        "aws-platform:monitoring:BurnRateAlarms",
    }


def test_every_resource_is_in_a_component(each_run: Recorder) -> None:
    components = {
        one.name: one for one in each_run.resources if one.type.startswith("aws-platform:")
    }

    for one in each_run.resources:
        if one.type.startswith("pulumi:providers:"):
            continue
        top, chain = one, [one.name]
        while top.parent is not None:
            assert top.parent in components, f"{top.parent}, the parent of {top.name}"
            top = components[top.parent]
            chain.append(top.name)
        assert top.name in {"network", "data", "api", "messaging", "monitoring"}, chain


def test_a_resources_name_begins_with_its_components(each_run: Recorder) -> None:
    for one in each_run.resources:
        if one.parent is not None:
            assert one.name.startswith(f"{one.parent}-"), one.name


def test_no_resource_is_named_by_its_place_in_a_list(each_run: Recorder) -> None:
    # These are versions, and replicas, which have no other name.
    counted = re.compile(r"-(replica|cursor-key|parameters)-\d+(-|$)")

    for one in each_run.resources:
        assert not re.search(r"-\d+$", one.name) or counted.search(one.name), one.name


def test_one_provider_serves_all_components(each_run: Recorder) -> None:
    provider = each_run.one("pulumi:providers:aws")

    for one in each_run.resources:
        if one.type.startswith("aws-platform:") and one.parent is None:
            providers: Any = one.options.providers
            given = providers.values() if isinstance(providers, dict) else providers
            assert [found._name for found in given] == [provider.name]


def test_names_that_people_read_say_which_stack_they_are_of(dev: Recorder, prod: Recorder) -> None:
    def physical(recorded: Recorder) -> set[str]:
        return {
            one.inputs["name"]
            for type_ in ("LogGroup", "aws:kms/alias:Alias", FUNCTION, "UserPool", "Secret")
            for one in recorded.of(type_)
        }

    assert not physical(dev) & physical(prod)


def test_no_function_may_do_everything_or_reach_everything(prod: Recorder) -> None:
    found = role_statements(prod)

    assert found
    for name, statement in found:
        assert statement["Effect"] == "Allow"
        assert "NotAction" not in statement
        assert "NotResource" not in statement
        actions = listed(statement["Action"])
        assert not [action for action in actions if "*" in action], name
        if "*" in listed(statement["Resource"]):
            assert set(actions) <= WITHOUT_RESOURCE, name


@pytest.fixture(scope="module")
def with_webhook() -> Recorder:
    return run_program("dev", {"slackWebhookUrl": WEBHOOK}, secret=["slackWebhookUrl"])


def test_no_generated_or_given_secret_is_in_plain_text(with_webhook: Recorder) -> None:
    for one in with_webhook.resources:
        for key, value in one.inputs.items():
            if key not in one.secret:
                shown = json.dumps(value, default=str)
                assert "generated" not in shown, f"{one.name}.{key}"
                assert "s3cret" not in shown, f"{one.name}.{key}"
    for key, value in with_webhook.outputs.items():
        if key not in with_webhook.secret_outputs:
            assert "s3cret" not in str(value)
            assert value != "generated"


def test_the_given_webhook_arrives_in_a_secret(with_webhook: Recorder) -> None:
    versions = [
        one for one in with_webhook.of("SecretVersion") if "s3cret" in one.inputs["secretString"]
    ]

    (version,) = versions
    assert json.loads(version.inputs["secretString"]) == {WEBHOOK_URL: WEBHOOK}
    assert version.secret == {"secretString"}


def test_every_log_group_has_a_retention(dev: Recorder, prod: Recorder) -> None:
    assert {one.inputs["retentionInDays"] for one in dev.of("LogGroup")} == {7}
    assert {one.inputs["retentionInDays"] for one in prod.of("LogGroup")} == {30}


def test_every_function_logs_to_a_group_of_the_program(each_run: Recorder) -> None:
    groups = {one.inputs["name"] for one in each_run.of("LogGroup")}

    for one in each_run.of(FUNCTION):
        assert one.inputs["loggingConfig"]["logGroup"] in groups
        assert one.inputs["tracingConfig"] == {"mode": "Active"}


def test_a_stack_name_that_aws_names_cannot_hold_stops_the_program() -> None:
    recorder = Recorder()
    with pytest.raises(pulumi.RunError, match="The stack's name is 'Prod'"):
        record(
            lambda: runpy.run_path(str(ROOT / "__main__.py")),
            stack="Prod",
            config=config_of("dev"),
            recorder=recorder,
        )

    assert recorder.resources == []
