"""Groups of the users of a pool."""

from local.provider.aws.cognito.user_group import UserGroup
from local.provider.connection import Connection
from tests.local.provider.aws.cognito.user_pools import pool
from tests.local.provider.aws.lifecycle import deploy


def test_a_group_exists_changes_and_goes_with_its_pool(aws: Connection) -> None:
    users = pool(aws)
    group = deploy(
        aws, UserGroup(), name="admin", userPoolId=users.id, description="May do all", precedence=1
    )
    assert group.id == f"{users.id}/admin"
    group.update(description="May do everything")
    cognito = aws.client("cognito-idp")
    found = cognito.get_group(UserPoolId=users.id, GroupName="admin")["Group"]
    assert found["Description"] == "May do everything"
    users.delete()
    assert group.read() is None
    group.delete()
