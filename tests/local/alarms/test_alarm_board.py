"""What the page asks of the alarms."""

from __future__ import annotations

from typing import Any

from local.alarms.alarm_board import MOST_CHANGES, AlarmBoard, AlarmState, Change


def state(name: str, value: str = "OK", **changes: Any) -> AlarmState:
    return AlarmState(name=name, state=value, since=5.0, reason="why", **changes)


def change(name: str = "a", old: str = "OK", new: str = "ALARM") -> Change:
    return Change(name=name, old=old, new=new)


def test_alarms_that_are_off_come_first_each_by_name() -> None:
    board = AlarmBoard()
    several = [
        state("c"),
        state("b", "ALARM"),
        state("a", "INSUFFICIENT_DATA"),
        state("d", "ALARM"),
    ]
    board.show(several, [])
    assert [one["name"] for one in board.alarms()["states"]] == ["b", "d", "a", "c"]


def test_a_page_that_knows_the_version_is_told_nothing_again() -> None:
    board = AlarmBoard()
    assert board.alarms() == {"version": 1, "states": []}
    assert board.alarms(1) == {"version": 1, "states": None}
    board.show([state("a")], [])
    assert board.alarms(1)["version"] == 2
    board.show([state("a")], [])
    assert board.alarms(2) == {"version": 2, "states": None}
    board.show([state("a", "ALARM")], [])
    assert board.alarms(2)["version"] == 3


def test_a_state_tells_all_that_the_page_shows() -> None:
    board = AlarmBoard()
    board.show([state("a", cause=("b",), alarms=("b", "c"), part_of=("d",), acts=False)], [])
    assert board.alarms()["states"] == [
        {
            "name": "a",
            "state": "OK",
            "since": 5.0,
            "reason": "why",
            "cause": ("b",),
            "alarms": ("b", "c"),
            "part_of": ("d",),
            "acts": False,
        }
    ]
    board.show([state("a")], [])
    (found,) = board.alarms()["states"]
    assert (found["cause"], found["alarms"], found["part_of"], found["acts"]) == ((), (), (), True)


def test_changes_are_counted_from_one_and_told_after_a_number() -> None:
    board = AlarmBoard()
    board.show([], [change("a"), change("b")])
    board.show([], [change("c", "ALARM", "OK")])
    assert [(one["number"], one["name"]) for one in board.changes()] == [
        (1, "a"),
        (2, "b"),
        (3, "c"),
    ]
    assert board.changes(2) == [
        {
            "number": 3,
            "name": "c",
            "old": "ALARM",
            "new": "OK",
            "told": [],
            "note": "",
            "done": False,
        }
    ]
    assert board.changes(3) == []


def test_who_was_told_and_that_nobody_else_will_be() -> None:
    board, one = AlarmBoard(), change()
    board.show([], [one])
    told = board.tell(one, "mail to a@example.com")
    assert (told.who, told.result) == ("mail to a@example.com", "")
    assert board.tell(one, "function f", "done").result == "done"
    told.result = "would be sent"
    (found,) = board.changes()
    assert [(each["who"], each["result"]) for each in found["told"]] == [
        ("mail to a@example.com", "would be sent"),
        ("function f", "done"),
    ]
    assert not found["done"]
    board.conclude(one, "held back")
    (found,) = board.changes()
    assert (found["note"], found["done"]) == ("held back", True)
    board.conclude(one)
    assert board.changes()[0]["note"] == ""


def test_old_changes_are_forgotten() -> None:
    board = AlarmBoard()
    board.show([], [change() for _ in range(MOST_CHANGES + 1)])
    numbers = [one["number"] for one in board.changes()]
    assert numbers == list(range(2, MOST_CHANGES + 2))
    assert MOST_CHANGES == 200
