"""All components are made in the same way."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pulumi
import pytest

import components


def component_classes() -> Iterator[type[pulumi.ComponentResource]]:
    for module in pkgutil.walk_packages(components.__path__, "components."):
        for one in vars(importlib.import_module(module.name)).values():
            is_component = isinstance(one, type) and issubclass(one, pulumi.ComponentResource)
            if is_component and one.__module__ == module.name:
                yield one


COMPONENTS = sorted(component_classes(), key=lambda one: one.__name__)


def test_the_components_are_found() -> None:
    assert {"Api", "Function", "Monitoring", "SlackNotifier"} <= {
        one.__name__ for one in COMPONENTS
    }


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.__name__)
def test_a_component_takes_a_name_its_arguments_and_options(
    component: type[pulumi.ComponentResource],
) -> None:
    args = vars(importlib.import_module(component.__module__))[f"{component.__name__}Args"]
    parameters = inspect.signature(component, eval_str=True).parameters

    assert [(one.name, one.annotation) for one in parameters.values()] == [
        ("name", str),
        ("args", args),
        ("opts", pulumi.ResourceOptions | None),
    ]
    assert [one.default for one in parameters.values()] == [inspect.Parameter.empty] * 2 + [None]
    assert args.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(args))


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.__name__)
def test_the_docstring_of_the_arguments_says_what_each_is(
    component: type[pulumi.ComponentResource],
) -> None:
    args = vars(importlib.import_module(component.__module__))[f"{component.__name__}Args"]
    described = inspect.getdoc(args) or ""

    for field in dataclasses.fields(args):
        assert f"\n    {field.name}: " in described
