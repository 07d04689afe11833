import json

from local.provider.outputs import TABLE, complete, declared, inputs_of
from local.provider.registry import resource_types


def test_the_committed_table_is_that_of_the_installed_sdks() -> None:
    tokens = [implementation.token for implementation in resource_types()]
    assert json.loads(TABLE.read_text()) == declared(tokens), (
        "stale: run `python -m local.provider.outputs` and commit the file"
    )


def test_missing_outputs_are_empty_values_of_their_kind() -> None:
    outputs = complete("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "arn": None})
    assert outputs["cidrBlock"] == "10.0.0.0/16"
    assert (outputs["arn"], outputs["tags"], outputs["ipv6NetmaskLength"]) == ("", {}, 0)
    assert outputs["assignGeneratedIpv6CidrBlock"] is False


def test_inputs_are_told_from_what_aws_computes() -> None:
    inputs = inputs_of("aws:ec2/vpc:Vpc")
    assert "cidrBlock" in inputs
    assert not {"arn", "tagsAll", "ownerId"} & inputs
