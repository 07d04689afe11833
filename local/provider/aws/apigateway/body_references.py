"""What the body of a REST API names in the account: functions and roles."""

from __future__ import annotations

import re

from local.provider.aws.apigateway.error_codes import NOT_FOUND
from local.provider.aws.described import ignoring, refuse
from local.provider.aws.parameters import given
from local.provider.resource_type import Aws
from local.rest_api.body import RestApiBody

FUNCTION_IN_URI = re.compile(r"functions/arn:[^/]*:function:([^:/]+)(?::([^/]+))?/")


def require_functions(aws: Aws, body: RestApiBody) -> None:
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
