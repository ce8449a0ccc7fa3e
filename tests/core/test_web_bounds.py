"""What one request may ask for has an end, and what is beyond it is refused before anybody looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import Problem, Unreadable
from core.kernel.context import Ctx
from core.testing.queries import QueryLog
from core.values import parse_date, parse_decimal
from core.web.frame import gate
from core.web.screens import formdata

HOME = "/samples/request/"


@pytest.fixture
def client(client_as: Callable[..., Any]) -> Any:
    return client_as("admin,mgr")


def test_a_form_of_a_hundred_thousand_fields_is_not_looked_at(
    client: Any, count_queries: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formdata, "row_indices", lambda *_: pytest.fail("the form was read"))
    with count_queries() as log:
        reply = client.post(f"{HOME}new", data={f"x{n}": "1" for n in range(100_000)})
    assert reply.status_code == 413
    assert "20,000 fields" in reply.text
    assert log.count < 8, log
    assert gate.MOST_FIELDS == 20_000


def test_a_form_of_five_million_characters_is_too_large(client: Any) -> None:
    reply = client.post(f"{HOME}new", data={"note": "x" * 5_000_000})
    assert reply.status_code == 413


def rows(prefix: str, many: int, **values: str) -> dict[str, str]:
    """Inputs of a table with many rows."""
    return {f"{prefix}-{n}-{name}": value for n in range(many) for name, value in values.items()}


def test_rows_of_a_form_have_an_end(
    client: Any, ctx: Ctx, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    usual = formdata.build_form
    monkeypatch.setattr(formdata, "build_form", lambda *a: made.append(str(a[-1])) or usual(*a))
    many = rows("lines", 5_000, article="A", pieces="1")
    reply = client.post(f"{HOME}new", data={"notes": "kept", **many})
    assert reply.status_code == 422
    assert "At most 500 rows at once; these are 5,000." in reply.text.replace("5000", "5,000")
    assert "kept" in reply.text
    assert len(made) <= 2 * formdata.MOST_ROWS + 10, "drawn again, and no more"
    row_id = ask(ctx).id
    ctx.session.commit()
    reply = client.post(f"{HOME}{row_id}/do/pack", data=rows("boxes", 600, box="1", pieces="1"))
    assert reply.status_code == 422
    assert "At most 500 rows at once; these are 600." in reply.text
    monkeypatch.undo()
    fits = {**rows("lines", 500, pieces="1"), **{f"lines-{n}-article": f"A-{n}" for n in range(500)}}
    assert client.post(f"{HOME}new", data=fits).status_code == 302


def test_messages_are_collected_in_one_go() -> None:
    class Counted(str):
        asked = 0

        def __eq__(self, other: object) -> bool:
            Counted.asked += 1
            return str(self) == other

        __hash__ = str.__hash__

    class Words:
        def __init__(self, text: str) -> None:
            self.text = text

        def __str__(self) -> str:
            return Counted(self.text)

    problems: list[Any] = [Problem(Words(f"wrong {n % 3000}"), "quick") for n in range(6000)]  # type: ignore[arg-type]
    found = formdata.by_input(problems)
    assert len(found["quick"]) == formdata.MOST_MESSAGES + 1
    assert found["quick"][:2] == ["wrong 0", "wrong 1"]
    assert found["quick"][-1] == "And 2800 more."
    assert Counted.asked < 20_000, "not each with each"


def test_long_texts_are_no_numbers_and_no_days(count_queries: Callable[[], QueryLog]) -> None:
    for parse in (lambda raw: parse_decimal(raw, 6), parse_date):
        for raw in ("9" * 5000, "1 " * 50_000, "1," * 50_000 + "x", "2026-" * 20_000):
            with pytest.raises(Unreadable) as refused:
                parse(raw)
            assert len(str(refused.value)) < 200
