"""The stack's `aws:` config, as the arguments of the program's own AWS provider."""

from __future__ import annotations

import difflib
import inspect
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast, get_args, get_origin

import pulumi
import pulumi_aws as aws

EXPECTED: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    list: "a list, which `pulumi config set --path 'aws:{key}[0]' <value>` begins",
    dict: "names with values, each set with `pulumi config set --path aws:{key}.<name> <value>`",
}
"""What keys take that are no text, by the type of their JSON."""


@dataclass(frozen=True, kw_only=True)
class ProviderConfiguration:
    """What the stack's config says of the AWS provider.

    A provider that a program makes itself takes nothing of the config over: a profile, a role or
    an account that a stack is held to would be passed by, and the stack deployed elsewhere.

    Attributes:
        values: config values by key without namespace, as the engine sends them: text as it is,
            everything else as JSON.
        secret: keys whose values are encrypted in the config.
    """

    values: Mapping[str, str] = field(default_factory=dict[str, str])
    secret: Collection[str] = ()

    def arguments(self, own_tags: Mapping[str, str]) -> dict[str, Any]:
        """All arguments of `aws.Provider` but the region, which `settings.region` checks.

        Args:
            own_tags: the program's own default tags, which the config's are added to.

        Raises:
            pulumi.RunError: a key is unknown, a value is of another kind, or a default tag is one
                of the program's own.
        """
        known = arguments_by_key()
        if unknown := sorted(set(self.values) - set(known)):
            raise pulumi.RunError(_unknown_key(unknown[0], known))
        read = {
            key: self._read(key, value, known[key].annotation)
            for key, value in self.values.items()
            if value and key != "region"
        }
        read["defaultTags"] = _with_own_tags(read.get("defaultTags"), own_tags)
        return {
            known[key].name: pulumi.Output.secret(value) if key in self.secret else value
            for key, value in read.items()
        }

    def _read(self, key: str, text: str, annotation: Any) -> Any:
        kind = _kind(annotation)
        if kind is str:
            return text
        try:
            value: object = json.loads(text)
        except ValueError:
            value = None
        if type(value) is not kind:
            shown = "encrypted" if key in self.secret else json.dumps(text)
            raise pulumi.RunError(
                f"aws:{key} is {shown}; it takes {EXPECTED[kind].format(key=key)}."
            )
        if kind is list and _is_list_of_text(annotation):
            # `pulumi config set --path` makes a number of an account's id.
            return [str(one) for one in cast(list[object], value)]
        return value


def arguments_by_key() -> dict[str, inspect.Parameter]:
    """The arguments of `aws.Provider` by config key: `max_retries` by `maxRetries`."""
    parameters = inspect.signature(aws.ProviderArgs).parameters.values()
    return {_config_key(parameter.name): parameter for parameter in parameters}


def _config_key(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def _kind(annotation: Any) -> type:
    kinds = get_args(annotation)
    for kind in (str, bool, int):
        if kind in kinds:
            return kind
    return list if any(get_origin(one) is Sequence for one in kinds) else dict


def _is_list_of_text(annotation: Any) -> bool:
    lists = (one for one in get_args(annotation) if get_origin(one) is Sequence)
    return any(str in (element, *get_args(element)) for one in lists for element in get_args(one))


def _unknown_key(key: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    meant = f"; did you mean aws:{near[0]}?" if near else "."
    return (
        f"aws:{key} is in the stack's config, but the AWS provider has no such setting{meant}"
        f" Take it out with `pulumi config rm aws:{key}`."
    )


def _with_own_tags(given: Any, own_tags: Mapping[str, str]) -> dict[str, Any]:
    default_tags = cast(dict[str, Any], given or {})
    tags = cast(dict[str, str], default_tags.get("tags") or {})
    own = {name.lower(): name for name in own_tags}
    for name in tags:
        # IAM User Guide, "Rules for tagging in IAM and AWS STS": keys that differ in case only
        # are one key there.
        if taken := own.get(name.lower()):
            raise pulumi.RunError(
                f"aws:defaultTags has the tag {name}, but the program sets {taken} itself, which"
                f" the budget counts by. Take it out with"
                f" `pulumi config rm --path 'aws:defaultTags.tags[\"{name}\"]'`."
            )
    return {**default_tags, "tags": {**tags, **own_tags}}
