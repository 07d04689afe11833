"""Lambda functions, layers, aliases, permissions and event sources.

moto runs in its "simple" mode: it keeps functions, but never runs their code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from local.provider.aws.archive import zip_bytes
from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import (
    Table,
    all_tags,
    capitalised,
    changed,
    elements,
    from_answer,
    given,
    nested,
    removed_tags,
    to_request,
)
from local.provider.aws.rules import at_most_characters, between, matching, one_of
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NOT_FOUND = ("ResourceNotFoundException", "404", "NotFoundException")

# "Lambda quotas" and "Lambda runtimes" of the AWS Lambda developer guide.
MOST_LAYERS = 5
MOST_ENVIRONMENT_BYTES = 4096
MOST_ZIP_BYTES = 50 * 1024 * 1024
LEAST_MEMORY_MB, MOST_MEMORY_MB = 128, 10_240
LONGEST_TIMEOUT_SECONDS = 900
RUNTIMES = frozenset(
    [
        "python3.10",
        "python3.11",
        "python3.12",
        "python3.13",
        "python3.14",
        "nodejs20.x",
        "nodejs22.x",
        "nodejs24.x",
        "java8.al2",
        "java11",
        "java17",
        "java21",
        "java25",
        "dotnet8",
        "dotnet10",
        "ruby3.2",
        "ruby3.3",
        "ruby3.4",
        "provided.al2",
        "provided.al2023",
    ]
)
RESERVED_VARIABLES = frozenset(
    [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    ]
)


class LayerVersion(DescribedType):
    """`aws.lambda.LayerVersion`; the id is the version's ARN."""

    token = "aws:lambda/layerVersion:LayerVersion"  # noqa: S105
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
        yield from matching(inputs, "layerName", r"[A-Za-z0-9_-]{1,140}", "letters, digits, -, _")
        yield from at_most_characters(inputs, "description", 256)
        yield from _runtime_rules(inputs, "compatibleRuntimes", inputs.get("compatibleRuntimes"))

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
                "createdDate": str(answer["CreatedDate"]),
            }
            if not properties.get("sourceCodeHash"):
                described["sourceCodeHash"] = content["CodeSha256"]
            return described
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG002
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


CONFIGURATION: Table = {
    **capitalised("description", "handler", "layers", "memorySize", "role", "runtime", "timeout"),
    "environment": ("Environment", {"variables": "Variables"}),
    "ephemeralStorage": ("EphemeralStorage", {"size": "Size"}),
    "deadLetterConfig": ("DeadLetterConfig", {"targetArn": "TargetArn"}),
    "kmsKeyArn": "KMSKeyArn",
    "loggingConfig": (
        "LoggingConfig",
        capitalised("applicationLogLevel", "logFormat", "logGroup", "systemLogLevel"),
    ),
    "tracingConfig": ("TracingConfig", {"mode": "Mode"}),
    "vpcConfig": ("VpcConfig", capitalised("securityGroupIds", "subnetIds")),
}


CONFIGURATION_DEFAULTS: dict[str, Any] = {
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "Layers": [],
    "MemorySize": 128,
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}
"""AWS Lambda API reference, CreateFunction."""


