from __future__ import annotations

import base64
import json
import string
from collections.abc import Sequence
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.cursors import Cursors, SecretKeys
from handlers.common.errors import BadParameter, Unavailable
from handlers.common.facts import MAX_CURSOR_LENGTH

TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
QUERIES = st.dictionaries(st.sampled_from(["category", "userId"]), st.none() | TEXT)


class Keys:
    def __init__(self, *keys: bytes, newer: Sequence[bytes] = ()) -> None:
        self.keys = keys
        self.newer = newer
        self.refreshes = 0

    def current(self) -> Sequence[bytes]:
        return self.keys

    def refreshed(self) -> Sequence[bytes]:
        self.refreshes += 1
        return self.newer or self.keys


LISTING = Cursors("things", Keys(b"key"))


@given(after=TEXT, caller=TEXT, query=QUERIES)
def test_a_cursor_leads_back_to_its_place(after: str, caller: str, query: Any) -> None:
    cursor = LISTING.write(after, caller=caller, query=query)
    assert LISTING.read(cursor, caller=caller, query=query) == after


@given(after=TEXT, caller=TEXT, other=TEXT, query=QUERIES, other_query=QUERIES)
def test_a_cursor_is_refused_for_another_caller_query_or_listing(
    after: str, caller: str, other: str, query: Any, other_query: Any
) -> None:
    cursor = LISTING.write(after, caller=caller, query=query)
    if other != caller:
        with pytest.raises(BadParameter):
            LISTING.read(cursor, caller=other, query=query)
    if other_query != query:
        with pytest.raises(BadParameter):
            LISTING.read(cursor, caller=caller, query=other_query)
    with pytest.raises(BadParameter):
        Cursors("others", Keys(b"key")).read(cursor, caller=caller, query=query)


@given(after=TEXT, data=st.data())
def test_a_cursor_with_any_character_changed_is_refused(after: str, data: Any) -> None:
    cursor = LISTING.write(after, caller="a", query={})
    place = data.draw(st.integers(0, len(cursor) - 1))
    character = data.draw(st.characters(codec="utf-8").filter(lambda one: one != cursor[place]))
    changed = cursor[:place] + character + cursor[place + 1 :]
    with pytest.raises(BadParameter):
        LISTING.read(changed, caller="a", query={})


@given(
    st.text(max_size=300) | st.binary(max_size=300).map(lambda one: base64.b64encode(one).decode())
)
def test_any_text_that_we_did_not_write_is_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        LISTING.read(text, caller="a", query={})


def test_a_cursor_of_the_previous_key_is_good_during_rotation() -> None:
    cursor = Cursors("things", Keys(b"old")).write("place", caller="a", query={})
    rotated = Cursors("things", Keys(b"new", b"old"))
    assert rotated.read(cursor, caller="a", query={}) == "place"
    assert rotated.write("place", caller="a", query={}) != cursor


def test_a_cursor_of_a_newer_key_makes_the_keys_be_read_again() -> None:
    cursor = Cursors("things", Keys(b"new")).write("place", caller="a", query={})
    keys = Keys(b"old", newer=(b"new", b"old"))
    assert Cursors("things", keys).read(cursor, caller="a", query={}) == "place"
    assert keys.refreshes == 1


def other_spellings(text: str) -> list[str]:
    """What a lenient decoder reads as the same bytes."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    unused_bits = {0: 0, 2: 4, 3: 2}[len(text) % 4]
    last = alphabet.index(text[-1])
    return [
        *(f"{text[:-1]}{alphabet[last + more]}" for more in range(1, 2**unused_bits)),
        *(text + "=" * count for count in range(1, 5)),
        *(text.replace(ours, theirs) for ours, theirs in ("-+", "_/") if ours in text),
        f"{text}\n",
        f" {text}",
    ]


@pytest.mark.parametrize("after", ["a", "ab", "abc", "~~~>>>???", "\U0010ffff"])
def test_a_cursor_has_one_spelling(after: str) -> None:
    payload, signature = LISTING.write(after, caller="a", query={}).split(".")
    assert len(signature) == 43, "the signature of all has unused bits, the payloads differ in them"
    others = [
        *(f"{other}.{signature}" for other in other_spellings(payload)),
        *(f"{payload}.{other}" for other in other_spellings(signature)),
        f"{payload}.{signature}.",
        f".{payload}.{signature}",
        f"{payload}{signature}",
    ]
    for other in others:
        with pytest.raises(BadParameter):
            LISTING.read(other, caller="a", query={})
    assert LISTING.read(f"{payload}.{signature}", caller="a", query={}) == after


def test_the_longest_cursor_is_read_to_its_last_character() -> None:
    longest = "x" * 1503
    cursor = LISTING.write(longest, caller="a", query={})
    assert len(cursor) == MAX_CURSOR_LENGTH
    assert LISTING.read(cursor, caller="a", query={}) == longest
    for longer in (f"{cursor}x", LISTING.write(f"{longest}x", caller="a", query={})):
        with pytest.raises(BadParameter):
            LISTING.read(longer, caller="a", query={})


def test_keys_come_from_the_secret_and_are_read_again_at_most_once_in_30_seconds(aws: None) -> None:
    client = boto3.client("secretsmanager")
    client.create_secret(Name="keys", SecretString=json.dumps({"current": "one"}))
    seconds = [1000.0]
    keys = SecretKeys("keys", lambda: seconds[0])
    assert keys.current() == [b"one"]
    client.put_secret_value(
        SecretId="keys", SecretString=json.dumps({"current": "two", "previous": "one"})
    )
    assert keys.current() == [b"one"], "cached"
    assert keys.refreshed() == [b"two", b"one"]
    client.put_secret_value(SecretId="keys", SecretString=json.dumps({"current": "three"}))
    seconds[0] += 29.9
    assert keys.refreshed() == [b"two", b"one"], "random cursors must not call AWS each time"
    seconds[0] += 0.1
    assert keys.refreshed() == [b"three"]
    client.put_secret_value(SecretId="keys", SecretString=json.dumps({"current": "four"}))
    seconds[0] += 29.9
    assert keys.refreshed() == [b"three"]
    seconds[0] += 0.1
    assert keys.refreshed() == [b"four"]


def test_a_secret_that_can_t_be_read_is_unavailable(aws: None) -> None:
    with pytest.raises(Unavailable):
        SecretKeys("no-such-secret").current()
