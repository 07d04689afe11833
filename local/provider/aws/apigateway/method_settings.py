"""Settings of the methods of a stage: caching, logging, metrics and throttling."""

from __future__ import annotations

from collections.abc import Iterable

from local.optional_parts import nested
from local.provider.aws.apigateway.error_codes import NOT_FOUND
from local.provider.aws.apigateway.patches import replace
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import same_names
from local.provider.aws.rules import between, matching, one_of
from local.provider.resource_type import Aws, CheckFailure, Created, Properties

LONGEST_CACHE_TTL_SECONDS = 3600
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
    """`aws.apigateway.MethodSettings`; the id is `<api>-<stage>-<method path>`.

    The real provider passes the method path on as it is, and reads by it (terraform-provider-aws,
    `internal/service/apigateway/method_settings.go` and issue 9738). So it has to be as API Gateway
    has it in the keys of a stage's `methodSettings`: `~1v1~1products/GET` (AWS CLI reference,
    apigateway update-stage, examples). Any other is taken there, and applies to no method.
    """

    token = "aws:apigateway/methodSettings:MethodSettings"
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
            r"\*/\*|~1[^/\s]*/(\*|ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)",
            "*/*, or a path with ~1 for each /, and a method: ~1v1~1products/GET",
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
            settings = stage_answer.get("methodSettings", {}).get(properties["methodPath"])
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

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        # moto can't remove the settings of a method: they go back to AWS's defaults.
        with ignoring(*NOT_FOUND):
            self._put(aws, state, DEFAULT_METHOD_SETTINGS)

    def _put(self, aws: Aws, address: Properties, settings: Properties) -> None:
        aws.client("apigateway").update_stage(
            restApiId=address["restApi"],
            stageName=address["stageName"],
            patchOperations=[
                replace(f"/{address['methodPath']}/{METHOD_SETTINGS[name]}", value)
                for name, value in settings.items()
                if value is not None
            ],
        )
