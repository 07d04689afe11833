"""Alarms of layers that are made up: which of them sets off which composite."""

from __future__ import annotations

from typing import Any

import pytest

from components.monitoring.alarms import Alarms, AlarmsArgs
from components.monitoring.definitions import (
    Advice,
    AlarmDefinition,
    CompositeDefinition,
    Layer,
    MissingData,
)
from components.monitoring.metrics import FUNCTION_ERRORS
from tests.pulumi_recorder import Recorder, record

ADVICE = Advice(meaning="It fails.", first_step="look.", runbook="it")


def alarm(name: str, **fields: Any) -> AlarmDefinition:
    return AlarmDefinition(
        name=name,
        series=FUNCTION_ERRORS.of("a-function"),
        threshold=1,
        missing_data=MissingData.FINE,
        advice=ADVICE,
        **fields,
    )


def composite(name: str, **fields: Any) -> CompositeDefinition:
    return CompositeDefinition(name=name, advice=ADVICE, **fields)


def layer(*alarms: AlarmDefinition, composites: tuple[CompositeDefinition, ...] = ()) -> Layer:
    return Layer(title="A layer", alarms=alarms, graphs=(), composites=composites)


def made_of(*layers: Layer) -> Recorder:
    args = AlarmsArgs(
        name_prefix="p",
        layers=layers,
        alarms_topic_arn="arn:alarms",
        operations_topic_arn="arn:operations",
        runbook_url="runbook.md",
    )
    return record(lambda: Alarms("alarm", args))


def rule(run: Recorder, name: str) -> str:
    return run.one("CompositeAlarm", f"alarm-{name}").inputs["alarmRule"]


def test_a_composite_pages_for_its_symptoms_in_every_layer_and_for_no_other_alarm() -> None:
    run = made_of(
        layer(alarm("A", symptom_of="Down"), alarm("B", symptom_of="Late")),
        layer(alarm("C"), composites=(composite("Down"), composite("Late"))),
        layer(alarm("D", symptom_of="Down")),
    )
    assert rule(run, "down") == 'ALARM("p-A") OR ALARM("p-D")'
    assert rule(run, "late") == 'ALARM("p-B")'
    actions = {one.name: one.inputs.get("alarmActions") for one in run.of("MetricAlarm")}
    assert [name for name, topics in actions.items() if topics] == ["alarm-c"]


def test_symptoms_of_one_set_page_only_together_and_sets_of_two_composites_are_two() -> None:
    run = made_of(
        layer(
            alarm("Long", symptom_of="Down", together="burn"),
            alarm("Hours", symptom_of="Late", together="burn"),
            alarm("Alone", symptom_of="Down"),
            alarm("Short", symptom_of="Down", together="burn"),
            alarm("Half", symptom_of="Late", together="burn"),
            composites=(composite("Down"), composite("Late", unless="Down")),
        )
    )
    assert rule(run, "down") == 'ALARM("p-Alone") OR (ALARM("p-Long") AND ALARM("p-Short"))'
    assert rule(run, "late") == '(ALARM("p-Hours") AND ALARM("p-Half"))'
    silenced = run.one("CompositeAlarm", "alarm-late").inputs["actionsSuppressor"]
    assert silenced == {
        "alarm": "arn:aws:::alarm-down",
        "waitPeriod": 120,
        "extensionPeriod": 300,
    }


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            [layer(alarm("A", symptom_of="Dwon"), composites=(composite("Down"),))],
            "The alarm A has symptom_of='Dwon', which is no composite alarm; allowed: Down.",
        ),
        (
            [layer(alarm("A", symptom_of="Down"))],
            "The alarm A has symptom_of='Down', which is no composite alarm; allowed: none.",
        ),
        (
            [layer(alarm("A"), composites=(composite("Down"),))],
            "The composite alarm Down has no symptoms. Give symptom_of='Down'",
        ),
        (
            [
                layer(
                    alarm("A", symptom_of="Down", together="burn"),
                    alarm("B", symptom_of="Down", together="burns"),
                    composites=(composite("Down"),),
                )
            ],
            "The alarm A has together='burn', which no other symptom of Down has.",
        ),
        (
            [layer(alarm("A", together="burn"), alarm("B", together="burn"))],
            "The alarm A has symptom_of=None, which is no composite alarm; allowed: none.",
        ),
        (
            [
                layer(
                    alarm("A", symptom_of="Late"),
                    alarm("B", symptom_of="Down"),
                    composites=(composite("Late", unless="Down"), composite("Down")),
                )
            ],
            "The composite alarm Late is silent while Down is in alarm, which is no composite alarm"
            " before it; allowed: none.",
        ),
    ],
)
def test_definitions_that_contradict_one_another_are_refused(
    layers: list[Layer], message: str
) -> None:
    with pytest.raises(ValueError) as refused:
        made_of(*layers)
    assert message in str(refused.value)