class Function(DescribedType):
    """`aws.lambda.Function`; the id is the name."""

    token = "aws:lambda/function:Function"  # noqa: S105
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
    replace_on = frozenset({"name", "packageType"})
    auto_name = AutoName(max_length=64)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "name", r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _"
        )
        yield from at_most_characters(inputs, "description", 256)
        yield from matching(inputs, "handler", r"\S{1,128}", "1 to 128 characters, no spaces")
        yield from between(inputs, "memorySize", LEAST_MEMORY_MB, MOST_MEMORY_MB, "MB")
        yield from between(inputs, "timeout", 1, LONGEST_TIMEOUT_SECONDS, "seconds")
        yield from between(inputs, "reservedConcurrentExecutions", -1, 1_000_000, "executions")
        storage: Properties = nested(inputs, "ephemeralStorage")
        yield from between(storage, "size", 512, 10_240, "MB")
        yield from one_of(inputs, "packageType", {"Zip"})
        yield from _runtime_rules(inputs, "runtime", [inputs.get("runtime")])
        yield from matching(
            inputs, "role", r"arn:[a-z-]+:iam::\d{12}:role/\S+", "the ARN of an IAM role"
        )
        architectures = inputs.get("architectures")
        if architectures and architectures not in (["arm64"], ["x86_64"]):
            yield CheckFailure("architectures", "is either arm64 or x86_64")
        layers: list[Any] = elements(inputs, "layers")
        if len(layers) > MOST_LAYERS:
            yield CheckFailure("layers", f"a function has at most {MOST_LAYERS} layers")
        mode = {"tracingConfig": nested(inputs, "tracingConfig").get("mode")}
        yield from one_of(mode, "tracingConfig", {"Active", "PassThrough"})
        yield from _logging_rules(nested(inputs, "loggingConfig"))
        yield from _environment_rules(nested(nested(inputs, "environment"), "variables"))

    def create(self, aws: Aws, inputs: Properties) -> Created:
        client = aws.client("lambda")
        name: str = inputs["name"]
        client.create_function(
            FunctionName=name,
            Code={"ZipFile": _function_zip(inputs)},
            Publish=bool(inputs.get("publish")),
            Tags=all_tags(inputs),
            **given(Architectures=inputs.get("architectures")),
            **given(PackageType=inputs.get("packageType")),
            **_configuration(inputs),
        )
        self._put_concurrency(client, name, {}, inputs)
        return self.created(aws, name, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        client = aws.client("lambda")
        with ignoring(*NOT_FOUND):
            function = client.get_function(FunctionName=id)
            configuration: dict[str, Any] = function["Configuration"]
            arn = _unqualified(configuration["FunctionArn"])
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

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:  # noqa: ARG002
        return aws.client("lambda").list_tags(Resource=described["arn"]).get("Tags") or {}

    def recomputed(self, old: Properties, new: Properties) -> Iterable[str]:
        code_changed = changed(old, new, "code", "architectures", "publish")
        if not code_changed and not _configuration_changed(old, new):
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
        configuration_changed = _configuration_changed(old, new)
        if configuration_changed:
            client.update_function_configuration(
                FunctionName=id, **{**CONFIGURATION_DEFAULTS, **_configuration(new)}
            )
        if new.get("publish") and (code_changed or configuration_changed or not old.get("publish")):
            client.publish_version(FunctionName=id)
        self._put_concurrency(client, id, old, new)
        described = self.outputs(aws, id, new)
        if removed := removed_tags(old, new):
            client.untag_resource(Resource=described["arn"], TagKeys=removed)
        if tags := all_tags(new):
            client.tag_resource(Resource=described["arn"], Tags=tags)
        return described

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


class Alias(DescribedType):
    """`aws.lambda.Alias`; the id is the ARN."""

    token = "aws:lambda/alias:Alias"  # noqa: S105
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

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "name", r"(?!\d+$)[A-Za-z0-9_-]{1,128}", "letters, digits, - and _, no number"
        )
        yield from matching(
            inputs, "functionVersion", r"\$LATEST|\d+", "a version's number or $LATEST"
        )

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

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG002
        _require_version(aws, new, "UpdateAlias")
        aws.client("lambda").update_alias(**{"Description": "", **to_request(self.table, new)})
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
        function_arn, name = id.rsplit(":", 1)
        with ignoring(*NOT_FOUND):
            aws.client("lambda").delete_alias(
                FunctionName=function_arn.rsplit(":", 1)[1], Name=name
            )


