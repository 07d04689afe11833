"""The request validator: required parameters, and bodies by their model.

"Request validation for REST APIs in API Gateway": a body is checked by the model for its content
type; where there is none for it, it is not checked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft4Validator

from local.gateway.api_request import ApiRequest, RefusedRequest
from local.rest_api.body import Method, RestApiBody


class RequestValidator:
    """Checks requests as the deployed validators do."""

    def __init__(self, body: RestApiBody) -> None:
        self._validators = body.validators
        schemas = {name: json.loads(model["schema"]) for name, model in body.models.items()}
        self._models = {
            name: Draft4Validator({**schema, "components": {"schemas": schemas}})
            for name, schema in schemas.items()
        }

    def check(
        self, request: ApiRequest, method: Method, path_parameters: Mapping[str, str]
    ) -> None:
        """Check a request.

        Raises:
            RefusedRequest: a parameter is missing, or the body is not what the model takes.
        """
        settings = self._validators.get(method.validator or "", {})
        if settings.get("validateRequestParameters"):
            self._check_parameters(request, method, path_parameters)
        if settings.get("validateRequestBody"):
            self._check_body(request, method)

    def _check_parameters(
        self, request: ApiRequest, method: Method, path_parameters: Mapping[str, str]
    ) -> None:
        required: Mapping[str, bool] = method.parameters.get("requestParameters", {})
        missing = [
            name.rsplit(".", 1)[1]
            for name, is_required in required.items()
            if is_required and not request.value(name, path_parameters)
        ]
        if missing:
            raise RefusedRequest(
                "BAD_REQUEST_PARAMETERS",
                validation_error=f"Missing required request parameters: [{', '.join(missing)}]",
            )

    def _check_body(self, request: ApiRequest, method: Method) -> None:
        model = method.models.get(request.media_type, method.models.get("$default"))
        if model is None:
            return
        try:
            content: Any = json.loads(request.http.body.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise RefusedRequest(
                "BAD_REQUEST_BODY", validation_error="Invalid request body: it is not JSON"
            ) from None
        for error in self._models[model].iter_errors(content):  # pyright: ignore[reportUnknownMemberType]
            where = "/" + "/".join(str(part) for part in error.absolute_path)
            rule = f"{error.validator}: {json.dumps(error.validator_value)}"
            raise RefusedRequest(
                "BAD_REQUEST_BODY", validation_error=f"Invalid request body: {where} ({rule})"
            )
