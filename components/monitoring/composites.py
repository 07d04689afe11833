"""Which alarms set off each composite alarm: those that say they are a symptom of it."""

from collections.abc import Mapping, Sequence

from components.monitoring.definitions import Layer


def sets_of_symptoms(layers: Sequence[Layer]) -> Mapping[str, Sequence[Sequence[str]]]:
    """The sets of alarms that set off each composite alarm, all by their names.

    A composite goes off when all alarms of any of its sets are in alarm. An alarm that is enough
    alone is a set of one; those come first.

    Args:
        layers: what is watched.

    Raises:
        ValueError: a symptom of no composite, a composite without symptoms, a set of one alarm that
            are to be in alarm together, or `unless` names no composite before its own.
    """
    alarms = [one for layer in layers for one in layer.alarms]
    composites = [one for layer in layers for one in layer.composites]
    names = [one.name for one in composites]
    sets: dict[str, dict[str, list[str]]] = {name: {} for name in names}
    for alarm in alarms:
        if alarm.symptom_of is None and alarm.together is None:
            continue
        if alarm.symptom_of not in sets:
            raise ValueError(
                f"The alarm {alarm.name} has symptom_of={alarm.symptom_of!r}, which is no composite"
                f" alarm; allowed: {', '.join(names) or 'none'}. Name one of them, or add the"
                " composite alarm to its layer."
            )
        sets[alarm.symptom_of].setdefault(alarm.together or alarm.name, []).append(alarm.name)
    for alarm in alarms:
        if alarm.symptom_of and alarm.together and len(sets[alarm.symptom_of][alarm.together]) < 2:
            raise ValueError(
                f"The alarm {alarm.name} has together={alarm.together!r}, which no other symptom of"
                f" {alarm.symptom_of} has. Give it to all alarms of the set, or leave it out."
            )
    for index, composite in enumerate(composites):
        if not sets[composite.name]:
            raise ValueError(
                f"The composite alarm {composite.name} has no symptoms. Give symptom_of="
                f"{composite.name!r} to the alarms that it pages for, or remove it."
            )
        if composite.unless and composite.unless not in names[:index]:
            raise ValueError(
                f"The composite alarm {composite.name} is silent while {composite.unless} is in"
                " alarm, which is no composite alarm before it; allowed:"
                f" {', '.join(names[:index]) or 'none'}. Name one of them in unless."
            )
    return {name: sorted(found.values(), key=len) for name, found in sets.items()}