class Permission(DescribedType):
    """`aws.lambda.Permission`; the id is the statement's, on import `<function>/<statement>`."""

    token = "aws:lambda/permission:Permission"  # noqa: S105
    taggable = False
    table = {
        **capitalised(
            "action",
            "eventSourceToken",
            "functionUrlAuthType",
            "principal",
            "qualifier",
            "sourceAccount",
            "sourceArn",
            "statementId",
        ),
        "function": "FunctionName",
        "principalOrgId": "PrincipalOrgID",
    }
    replace_on = frozenset(table)
    auto_name = AutoName(property="statementId", max_length=100)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "statementId", r"[A-Za-z0-9_-]{1,100}", "letters, digits, - and _"
        )
        yield from matching(
            inputs,
            "action",
            r"lambda:(\*|[A-Za-z]+)",
            "a Lambda action such as lambda:InvokeFunction",
        )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        aws.client("lambda").add_permission(**to_request(self.table, inputs))
        return self.created(aws, inputs["statementId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        function, statement_id = _permission_address(id, properties)
        qualifier = properties.get("qualifier")
        with ignoring(*NOT_FOUND):
            policy = aws.client("lambda").get_policy(
                FunctionName=function, **given(Qualifier=qualifier or None)
            )["Policy"]
            for statement in json.loads(policy)["Statement"]:
                if statement.get("Sid") == statement_id:
                    return {
                        "function": properties.get("function") or function,
                        "statementId": statement_id,
                        "action": statement["Action"],
                        "principal": _principal(statement["Principal"]),
                        **_conditions(nested(statement, "Condition")),
                    }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG002
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        function, statement_id = _permission_address(id, state)
        qualifier = state.get("qualifier")
        if qualifier and not function.endswith(f":{qualifier}"):
            # moto ignores the Qualifier parameter here, but not the name's own.
            function = f"{function}:{qualifier}"
        with ignoring(*NOT_FOUND):
            aws.client("lambda").remove_permission(FunctionName=function, StatementId=statement_id)


SOURCE_SETTINGS: Table = {
    **capitalised(
        "batchSize",
        "bisectBatchOnFunctionError",
        "functionResponseTypes",
        "maximumBatchingWindowInSeconds",
        "maximumRecordAgeInSeconds",
        "maximumRetryAttempts",
        "parallelizationFactor",
        "tumblingWindowInSeconds",
    ),
    "destinationConfig": (
        "DestinationConfig",
        {"onFailure": ("OnFailure", {"destinationArn": "Destination"})},
    ),
    "filterCriteria": ("FilterCriteria", {"filters": ("Filters", {"pattern": "Pattern"})}),
    "kmsKeyArn": "KMSKeyArn",
    "metricsConfig": ("MetricsConfig", {"metrics": "Metrics"}),
    "scalingConfig": ("ScalingConfig", {"maximumConcurrency": "MaximumConcurrency"}),
}
STREAM_ONLY = (
    "bisectBatchOnFunctionError",
    "destinationConfig",
    "maximumRecordAgeInSeconds",
    "maximumRetryAttempts",
    "parallelizationFactor",
    "startingPosition",
    "tumblingWindowInSeconds",
)


class EventSourceMapping(DescribedType):
    """`aws.lambda.EventSourceMapping` of queues and streams; the id is the UUID."""

    token = "aws:lambda/eventSourceMapping:EventSourceMapping"  # noqa: S105
    table = {
        **SOURCE_SETTINGS,
        **capitalised("enabled", "eventSourceArn", "functionName", "startingPosition"),
    }
    handled = frozenset({"useResourceTimeoutForPropagation"})
    replace_on = frozenset({"eventSourceArn", "startingPosition"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from between(inputs, "batchSize", 1, 10_000, "records")
        yield from between(inputs, "maximumBatchingWindowInSeconds", 0, 300, "seconds")
        yield from between(inputs, "maximumRetryAttempts", -1, 10_000, "attempts")
        yield from between(inputs, "parallelizationFactor", 1, 10, "batches")
        yield from between(inputs, "tumblingWindowInSeconds", 0, 900, "seconds")
        age = inputs.get("maximumRecordAgeInSeconds")
        if age != -1:
            yield from between(inputs, "maximumRecordAgeInSeconds", 60, 604_800, "seconds, or -1")
        scaling: Properties = nested(inputs, "scalingConfig")
        yield from between(scaling, "maximumConcurrency", 2, 1000, "functions")
        for kind in elements(inputs, "functionResponseTypes"):
            named = {"functionResponseTypes": kind}
            yield from one_of(named, "functionResponseTypes", {"ReportBatchItemFailures"})
        yield from one_of(inputs, "startingPosition", {"AT_TIMESTAMP", "LATEST", "TRIM_HORIZON"})
        yield from _filter_rules(nested(inputs, "filterCriteria"))
        source = inputs.get("eventSourceArn")
        if isinstance(source, str) and ":sqs:" in source:
            yield from _queue_source_rules(inputs, source)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        source: str = inputs["eventSourceArn"]
        if ":sqs:" in source:
            _require_visibility(aws, inputs)
        elif not inputs.get("startingPosition"):
            # moto takes TRIM_HORIZON then.
            refuse(
                "CreateEventSourceMapping",
                "InvalidParameterValueException",
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
                "constraint: Member must not be null.",
            )
        answer = aws.client("lambda").create_event_source_mapping(
            FunctionName=inputs["functionName"],
            EventSourceArn=source,
            Enabled=inputs.get("enabled", True),
            Tags=all_tags(inputs),
            **given(StartingPosition=inputs.get("startingPosition") or None),
            **to_request(SOURCE_SETTINGS, inputs),
        )
        return self.created(aws, answer["UUID"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        with ignoring(*NOT_FOUND):
            mapping: dict[str, Any] = aws.client("lambda").get_event_source_mapping(UUID=id)
            function: str = mapping["FunctionArn"]
            named: str = properties.get("functionName") or ""
            if named.startswith("arn:"):
                # moto answers with the version behind an alias, AWS with the alias.
                function = named
            return {
                **from_answer(SOURCE_SETTINGS, mapping),
                "arn": mapping.get("EventSourceMappingArn")
                or f"arn:{aws.partition}:lambda:{aws.region}:{aws.account_id}"
                f":event-source-mapping:{id}",
                "uuid": id,
                "eventSourceArn": mapping["EventSourceArn"],
                "functionArn": function,
                "functionName": named or function,
                "enabled": mapping["State"] in {"Enabled", "Enabling", "Creating"},
                "state": mapping["State"],
                "stateTransitionReason": mapping.get("StateTransitionReason", ""),
                "lastModified": mapping["LastModified"].strftime("%Y-%m-%dT%H:%M:%SZ"),
                "lastProcessingResult": mapping.get("LastProcessingResult", ""),
            }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        if ":sqs:" in new["eventSourceArn"]:
            _require_visibility(aws, new)
        cleared: dict[str, Any] = {}
        if old.get("filterCriteria") and not new.get("filterCriteria"):
            cleared["FilterCriteria"] = {"Filters": []}
        if old.get("functionResponseTypes") and not new.get("functionResponseTypes"):
            cleared["FunctionResponseTypes"] = []
        aws.client("lambda").update_event_source_mapping(
            UUID=id,
            FunctionName=new["functionName"],
            Enabled=new.get("enabled", True),
            **{**cleared, **to_request(SOURCE_SETTINGS, new)},
        )
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
        with ignoring(*NOT_FOUND):
            aws.client("lambda").delete_event_source_mapping(UUID=id)


INVOKE_CONFIG: Table = {
    "maximumEventAgeInSeconds": "MaximumEventAgeInSeconds",
    "maximumRetryAttempts": "MaximumRetryAttempts",
    "destinationConfig": (
        "DestinationConfig",
        {
            "onFailure": ("OnFailure", {"destination": "Destination"}),
            "onSuccess": ("OnSuccess", {"destination": "Destination"}),
        },
    ),
}


class FunctionEventInvokeConfig(DescribedType):
    """`aws.lambda.FunctionEventInvokeConfig`; the id is `<function>[:<qualifier>]`."""

    token = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"  # noqa: S105
    taggable = False
    table = {**INVOKE_CONFIG, **capitalised("functionName", "qualifier")}
    replace_on = frozenset({"functionName", "qualifier"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from between(inputs, "maximumEventAgeInSeconds", 60, 21_600, "seconds")
        yield from between(inputs, "maximumRetryAttempts", 0, 2, "attempts")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        qualifier = inputs.get("qualifier")
        self._put(aws, inputs["functionName"], qualifier, inputs)
        config_id = f"{inputs['functionName']}{f':{qualifier}' if qualifier else ''}"
        return self.created(aws, config_id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        function, qualifier = _event_config_address(id)
        with ignoring(*NOT_FOUND):
            config: dict[str, Any] = aws.client("lambda").get_function_event_invoke_config(
                FunctionName=function, **given(Qualifier=qualifier)
            )
            described = from_answer(INVOKE_CONFIG, config)
            destinations = nested(described, "destinationConfig")
            described["destinationConfig"] = {
                name: block for name, block in destinations.items() if block
            }
            return {
                **described,
                "functionName": properties.get("functionName") or function,
                **given(qualifier=qualifier),
            }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG002
        function, qualifier = _event_config_address(id)
        self._put(aws, function, qualifier, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
        function, qualifier = _event_config_address(id)
        with ignoring(*NOT_FOUND):
            aws.client("lambda").delete_function_event_invoke_config(
                FunctionName=function, **given(Qualifier=qualifier)
            )

    def _put(self, aws: Aws, function: str, qualifier: str | None, inputs: Properties) -> None:
        client = aws.client("lambda")
        address = {"FunctionName": function, **given(Qualifier=qualifier)}
        # moto keeps every configuration and answers with the first.
        with ignoring(*NOT_FOUND):
            client.delete_function_event_invoke_config(**address)
        client.put_function_event_invoke_config(
            **address,
            **{"DestinationConfig": {}, **to_request(INVOKE_CONFIG, inputs)},
        )


def invoke_arn(aws: Aws, function_arn: str, *, streaming: bool = False) -> str:
    """The ARN by which API Gateway calls a function."""
    version, call = (
        ("2021-11-15", "response-streaming-invocations")
        if streaming
        else ("2015-03-31", "invocations")
    )
    return (
        f"arn:{aws.partition}:apigateway:{aws.region}:lambda:path/{version}"
        f"/functions/{function_arn}/{call}"
    )


def _runtime_rules(
    inputs: Properties,  # noqa: ARG001
    name: str,
    runtimes: Iterable[Any] | None,
) -> Iterator[CheckFailure]:
    for runtime in runtimes or []:
        yield from one_of({name: runtime}, name, RUNTIMES)


def _logging_rules(logging: Properties) -> Iterator[CheckFailure]:
    yield from one_of(
        {"loggingConfig": logging.get("logFormat")}, "loggingConfig", {"JSON", "Text"}
    )
    if logging.get("logFormat") == "Text" and (
        logging.get("applicationLogLevel") or logging.get("systemLogLevel")
    ):
        yield CheckFailure("loggingConfig", "log levels need the log format JSON")


def _environment_rules(variables: dict[str, Any]) -> Iterator[CheckFailure]:
    for name in variables:
        if name in RESERVED_VARIABLES:
            yield CheckFailure("environment", f"{name} is reserved by Lambda")
        yield from matching(
            {"environment": name},
            "environment",
            r"[A-Za-z][A-Za-z0-9_]+",
            "a variable of letters, digits and _, beginning with a letter",
        )
    size = len(json.dumps({k: v for k, v in variables.items() if isinstance(v, str)}).encode())
    if size > MOST_ENVIRONMENT_BYTES:
        yield CheckFailure(
            "environment", f"{size} bytes of variables: Lambda takes {MOST_ENVIRONMENT_BYTES}"
        )


def _filter_rules(criteria: Properties) -> Iterator[CheckFailure]:
    filters: list[Properties] = elements(criteria, "filters")
    if len(filters) > 5:
        yield CheckFailure("filterCriteria", "takes at most 5 filters")
    for item in filters:
        pattern = item.get("pattern")
        if not isinstance(pattern, str):
            continue
        try:
            json.loads(pattern)
        except ValueError:
            yield CheckFailure("filterCriteria", f"{pattern!r} is not JSON")


def _queue_source_rules(inputs: Properties, source: str) -> Iterator[CheckFailure]:
    for name in STREAM_ONLY:
        if inputs.get(name) is not None:
            yield CheckFailure(name, "is for streams; an SQS queue has its own redrive policy")
    size = inputs.get("batchSize")
    if not isinstance(size, int):
        return
    if source.endswith(".fifo") and size > 10:
        yield CheckFailure("batchSize", "a FIFO queue's batches have at most 10 messages")
    elif size > 10 and inputs.get("maximumBatchingWindowInSeconds") == 0:
        yield CheckFailure(
            "batchSize", "more than 10 messages need maximumBatchingWindowInSeconds of 1 or more"
        )


def _require_visibility(aws: Aws, inputs: Properties) -> None:
    """Lambda refuses a queue whose messages reappear while the function still works on them."""
    sqs = aws.client("sqs")
    queue_name = inputs["eventSourceArn"].rsplit(":", 1)[1]
    with ignoring("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"):
        url = sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])[
            "Attributes"
        ]
        visibility = int(attributes["VisibilityTimeout"])
        function = aws.client("lambda").get_function(FunctionName=inputs["functionName"])
        timeout = function["Configuration"]["Timeout"]
        if visibility < timeout:
            refuse(
                "CreateEventSourceMapping",
                "InvalidParameterValueException",
                f"Invalid request provided: Queue visibility timeout: {visibility} seconds is "
                f"less than Function timeout: {timeout} seconds",
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


def _configuration(inputs: Properties) -> dict[str, Any]:
    configuration = to_request(CONFIGURATION, inputs)
    variables = nested(inputs, "environment").get("variables")
    configuration["Environment"] = {"Variables": variables or {}}
    return configuration


def _configuration_changed(old: Properties, new: Properties) -> bool:
    """Whether the configuration differs, outputs and defaults of AWS in `old` left aside."""

    def effective(properties: Properties) -> dict[str, Any]:
        given_ones = to_request(CONFIGURATION, properties)
        return {
            **CONFIGURATION_DEFAULTS,
            **{name: value for name, value in given_ones.items() if value not in ("", [], {})},
        }

    return effective(old) != effective(new)


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
    numbers = [int(item["Version"]) for item in versions if item["Version"] != "$LATEST"]
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


def _permission_address(id: str, properties: Properties) -> tuple[str, str]:
    if "/" in id:
        function, statement = id.rsplit("/", 1)
        return function, statement
    return properties["function"], id


def _principal(principal: Any) -> str:
    if isinstance(principal, str):
        return principal
    return str(principal.get("Service") or principal.get("AWS") or "*")


def _conditions(conditions: dict[str, dict[str, str]]) -> Properties:
    names = {
        "aws:sourcearn": "sourceArn",
        "aws:sourceaccount": "sourceAccount",
        "aws:principalorgid": "principalOrgId",
        "lambda:eventsourcetoken": "eventSourceToken",
        "lambda:functionurlauthtype": "functionUrlAuthType",
    }
    return {
        names[key.lower()]: value
        for condition in conditions.values()
        for key, value in condition.items()
        if key.lower() in names
    }


def _event_config_address(id: str) -> tuple[str, str | None]:
    if id.startswith("arn:"):
        parts = id.split(":")
        return ":".join(parts[:7]), parts[7] if len(parts) > 7 else None
    function, _, qualifier = id.partition(":")
    return function, qualifier or None
