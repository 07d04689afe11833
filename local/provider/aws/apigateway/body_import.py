"""Makes the parts of a REST API body in the embedded AWS, or changes those that differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.provider.aws.described import ignoring
from local.rest_api.body import SCHEMA_REFERENCE, Method, Parameters, RestApiBody

NOT_FOUND = "NotFoundException"


def import_body(client: Any, api_id: str, old: RestApiBody, new: RestApiBody) -> None:
    """Change a REST API made from `old` into what `new` says; what is the same stays untouched.

    Args:
        client: boto3's API Gateway client.
        api_id: id of the REST API.
        old: the body the API was made from; an empty one for a new API.
        new: the body it shall have.
    """
    _Import(client, api_id, old, new).run()


class _Import:
    def __init__(self, client: Any, api_id: str, old: RestApiBody, new: RestApiBody) -> None:
        self._client = client
        self._api_id = api_id
        self._old = old
        self._new = new

    def run(self) -> None:
        self._put_models()
        authorizers = self._put_referenced(
            self._old.authorizers,
            self._new.authorizers,
            "authorizer",
            self._client.get_authorizers,
        )
        validators = self._put_referenced(
            self._old.validators,
            self._new.validators,
            "request_validator",
            self._client.get_request_validators,
        )
        self._put_gateway_responses()
        resources = self._put_resources()
        # A part that was made anew has a new id, so that its methods are made anew too.
        renewed = {
            name
            for name, value in self._new.authorizers.items()
            if self._old.authorizers.get(name) != value
        }
        renewed_validators = {
            name
            for name, value in self._new.validators.items()
            if self._old.validators.get(name) != value
        }
        for address, method in self._new.methods.items():
            unchanged = (
                self._old.methods.get(address) == method
                and method.authorizer not in renewed
                and method.validator not in renewed_validators
            )
            if not unchanged:
                self._put_method(resources[address[0]], address[1], method, authorizers, validators)
        self._delete_methods_and_resources(resources)

    def _put_models(self) -> None:
        address = {"restApiId": self._api_id}
        for name in self._old.models:
            if self._old.models[name] != self._new.models.get(name):
                with ignoring(NOT_FOUND):
                    self._client.delete_model(**address, modelName=name)
        for name, model in self._new.models.items():
            if self._old.models.get(name) != model:
                self._client.create_model(
                    **address,
                    name=name,
                    contentType=model["contentType"],
                    schema=model["schema"].replace(
                        SCHEMA_REFERENCE,
                        f"https://apigateway.amazonaws.com/restapis/{self._api_id}/models/",
                    ),
                )

    def _put_referenced(
        self,
        old: dict[str, Parameters],
        new: dict[str, Parameters],
        kind: str,
        listing: Callable[..., Any],
    ) -> dict[str, str]:
        """Make authorizers or validators and return their ids by name."""
        ids = {
            item["name"]: item["id"] for item in listing(restApiId=self._api_id).get("items", [])
        }
        delete = getattr(self._client, f"delete_{kind}")
        create = getattr(self._client, f"create_{kind}")
        id_name = {"authorizer": "authorizerId", "request_validator": "requestValidatorId"}[kind]
        for name in old:
            if name in ids and old[name] != new.get(name):
                delete(restApiId=self._api_id, **{id_name: ids.pop(name)})
        for name, parameters in new.items():
            if name not in ids:
                ids[name] = create(restApiId=self._api_id, name=name, **parameters)["id"]
        return ids

    def _put_gateway_responses(self) -> None:
        for kind in self._old.gateway_responses:
            if kind not in self._new.gateway_responses:
                with ignoring(NOT_FOUND):
                    self._client.delete_gateway_response(restApiId=self._api_id, responseType=kind)
        for kind, parameters in self._new.gateway_responses.items():
            if self._old.gateway_responses.get(kind) != parameters:
                self._client.put_gateway_response(
                    restApiId=self._api_id, responseType=kind, **parameters
                )

    def _put_resources(self) -> dict[str, str]:
        """Make the resources of all paths and return the ids of all resources by path."""
        answer = self._client.get_resources(restApiId=self._api_id, limit=500)
        ids: dict[str, str] = {item["path"]: item["id"] for item in answer["items"]}
        for path in self._new.paths:
            parent = "/"
            for part in path.strip("/").split("/"):
                if not part:
                    continue
                here = f"{parent.rstrip('/')}/{part}"
                if here not in ids:
                    ids[here] = self._client.create_resource(
                        restApiId=self._api_id, parentId=ids[parent], pathPart=part
                    )["id"]
                parent = here
        return ids

    def _put_method(
        self,
        resource_id: str,
        verb: str,
        method: Method,
        authorizers: dict[str, str],
        validators: dict[str, str],
    ) -> None:
        address = {"restApiId": self._api_id, "resourceId": resource_id, "httpMethod": verb}
        references: Parameters = {}
        if method.authorizer:
            references["authorizerId"] = authorizers[method.authorizer]
        if method.validator:
            references["requestValidatorId"] = validators[method.validator]
        if method.models:
            references["requestModels"] = method.models
        self._client.put_method(**address, **method.parameters, **references)
        for response in method.responses:
            self._client.put_method_response(**address, **response)
        if method.integration:
            self._client.put_integration(**address, **method.integration)
        for response in method.integration_responses:
            self._client.put_integration_response(**address, **response)

    def _delete_methods_and_resources(self, resources: dict[str, str]) -> None:
        for path, verb in self._old.methods:
            if (path, verb) not in self._new.methods and path in resources:
                with ignoring(NOT_FOUND):
                    self._client.delete_method(
                        restApiId=self._api_id, resourceId=resources[path], httpMethod=verb
                    )
        kept = {"/"}
        for path in self._new.paths:
            parts = path.strip("/").split("/")
            kept |= {"/" + "/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
        # Children first: a resource goes with its children at AWS, but not in moto.
        for path in sorted(set(resources) - kept, key=len, reverse=True):
            with ignoring(NOT_FOUND):
                self._client.delete_resource(restApiId=self._api_id, resourceId=resources[path])
