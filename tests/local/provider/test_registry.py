import subprocess
import sys

import pytest

from local.provider.registry import (
    INVOKES,
    TYPES,
    UnknownTokenError,
    invoke,
    recorded_only_tokens,
    resource_type,
    resource_types,
)


def test_every_type_is_found_under_its_token() -> None:
    found = list(resource_types())
    assert len({implementation.token for implementation in found}) == len(found)
    for implementation in found:
        assert type(resource_type(implementation.token)) is implementation


def test_every_module_and_function_of_the_tables_is_there() -> None:
    modules = {implementation.__module__ for implementation in resource_types()}
    named = {f"local.provider.{module}" for modules in TYPES.values() for module in modules}
    assert named == modules
    assert all(callable(invoke(token)) for token in INVOKES)


@pytest.mark.parametrize(
    ("token", "place"),
    [
        ("aws:ec2/instance:Instance", "local/provider/aws/vpc.py"),
        ("aws:apigateway/vpcLink:VpcLink", "local/provider/aws/apigateway/ (and"),
        ("aws:s3/bucket:Bucket", "local/provider/aws/"),
    ],
)
def test_an_unknown_type_is_named_with_the_place_to_add_it(token: str, place: str) -> None:
    with pytest.raises(UnknownTokenError) as error:
        resource_type(token)
    assert token in str(error.value)
    assert place in str(error.value)


def test_an_unknown_function_is_named_with_the_place_to_add_it() -> None:
    with pytest.raises(UnknownTokenError, match=r"getAmi.*local/provider/aws/account\.py"):
        invoke("aws:ec2/getAmi:getAmi")


def test_types_without_an_api_in_moto_are_known() -> None:
    assert "aws:cloudwatch/compositeAlarm:CompositeAlarm" in recorded_only_tokens()
    assert "aws:ec2/vpc:Vpc" not in recorded_only_tokens()


def test_a_plugin_starts_without_the_sdks_and_the_types() -> None:
    program = (
        "import sys; from local.provider.server import CustomResources; CustomResources('aws'); "
        "print([m for m in sys.modules if m.startswith(('pulumi_aws', 'boto3', 'moto', "
        "'local.provider.aws.'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
