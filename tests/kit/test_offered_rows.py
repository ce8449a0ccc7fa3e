"""Rows that are offered: what is typed goes into the payload of its own line, however the offer changed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.api import Field, PayloadTable, Problem, Refused, T
from kit.lines import Chosen, LineRow, LineTable, Nested, Shown, TableForm, Ticks, Typed
from kit.lines.render import Rows
from tests.support.order import examples

pytestmark = pytest.mark.once

PAYLOAD = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line"), "int"),
        Field("qty", T("Quantity"), "qty", required=True),
        Field("uom", T("Unit")),
        Field("reason", T("Reason"), "choice", choices=(("shade", "shade"),)),
        Field("note", T("Note")),
    ),
    tables=(
        PayloadTable("rolls", T("Rolls"), (Field("roll", T("Roll")),)),
        PayloadTable("bad", T("Bad rolls"), (Field("roll", T("Roll"), "int"),)),
    ),
)


def rolls(text: str, row: LineRow, document: Any) -> list[dict[str, Any]]:
    if "?" in text:
        raise Refused(T("What is “{text}”?", text=text), "rolls")
    return [{"roll": roll} for roll in text.split()]


COLUMNS = (
    Chosen(T("Take")),
    Shown("left", T("Left"), numeric=True),
    Typed("qty", all_from="left", unit_field="uom"),
    Typed("reason"),
    Typed("note"),
    Nested(Field("rolls", T("Rolls"), "long"), rolls),
    Ticks("bad", "roll", T("Bad rolls")),
)


def table(offers: Sequence[LineRow], **more: Any) -> LineTable:
    return LineTable(
        PAYLOAD, COLUMNS, lambda ctx, document: [replace(row) for row in offers], spare=0, **more
    )


def offer(name: str, left: int = 5, **more: Any) -> LineRow:
    return LineRow(
        offer=name, name=f"line {name}", shown={"left": left}, sends={"line": int(name.split(":")[0])}, **more
    )


def browser(made: LineTable, form: TableForm) -> dict[str, str]:
    """The hidden inputs of the page, as a browser would send them."""
    import re
    from html import unescape

    written = Rows(made, None, None, {}, {"number": str, "day": str}).html(form.rows)  # type: ignore[arg-type]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', written)
    return {name: unescape(value) for name, value in found}


def opened(made: LineTable) -> TableForm:
    return TableForm(made, None, None)  # type: ignore[arg-type]


def posted(made: LineTable, form: dict[str, str]) -> TableForm:
    return TableForm(made, None, None, form)  # type: ignore[arg-type]


def test_only_rows_in_which_something_was_typed_are_sent() -> None:
    made = table([offer("11"), offer("12"), offer("13"), offer("14")])
    page = posted(made, {"lines-12-qty": "3 KG", "lines-13-reason": "shade", "lines-14-qty": " "})
    assert page.payload() == [
        {"line": 12, "qty": "3", "uom": "kg", "reason": "", "note": "", "rolls": []},
        {"line": 13, "qty": "", "uom": "", "reason": "shade", "note": "", "rolls": []},
    ]


def test_a_row_with_a_tick_goes_by_its_tick() -> None:
    made = table(
        [
            offer("1", chosen=True, lacks=frozenset({"qty"}), ticks={"bad": [("1", "R1"), ("2", "R2")]}),
            offer("2"),
        ]
    )
    assert 'name="lines-1-_take" value="1" checked' in Rows(made, None, None, {}, {"number": str}).html(  # type: ignore[arg-type]
        [made.rows(None, None)[0]]  # type: ignore[arg-type]
    ).replace("lines-0-", "lines-1-")
    page = posted(made, {"lines-1-_take": "1", "lines-1-bad": "2", "lines-2-qty": "4"})
    first, second = page.payload()
    assert (first["line"], first["bad"], "qty" in first) == (1, [{"roll": "2"}], False)
    assert (second["line"], second["qty"]) == (2, "4")
    assert posted(made, {"lines-1-note": "not ticked", "lines-1-bad": "2"}).payload() == []


def test_what_cells_with_rows_refuse_stands_at_them() -> None:
    made = table([offer("7"), offer("8")])
    page = posted(made, {"lines-7-qty": "1", "lines-8-rolls": "R1 ?"})
    with pytest.raises(Refused) as refused:
        page.payload()
    page.refuse(None, refused.value.problems, set())
    assert page.errors == {"lines-8-rolls": ["What is “R1 ?”?"]}


def test_a_refusal_shows_everything_typed_beside_what_is_offered_now() -> None:
    made = table([offer("1:stock:LOT 7"), offer("1:rejected:LOT 7"), offer("2:stock:")])
    form = browser(made, opened(made)) | {"lines-0-qty": "9", "lines-2-note": "two", "lines-1-qty": ""}
    now = table([offer("3:stock:"), offer("2:stock:", 4), offer("1:stock:LOT 7", 8)])
    page = posted(now, form)
    assert [(row["line"], row["qty"], row["note"]) for row in page.payload()] == [
        (1, "9", ""),
        (2, "", "two"),
    ]
    page.refuse(None, [Problem("too much", "lines.0.qty"), Problem("needed", "lines.1.qty")], set())
    assert [(row.offer, row.typed.get("qty", ""), row.shown["left"]) for row in page.rows] == [
        ("3:stock:", "", 5),
        ("2:stock:", "", 4),
        ("1:stock:LOT 7", "9", 8),
    ]
    assert page.errors == {"lines-0-qty": ["too much"], "lines-2-qty": ["needed"]}
    assert len({row.index for row in page.rows}) == 3


def test_an_offer_that_is_gone_says_what_was_typed_and_stands_no_longer_in_the_way() -> None:
    before = table([offer("1"), offer("2:x")])
    form = browser(before, opened(before)) | {"lines-0-qty": "3", "lines-1-note": "keep"}
    page = posted(table([offer("1")]), form)
    with pytest.raises(Refused) as refused:
        page.payload()
    page.refuse(None, refused.value.problems, set())
    assert page.errors == {"": ["This line is not there any more. It was: line 2:x · keep"]}
    assert [(row.offer, row.typed["qty"]) for row in page.rows] == [("1", "3")]


def test_a_line_that_somebody_else_removed_can_be_kept_as_a_new_one() -> None:
    made = replace(table([LineRow(7, 1, {"qty": "5"})]), spare=2, payload=replace(PAYLOAD, key="line"))
    page = posted(made, {"lines-0-id": "7", "lines-0-qty": "5", "lines-1-id": "8", "lines-1-qty": "6"})
    with pytest.raises(Refused) as refused:
        page.payload()
    page.refuse(None, refused.value.problems, set())
    assert "Somebody else removed this line" in page.errors["lines-1-qty"][0]
    assert [(row.own, row.typed["qty"]) for row in page.rows] == [(7, "5"), (0, "6")]


def test_all_there_is_fills_what_is_empty() -> None:
    page = opened(table([offer("1", 5), offer("2", 0), offer("3", 7, typed={"qty": "2"})]))
    assert page.take_all("qty") == 1
    assert [row.typed.get("qty") for row in page.rows] == ["5", None, "2"]


def test_offers_come_again_by_name_where_the_table_says_so() -> None:
    asked: list[Sequence[str]] = []

    def again(ctx: Any, document: Any, offers: Sequence[str]) -> list[LineRow]:
        asked.append(list(offers))
        return [offer(name, 0) for name in offers if name != "99"]

    made = table([offer("1")], again=again, gone=T("No such line."))
    page = posted(made, {"lines-5-qty": "2", "lines-99-qty": "1", "lines-1-note": ""})
    with pytest.raises(Refused, match="No such line."):
        page.payload()
    assert asked == [["5", "99"]], "only what was typed is asked for"
    page.refuse(None, (), set())
    assert [(row.offer, row.typed.get("qty", "")) for row in page.rows] == [("5", "2"), ("1", "")]


NAMES = st.lists(
    st.integers(1, 30).flatmap(lambda n: st.sampled_from([str(n), f"{n}:stock:", f"{n}:stock:LOT {n}-1"])),
    max_size=8,
    unique_by=lambda name: name.split(":")[0],
)


@settings(max_examples=examples(60, 2000), deadline=None)
@given(NAMES, NAMES, st.data())
def test_nothing_typed_is_lost_or_lands_in_another_row(
    before: list[str], after: list[str], data: st.DataObject
) -> None:
    """The page is opened with some offers and sent when there are others: each quantity arrives at its own line, or the page
    says which one did not."""
    first, now = table([offer(name) for name in before]), table([offer(name) for name in after])
    form = browser(first, opened(first))
    typed = {}
    for row in opened(first).rows:
        if data.draw(st.booleans()):
            typed[row.offer] = str(1000 + row.index)
            form[f"lines-{row.index}-qty"] = typed[row.offer]
    page = posted(now, form)
    lines = {name: int(name.split(":")[0]) for name in {*before, *after}}
    gone = {name for name in typed if name not in after}
    try:
        sent = page.payload()
    except Refused as refused:
        assert gone
        assert all(any(typed[name] in str(p) for p in refused.problems) for name in gone)
        page.refuse(None, refused.problems, set())
    else:
        assert not gone
        assert {row["line"]: row["qty"] for row in sent} == {
            lines[name]: text for name, text in typed.items()
        }
        page.refuse(None, (), set())
    shown = {row.offer: row.typed.get("qty", "") for row in page.rows}
    assert shown == {name: typed.get(name, "") for name in after}, (
        "what is offered now, with what was typed for it"
    )
    assert len({row.index for row in page.rows}) == len(page.rows), "no two rows share their inputs"
    if gone:
        again = browser(now, page) | {f"lines-{row.index}-qty": row.typed.get("qty", "") for row in page.rows}
        assert len(posted(now, again).payload()) == len(typed) - len(gone), (
            "the page goes on without being opened again"
        )
