"""Whose account a stack is deployed to: every key of the AWS provider's configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws
import pytest

import settings
from components.shared.environment import Environment
from components.shared.environment_settings import EnvironmentSettings
from components.shared.provider_configuration import ProviderConfiguration, arguments_by_key
from tests.pulumi_recorder import Registered, record

VARIABLES = Path(pulumi_aws.__file__).parent / "config" / "vars.py"
KEYS = frozenset(re.findall(r"__config__\.get\w*\('(\w+)'\)", VARIABLES.read_text()))
"""The keys that the installed SDK reads of a stack's config for its default provider."""

ROLE = "arn:aws:iam::210987654321:role/deployer"
OWN_TAGS = {"Project": "aws-platform", "Environment": "dev", "ManagedBy": "Pulumi"}
OF_TYPE: Mapping[str, Any] = {
    "allowedAccountIds": ["210987654321"],
    "assumeRoleWithWebIdentity": {"roleArn": ROLE, "webIdentityTokenFile": "/token"},
    "assumeRoles": [{"roleArn": ROLE, "externalId": "7", "durationSeconds": "1h"}],
    "defaultTags": {"tags": {"CostCentre": "42"}},
    "endpoints": [{"sts": "https://sts.example.com", "ec2": "https://ec2.example.com"}],
    "forbiddenAccountIds": ["123456789012"],
    "ignoreTags": {"keys": ["Owner"], "keyPrefixes": ["team:"]},
    "insecure": True,
    "maxRetries": 7,
    "region": "us-east-1",
    "s3UsePathStyle": True,
    "sharedConfigFiles": ["/config"],
    "sharedCredentialsFiles": ["/credentials"],
    "skipCredentialsValidation": True,
    "skipMetadataApiCheck": True,
    "skipRegionValidation": False,
    "skipRequestingAccountId": True,
    "tokenBucketRateLimiterCapacity": 9,
    "useDualstackEndpoint": True,
    "useFipsEndpoint": True,
    "userAgents": ["team/1"],
}
"""A value of each key that takes no text, so that every other one is a text."""

SENSITIVE = {"accessKey", "secretKey", "token"}
"""What the SDK itself keeps secret in the provider's inputs."""


def value_of(key: str) -> Any:
    return OF_TYPE.get(key, f"a {key}, 1")


def provider(config: Mapping[str, Any], secret: tuple[str, ...] = ()) -> Registered:
    """The provider that is made for a stack with this `aws:` config."""

    def program() -> None:
        Environment.of_stack(
            settings.region(), EnvironmentSettings(), settings.provider_configuration()
        )

    whole = {f"aws:{key}": value for key, value in {"region": "us-east-1", **config}.items()}
    encrypted = [f"aws:{key}" for key in secret]
    return record(program, config=whole, secret=encrypted).one("pulumi:providers:aws")


def arguments(**config: str) -> dict[str, Any]:
    return ProviderConfiguration(values=config).arguments(OWN_TAGS)


def refusal(**config: str) -> str:
    with pytest.raises(pulumi.RunError) as refused:
        arguments(**config)
    return str(refused.value)


def test_the_sdk_has_keys() -> None:
    assert len(KEYS) > 30
    assert set(OF_TYPE) <= KEYS


def test_every_key_of_the_sdk_is_known_and_no_other() -> None:
    assert set(arguments_by_key()) == KEYS


def test_every_key_reaches_the_provider_as_it_stands_in_the_config() -> None:
    made = provider({key: value_of(key) for key in KEYS})

    for key in KEYS - {"defaultTags"}:
        given, value = made.inputs[key], value_of(key)
        assert (given if isinstance(value, str) else json.loads(given)) == value, key
    assert json.loads(made.inputs["defaultTags"]) == {"tags": {"CostCentre": "42", **OWN_TAGS}}
    assert made.secret == SENSITIVE


@pytest.mark.parametrize("key", sorted(KEYS - {"region"}))
def test_a_key_that_is_encrypted_in_the_config_stays_secret(key: str) -> None:
    made = provider({key: value_of(key)}, secret=(key,))

    assert made.secret == {key}


def test_a_stack_without_aws_config_has_region_and_tags_only() -> None:
    made = provider({})

    assert json.loads(made.inputs["defaultTags"]) == {"tags": OWN_TAGS}
    # The last two are what the SDK itself adds to every provider.
    assert set(made.inputs) == {
        "region",
        "defaultTags",
        "skipCredentialsValidation",
        "skipRegionValidation",
    }


def test_account_ids_that_pulumi_made_numbers_of_are_texts_again() -> None:
    assert arguments(allowedAccountIds="[123456789012]")["allowed_account_ids"] == ["123456789012"]


def test_a_key_that_is_emptied_is_a_key_that_is_not_set() -> None:
    assert set(arguments(profile="", assumeRoles="")) == {"default_tags"}


@pytest.mark.parametrize(
    ("key", "value", "takes"),
    [
        ("insecure", "yes", "it takes true or false."),
        ("maxRetries", "many", "it takes a whole number."),
        ("maxRetries", "true", "it takes a whole number."),
        (
            "allowedAccountIds",
            "123456789012",
            "pulumi config set --path 'aws:allowedAccountIds[0]'",
        ),
        ("assumeRoles", '{"roleArn": "x"}', "it takes a list"),
        ("defaultTags", "[]", "pulumi config set --path aws:defaultTags.<name> <value>"),
        ("endpoints", "https://sts.example.com", "it takes a list"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_what_the_key_takes(
    key: str, value: str, takes: str
) -> None:
    message = refusal(**{key: value})

    assert message.startswith(f"aws:{key} is {json.dumps(value)}; ")
    assert takes in message


def test_an_encrypted_value_is_not_shown_when_it_is_refused() -> None:
    configuration = ProviderConfiguration(values={"maxRetries": "s3cret"}, secret={"maxRetries"})

    with pytest.raises(pulumi.RunError, match="aws:maxRetries is encrypted; it takes") as refused:
        configuration.arguments(OWN_TAGS)

    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "meant"), [("profle", "profile"), ("assumeRole", "assumeRoles"), ("Region", "region")]
)
def test_a_misspelt_key_is_refused_and_not_passed_by(key: str, meant: str) -> None:
    message = refusal(**{key: "x"})

    assert f"did you mean aws:{meant}?" in message
    assert f"pulumi config rm aws:{key}" in message


def test_a_key_that_is_like_no_other_is_refused_too() -> None:
    assert "aws:xyz is in the stack's config, but the AWS provider has no such" in refusal(xyz="1")


@pytest.mark.parametrize("tag", ["Environment", "environment", "PROJECT", "ManagedBy"])
def test_a_default_tag_that_the_program_sets_itself_is_refused(tag: str) -> None:
    message = refusal(defaultTags=json.dumps({"tags": {tag: "x"}}))

    assert f"aws:defaultTags has the tag {tag}, but the program sets" in message
    assert "pulumi config rm --path" in message


def test_the_providers_urn_does_not_depend_on_its_configuration() -> None:
    assert provider({"profile": "team"}).name == provider({}).name == "aws"
