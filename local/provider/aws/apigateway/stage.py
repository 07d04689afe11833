"""Stages of REST APIs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from local.optional_parts import nested
from local.provider.aws.apigateway.arns import arn, execution_arn
from local.provider.aws.apigateway.error_codes import NOT_FOUND
from local.provider.aws.apigateway.patches import replace, replacements
from local.provider.aws.apigateway.tags import put_tags
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import all_tags, changed, from_answer, given, same_names
from local.provider.aws.rules import matching, one_of
from local.provider.resource_type import Aws, CheckFailure, Created, Properties

CACHE_SIZES_GB = frozenset({"0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"})


class Stage(DescribedType):
    """`aws.apigateway.Stage`; the id is `ags-<api>-<stage>`, on import `<api>/<stage>`."""

    token = "aws:apigateway/stage:Stage"
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
        try:
            self._patch(client, api_id, name, list(_access_log_changes({}, inputs)))
        except Exception:
            # The real provider keeps what it half made in the state, where the next `up` mends it.
            client.delete_stage(restApiId=api_id, stageName=name)
            raise
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
                "arn": arn(aws, f"/restapis/{api_id}/stages/{name}"),
                "executionArn": f"{execution_arn(aws, api_id)}/{name}",
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

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:
        stage = aws.client("apigateway").get_stage(
            restApiId=described["restApi"], stageName=described["stageName"]
        )
        return nested(stage, "tags")

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        client = aws.client("apigateway")
        api_id, name = _api_and_stage(id, old)
        operations = list(
            replacements(
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
            operations.append(replace("/cacheClusterSize", new["cacheClusterSize"]))
        before, after = nested(old, "variables"), nested(new, "variables")
        operations += [
            {"op": "remove", "path": f"/variables/{key}"} for key in before if key not in after
        ]
        operations += [
            replace(f"/variables/{key}", value)
            for key, value in after.items()
            if before.get(key) != value
        ]
        self._patch(client, api_id, name, [*operations, *_access_log_changes(old, new)])
        described = self.outputs(aws, id, new)
        # moto's tags of a stage are those of its creation.
        put_tags(aws, described["arn"], old, new)
        return described

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        api_id, name = _api_and_stage(id, state)
        with ignoring(*NOT_FOUND):
            aws.client("apigateway").delete_stage(restApiId=api_id, stageName=name)

    def _patch(self, client: Any, api_id: str, name: str, operations: list[dict[str, str]]) -> None:
        if operations:
            client.update_stage(restApiId=api_id, stageName=name, patchOperations=operations)


def _access_log_changes(old: Properties, new: Properties) -> Iterator[dict[str, str]]:
    before, after = nested(old, "accessLogSettings"), nested(new, "accessLogSettings")
    if before and not after:
        yield {"op": "remove", "path": "/accessLogSettings"}
    for name in ("destinationArn", "format"):
        if after.get(name) and after[name] != before.get(name):
            yield replace(f"/accessLogSettings/{name}", after[name])


def _api_and_stage(id: str, properties: Properties) -> tuple[str, str]:
    if properties:
        return properties["restApi"], properties["stageName"]
    api_id, name = id.split("/", 1)
    return api_id, name
