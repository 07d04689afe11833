"""WAF web ACLs and what they protect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from local.optional_parts import elements, nested
from local.provider.aws.api_object import Answer, Api, ApiObject
from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import capitalised
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NOT_FOUND = "WAFNonexistentItemException"

SPECIAL_NAMES = {
    "arn": "ARN",
    "asn": "ASN",
    "cloudwatchMetricsEnabled": "CloudWatchMetricsEnabled",
    "forwardedIp": "ForwardedIP",
    "forwardedIpConfig": "ForwardedIPConfig",
    "ip": "IP",
    "ipSetForwardedIpConfig": "IPSetForwardedIPConfig",
    "ipSetReferenceStatement": "IPSetReferenceStatement",
    "httpMethod": "HTTPMethod",
    "ja3Fingerprint": "JA3Fingerprint",
    "ja4Fingerprint": "JA4Fingerprint",
}
"""Names whose API form is not just a capital first letter; botocore refuses unknown ones."""

PULUMI_NAMES = {api: name for name, api in SPECIAL_NAMES.items()}


class WebAcl(DescribedType):
    """`aws.wafv2.WebAcl`; the id is WAF's, on import `<id>/<name>/<scope>`."""

    token = "aws:wafv2/webAcl:WebAcl"
    table = capitalised(
        "captchaConfig",
        "challengeConfig",
        "customResponseBodies",
        "defaultAction",
        "description",
        "name",
        "rules",
        "scope",
        "tokenDomains",
        "visibilityConfig",
    )
    tagging = Tagging(service="wafv2", resource="ResourceARN", tags="TagInfoForResource.TagList")
    replace_on = frozenset({"name", "scope"})
    auto_name = AutoName(max_length=128)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        rules: list[Properties] = elements(inputs, "rules")
        for field in ("priority", "name"):
            values = [rule[field] for rule in rules if field in rule]
            if len(set(values)) != len(values):
                yield CheckFailure("rules", f"two rules have the same {field}")
        for rule in rules:
            yield from _rule_rules(rule)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        wafv2 = aws.client("wafv2")
        summary = wafv2.create_web_acl(
            Name=inputs["name"],
            Scope=inputs["scope"],
            **_settings(inputs),
            **self.tagged(inputs),
        )["Summary"]
        return self.created(aws, summary["Id"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        acl_id, name, scope = _address(id, properties)
        with ignoring(NOT_FOUND):
            answer = aws.client("wafv2").get_web_acl(Name=name, Scope=scope, Id=acl_id)
            acl: dict[str, Any] = answer["WebACL"]
            if not acl:
                return None
            described: Properties = {
                "arn": acl["ARN"],
                "name": acl["Name"],
                "scope": scope,
                "capacity": acl["Capacity"],
                "lockToken": answer["LockToken"],
                "applicationIntegrationUrl": "",
            }
            if acl.get("Description"):
                described["description"] = acl["Description"]
            for field in ("defaultAction", "visibilityConfig", "rules"):
                described[field] = _same(properties.get(field), acl.get(_api_name(field)))
            return described
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        wafv2 = aws.client("wafv2")
        acl_id, name, scope = _address(id, old)
        current = wafv2.get_web_acl(Name=name, Scope=scope, Id=acl_id)
        wafv2.update_web_acl(
            Name=name,
            Scope=scope,
            Id=acl_id,
            LockToken=current["LockToken"],
            **{"Rules": [], **_settings(new)},
        )
        return self.retagged(aws, id, old, {**new, "name": name, "scope": scope})

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        wafv2 = aws.client("wafv2")
        acl_id, name, scope = _address(id, state)
        with ignoring(NOT_FOUND):
            current = wafv2.get_web_acl(Name=name, Scope=scope, Id=acl_id)
            arn = current["WebACL"]["ARN"]
            if _protects_a_stage(aws, arn):
                refuse(
                    "DeleteWebACL",
                    "WAFAssociatedItemException",
                    "AWS WAF couldn't perform the operation because your resource is being used "
                    "by another resource or it's associated with another resource.",
                )
            wafv2.delete_web_acl(Name=name, Scope=scope, Id=acl_id, LockToken=current["LockToken"])


class WebAclAssociation(ApiObject):
    """`aws.wafv2.WebAclAssociation`; the id is `<web ACL ARN>,<resource ARN>`."""

    token = "aws:wafv2/webAclAssociation:WebAclAssociation"
    taggable = False
    table = {"resourceArn": "ResourceArn", "webAclArn": "WebACLArn"}
    api = Api(
        service="wafv2",
        create="associate_web_acl",
        read="get_web_acl_for_resource",
        delete="disassociate_web_acl",
        found="WebACL",
        gone=(NOT_FOUND,),
    )
    address = ("webAclArn", "resourceArn")
    separator = ","
    replace_on = frozenset(table)

    def find(self, aws: Aws, located: dict[str, str]) -> Answer | None:
        acl = super().find(aws, located)
        return acl if acl and acl["ARN"] == located["WebACLArn"] else None


def _protects_a_stage(aws: Aws, acl_arn: str) -> bool:
    # moto has no ListResourcesForWebACL, but its stages know their web ACL.
    apigateway = aws.client("apigateway")
    return any(
        stage.get("webAclArn") == acl_arn
        for api in apigateway.get_rest_apis(limit=500).get("items", [])
        for stage in apigateway.get_stages(restApiId=api["id"])["item"]
    )


def _rule_rules(rule: Properties) -> Iterator[CheckFailure]:
    name = rule.get("name")
    statement: Properties = nested(rule, "statement")
    group = statement.get("managedRuleGroupStatement") or statement.get(
        "ruleGroupReferenceStatement"
    )
    if group is not None and "action" in rule:
        yield CheckFailure("rules", f"{name}: a rule group takes overrideAction, not action")
    if group is None and statement and "overrideAction" in rule:
        yield CheckFailure("rules", f"{name}: only a rule group takes overrideAction; set action")


def _address(id: str, properties: Properties) -> tuple[str, str, str]:
    if "/" in id:
        acl_id, name, scope = id.split("/", 2)
        return acl_id, name, scope
    return id, properties["name"], properties["scope"]


def _settings(inputs: Properties) -> dict[str, Any]:
    settings = {
        _api_name(name): _to_api(inputs[name])
        for name in WebAcl.table
        if name not in {"customResponseBodies", "name", "scope"} and inputs.get(name) is not None
    }
    if bodies := inputs.get("customResponseBodies"):
        settings["CustomResponseBodies"] = {
            body["key"]: {"Content": body["content"], "ContentType": body["contentType"]}
            for body in bodies
        }
    return settings


def _api_name(name: str) -> str:
    return SPECIAL_NAMES.get(name, name[0].upper() + name[1:])


def _to_api(value: Any) -> Any:
    if isinstance(value, dict):
        block = cast("dict[str, Any]", value)
        return {_api_name(name): _to_api(item) for name, item in block.items() if item is not None}
    if isinstance(value, list):
        return [_to_api(item) for item in cast("list[Any]", value)]
    return value


def _from_api(value: Any) -> Any:
    if isinstance(value, dict):
        block = cast("dict[str, Any]", value)
        return {
            PULUMI_NAMES.get(name, name[0].lower() + name[1:]): _from_api(item)
            for name, item in block.items()
        }
    if isinstance(value, list):
        return [_from_api(item) for item in cast("list[Any]", value)]
    return value.decode() if isinstance(value, bytes) else value


def _same(kept: Any, answer: Any) -> Any:
    """`kept` where AWS holds the same: a written null or default is no difference."""
    return kept if kept is not None and _to_api(kept) == answer else _from_api(answer)
