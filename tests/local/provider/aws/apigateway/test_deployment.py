"""Deployments of REST APIs."""

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.apigateway.deployment import Deployment
from local.provider.aws.apigateway.rest_api import RestApi
from local.provider.connection import Connection
from tests.local.provider.aws.apigateway.stages import deployment, stage
from tests.local.provider.aws.lifecycle import Deployed


def test_a_stage_moves_to_a_new_deployment_before_the_old_one_goes(aws: Connection) -> None:
    deployed = stage(aws)
    api = Deployed(aws, RestApi(), deployed.inputs["restApi"], {}, {})
    first = Deployed(aws, Deployment(), deployed.inputs["deployment"], {}, {"restApi": api.id})
    with pytest.raises(ClientError, match="Active stages pointing to this deployment"):
        first.delete()
    deployed.update(deployment=deployment(aws, api).id)
    first.delete()
    assert first.read() is None
