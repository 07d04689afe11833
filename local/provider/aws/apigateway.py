"""API Gateway's REST APIs: body, deployment, stage, usage plans and keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import (
    Table,
    all_tags,
    changed,
    elements,
    from_answer,
    given,
    nested,
    removed_tags,
    same_document,
    same_names,
    to_request,
)
from local.provider.aws.rest_api_import import import_body
from local.provider.aws.rest_api_rules import body_errors
from local.provider.aws.rules import (
    at_most_characters,
    between,
    json_object,
    matching,
    one_of,
)
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties
from local.rest_api.body import RestApiBody, parse_body

NOT_FOUND = ("NotFoundException", "NotFound", "ResourceNotFoundException")
CACHE_SIZES_GB = frozenset({"0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"})
LONGEST_CACHE_TTL_SECONDS = 3600
FUNCTION_IN_URI = re.compile(r"functions/arn:[^/]*:function:([^:/]+)(?::([^/]+))?/")


class RestApi(DescribedType):
    """`aws.apigateway.RestApi`, empty or of an OpenAPI body; the id is the API's."""

    token = "aws:apigateway/restApi:RestApi"  # noqa: S105
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
        _require_functions(aws, body)
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
                "arn": _arn(aws, f"/restapis/{id}"),
                "executionArn": _execution_arn(aws, id),
                "name": api["name"],
                "description": api.get("description") or "",
                "createdDate": _time(api["createdDate"]),
                "apiKeySource": api.get("apiKeySource", "HEADER"),
                "binaryMediaTypes": elements(api, "binaryMediaTypes"),
                "disableExecuteApiEndpoint": bool(api.get("disableExecuteApiEndpoint")),
                "endpointConfiguration": {
                    "types": (endpoint.get("types") or ["EDGE"])[0],
                    "ipAddressType": endpoint.get("ipAddressType", "ipv4"),
                    "vpcEndpointIds": elements(endpoint, "vpcEndpointIds"),
                },
                "rootResourceId": next(item["id"] for item in resources if item["path"] == "/"),
            }
            if api.get("policy"):
                described["policy"] = same_document(properties.get("policy"), api["policy"])
            return described
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:  # noqa: ARG002
        return aws.client("apigateway").get_rest_api(restApiId=id).get("tags") or {}

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        client = aws.client("apigateway")
        before, after = parse_body(old.get("body")), parse_body(new.get("body"))
        operations = list(
            _replacements(
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
            operations.append(_replace("/disableExecuteApiEndpoint", "true" if wanted else ""))
        if kind := nested(new, "endpointConfiguration").get("types"):
            operations.extend(
                _replacements(
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
            _require_functions(aws, after)
            import_body(client, id, before, after)
        _put_tags(aws, _arn(aws, f"/restapis/{id}"), old, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
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


class Deployment(DescribedType):
    """`aws.apigateway.Deployment`; the id is the deployment's, on import `<api>/<deployment>`."""

    token = "aws:apigateway/deployment:Deployment"  # noqa: S105
    taggable = False
    table = same_names("description", "restApi", "triggers", "variables")
    replace_on = frozenset({"restApi", "triggers", "variables"})

    def create(self, aws: Aws, inputs: Properties) -> Created:
        deployment = aws.client("apigateway").create_deployment(
            restApiId=inputs["restApi"],
            description=inputs.get("description") or "",
            **given(variables=inputs.get("variables")),
        )
        return self.created(aws, deployment["id"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        api_id, deployment_id = _api_and_part(id, properties)
        with ignoring(*NOT_FOUND):
            # moto's GetDeployment fails with a 500 for an id that it does not know.
            deployments = aws.client("apigateway").get_deployments(restApiId=api_id, limit=500)
            for deployment in deployments["items"]:
                if deployment["id"] == deployment_id:
                    # The description is not here: moto has no UpdateDeployment.
                    return {
                        "restApi": api_id,
                        "createdDate": _time(deployment["createdDate"]),
                    }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG002
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        client = aws.client("apigateway")
        api_id, deployment_id = _api_and_part(id, state)
        with ignoring(*NOT_FOUND):
            for stage in client.get_stages(restApiId=api_id)["item"]:
                if stage["deploymentId"] == deployment_id:
                    refuse(
                        "DeleteDeployment",
                        "BadRequestException",
                        "Active stages pointing to this deployment must be moved or deleted",
                    )
            client.delete_deployment(restApiId=api_id, deploymentId=deployment_id)


class Stage(DescribedType):
    """`aws.apigateway.Stage`; the id is `ags-<api>-<stage>`, on import `<api>/<stage>`."""

    token = "aws:apigateway/stage:Stage"  # noqa: S105
    table = {
        **same_names("cacheClusterEnabled", "cacheClusterSize", "deployment", "description"),
        **same_names("restApi", "stageName", "variables", "xrayTracingEnabled"),
        "accessLogSettings": ("accessLogSettings", same_names("destinationArn", "format")),
    }
    replace_on = frozenset({"restApi", "stageName"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "stageName", r"[A-Za-z0-9_-]{1,128}", "1 to 128 letters, digits, - and _"
        )
        yield from one_of(inputs, "cacheClusterSize", CACHE_SIZES_GB)
        for name, value in nested(inputs, "variables").items():
            pair = {"variables": name}
            yield from matching(pair, "variables", r"\w+", "a name of letters, digits and _")
            yield from matching(
                {"variables": value},
                "variables",
                r"[A-Za-z0-9._~:/?#&=,-]+",
                "a value of letters, digits and -._~:/?#&=,",
            )
        logs: Properties = nested(inputs, "accessLogSettings")
        form = logs.get("format")
        identified = ("$context.requestId", "$context.extendedRequestId")
        if isinstance(form, str) and not any(name in form for name in identified):
            yield CheckFailure(
                "accessLogSettings", f"the format must hold {' or '.join(identified)}"
            )
        destination = logs.get("destinationArn")
        if isinstance(destination, str) and not re.match(
            r"arn:[a-z-]+:(logs:\S+:log-group:|firehose:\S+:deliverystream/amazon-apigateway-)",
            destination,
        ):
            yield CheckFailure(
                "accessLogSettings",
                f"{destination} is neither a log group nor an amazon-apigateway- delivery stream",
            )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        client = aws.client("apigateway")
        api_id, name = inputs["restApi"], inputs["stageName"]
        client.create_stage(
            restApiId=api_id,
            stageName=name,
            deploymentId=inputs["deployment"],
            description=inputs.get("description") or "",
            cacheClusterEnabled=bool(inputs.get("cacheClusterEnabled")),
            tracingEnabled=bool(inputs.get("xrayTracingEnabled")),
            tags=all_tags(inputs),
            **given(
                variables=inputs.get("variables") or None,
                cacheClusterSize=inputs.get("cacheClusterSize"),
            ),
        )
        self._patch(client, api_id, name, list(_access_log_changes({}, inputs)))
        return self.created(aws, f"ags-{api_id}-{name}", inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        api_id, name = _api_and_stage(id, properties)
        with ignoring(*NOT_FOUND):
            stage: dict[str, Any] = aws.client("apigateway").get_stage(
                restApiId=api_id, stageName=name
            )
            described: Properties = {
                "restApi": api_id,
                "stageName": name,
                "deployment": stage["deploymentId"],
                "description": stage.get("description") or "",
                "arn": _arn(aws, f"/restapis/{api_id}/stages/{name}"),
                "executionArn": f"{_execution_arn(aws, api_id)}/{name}",
                "invokeUrl": f"https://{api_id}.execute-api.{aws.region}.amazonaws.com/{name}",
                "cacheClusterEnabled": bool(stage.get("cacheClusterEnabled")),
                "xrayTracingEnabled": bool(stage.get("tracingEnabled")),
                "variables": nested(stage, "variables"),
                # Not here: `webAclArn`, which the web ACL's association sets later.
            }
            if stage.get("cacheClusterEnabled"):
                described["cacheClusterSize"] = stage.get("cacheClusterSize", "")
            if logs := stage.get("accessLogSettings"):
                described["accessLogSettings"] = from_answer(
                    same_names("destinationArn", "format"), logs
                )
            return described
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:  # noqa: ARG002
        stage = aws.client("apigateway").get_stage(
            restApiId=described["restApi"], stageName=described["stageName"]
        )
        return nested(stage, "tags")

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        client = aws.client("apigateway")
        api_id, name = _api_and_stage(id, old)
        operations = list(
            _replacements(
                {
                    "deploymentId": (old.get("deployment"), new.get("deployment")),
                    "description": (old.get("description") or "", new.get("description") or ""),
                    "tracingEnabled": (
                        bool(old.get("xrayTracingEnabled")),
                        bool(new.get("xrayTracingEnabled")),
                    ),
                    "cacheClusterEnabled": (
                        bool(old.get("cacheClusterEnabled")),
                        bool(new.get("cacheClusterEnabled")),
                    ),
                }
            )
        )
        if changed(old, new, "cacheClusterSize") and new.get("cacheClusterSize"):
            operations.append(_replace("/cacheClusterSize", new["cacheClusterSize"]))
        before, after = nested(old, "variables"), nested(new, "variables")
        operations += [
            {"op": "remove", "path": f"/variables/{key}"} for key in before if key not in after
        ]
        operations += [
            _replace(f"/variables/{key}", value)
            for key, value in after.items()
            if before.get(key) != value
        ]
        self._patch(client, api_id, name, [*operations, *_access_log_changes(old, new)])
        described = self.outputs(aws, id, new)
        # moto's tags of a stage are those of its creation.
        _put_tags(aws, described["arn"], old, new)
        return described

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        api_id, name = _api_and_stage(id, state)
        with ignoring(*NOT_FOUND):
            aws.client("apigateway").delete_stage(restApiId=api_id, stageName=name)

    def _patch(self, client: Any, api_id: str, name: str, operations: list[dict[str, str]]) -> None:
        if operations:
            client.update_stage(restApiId=api_id, stageName=name, patchOperations=operations)


METHOD_SETTINGS = {
    "cacheDataEncrypted": "caching/dataEncrypted",
    "cacheTtlInSeconds": "caching/ttlInSeconds",
    "cachingEnabled": "caching/enabled",
    "dataTraceEnabled": "logging/dataTrace",
    "loggingLevel": "logging/loglevel",
    "metricsEnabled": "metrics/enabled",
    "requireAuthorizationForCacheControl": "caching/requireAuthorizationForCacheControl",
    "throttlingBurstLimit": "throttling/burstLimit",
    "throttlingRateLimit": "throttling/rateLimit",
    "unauthorizedCacheControlHeaderStrategy": "caching/unauthorizedCacheControlHeaderStrategy",
}
DEFAULT_METHOD_SETTINGS: Properties = {
    "cacheDataEncrypted": False,
    "cacheTtlInSeconds": 300,
    "cachingEnabled": False,
    "dataTraceEnabled": False,
    "loggingLevel": "OFF",
    "metricsEnabled": False,
    "requireAuthorizationForCacheControl": True,
    "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10_000,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}


class MethodSettings(DescribedType):
    """`aws.apigateway.MethodSettings`; the id is `<api>-<stage>-<method path>`."""

    token = "aws:apigateway/methodSettings:MethodSettings"  # noqa: S105
    taggable = False
    table = {
        **same_names("methodPath", "restApi", "stageName"),
        "settings": ("settings", same_names(*METHOD_SETTINGS)),
    }
    replace_on = frozenset({"methodPath", "restApi", "stageName"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs,
            "methodPath",
            r"\*/\*|[^/\s].*/(\*|ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)",
            "*/* or a path without leading /, and a method: v1/products/GET",
        )
        settings: Properties = nested(inputs, "settings")
        yield from one_of(settings, "loggingLevel", {"ERROR", "INFO", "OFF"})
        yield from between(settings, "cacheTtlInSeconds", 0, LONGEST_CACHE_TTL_SECONDS, "seconds")
        yield from one_of(
            settings,
            "unauthorizedCacheControlHeaderStrategy",
            {
                "FAIL_WITH_403",
                "SUCCEED_WITHOUT_RESPONSE_HEADER",
                "SUCCEED_WITH_RESPONSE_HEADER",
            },
        )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        self._put(aws, inputs, inputs["settings"])
        settings_id = f"{inputs['restApi']}-{inputs['stageName']}-{inputs['methodPath']}"
        return self.created(aws, settings_id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        if not properties:
            api_id, stage, path = id.split("/", 2)
            properties = {"restApi": api_id, "stageName": stage, "methodPath": path}
        with ignoring(*NOT_FOUND):
            stage_answer = aws.client("apigateway").get_stage(
                restApiId=properties["restApi"], stageName=properties["stageName"]
            )
            settings = stage_answer.get("methodSettings", {}).get(
                _settings_key(properties["methodPath"])
            )
            if settings is None:
                return None
            known = properties.get("settings")
            return {
                **{name: properties[name] for name in ("methodPath", "restApi", "stageName")},
                "settings": {
                    name: settings[name]
                    for name in METHOD_SETTINGS
                    # What is not set has AWS's defaults, for which moto's are others.
                    if name in settings and (known is None or name in known)
                },
            }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        dropped = {
            name: DEFAULT_METHOD_SETTINGS[name]
            for name in nested(old, "settings")
            if name not in new["settings"]
        }
        self._put(aws, new, {**dropped, **new["settings"]})
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
        # moto can't remove the settings of a method: they go back to AWS's defaults.
        with ignoring(*NOT_FOUND):
            self._put(aws, state, DEFAULT_METHOD_SETTINGS)

    def _put(self, aws: Aws, address: Properties, settings: Properties) -> None:
        prefix = _settings_key(address["methodPath"])
        aws.client("apigateway").update_stage(
            restApiId=address["restApi"],
            stageName=address["stageName"],
            patchOperations=[
                _replace(f"/{prefix}/{METHOD_SETTINGS[name]}", value)
                for name, value in settings.items()
                if value is not None
            ],
        )


PLAN: Table = {
    **same_names("description", "name"),
    "quotaSettings": ("quota", same_names("limit", "offset", "period")),
    "throttleSettings": ("throttle", same_names("burstLimit", "rateLimit")),
}


class UsagePlan(DescribedType):
    """`aws.apigateway.UsagePlan`; the id is the plan's."""

    token = "aws:apigateway/usagePlan:UsagePlan"  # noqa: S105
    table = {
        **PLAN,
        "productCode": "productCode",
        "apiStages": (
            "apiStages",
            {
                **same_names("apiId", "stage"),
                "throttles": ("throttle", same_names("burstLimit", "path", "rateLimit")),
            },
        ),
    }
    auto_name = AutoName(max_length=255)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        quota: Properties = nested(inputs, "quotaSettings")
        yield from one_of(
            {"quotaSettings": quota.get("period")}, "quotaSettings", {"DAY", "MONTH", "WEEK"}
        )
        last_offset = {"DAY": 0, "WEEK": 6, "MONTH": 27}.get(quota.get("period", ""), 27)
        yield from between(quota, "offset", 0, last_offset, f"(quota a {quota.get('period')})")
        throttle: Properties = nested(inputs, "throttleSettings")
        for name in ("burstLimit", "rateLimit"):
            yield from between(throttle, name, 0, 10**9, "requests")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        client = aws.client("apigateway")
        stages = [_plan_stage(block) for block in elements(inputs, "apiStages")]
        for stage in stages:
            # AWS refuses a plan with a stage that is not there; moto takes any.
            client.get_stage(restApiId=stage["apiId"], stageName=stage["stage"])
        plan_id: str = client.create_usage_plan(
            **_whole_numbers(to_request(PLAN, inputs)),
            apiStages=stages,
            tags=all_tags(inputs),
        )["id"]
        return self.created(aws, plan_id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:  # noqa: ARG002
        with ignoring(*NOT_FOUND):
            plan: dict[str, Any] = aws.client("apigateway").get_usage_plan(usagePlanId=id)
            described: Properties = {
                **from_answer(PLAN, plan),
                "arn": _arn(aws, f"/usageplans/{id}"),
                "apiStages": [
                    {
                        **from_answer(same_names("apiId", "stage"), stage),
                        "throttles": [
                            {"path": path, **from_answer(_LIMITS, limits)}
                            for path, limits in nested(stage, "throttle").items()
                        ],
                    }
                    for stage in elements(plan, "apiStages")
                ],
            }
            if quota := described.get("quotaSettings"):
                quota.setdefault("offset", 0)
            if throttle := described.get("throttleSettings"):
                described["throttleSettings"] = _integral(throttle)
            return described
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:  # noqa: ARG002
        return aws.client("apigateway").get_usage_plan(usagePlanId=id).get("tags") or {}

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        client = aws.client("apigateway")
        operations = list(
            _replacements(
                {
                    "name": (old.get("name"), new.get("name")),
                    "description": (old.get("description") or "", new.get("description") or ""),
                }
            )
        )
        for name, (target, fields) in (
            ("quotaSettings", ("quota", ("limit", "period", "offset"))),
            ("throttleSettings", ("throttle", ("rateLimit", "burstLimit"))),
        ):
            if not changed(old, new, name):
                continue
            if old.get(name) and not new.get(name):
                operations.append({"op": "remove", "path": f"/{target}"})
            for field in fields:
                value = nested(new, name).get(field)
                if value is not None:
                    operations.append(_replace(f"/{target}/{field}", value))
        before = {_stage_name(stage): stage for stage in elements(old, "apiStages")}
        after = {_stage_name(stage): stage for stage in elements(new, "apiStages")}
        # moto removes only stages without limits of their own.
        removable = [key for key in before if key not in after and not before[key].get("throttles")]
        operations += [{"op": "remove", "path": "/apiStages", "value": key} for key in removable]
        operations += [
            {"op": "add", "path": "/apiStages", "value": key} for key in after if key not in before
        ]
        if operations:
            client.update_usage_plan(usagePlanId=id, patchOperations=operations)
        _put_tags(aws, _arn(aws, f"/usageplans/{id}"), old, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
        with ignoring(*NOT_FOUND):
            client = aws.client("apigateway")
            client.get_usage_plan(usagePlanId=id)
            client.delete_usage_plan(usagePlanId=id)


class UsagePlanKey(DescribedType):
    """`aws.apigateway.UsagePlanKey`; the id is the key's, on import `<plan>/<key>`."""

    token = "aws:apigateway/usagePlanKey:UsagePlanKey"  # noqa: S105
    taggable = False
    table = same_names("keyId", "keyType", "usagePlanId")
    replace_on = frozenset({"keyId", "keyType", "usagePlanId"})
    secret_outputs = frozenset({"value"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        return one_of(inputs, "keyType", {"API_KEY"})

    def create(self, aws: Aws, inputs: Properties) -> Created:
        aws.client("apigateway").create_usage_plan_key(**to_request(self.table, inputs))
        return self.created(aws, inputs["keyId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        plan, _, key_id = id.rpartition("/")
        plan = plan or properties["usagePlanId"]
        with ignoring(*NOT_FOUND):
            key = aws.client("apigateway").get_usage_plan_key(usagePlanId=plan, keyId=key_id)
            return {
                "keyId": key_id,
                "keyType": key["type"],
                "usagePlanId": plan,
                "name": key.get("name", ""),
                "value": key.get("value", ""),
            }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG002
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if self.describe(aws, id, state) is not None:
            aws.client("apigateway").delete_usage_plan_key(
                usagePlanId=state["usagePlanId"], keyId=id
            )


class ApiKey(DescribedType):
    """`aws.apigateway.ApiKey`; the id is the key's."""

    token = "aws:apigateway/apiKey:ApiKey"  # noqa: S105
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

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:  # noqa: ARG002
        with ignoring(*NOT_FOUND):
            key: dict[str, Any] = aws.client("apigateway").get_api_key(apiKey=id, includeValue=True)
            return {
                **from_answer(self.table, key),
                "description": key.get("description") or "",
                "arn": _arn(aws, f"/apikeys/{id}"),
                "createdDate": _time(key["createdDate"]),
                "lastUpdatedDate": _time(key["lastUpdatedDate"]),
            }
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:  # noqa: ARG002
        return aws.client("apigateway").get_api_key(apiKey=id).get("tags") or {}

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        operations = list(
            _replacements(
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
        _put_tags(aws, _arn(aws, f"/apikeys/{id}"), old, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
        with ignoring(*NOT_FOUND):
            aws.client("apigateway").delete_api_key(apiKey=id)


class Account(DescribedType):
    """`aws.apigateway.Account`, the region's settings; the id is the real provider's constant."""

    token = "aws:apigateway/account:Account"  # noqa: S105
    taggable = False
    table = same_names("cloudwatchRoleArn")
    handled = frozenset({"resetOnDelete"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        return matching(
            inputs, "cloudwatchRoleArn", r"|arn:[a-z-]+:iam::\d{12}:role/\S+", "an IAM role's ARN"
        )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        self._put(aws, inputs)
        return self.created(aws, "api-gateway-account", inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:  # noqa: ARG002
        account: dict[str, Any] = aws.client("apigateway").get_account()
        throttle = nested(account, "throttleSettings")
        return {
            "cloudwatchRoleArn": account.get("cloudwatchRoleArn") or "",
            "apiKeyVersion": account.get("apiKeyVersion", "4"),
            # Usage plans are on in every account made since 2016; moto has no features at first.
            "features": account.get("features") or ["UsagePlans"],
            "throttleSettings": [_integral(from_answer(_LIMITS, throttle))],
        }

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG002
        self._put(aws, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
        self._put(aws, {})

    def _put(self, aws: Aws, inputs: Properties) -> None:
        aws.client("apigateway").update_account(
            patchOperations=[_replace("/cloudwatchRoleArn", inputs.get("cloudwatchRoleArn") or "")]
        )


_LIMITS: Table = same_names("burstLimit", "rateLimit")


def _require_functions(aws: Aws, body: RestApiBody) -> None:
    """Refuse a body whose functions or roles are not there: its calls would all fail with 500."""
    uris = {method.integration.get("uri", "") for method in body.methods.values()}
    uris |= {str(item.get("authorizerUri", "")) for item in body.authorizers.values()}
    roles = {str(item.get("authorizerCredentials", "")) for item in body.authorizers.values()}
    roles |= {str(item.integration.get("credentials", "")) for item in body.methods.values()}
    client = aws.client("lambda")
    for uri in sorted(uris):
        if found := FUNCTION_IN_URI.search(uri):
            name, qualifier = found.groups()
            present = False
            with ignoring(*NOT_FOUND):
                client.get_function(FunctionName=name, **given(Qualifier=qualifier))
                present = True
            if not present:
                _refuse_body(f"Function not found: {name}{f':{qualifier}' if qualifier else ''}")
    for role in sorted(roles):
        if ":role/" not in role:
            continue
        present = False
        with ignoring("NoSuchEntity"):
            aws.client("iam").get_role(RoleName=role.rsplit("/", 1)[1])
            present = True
        if not present:
            _refuse_body(f"Role not found: {role}")


def _refuse_body(message: str) -> None:
    refuse("ImportRestApi", "BadRequestException", message)


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


def _endpoint_request(inputs: Properties) -> dict[str, Any] | None:
    endpoint = inputs.get("endpointConfiguration")
    if not endpoint:
        return None
    return given(
        types=[endpoint["types"]],
        ipAddressType=endpoint.get("ipAddressType"),
        vpcEndpointIds=endpoint.get("vpcEndpointIds") or None,
    )


def _access_log_changes(old: Properties, new: Properties) -> Iterator[dict[str, str]]:
    before, after = nested(old, "accessLogSettings"), nested(new, "accessLogSettings")
    if before and not after:
        yield {"op": "remove", "path": "/accessLogSettings"}
    for name in ("destinationArn", "format"):
        if after.get(name) and after[name] != before.get(name):
            yield _replace(f"/accessLogSettings/{name}", after[name])


def _plan_stage(block: Properties) -> dict[str, Any]:
    stage: dict[str, Any] = {"apiId": block["apiId"], "stage": block["stage"]}
    if block.get("throttles"):
        stage["throttle"] = {
            throttle["path"]: to_request(_LIMITS, throttle) for throttle in block["throttles"]
        }
    return stage


def _stage_name(block: Properties) -> str:
    return f"{block['apiId']}:{block['stage']}"


def _settings_key(method_path: str) -> str:
    """`v1/products/GET` as API Gateway writes it in paths of patches: `v1~1products/GET`."""
    path, verb = method_path.rsplit("/", 1)
    return f"{path.replace('/', '~1')}/{verb}"


def _replacements(pairs: dict[str, tuple[Any, Any]]) -> Iterator[dict[str, str]]:
    for path, (old, new) in pairs.items():
        if new is not None and old != new:
            yield _replace(f"/{path}", new)


def _replace(path: str, value: Any) -> dict[str, str]:
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, float):
        text = f"{value:g}" if value < 1e6 else f"{value:.0f}"
    else:
        text = str(value)
    return {"op": "replace", "path": path, "value": text}


def _whole_numbers(request: dict[str, Any]) -> dict[str, Any]:
    if throttle := request.get("throttle"):
        request["throttle"] = {**throttle}
        if "rateLimit" in throttle:
            request["throttle"]["rateLimit"] = float(throttle["rateLimit"])
    return request


def _integral(limits: Properties) -> Properties:
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in limits.items()
    }


def _number(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _api_and_part(id: str, properties: Properties) -> tuple[str, str]:
    if "/" in id:
        api_id, part = id.split("/", 1)
        return api_id, part
    return properties["restApi"], id


def _api_and_stage(id: str, properties: Properties) -> tuple[str, str]:
    if properties:
        return properties["restApi"], properties["stageName"]
    api_id, name = id.split("/", 1)
    return api_id, name


def _arn(aws: Aws, resource: str) -> str:
    return f"arn:{aws.partition}:apigateway:{aws.region}::{resource}"


def _execution_arn(aws: Aws, api_id: str) -> str:
    return f"arn:{aws.partition}:execute-api:{aws.region}:{aws.account_id}:{api_id}"


def _time(value: Any) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _put_tags(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    client = aws.client("apigateway")
    with ignoring(*NOT_FOUND):
        if removed := removed_tags(old, new):
            client.untag_resource(resourceArn=arn, tagKeys=removed)
        if changed(old, new, "tags", "tagsAll") and all_tags(new):
            client.tag_resource(resourceArn=arn, tags=all_tags(new))
