"""The handlers' models as schemas of OpenAPI 3.0."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from handlers.common.routes import Route

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/{model}"


def reference(model: str) -> Schema:
    """What stands for a model where it is used."""
    return {"$ref": _REFERENCE.format(model=model)}


def model_schemas(routes: Iterable[Route]) -> dict[str, Schema]:
    """The schemas of all models that routes of functions name, and of those within them.

    Raises:
        LookupError: a route names a model that its function does not have.
    """
    answered = [route for route in routes if route.function is not None]
    requests = {model_of(route, route.request) for route in answered if route.request}
    answers = {model_of(route, route.answer) for route in answered if route.answer}
    schemas: dict[str, Schema] = {}
    for models, mode, nullable in (
        (requests, "validation", True),
        (answers, "serialization", False),
    ):
        _, generated = models_json_schema(
            [(model, mode) for model in sorted(models, key=lambda one: one.__name__)],  # pyright: ignore[reportArgumentType]
            ref_template=_REFERENCE,
        )
        schemas |= {
            name: _as_openapi_3_0(schema, nullable=nullable)
            for name, schema in generated["$defs"].items()
        }
    return dict(sorted(schemas.items()))


def model_of(route: Route, name: str) -> type[BaseModel]:
    """The model that a route of a function names.

    Raises:
        LookupError: the function has no such model.
    """
    domain = importlib.import_module(f"handlers.{route.function}.domain")
    model: type[BaseModel] | None = getattr(domain, name, None)
    if model is None:
        raise LookupError(
            f"{route.operation} names the model {name}, which"
            f" handlers/{route.function}/domain.py does not have."
        )
    return model


def _as_openapi_3_0(schema: Any, *, nullable: bool) -> Any:
    """A JSON Schema of pydantic's in the words of OpenAPI 3.0.

    Args:
        schema: the schema or a part of it.
        nullable: whether optional properties may be null; answers leave them out instead.
    """
    if isinstance(schema, list):
        return [_as_openapi_3_0(one, nullable=nullable) for one in schema]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(schema, dict):
        return schema
    found: Schema = {
        str(name): value  # pyright: ignore[reportUnknownArgumentType]
        for name, value in schema.items()  # pyright: ignore[reportUnknownVariableType]
        if not (name == "title" and isinstance(value, str))
        and not (name == "default" and value is None)
    }
    if "examples" in found and isinstance(found["examples"], list):
        found["example"] = found.pop("examples")[0]
    choices: list[Schema] = found.get("anyOf", [])
    others = [one for one in choices if one != {"type": "null"}]
    if len(others) < len(choices):
        del found["anyOf"]
        found |= others[0] | ({"nullable": True} if nullable else {})
    return {name: _as_openapi_3_0(value, nullable=nullable) for name, value in found.items()}
