"""The random provider: values that are made once and kept in the state."""

from __future__ import annotations

import base64
import random
import secrets
import string
from abc import abstractmethod
from collections.abc import Iterable

from local.provider.resource_type import Aws, CheckFailure, Created, Properties, ResourceType

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""Documentation of the provider: random_password, argument `override_special`."""


class _Random(ResourceType):
    """A type whose state is all there is; any changed input makes a new value."""

    taggable = False

    @abstractmethod
    def create(self, aws: Aws, inputs: Properties) -> Created: ...

    def read(self, aws: Aws, id: str, state: Properties) -> Properties | None:
        return dict(state)

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        return {}

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        """The state was all there is."""


class RandomPassword(_Random):
    """`random.RandomPassword`: a secret text."""

    token = "random:index/randomPassword:RandomPassword"
    secret_outputs = frozenset({"bcryptHash", "result"})
    replace_on = frozenset(
        {
            "keepers",
            "length",
            "lower",
            "minLower",
            "minNumeric",
            "minSpecial",
            "minUpper",
            "number",
            "numeric",
            "overrideSpecial",
            "special",
            "upper",
        }
    )

    def check(self, inputs: Properties) -> Iterable[CheckFailure]:
        length = inputs.get("length")
        least = sum(int(inputs.get(name) or 0) for _, _, name in _groups(inputs))
        if length is not None and length < max(1, least):
            yield CheckFailure("length", f"{length} is less than the minima's sum, {max(1, least)}")
        if not any(used for used, _, _ in _groups(inputs)):
            yield CheckFailure("numeric", "one of upper, lower, numeric, special must be true")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        # bcrypt is no part of Python; nothing here reads the hash.
        outputs = {**_settings(inputs), "result": _text(inputs), "bcryptHash": ""}
        return Created("none", outputs)


class RandomId(_Random):
    """`random.RandomId`: bytes in several spellings, each with the prefix."""

    token = "random:index/randomId:RandomId"
    replace_on = frozenset({"byteLength", "keepers", "prefix"})

    def create(self, aws: Aws, inputs: Properties) -> Created:
        value = secrets.token_bytes(inputs["byteLength"])
        prefix = inputs.get("prefix") or ""
        url = base64.urlsafe_b64encode(value).decode().rstrip("=")
        return Created(
            url,
            {
                "b64Std": prefix + base64.b64encode(value).decode(),
                "b64Url": prefix + url,
                "dec": f"{prefix}{int.from_bytes(value, 'big')}",
                "hex": prefix + value.hex(),
            },
        )


def _groups(inputs: Properties) -> list[tuple[bool, str, str]]:
    """The kinds of characters: whether used, which ones, and the input that says how many."""
    numeric = inputs.get("numeric", inputs.get("number", True))
    return [
        (inputs.get("lower", True), string.ascii_lowercase, "minLower"),
        (numeric, string.digits, "minNumeric"),
        (inputs.get("special", True), inputs.get("overrideSpecial") or SPECIAL, "minSpecial"),
        (inputs.get("upper", True), string.ascii_uppercase, "minUpper"),
    ]


def _settings(inputs: Properties) -> Properties:
    numeric = inputs.get("numeric", inputs.get("number", True))
    return {
        "lower": inputs.get("lower", True),
        "number": numeric,
        "numeric": numeric,
        "special": inputs.get("special", True),
        "upper": inputs.get("upper", True),
        **{name: int(inputs.get(name) or 0) for _, _, name in _groups(inputs)},
    }


def _text(inputs: Properties) -> str:
    characters: list[str] = []
    alphabet = ""
    for used, group, minimum in _groups(inputs):
        characters += [secrets.choice(group) for _ in range(int(inputs.get(minimum) or 0))]
        alphabet += group if used else ""
    while len(characters) < inputs["length"]:
        characters.append(secrets.choice(alphabet))
    random.SystemRandom().shuffle(characters)
    return "".join(characters)
