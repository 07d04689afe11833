"""API keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.provider.aws.apigateway.arns import arn
from local.provider.aws.apigateway.error_codes import NOT_FOUND
from local.provider.aws.apigateway.patches import replacements
from local.provider.aws.apigateway.tags import put_tags
from local.provider.aws.apigateway.timestamps import timestamp
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import all_tags, from_answer, same_names, to_request
from local.provider.aws.rules import matching
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties


class ApiKey(DescribedType):
    """`aws.apigateway.ApiKey`; the id is the key's."""

    token = "aws:apigateway/apiKey:ApiKey"
    table = same_names("customerId", "description", "enabled", "name", "value")
    replace_on = frozenset({"value"})
    auto_name = AutoName(max_length=1024)
    secret_outputs = frozenset({"value"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(inputs, "value", r"\S{20,128}", "20 to 128 characters without spaces")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        key = aws.client("apigateway").create_api_key(
            **{"enabled": True, **to_request(self.table, inputs)}, tags=all_tags(inputs)
        )
        return self.created(aws, key["id"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        with ignoring(*NOT_FOUND):
            key: dict[str, Any] = aws.client("apigateway").get_api_key(apiKey=id, includeValue=True)
            return {
                **from_answer(self.table, key),
                "description": key.get("description") or "",
                "arn": arn(aws, f"/apikeys/{id}"),
                "createdDate": timestamp(key["createdDate"]),
                "lastUpdatedDate": timestamp(key["lastUpdatedDate"]),
            }
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:
        return aws.client("apigateway").get_api_key(apiKey=id).get("tags") or {}

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        operations = list(
            replacements(
                {
                    "name": (old.get("name"), new.get("name")),
                    "description": (old.get("description") or "", new.get("description") or ""),
                    "customerId": (old.get("customerId") or "", new.get("customerId") or ""),
                    "enabled": (old.get("enabled", True), new.get("enabled", True)),
                }
            )
        )
        if operations:
            aws.client("apigateway").update_api_key(apiKey=id, patchOperations=operations)
        put_tags(aws, arn(aws, f"/apikeys/{id}"), old, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring(*NOT_FOUND):
            aws.client("apigateway").delete_api_key(apiKey=id)
