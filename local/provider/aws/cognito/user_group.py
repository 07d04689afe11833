"""Groups of the users of a pool."""

from __future__ import annotations

from local.provider.aws.api_object import Api, ApiObject
from local.provider.aws.cognito.error_codes import NOT_FOUND
from local.provider.aws.parameters import capitalised
from local.provider.resource_type import AutoName


class UserGroup(ApiObject):
    """`aws.cognito.UserGroup`; the id is `<pool>/<name>`."""

    token = "aws:cognito/userGroup:UserGroup"
    taggable = False
    table = {
        **capitalised("description", "precedence", "roleArn", "userPoolId"),
        "name": "GroupName",
    }
    api = Api.of("cognito-idp", "group", found="Group", gone=(NOT_FOUND,))
    address = ("userPoolId", "name")
    replace_on = frozenset({"userPoolId", "name"})
    auto_name = AutoName(max_length=128)
