"""REST APIs of API Gateway, empty or of an OpenAPI body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.optional_parts import elements, nested
from local.provider.aws.apigateway.arns import arn, execution_arn
from local.provider.aws.apigateway.body_import import import_body
from local.provider.aws.apigateway.body_references import require_functions
from local.provider.aws.apigateway.body_rules import body_errors
from local.provider.aws.apigateway.error_codes import NOT_FOUND
from local.provider.aws.apigateway.patches import replace, replacements
from local.provider.aws.apigateway.tags import put_tags
from local.provider.aws.apigateway.timestamps import timestamp
from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import all_tags, changed, given, same_document, same_names
from local.provider.aws.rules import at_most_characters, json_object, one_of
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties
from local.rest_api.body import RestApiBody, parse_body


class RestApi(DescribedType):
    """`aws.apigateway.RestApi`, empty or of an OpenAPI body; the id is the API's."""

    token = "aws:apigateway/restApi:RestApi"
    table = {
        **same_names("apiKeySource", "binaryMediaTypes", "body", "description", "name", "policy"),
        **same_names("disableExecuteApiEndpoint", "minimumCompressionSize"),
        "endpointConfiguration": (
            "endpointConfiguration",
            same_names("ipAddressType", "types", "vpcEndpointIds"),
        ),
    }
    handled = frozenset({"failOnWarnings", "putRestApiMode"})
    auto_name = AutoName(max_length=1024)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from one_of(inputs, "apiKeySource", {"AUTHORIZER", "HEADER"})
        yield from at_most_characters(inputs, "name", 1024)
        yield from one_of(inputs, "putRestApiMode", {"overwrite"})
        endpoint: Properties = nested(inputs, "endpointConfiguration")
        yield from one_of(
            {"endpointConfiguration": endpoint.get("types")},
            "endpointConfiguration",
            {"EDGE", "PRIVATE", "REGIONAL"},
        )
        yield from json_object(inputs, "policy")
        body = inputs.get("body")
        if isinstance(body, str) and body:
            for reason in body_errors(body):
                yield CheckFailure("body", reason)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        client = aws.client("apigateway")
        body = parse_body(inputs.get("body"))
        require_functions(aws, body)
        endpoint = _endpoint_request(inputs)
        api_id: str = client.create_rest_api(
            name=inputs["name"],
            tags=all_tags(inputs),
            **given(
                description=inputs.get("description") or body.description,
                apiKeySource=inputs.get("apiKeySource") or body.api_key_source,
                disableExecuteApiEndpoint=inputs.get("disableExecuteApiEndpoint"),
                endpointConfiguration=endpoint,
                minimumCompressionSize=_number(inputs.get("minimumCompressionSize")),
                policy=inputs.get("policy"),
            ),
        )["id"]
        # moto ignores CreateRestApi's binaryMediaTypes.
        _patch_binary_types(client, api_id, [], _binary_types(inputs, body))
        import_body(client, api_id, RestApiBody(), body)
        return self.created(aws, api_id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        client = aws.client("apigateway")
        with ignoring(*NOT_FOUND):
            api: dict[str, Any] = client.get_rest_api(restApiId=id)
            if "id" not in api:
                return None
            resources = client.get_resources(restApiId=id, limit=500)["items"]
            endpoint = nested(api, "endpointConfiguration")
            described: Properties = {
                "arn": arn(aws, f"/restapis/{id}"),
                "executionArn": execution_arn(aws, id),
                "name": api["name"],
                "description": api.get("description") or "",
                "createdDate": timestamp(api["createdDate"]),
                "apiKeySource": api.get("apiKeySource", "HEADER"),
                "binaryMediaTypes": elements(api, "binaryMediaTypes"),
                "disableExecuteApiEndpoint": bool(api.get("disableExecuteApiEndpoint")),
                "endpointConfiguration": {
                    "types": (endpoint.get("types") or ["EDGE"])[0],
                    "ipAddressType": endpoint.get("ipAddressType", "ipv4"),
                    "vpcEndpointIds": elements(endpoint, "vpcEndpointIds"),
                },
                "rootResourceId": next(
                    (item["id"] for item in resources if item["path"] == "/"), None
                ),
            }
            if api.get("policy"):
                described["policy"] = same_document(properties.get("policy"), api["policy"])
            return described
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:
        return aws.client("apigateway").get_rest_api(restApiId=id).get("tags") or {}

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        client = aws.client("apigateway")
        before, after = parse_body(old.get("body")), parse_body(new.get("body"))
        operations = list(
            replacements(
                {
                    "name": (old.get("name"), new.get("name")),
                    "description": (
                        old.get("description"),
                        new.get("description") or after.description or "",
                    ),
                    "policy": (old.get("policy") or "", new.get("policy") or ""),
                    "apiKeySource": (
                        old.get("apiKeySource") or before.api_key_source or "HEADER",
                        new.get("apiKeySource") or after.api_key_source or "HEADER",
                    ),
                }
            )
        )
        if changed(old, new, "disableExecuteApiEndpoint"):
            wanted = bool(new.get("disableExecuteApiEndpoint"))
            # moto reads every text here as true, also "false".
            operations.append(replace("/disableExecuteApiEndpoint", "true" if wanted else ""))
        if kind := nested(new, "endpointConfiguration").get("types"):
            operations.extend(
                replacements(
                    {
                        "endpointConfiguration/types/0": (
                            nested(old, "endpointConfiguration").get("types"),
                            kind,
                        )
                    }
                )
            )
        if operations:
            client.update_rest_api(restApiId=id, patchOperations=operations)
        _patch_binary_types(
            client, id, elements(old, "binaryMediaTypes"), _binary_types(new, after)
        )
        if before != after:
            require_functions(aws, after)
            import_body(client, id, before, after)
        put_tags(aws, arn(aws, f"/restapis/{id}"), old, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring(*NOT_FOUND):
            client = aws.client("apigateway")
            for plan in client.get_usage_plans(limit=500).get("items", []):
                if any(stage.get("apiId") == id for stage in elements(plan, "apiStages")):
                    refuse(
                        "DeleteRestApi",
                        "BadRequestException",
                        "Cannot delete a stage that is attached to a usage plan: remove the stage "
                        f"of {id} from the usage plan {plan['name']} first",
                    )
            client.get_rest_api(restApiId=id)
            client.delete_rest_api(restApiId=id)


def _endpoint_request(inputs: Properties) -> dict[str, Any] | None:
    endpoint = inputs.get("endpointConfiguration")
    if not endpoint:
        return None
    return given(
        types=[endpoint["types"]],
        ipAddressType=endpoint.get("ipAddressType"),
        vpcEndpointIds=endpoint.get("vpcEndpointIds") or None,
    )


def _binary_types(inputs: Properties, body: RestApiBody) -> list[str]:
    return inputs.get("binaryMediaTypes") or list(body.binary_media_types)


def _patch_binary_types(client: Any, api_id: str, old: list[str], new: list[str]) -> None:
    def operation(kind: str, media: str) -> dict[str, str]:
        # AWS takes the type from the path, moto from the value.
        return {
            "op": kind,
            "path": f"/binaryMediaTypes/{media.replace('/', '~1')}",
            "value": media,
        }

    operations = [operation("remove", media) for media in old if media not in new]
    operations += [operation("add", media) for media in new if media not in old]
    if operations:
        client.update_rest_api(restApiId=api_id, patchOperations=operations)


def _number(value: Any) -> int | None:
    return None if value in (None, "") else int(value)
