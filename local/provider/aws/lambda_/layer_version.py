"""Versions of Lambda layers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.provider.aws.archive import zip_bytes
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.lambda_.error_codes import NOT_FOUND
from local.provider.aws.lambda_.runtimes import runtime_rules
from local.provider.aws.parameters import capitalised, from_answer, to_request
from local.provider.resource_type import Aws, CheckFailure, Created, Properties


class LayerVersion(DescribedType):
    """`aws.lambda.LayerVersion`; the id is the version's ARN."""

    token = "aws:lambda/layerVersion:LayerVersion"
    taggable = False
    table = capitalised(
        "compatibleArchitectures", "compatibleRuntimes", "description", "layerName", "licenseInfo"
    )
    handled = frozenset({"code", "skipDestroy", "sourceCodeHash"})
    replace_on = frozenset(
        {
            "code",
            "compatibleArchitectures",
            "compatibleRuntimes",
            "description",
            "layerName",
            "licenseInfo",
            "sourceCodeHash",
        }
    )

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from runtime_rules("compatibleRuntimes", inputs.get("compatibleRuntimes"))

    def create(self, aws: Aws, inputs: Properties) -> Created:
        content = zip_bytes(inputs["code"])
        answer = aws.client("lambda").publish_layer_version(
            Content={"ZipFile": content}, **to_request(self.table, inputs)
        )
        return self.created(aws, answer["LayerVersionArn"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        layer, version = id.rsplit(":", 1)
        name = layer.rsplit(":", 1)[1]
        with ignoring(*NOT_FOUND):
            answer: dict[str, Any] = aws.client("lambda").get_layer_version(
                LayerName=name, VersionNumber=int(version)
            )
            content = answer["Content"]
            described = {
                **from_answer(
                    capitalised("compatibleArchitectures", "compatibleRuntimes", "description"),
                    answer,
                ),
                "arn": id,
                "layerArn": layer,
                "layerName": name,
                "version": version,
                "codeSha256": content["CodeSha256"],
                "sourceCodeSize": content["CodeSize"],
                "createdDate": answer["CreatedDate"],
            }
            if not properties.get("sourceCodeHash"):
                described["sourceCodeHash"] = content["CodeSha256"]
            return described
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        # Only skipDestroy changes in place, and AWS knows nothing of it.
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if state.get("skipDestroy"):
            return
        layer, version = id.rsplit(":", 1)
        with ignoring(*NOT_FOUND):
            aws.client("lambda").delete_layer_version(
                LayerName=layer.rsplit(":", 1)[1], VersionNumber=int(version)
            )
