"""Which parameter groups an engine's version takes."""

import pytest
from botocore.exceptions import ClientError

from local.provider.connection import Connection
from tests.local.provider.aws.rds.deployments import master, parameter_group


def test_a_parameter_group_of_another_major_version_is_refused(aws: Connection) -> None:
    parameter_group(aws, family="postgres16")
    with pytest.raises(ClientError, match=r"use a parameter group with .* postgres17"):
        master(aws, parameterGroupName="pg")
