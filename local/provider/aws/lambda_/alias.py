"""Aliases of Lambda functions."""

from __future__ import annotations

from local.provider.aws.api_object import Answer, Api, ApiObject
from local.provider.aws.described import refuse
from local.provider.aws.lambda_.arns import invoke_arn
from local.provider.aws.lambda_.error_codes import NOT_FOUND
from local.provider.aws.parameters import capitalised
from local.provider.resource_type import AutoName, Aws, Properties


class Alias(ApiObject):
    """`aws.lambda.Alias`; the id is the ARN."""

    token = "aws:lambda/alias:Alias"
    taggable = False
    table = {
        **capitalised("description", "functionName", "functionVersion", "name"),
        "routingConfig": ("RoutingConfig", capitalised("additionalVersionWeights")),
    }
    api = Api.of("lambda", "alias", id="AliasArn", gone=NOT_FOUND)
    defaults = {"Description": ""}
    replace_on = frozenset({"name", "functionName"})
    auto_name = AutoName(max_length=128)

    def require(self, aws: Aws, inputs: Properties) -> None:
        function, version = inputs["functionName"], inputs["functionVersion"]
        versions = aws.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
        if version not in {item["Version"] for item in versions}:
            # moto points aliases at any version.
            refuse(
                "CreateAlias",
                "ResourceNotFoundException",
                f"Function not found: {function}:{version}",
            )

    def located(self, id: str, properties: Properties) -> dict[str, str]:
        function, name = id.rsplit(":", 2)[1:]
        return {"FunctionName": function, "Name": name}

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        function = properties.get("functionName")
        return {
            "arn": id,
            "invokeArn": invoke_arn(aws, id),
            **({"functionName": function} if function else {}),
        }
