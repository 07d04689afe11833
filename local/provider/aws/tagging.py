"""How the services of AWS take and give the tags of their resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.provider.aws.parameters import all_tags, removed_tags
from local.provider.resource_type import Aws, Properties


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """The calls of a boto3 client for the tags of its resources.

    Attributes:
        service: the client's name.
        resource: the parameter that says which resource.
        output: the output whose value that parameter takes.
        read: the method that answers with the tags.
        tags: where the tags stand in that answer.
        tag: the method that sets tags.
        untag: the method that takes tags away.
        parameter: the parameter of `tag` for the tags.
        created_with: the parameter for the tags of the call that creates a resource.
        keys: the parameter of `untag` for the tags' keys.
        form: names of key and value where tags are a list; None where they are a map.
    """

    service: str
    resource: str
    output: str = "arn"
    read: str = "list_tags_for_resource"
    tags: str = "Tags"
    tag: str = "tag_resource"
    untag: str = "untag_resource"
    parameter: str = "Tags"
    created_with: str = "Tags"
    keys: str = "TagKeys"
    form: tuple[str, str] | None = ("Key", "Value")

    def described(self, aws: Aws, outputs: Properties) -> dict[str, str] | None:
        """The tags that a resource has in AWS; AWS's own (`aws:`) are no user tags.

        None where AWS did not say by what name to ask for them.
        """
        if not outputs[self.output]:
            return None
        read = getattr(aws.client(self.service), self.read)
        answer: Any = read(**{self.resource: outputs[self.output]})
        for name in self.tags.split("."):
            answer = answer.get(name) or {}
        if self.form and answer:
            key, value = self.form
            answer = {tag[key]: tag[value] or "" for tag in answer if tag[key]}
        return {key: value for key, value in answer.items() if not key.startswith("aws:")}

    def given(self, inputs: Properties) -> dict[str, Any]:
        """The parameter that gives a new resource its tags; empty where it has none."""
        tags = all_tags(inputs)
        return {self.created_with: self._formed(tags)} if tags else {}

    def put(self, aws: Aws, outputs: Properties, old: Properties, new: Properties) -> None:
        """Change a resource's tags from those of `old` to those of `new`."""
        client = aws.client(self.service)
        resource = {self.resource: outputs[self.output]}
        if removed := removed_tags(old, new):
            getattr(client, self.untag)(**resource, **{self.keys: removed})
        tags = all_tags(new)
        if tags and tags != all_tags(old):
            getattr(client, self.tag)(**resource, **{self.parameter: self._formed(tags)})

    def _formed(self, tags: dict[str, str]) -> Any:
        if self.form is None:
            return tags
        key, value = self.form
        return [{key: name, value: item} for name, item in tags.items()]
