import json

from components.api.cursor_key import CursorKey, CursorKeyArgs
from tests.pulumi_recorder import Recorder, record


def cursor_key(version: int) -> Recorder:
    return record(
        lambda: CursorKey(
            "key",
            CursorKeyArgs(
                secret_name="aws-platform-test/cursor-keys",
                version=version,
                kms_key_arn="arn:key",
                deletion_protection=True,
            ),
        )
    )


def keys(recorded: Recorder) -> dict[str, str]:
    return json.loads(recorded.one("SecretVersion").inputs["secretString"])


def test_the_first_key_has_none_before_it() -> None:
    recorded = cursor_key(1)

    assert set(keys(recorded)) == {"current"}
    assert recorded.one("RandomPassword").inputs["length"] == 64


def test_a_rotation_keeps_the_last_key_and_makes_one_more() -> None:
    first, second = cursor_key(1), cursor_key(2)

    (kept,) = first.of("RandomPassword")
    assert set(keys(second)) == {"current", "previous"}
    assert kept.name in {one.name for one in second.of("RandomPassword")}
    assert len(second.of("RandomPassword")) == 2


def test_the_rotation_after_that_drops_the_key_before_the_last() -> None:
    (first,) = cursor_key(1).of("RandomPassword")
    third = {one.name for one in cursor_key(3).of("RandomPassword")}

    assert len(third) == 2
    assert first.name not in third


def test_a_key_that_is_rotated_away_can_be_deleted_from_a_protected_stack() -> None:
    for one in cursor_key(2).of("RandomPassword"):
        assert one.options.protect is False


def test_the_keys_are_kept_encrypted() -> None:
    recorded = cursor_key(2)

    assert recorded.one("SecretVersion").secret == {"secretString"}
    assert recorded.one("Secret").inputs["kmsKeyId"] == "arn:key"
    assert recorded.one("Secret").inputs["name"] == "aws-platform-test/cursor-keys-abc123"
