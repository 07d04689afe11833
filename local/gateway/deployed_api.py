"""The REST API as it was deployed: what the gateway has to know, read once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from local.aws.access import ACCOUNT_ID, DEFAULT_REGION
from local.aws.clients import AwsClients
from local.rest_api.body import RestApiBody, parse_body

REST_API = "aws:apigateway/restApi:RestApi"
STAGE = "aws:apigateway/stage:Stage"

# "Amazon API Gateway quotas": the account's limits, where a stage sets none.
ACCOUNT_RATE = 10_000.0
ACCOUNT_BURST = 5_000
DEFAULT_CACHE_TTL_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A throttle: steady requests a second, and how many at once."""

    rate: float
    burst: int


@dataclass(frozen=True, kw_only=True)
class MethodSettings:
    """The stage's settings of one method."""

    limit: Limit = Limit(rate=ACCOUNT_RATE, burst=ACCOUNT_BURST)
    cached: bool = False
    cache_ttl_seconds: int = DEFAULT_CACHE_TTL_SECONDS


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """One key of the stage's usage plans.

    Attributes:
        id: the key's id.
        value: what clients send.
        limit: the plan's throttle for each key, if any.
        quota: requests allowed in a period, if limited.
        quota_period: DAY, WEEK or MONTH.
    """

    id: str
    value: str
    limit: Limit | None = None
    quota: int | None = None
    quota_period: str = "DAY"


@dataclass(frozen=True, kw_only=True)
class DeployedApi:
    """A deployed stage of a REST API.

    Attributes:
        id: id of the REST API.
        stage: name of the stage, the first part of every path.
        deployment_id: id of the deployment that the stage shows.
        body: the parts of its OpenAPI body.
        resource_ids: ids of the API's resources by path.
        method_settings: by path and method such as `~1v1~1products/GET`; `*/*` for all others.
        keys: API keys of the stage's usage plans.
        cache_cluster: whether the stage has a cache.
        stage_variables: variables of the stage.
        access_log_format: format of the access log, if there is one.
    """

    id: str
    stage: str
    deployment_id: str
    body: RestApiBody
    resource_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    method_settings: Mapping[str, MethodSettings] = field(default_factory=dict[str, MethodSettings])
    keys: Sequence[ApiKey] = ()
    cache_cluster: bool = False
    stage_variables: Mapping[str, str] = field(default_factory=dict[str, str])
    access_log_format: str | None = None
    region: str = DEFAULT_REGION
    account_id: str = ACCOUNT_ID

    def settings_of(self, path: str, method: str) -> MethodSettings:
        """The settings of a method: its own, or the stage's."""
        stage = self.method_settings.get("*/*", MethodSettings())
        return self.method_settings.get(f"{path.replace('/', '~1')}/{method}", stage)


def deployed_api(export: Mapping[str, Any], clients: AwsClients) -> DeployedApi:
    """The REST API of a deployment.

    Args:
        export: the deployment, in the form of `pulumi stack export --show-secrets`.
        clients: of the embedded AWS that it was deployed to.

    Raises:
        LookupError: the deployment has no REST API with a stage.
    """
    api = _resource(export, REST_API)
    stage_name = str(_resource(export, STAGE)["outputs"]["stageName"])
    client = clients("apigateway")
    api_id: str = api["id"]
    stage: dict[str, Any] = client.get_stage(restApiId=api_id, stageName=stage_name)
    access_log: dict[str, Any] = stage.get("accessLogSettings") or {}
    return DeployedApi(
        id=api_id,
        stage=stage_name,
        deployment_id=stage["deploymentId"],
        body=parse_body(_plain(api["inputs"].get("body"))),
        resource_ids={
            resource["path"]: resource["id"]
            for page in client.get_paginator("get_resources").paginate(restApiId=api_id)
            for resource in page["items"]
        },
        method_settings={
            key: _method_settings(settings)
            for key, settings in stage.get("methodSettings", {}).items()
        },
        keys=_keys(client, api_id, stage_name),
        cache_cluster=bool(stage.get("cacheClusterEnabled")),
        stage_variables=stage.get("variables") or {},
        access_log_format=access_log.get("format"),
        region=clients.region,
    )


def _resource(export: Mapping[str, Any], token: str) -> dict[str, Any]:
    resources: list[dict[str, Any]] = export["deployment"].get("resources", [])
    found = [one for one in resources if one["type"] == token and not one.get("delete")]
    if not found:
        raise LookupError(f"The deployment has no {token}.")
    return found[0]


def _plain(value: Any) -> str | None:
    """A text of the state, which holds secrets as objects with their JSON in `plaintext`."""
    if isinstance(value, dict):
        return json.loads(cast("dict[str, str]", value)["plaintext"])
    return value


def _method_settings(settings: Mapping[str, Any]) -> MethodSettings:
    default = MethodSettings()
    return MethodSettings(
        limit=Limit(
            rate=float(settings.get("throttlingRateLimit", default.limit.rate)),
            burst=int(settings.get("throttlingBurstLimit", default.limit.burst)),
        ),
        cached=_truth(settings.get("cachingEnabled", False)),
        cache_ttl_seconds=int(settings.get("cacheTtlInSeconds", default.cache_ttl_seconds)),
    )


def _truth(value: Any) -> bool:
    return str(value).lower() == "true"


def _keys(client: Any, api_id: str, stage_name: str) -> list[ApiKey]:
    keys: list[ApiKey] = []
    for plan in client.get_usage_plans().get("items", []):
        stages: list[dict[str, Any]] = plan.get("apiStages", [])
        if not any(one["apiId"] == api_id and one["stage"] == stage_name for one in stages):
            continue
        throttle: dict[str, Any] = plan.get("throttle") or {}
        quota: dict[str, Any] = plan.get("quota") or {}
        for member in client.get_usage_plan_keys(usagePlanId=plan["id"]).get("items", []):
            key = client.get_api_key(apiKey=member["id"], includeValue=True)
            if key["enabled"]:
                keys.append(
                    ApiKey(
                        id=key["id"],
                        value=key["value"],
                        limit=Limit(
                            rate=float(throttle["rateLimit"]), burst=int(throttle["burstLimit"])
                        )
                        if "rateLimit" in throttle
                        else None,
                        quota=quota.get("limit"),
                        quota_period=quota.get("period", "DAY"),
                    )
                )
    return keys
