"""Usage plans, and the API keys that they hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.optional_parts import elements, nested
from local.provider.aws.api_object import Answer, Api, ApiObject
from local.provider.aws.apigateway.arns import arn
from local.provider.aws.apigateway.error_codes import NOT_FOUND
from local.provider.aws.apigateway.limits import LIMITS, integral
from local.provider.aws.apigateway.patches import replace, replacements
from local.provider.aws.apigateway.tags import put_tags
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import (
    Table,
    all_tags,
    changed,
    from_answer,
    same_names,
    to_request,
)
from local.provider.aws.rules import between, one_of
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

PLAN: Table = {
    **same_names("description", "name"),
    "quotaSettings": ("quota", same_names("limit", "offset", "period")),
    "throttleSettings": ("throttle", same_names("burstLimit", "rateLimit")),
}


class UsagePlan(DescribedType):
    """`aws.apigateway.UsagePlan`; the id is the plan's."""

    token = "aws:apigateway/usagePlan:UsagePlan"
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

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        with ignoring(*NOT_FOUND):
            plan: dict[str, Any] = aws.client("apigateway").get_usage_plan(usagePlanId=id)
            described: Properties = {
                **from_answer(PLAN, plan),
                "arn": arn(aws, f"/usageplans/{id}"),
                "apiStages": [
                    {
                        **from_answer(same_names("apiId", "stage"), stage),
                        "throttles": [
                            {"path": path, **from_answer(LIMITS, limits)}
                            for path, limits in nested(stage, "throttle").items()
                        ],
                    }
                    for stage in elements(plan, "apiStages")
                ],
            }
            if quota := described.get("quotaSettings"):
                quota.setdefault("offset", 0)
            if throttle := described.get("throttleSettings"):
                described["throttleSettings"] = integral(throttle)
            return described
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:
        return aws.client("apigateway").get_usage_plan(usagePlanId=id).get("tags") or {}

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        client = aws.client("apigateway")
        operations = list(
            replacements(
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
                    operations.append(replace(f"/{target}/{field}", value))
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
        put_tags(aws, arn(aws, f"/usageplans/{id}"), old, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring(*NOT_FOUND):
            client = aws.client("apigateway")
            client.get_usage_plan(usagePlanId=id)
            client.delete_usage_plan(usagePlanId=id)


class UsagePlanKey(ApiObject):
    """`aws.apigateway.UsagePlanKey`; the id is the key's, on import `<plan>/<key>`."""

    token = "aws:apigateway/usagePlanKey:UsagePlanKey"
    taggable = False
    table = same_names("keyId", "keyType", "usagePlanId")
    api = Api(
        service="apigateway",
        create="create_usage_plan_key",
        read="get_usage_plan_key",
        delete="delete_usage_plan_key",
        id="id",
        gone=NOT_FOUND,
    )
    address = ("usagePlanId", "keyId")
    replace_on = frozenset(table)
    secret_outputs = frozenset({"value"})

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        return {
            "keyType": found["type"],
            "name": found.get("name", ""),
            "value": found.get("value", ""),
        }

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        # moto fails with a 500 for a key that is gone.
        if self.describe(aws, id, state) is not None:
            super().delete(aws, id, state)


def _plan_stage(block: Properties) -> dict[str, Any]:
    stage: dict[str, Any] = {"apiId": block["apiId"], "stage": block["stage"]}
    if block.get("throttles"):
        stage["throttle"] = {
            throttle["path"]: to_request(LIMITS, throttle) for throttle in block["throttles"]
        }
    return stage


def _stage_name(block: Properties) -> str:
    return f"{block['apiId']}:{block['stage']}"


def _whole_numbers(request: dict[str, Any]) -> dict[str, Any]:
    if throttle := request.get("throttle"):
        request["throttle"] = {**throttle}
        if "rateLimit" in throttle:
            request["throttle"]["rateLimit"] = float(throttle["rateLimit"])
    return request
