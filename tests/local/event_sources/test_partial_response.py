"""Reports of failed items, as functions may answer them."""

from typing import Any

import pytest

from local.event_sources.partial_response import failed_items


@pytest.mark.parametrize("answer", [None, "done", [], {}, {"batchItemFailures": []}, 5])
def test_an_answer_that_reports_nothing_is_a_success(answer: Any) -> None:
    assert failed_items(answer, ["a", "b"]) == set()


def test_reported_items_are_those_that_failed() -> None:
    report = {"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "b"}]}
    assert failed_items(report, ["a", "b"]) == {"b"}


@pytest.mark.parametrize(
    "failures",
    [
        [{"itemIdentifier": "c"}],
        [{"itemIdentifier": ""}],
        [{"itemIdentifier": None}],
        [{"itemIdentifier": ["a"]}],
        [{"id": "a"}],
        ["a"],
        "a",
        [{"itemIdentifier": "a"}, {}],
    ],
)
def test_a_report_that_names_none_of_the_batch_fails_all_of_it(failures: Any) -> None:
    assert failed_items({"batchItemFailures": failures}, ["a", "b"]) is None
