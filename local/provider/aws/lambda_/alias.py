"""Aliases of Lambda functions."""

from __future__ import annotations

from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.lambda_.arns import invoke_arn
from local.provider.aws.lambda_.error_codes import NOT_FOUND
from local.provider.aws.parameters import capitalised, to_request
from local.provider.resource_type import AutoName, Aws, Created, Properties


class Alias(DescribedType):
    """`aws.lambda.Alias`; the id is the ARN."""

    token = "aws:lambda/alias:Alias"
    taggable = False
    table = {
        **capitalised("description", "functionName", "functionVersion", "name"),
        "routingConfig": (
            "RoutingConfig",
            {"additionalVersionWeights": "AdditionalVersionWeights"},
        ),
    }
    replace_on = frozenset({"name", "functionName"})
    auto_name = AutoName(max_length=128)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        _require_version(aws, inputs, "CreateAlias")
        arn: str = aws.client("lambda").create_alias(**to_request(self.table, inputs))["AliasArn"]
        return self.created(aws, arn, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        function_arn, name = id.rsplit(":", 1)
        function_name = function_arn.rsplit(":", 1)[1]
        with ignoring(*NOT_FOUND):
            alias = aws.client("lambda").get_alias(FunctionName=function_name, Name=name)
            return {
                "arn": id,
                "name": name,
                "functionName": properties.get("functionName") or function_name,
                "functionVersion": alias["FunctionVersion"],
                "description": alias.get("Description", ""),
                "invokeArn": invoke_arn(aws, id),
            }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        _require_version(aws, new, "UpdateAlias")
        aws.client("lambda").update_alias(**{"Description": "", **to_request(self.table, new)})
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        function_arn, name = id.rsplit(":", 1)
        with ignoring(*NOT_FOUND):
            aws.client("lambda").delete_alias(
                FunctionName=function_arn.rsplit(":", 1)[1], Name=name
            )


def _require_version(aws: Aws, inputs: Properties, operation: str) -> None:
    version: str = inputs["functionVersion"]
    if version == "$LATEST":
        return
    versions = aws.client("lambda").list_versions_by_function(FunctionName=inputs["functionName"])[
        "Versions"
    ]
    if version not in {item["Version"] for item in versions}:
        # moto points aliases at any version.
        refuse(
            operation,
            "ResourceNotFoundException",
            f"Function not found: {inputs['functionName']}:{version}",
        )
