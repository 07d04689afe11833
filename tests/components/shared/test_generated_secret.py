import json

import pulumi
import pytest

from components.shared.generated_secret import GeneratedSecret, GeneratedSecretArgs
from tests.pulumi_recorder import Recorder, record


def secret(*, deletion_protection: bool = False, kms_key_arn: str | None = None) -> Recorder:
    return record(
        lambda: GeneratedSecret(
            "secret",
            GeneratedSecretArgs(
                secret_name="aws-platform-test/token",
                description="A token",
                value={"token": pulumi.Output.from_input("s3cret"), "port": 6379},
                kms_key_arn=kms_key_arn,
                deletion_protection=deletion_protection,
            ),
        )
    )


def test_the_name_has_a_random_suffix_because_names_stay_reserved_after_a_delete() -> None:
    recorded = secret()

    assert recorded.one("RandomId").inputs["byteLength"] == 3
    assert recorded.one("Secret").inputs["name"] == "aws-platform-test/token-abc123"


def test_the_value_is_a_json_object_that_the_state_keeps_encrypted() -> None:
    version = secret().one("SecretVersion")

    assert json.loads(version.inputs["secretString"]) == {"token": "s3cret", "port": 6379}
    assert "secretString" in version.secret
    assert version.inputs["secretId"] == "secret-secret-id"


@pytest.mark.parametrize(("protected", "days"), [(True, 30), (False, 0)])
def test_only_a_protected_stack_keeps_a_deleted_secret_recoverable(
    protected: bool, days: int
) -> None:
    recorded = secret(deletion_protection=protected)

    assert recorded.one("Secret").inputs["recoveryWindowInDays"] == days


def test_it_is_encrypted_with_the_given_key() -> None:
    assert secret(kms_key_arn="arn:key").one("Secret").inputs["kmsKeyId"] == "arn:key"
    assert "kmsKeyId" not in secret().one("Secret").inputs
