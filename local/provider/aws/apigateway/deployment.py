"""Deployments of REST APIs."""

from __future__ import annotations

from local.provider.aws.apigateway.error_codes import NOT_FOUND
from local.provider.aws.apigateway.timestamps import timestamp
from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import given, same_names
from local.provider.resource_type import Aws, Created, Properties


class Deployment(DescribedType):
    """`aws.apigateway.Deployment`; the id is the deployment's, on import `<api>/<deployment>`."""

    token = "aws:apigateway/deployment:Deployment"
    taggable = False
    table = same_names("description", "restApi", "triggers", "variables")
    replace_on = frozenset({"restApi", "triggers", "variables"})

    def create(self, aws: Aws, inputs: Properties) -> Created:
        deployment = aws.client("apigateway").create_deployment(
            restApiId=inputs["restApi"],
            description=inputs.get("description") or "",
            **given(variables=inputs.get("variables")),
        )
        return self.created(aws, deployment["id"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        api_id, deployment_id = _api_and_part(id, properties)
        with ignoring(*NOT_FOUND):
            # moto's GetDeployment fails with a 500 for an id that it does not know.
            deployments = aws.client("apigateway").get_deployments(restApiId=api_id, limit=500)
            for deployment in deployments["items"]:
                if deployment["id"] == deployment_id:
                    # The description is not here: moto has no UpdateDeployment.
                    return {
                        "restApi": api_id,
                        "createdDate": timestamp(deployment["createdDate"]),
                    }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        client = aws.client("apigateway")
        api_id, deployment_id = _api_and_part(id, state)
        with ignoring(*NOT_FOUND):
            for stage in client.get_stages(restApiId=api_id)["item"]:
                if stage["deploymentId"] == deployment_id:
                    refuse(
                        "DeleteDeployment",
                        "BadRequestException",
                        "Active stages pointing to this deployment must be moved or deleted",
                    )
            client.delete_deployment(restApiId=api_id, deploymentId=deployment_id)


def _api_and_part(id: str, properties: Properties) -> tuple[str, str]:
    if "/" in id:
        api_id, part = id.split("/", 1)
        return api_id, part
    return properties["restApi"], id
