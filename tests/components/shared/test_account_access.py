"""What somebody without an account, or with one that does not answer, is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest

from components.network.network import availability_zones
from components.network.settings import NetworkSettings
from components.shared import account_access
from components.shared.account_access import (
    ADVICE,
    OTHER_ADVICE,
    SOURCES_IN_THE_CONFIG,
    SOURCES_IN_THE_ENVIRONMENT,
    one_line_of_failure,
    refuse_without_credentials,
)
from components.shared.environment import Environment
from components.shared.environment_settings import EnvironmentSettings
from components.shared.provider_configuration import ProviderConfiguration, arguments_by_key
from tests.pulumi_recorder import CALLS, Recorder, record

ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"
FAILED = (
    "invoke of {token} failed: invocation of {token} returned an error: invoking {token}: "
    "1 error occurred:\n\t* operation error: {reason}\n\n"
)
"""How the engine hands on what the provider says."""


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of somebody who has no credentials, and is on no instance."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(account_access, "_on_ec2", lambda: False)
    return {"HOME": str(tmp_path)}


def refused(configured: tuple[str, ...], environment: Mapping[str, str]) -> str | None:
    found: list[str] = []

    def program() -> None:
        try:
            refuse_without_credentials(configured, environment)
        except pulumi.RunError as error:
            found.append(str(error))

    record(program)
    return found[0] if found else None


def failing(token: str, reason: str) -> Recorder:
    """A recorder whose AWS answers all lookups but one."""

    class Failing(Recorder):
        def call(self, args: Any) -> dict[str, Any]:
            if args.token == token:
                raise Refused(FAILED.format(token=token, reason=reason))
            return super().call(args)

    return Failing()


class Refused(grpc.RpcError):
    """An error of the engine's monitor."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return str(self)


def lookups() -> None:
    made = Environment.of_stack("eu-west-1", EnvironmentSettings(), ProviderConfiguration())
    availability_zones(made, NetworkSettings())


def test_nobody_without_credentials_waits_for_the_provider_to_find_none(
    nowhere: dict[str, str],
) -> None:
    message = refused((), nowhere)

    assert message is not None
    assert message.startswith("There are no AWS credentials: ")
    assert "\n" not in message
    assert "`python -m local preview dev` needs no account." in message


@pytest.mark.parametrize("name", sorted(SOURCES_IN_THE_ENVIRONMENT))
def test_credentials_in_the_environment_are_left_to_the_provider(
    nowhere: dict[str, str], name: str
) -> None:
    assert refused((), {**nowhere, name: "x"}) is None
    assert refused((), {**nowhere, name: ""}) is not None


@pytest.mark.parametrize("key", sorted(SOURCES_IN_THE_CONFIG))
def test_credentials_in_the_config_are_left_to_the_provider(
    nowhere: dict[str, str], key: str
) -> None:
    assert key in arguments_by_key()
    assert refused((key,), nowhere) is None


def test_a_role_to_assume_alone_is_no_credential(nowhere: dict[str, str]) -> None:
    assert refused(("assumeRoles", "region", "defaultTags"), nowhere) is not None


@pytest.mark.parametrize("name", ["credentials", "config"])
def test_a_file_of_credentials_is_left_to_the_provider(
    nowhere: dict[str, str], tmp_path: Path, name: str
) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / name).write_text("[default]\n")

    assert refused((), nowhere) is None


@pytest.mark.parametrize("name", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_a_file_elsewhere_counts_where_it_is_one(
    nowhere: dict[str, str], tmp_path: Path, name: str
) -> None:
    (tmp_path / "mine").write_text("[default]\n")

    assert refused((), {**nowhere, name: str(tmp_path / "mine")}) is None
    assert refused((), {**nowhere, name: str(tmp_path / "none")}) is not None
    assert refused((), {**nowhere, name: "/dev/null"}) is not None


def test_an_instance_asks_its_metadata_service_unless_that_is_turned_off(
    nowhere: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_access, "_on_ec2", lambda: True)

    assert refused((), nowhere) is None
    assert refused((), {**nowhere, "AWS_EC2_METADATA_DISABLED": "True"}) is not None


@pytest.mark.parametrize(
    ("token", "question"),
    [
        ("aws:index/getCallerIdentity:getCallerIdentity", "which account this is"),
        ("aws:index/getPartition:getPartition", "which account this is"),
        (ZONES, "which zones eu-west-1 has"),
    ],
)
def test_each_lookup_that_fails_is_one_line_that_says_what_was_asked(
    token: str, question: str
) -> None:
    assert token in CALLS
    recorder = failing(token, "api error UnauthorizedOperation: You are not authorized.")

    with pytest.raises(pulumi.RunError) as stopped:
        record(lookups, recorder=recorder)

    assert str(stopped.value) == (
        f"AWS does not say {question}: invoking {token}: 1 error occurred: * operation error:"
        " api error UnauthorizedOperation: You are not authorized. Use a profile or role that may"
        " do this, or have this one allowed to. `python -m local preview dev` needs no account."
    )


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("api error ExpiredToken: The security token included in the request is expired", "expire"),
        ("api error AccessDeniedException: User is not authorized to perform x", "Unauthorized"),
        ("InvalidClientTokenId: The security token included in the request is invalid", "token"),
        ("AuthFailure: AWS was not able to validate the provided access credentials", "AuthFail"),
        ("SignatureDoesNotMatch: The request signature we calculated", "Signature"),
        ("dial tcp: lookup sts.us-east-1.amazonaws.com: no such host", "no such host"),
        ("dial tcp 127.0.0.1:1: connect: connection refused", "refused"),
        ('Could not connect to the endpoint URL: "http://127.0.0.1:1/"', "could not connect"),
        ("context deadline exceeded (Client.Timeout exceeded)", "timeout"),
        ("something that nobody has met yet", ""),
    ],
)
def test_what_to_do_fits_what_aws_says(reason: str, advice: str) -> None:
    expected = next((text for words, text in ADVICE.items() if advice in words), OTHER_ADVICE)

    def program() -> None:
        with one_line_of_failure("which account this is"):
            raise ValueError(reason)

    with pytest.raises(pulumi.RunError) as stopped:
        record(program)

    assert f"{reason}. {expected if advice else OTHER_ADVICE}. `python" in str(stopped.value)


def test_an_engine_that_ended_is_not_answered_for_it() -> None:
    ended: Callable[[], Exception] = lambda: pulumi.RunError("Resource monitor has terminated")  # noqa: E731

    def program() -> None:
        with one_line_of_failure("which account this is"):
            raise ended()

    with pytest.raises(pulumi.RunError, match=r"^Resource monitor has terminated$"):
        record(program)
