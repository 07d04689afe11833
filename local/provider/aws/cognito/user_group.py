"""Groups of the users of a pool."""

from __future__ import annotations

from local.provider.aws.cognito.error_codes import NOT_FOUND
from local.provider.aws.cognito.ids import pool_and_member
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import Table, capitalised, from_answer, same_names, to_request
from local.provider.resource_type import AutoName, Aws, Created, Properties

GROUP: Table = {**capitalised("description", "precedence", "roleArn"), "name": "GroupName"}


class UserGroup(DescribedType):
    """`aws.cognito.UserGroup`; the id is `<pool>/<name>`."""

    token = "aws:cognito/userGroup:UserGroup"
    taggable = False
    table = {**GROUP, **same_names("userPoolId")}
    replace_on = frozenset({"userPoolId", "name"})
    auto_name = AutoName(max_length=128)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        pool: str = inputs["userPoolId"]
        aws.client("cognito-idp").create_group(UserPoolId=pool, **to_request(GROUP, inputs))
        return self.created(aws, f"{pool}/{inputs['name']}", inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        pool, name = pool_and_member(id, properties)
        with ignoring(NOT_FOUND):
            group = aws.client("cognito-idp").get_group(UserPoolId=pool, GroupName=name)["Group"]
            return {**from_answer(GROUP, group), "userPoolId": pool}
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        pool, name = pool_and_member(id, old)
        aws.client("cognito-idp").update_group(
            UserPoolId=pool, **{**to_request(GROUP, new), "GroupName": name}
        )
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        pool, name = pool_and_member(id, state)
        with ignoring(NOT_FOUND):
            aws.client("cognito-idp").delete_group(UserPoolId=pool, GroupName=name)
