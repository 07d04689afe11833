import json
from typing import Any

import pytest

from handlers.common import answers, errors

STATUSES: list[tuple[errors.DomainError, int, str, dict[str, str]]] = [
    (errors.BadParameter("why"), 400, "Bad Request", {}),
    (errors.Forbidden("why"), 403, "Forbidden", {}),
    (errors.NotFound("why"), 404, "Not Found", {}),
    (errors.MethodNotAllowed(("GET", "PUT")), 405, "Method Not Allowed", {"Allow": "GET, PUT"}),
    (errors.Conflict("why"), 409, "Conflict", {}),
    (errors.VersionMismatch("why"), 412, "Precondition Failed", {}),
    (errors.TooLarge("why"), 413, "Content Too Large", {}),
    (errors.UnsupportedMediaType("why"), 415, "Unsupported Media Type", {}),
    (errors.InvalidBody("why"), 422, "Unprocessable Content", {}),
    (errors.Unavailable(), 503, "Service Unavailable", {"Retry-After": "1"}),
]
DETAILS = {405: "This path takes GET, PUT.", 503: "The service is busy; try again shortly."}


@pytest.mark.parametrize(
    ("error", "status", "title", "headers"), STATUSES, ids=[str(one[1]) for one in STATUSES]
)
def test_each_reason_has_its_problem_details(
    error: errors.DomainError, status: int, title: str, headers: dict[str, str]
) -> None:
    answer = answers.problem(error, "a-request")
    assert (answer.status_code, answer.headers) == (
        status,
        {**headers, "Content-Type": "application/problem+json"},
    )
    # RFC 9457, section 4.2.1: such a problem is told by its status.
    assert json.loads(str(answer.body)) == {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": DETAILS.get(status, "why"),
        "requestId": "a-request",
    }


def test_every_reason_is_in_the_table() -> None:
    assert {type(one[0]) for one in STATUSES} == set(errors.DomainError.__subclasses__())


def test_the_fields_of_a_body_are_named() -> None:
    error = errors.InvalidBody("why", (errors.FieldError("lines.0.quantity", "too few"),))
    body: dict[str, Any] = json.loads(str(answers.problem(error, "").body))
    assert body["errors"] == [{"field": "lines.0.quantity", "message": "too few"}]


def test_a_fault_of_ours_says_nothing_but_where_to_look() -> None:
    answer = answers.unexpected_failure("a-request")
    assert answer.status_code == 500
    assert json.loads(str(answer.body)) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "The service failed; report the request id.",
        "requestId": "a-request",
    }


def test_answers_carry_their_media_type() -> None:
    answer = answers.json_answer(201, "{}", {"ETag": '"1"'})
    assert (answer.status_code, answer.body) == (201, "{}")
    assert answer.headers == {"ETag": '"1"', "Content-Type": "application/json"}
    empty = answers.empty_answer()
    assert (empty.status_code, empty.body, empty.headers) == (204, "", {})
