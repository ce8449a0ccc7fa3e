"""What is overdue and what is due within a week: the same lines on the tile, in the list behind it and among the tasks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, run_action
from plugins.purchasing.services import due, positions
from plugins.purchasing.shown import hub_page
from plugins.receiving.services import sheet
from plugins.receiving.shown import hub_page as receiving
from tests.plugins.outsourcing.conftest import do
from tests.plugins.purchasing.conftest import bought, came, got, ids, line

TODAY = date(2026, 11, 23)


def order(ctx: Ctx, days: int, qty: str = "100", **more: Any) -> Any:
    """An issued order of one line required so many days from today."""
    return bought(ctx, line(ctx, "FAB", qty, color="NVY", required_date=TODAY + timedelta(days=days), **more))


def numbers(found: list[due.Due]) -> list[str]:
    return [each.number for each in found]


@pytest.mark.parametrize(
    ("days", "late", "soon"),
    [(-40, True, False), (-1, True, False), (0, False, True), (7, False, True), (8, False, False)],
)
def test_the_day_decides(mill: Ctx, days: int, late: bool, soon: bool) -> None:
    row = order(mill, days)
    assert numbers(due.overdue(mill)) == ([row.number] if late else [])
    assert numbers(due.soon(mill)) == ([row.number] if soon else [])


def test_what_came_short_closed_drafts_and_never_are_not_expected(mill: Ctx) -> None:
    whole, part, back, short = (order(mill, -3) for _ in range(4))
    order(mill, -3, availability="never")
    came(mill, whole, got(ids(mill, whole)[0], "98"))  # within the under-tolerance of 2 %: complete
    came(mill, part, got(ids(mill, part)[0], "97"))
    came(mill, back, got(ids(mill, back)[0], "100", "30"))  # rejected goods are expected again
    run_action(mill, mill.registry.get("purchasing.order"), short, "short_close", {"reason": "cancelled"})
    assert numbers(due.overdue(mill)) == [part.number, back.number]
    listed, _more = sheet.open_lines(mill, only_overdue=True)
    assert [each.line.id for each in listed] == sorted(due.line_ids(mill, late=True))
    assert [each.overdue for each in listed] == [3, 3]


def test_the_sheet_searches_all_that_is_overdue(mill: Ctx) -> None:
    for days in (-30, -20, -10):
        order(mill, days)
    last = order(mill, -1)
    found, more = sheet.open_lines(mill, only_overdue=True, search=last.number, limit=1)
    assert ([each.order.number for each in found], more) == ([last.number], False)
    assert sheet.open_lines(mill, only_overdue=True, limit=1)[1]


def test_a_month_of_availability_counts_to_its_end(mill: Ctx) -> None:
    row = bought(mill, line(mill, "FAB", "10", color="NVY", availability="nov"), order_date=date(2026, 11, 1))
    assert [(each.number, each.day) for each in due.soon(mill)] == [(row.number, date(2026, 11, 30))]
    old = bought(mill, line(mill, "FAB", "10", color="NVY", availability="oct"), order_date=date(2026, 10, 1))
    assert [(each.number, each.late) for each in due.overdue(mill)] == [(old.number, 23)]  # 31 October


def test_one_task_an_order_the_oldest_first(mill: Ctx) -> None:
    young = order(mill, -2)
    old = bought(
        mill,
        *(line(mill, "FAB", "5", color=c, required_date=TODAY - timedelta(days=9)) for c in ("NVY", "WHT")),
    )
    found = [task for task in hub_page.tasks(mill) if task.tone == "bad"]
    assert [(task.subject.split()[0], task.due) for task in found] == [
        (old.number, TODAY - timedelta(days=9)),
        (young.number, TODAY - timedelta(days=2)),
    ]
    assert "2 lines" in found[0].subject
    tiles = {str(tile.label): tile.value for tile in hub_page.tiles(mill)}
    assert tiles == {"Overdue purchase lines": 3, "Receipts due within a week": 0, "Purchase orders out": 2}


def test_drafts_are_for_those_who_began_them(mill: Ctx, ctx_as: Any) -> None:
    from tests.plugins.purchasing.conftest import order as draft

    with ctx_as("purch") as ken:
        mine = draft(ken).number
    with ctx_as("purch,mgr") as other:
        draft(other)
    with ctx_as("purch") as ken:
        assert [t.subject.split()[0] for t in hub_page.tasks(ken) if "draft" in str(t.label)] == [mine]


def test_receipts_to_inspect_and_to_post(mill: Ctx, ctx_as: Any) -> None:
    row = order(mill, 5)
    waiting = came(mill, row, got(ids(mill, row)[0], "40"), inspect=True)
    kept = came(mill, row, got(ids(mill, row)[0], "10"), post=False)
    mill.session.commit()
    for role, labels in (
        ("qc", {"Inspect the receipt": waiting.number}),
        ("wh", {"Inspect the receipt": waiting.number, "Post the receipt": kept.number}),
        ("fin", {}),
    ):
        with ctx_as(role, write=False) as ctx:
            found = {str(t.label): t.subject.split()[0] for t in receiving.tasks(ctx)}
            assert {k: v for k, v in found.items() if "receipt" in k} == labels


@pytest.mark.parametrize(
    ("received", "rejected", "inspect", "back", "kind", "left"),
    [("97.99", "0", False, "0", "", "2.01"), ("98", "0", False, "0", "", "0"), ("98", "0.01", False, "0", "", "2.01"),
     ("99", "0", True, "0", "", "1"), ("100", "0", True, "0", "", "0"), ("103", "0", False, "0", "", "0"),
     ("100", "0", False, "2", "replacement", "0"), ("100", "0", False, "2.01", "replacement", "2.01"),
     ("100", "0", False, "50", "credit", "0")],
)  # fmt: skip
def test_the_database_tells_what_is_open_as_the_rule_does(
    mill: Ctx, received: str, rejected: str, inspect: bool, back: str, kind: str, left: str
) -> None:
    """100 ordered, complete from 98 on (2 % under-tolerance)."""
    row = order(mill, -3)
    (line_id,) = ids(mill, row)
    receipt = came(mill, row, got(line_id, received, rejected, reject_reason="shade"), inspect=inspect)
    if kind:
        do(mill, receipt, "return", lines=[{"line": 1, "qty": Decimal(back), "reason": "defect"}], kind=kind)
    position = positions.of_lines(mill, [line_id])[line_id]
    assert positions.still(Decimal(100), Decimal(98), position) == Decimal(left)
    assert due.count(due.overdue(mill)) == (1 if Decimal(left) else 0)


def test_two_queries_for_any_number_of_lines(mill: Ctx, count_queries: Any) -> None:
    counts = []
    for n in (1, 6):
        for _ in range(n):
            row = order(mill, -2)
            came(mill, row, got(ids(mill, row)[0], "10"))
        mill.session.commit()
        with count_queries() as log:
            assert due.lines(mill)
        counts.append(log.count)
    assert counts == [2, 2]
