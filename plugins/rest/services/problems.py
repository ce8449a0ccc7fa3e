"""What went wrong, as RFC 9457 has it (``application/problem+json``), with the place of each wrong value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.api import NotFound, Problem, Refused, Stale, T, Text
from core.base_api import Denied, HubError

TITLES: dict[int, Text] = {
    400: T("The request could not be understood."),
    401: T("A token is needed: Authorization: Bearer …"),
    403: T("The token does not allow this."),
    404: T("There is nothing here."),
    405: T("This cannot be done that way."),
    409: T("It was changed by somebody else."),
    412: T("It was changed by somebody else."),
    413: T("The file or form is too large."),
    415: T("JSON is expected."),
    422: T("This is not possible. Nothing was saved."),
    428: T("Say which version you saw: If-Match."),
    500: T("Something went wrong on our side. Nothing was saved."),
    503: T("This is not possible at the moment. Please try again."),
    507: T("The server's disk is full. Nothing was saved."),
}


def problem(status: int, detail: Text | str = "", **more: Any) -> dict[str, Any]:
    """The body of an answer that says what went wrong."""
    body: dict[str, Any] = {"type": "about:blank", "title": str(TITLES[status]), "status": status}
    if detail:
        body["detail"] = str(detail)
    return {**body, **more}


def problem_of(error: HubError) -> dict[str, Any]:
    """The answer to what a service refused."""
    if isinstance(error, Stale):
        changes = [{"field": str(label), "old": old, "new": new} for label, old, new in error.changes]
        return problem(412, error.message, by=error.by, changes=changes)
    if isinstance(error, NotFound):
        return problem(404, error.message)
    if isinstance(error, Denied):
        return problem(403, error.message, permission=error.permission)
    if isinstance(error, Refused):
        return problem(422, error.message, errors=list(_places(error.problems)))
    return problem(422, error.message)


def _places(problems: Iterable[Problem]) -> Iterable[dict[str, Any]]:
    """Each wrong value: where it stands in the body (a JSON pointer), its parameter's name, and what is wrong."""
    for each in problems:
        steps = [s for s in each.field.replace("-", ".").split(".") if s]
        yield {
            "pointer": "".join(f"/{s}" for s in steps),
            "field": ".".join(steps),
            "message": str(each.message),
        }
