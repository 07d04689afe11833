"""Settings of asynchronous calls of Lambda functions."""

from __future__ import annotations

from typing import Any

from local.optional_parts import nested
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.lambda_.error_codes import NOT_FOUND
from local.provider.aws.parameters import Table, capitalised, from_answer, given, to_request
from local.provider.resource_type import Aws, Created, Properties

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

    token = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    taggable = False
    table = {**INVOKE_CONFIG, **capitalised("functionName", "qualifier")}
    replace_on = frozenset({"functionName", "qualifier"})

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

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        function, qualifier = _event_config_address(id)
        self._put(aws, function, qualifier, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
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


def _event_config_address(id: str) -> tuple[str, str | None]:
    if id.startswith("arn:"):
        parts = id.split(":")
        return ":".join(parts[:7]), parts[7] if len(parts) > 7 else None
    function, _, qualifier = id.partition(":")
    return function, qualifier or None
