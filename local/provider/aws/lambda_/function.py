"""Lambda functions; moto runs in its "simple" mode: it keeps them, but never runs their code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.optional_parts import elements, nested
from local.provider.aws.archive import zip_bytes
from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.lambda_.arns import function_arn, invoke_arn
from local.provider.aws.lambda_.error_codes import NOT_FOUND
from local.provider.aws.lambda_.function_configuration import (
    CONFIGURATION,
    CONFIGURATION_DEFAULTS,
    configuration_differs,
    configuration_request,
)
from local.provider.aws.lambda_.function_rules import function_rules
from local.provider.aws.parameters import (
    capitalised,
    changed,
    from_answer,
    given,
)
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

MOST_ZIP_BYTES = 50 * 1024 * 1024
"""AWS Lambda developer guide, "Lambda quotas"."""


class Function(DescribedType):
    """`aws.lambda.Function`; the id is the name."""

    token = "aws:lambda/function:Function"
    table = {
        **CONFIGURATION,
        "architectures": "Architectures",
        "packageType": "PackageType",
        "name": "FunctionName",
        "publish": "Publish",
    }
    handled = frozenset(
        {"code", "reservedConcurrentExecutions", "skipDestroy", "sourceCodeHash"}
        # Only waiting times of the real provider.
        | {"useResourceTimeoutForPropagation", "replaceSecurityGroupsOnDestroy"}
    )
    tagging = Tagging(service="lambda", resource="Resource", read="list_tags", form=None)
    replace_on = frozenset({"name", "packageType"})
    auto_name = AutoName(max_length=64)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        return function_rules(inputs)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        client = aws.client("lambda")
        name: str = inputs["name"]
        client.create_function(
            FunctionName=name,
            Code={"ZipFile": _function_zip(inputs)},
            Publish=bool(inputs.get("publish")),
            **self.tagged(inputs),
            **given(Architectures=inputs.get("architectures")),
            **given(PackageType=inputs.get("packageType")),
            **configuration_request(inputs),
        )
        self._put_concurrency(client, name, {}, inputs)
        return self.created(aws, name, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        client = aws.client("lambda")
        with ignoring(*NOT_FOUND):
            function = client.get_function(FunctionName=id)
            configuration: dict[str, Any] = function["Configuration"]
            if not configuration:
                return None
            arn = _unqualified(configuration["FunctionArn"] or function_arn(aws, id))
            version = "$LATEST"
            if properties.get("publish"):
                version = _latest_version(client, id)
            qualified_arn = f"{arn}:{version}"
            # The rest of the configuration is not here: moto does not change it on updates.
            described = from_answer(
                capitalised("description", "handler", "memorySize", "role", "runtime", "timeout"),
                configuration,
            )
            described |= {
                "arn": arn,
                "name": configuration["FunctionName"],
                "version": version,
                "qualifiedArn": qualified_arn,
                "invokeArn": invoke_arn(aws, arn),
                "qualifiedInvokeArn": invoke_arn(aws, qualified_arn),
                "responseStreamingInvokeArn": invoke_arn(aws, arn, streaming=True),
                "lastModified": configuration["LastModified"],
                "codeSha256": configuration["CodeSha256"],
                "sourceCodeSize": configuration["CodeSize"],
                "layers": [layer["Arn"] for layer in elements(configuration, "Layers")],
            }
            if not properties.get("sourceCodeHash"):
                described["sourceCodeHash"] = configuration["CodeSha256"]
            variables = nested(configuration, "Environment").get("Variables")
            if variables or properties.get("environment"):
                described["environment"] = {"variables": variables or {}}
            described["reservedConcurrentExecutions"] = nested(function, "Concurrency").get(
                "ReservedConcurrentExecutions", -1
            )
            if network := configuration.get("VpcConfig"):
                described |= _described_network(aws, network)
            return described
        return None

    def recomputed(self, old: Properties, new: Properties) -> Iterable[str]:
        code_changed = changed(old, new, "code", "architectures", "publish")
        if not code_changed and not configuration_differs(old, new):
            return ()
        computed = ["lastModified"]
        if changed(old, new, "code"):
            computed += ["codeSha256", "sourceCodeSize"]
            computed += [] if new.get("sourceCodeHash") else ["sourceCodeHash"]
        if new.get("publish"):
            computed += ["qualifiedArn", "qualifiedInvokeArn", "version"]
        return computed

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        client = aws.client("lambda")
        code_changed = old.get("code") != new["code"] or changed(old, new, "architectures")
        if code_changed:
            client.update_function_code(
                FunctionName=id,
                ZipFile=_function_zip(new),
                **given(Architectures=new.get("architectures")),
            )
        configuration_changed = configuration_differs(old, new)
        if configuration_changed:
            client.update_function_configuration(
                FunctionName=id, **{**CONFIGURATION_DEFAULTS, **configuration_request(new)}
            )
        if new.get("publish") and (code_changed or configuration_changed or not old.get("publish")):
            client.publish_version(FunctionName=id)
        self._put_concurrency(client, id, old, new)
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if state.get("skipDestroy"):
            return
        with ignoring(*NOT_FOUND):
            aws.client("lambda").delete_function(FunctionName=id)

    def _put_concurrency(self, client: Any, name: str, old: Properties, new: Properties) -> None:
        before = old.get("reservedConcurrentExecutions")
        after = new.get("reservedConcurrentExecutions")
        unreserved = (None, -1)
        if after not in unreserved and after != before:
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=after)
        elif after in unreserved and before not in unreserved:
            client.delete_function_concurrency(FunctionName=name)


def _function_zip(inputs: Properties) -> bytes:
    content = zip_bytes(inputs["code"])
    if len(content) > MOST_ZIP_BYTES:
        refuse(
            "CreateFunction",
            "RequestEntityTooLargeException",
            f"Request must be smaller than {MOST_ZIP_BYTES} bytes: {len(content)} bytes of code",
        )
    return content


def _latest_version(client: Any, name: str) -> str:
    versions = client.list_versions_by_function(FunctionName=name)["Versions"]
    numbers = [int(item["Version"]) for item in versions if (item["Version"] or "").isdigit()]
    return str(max(numbers)) if numbers else "$LATEST"


def _described_network(aws: Aws, network: dict[str, Any]) -> Properties:
    subnets: list[str] = elements(network, "SubnetIds")
    groups: list[str] = elements(network, "SecurityGroupIds")
    if not subnets:
        return {}
    # moto answers with a made-up VPC.
    described = aws.client("ec2").describe_subnets(SubnetIds=subnets[:1])["Subnets"]
    return {
        "vpcConfig": {
            "subnetIds": subnets,
            "securityGroupIds": groups,
            "ipv6AllowedForDualStack": False,
            "vpcId": described[0]["VpcId"],
        }
    }


def _unqualified(arn: str) -> str:
    return ":".join(arn.split(":")[:7])
