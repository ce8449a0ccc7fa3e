"""Material to the factory and back: defaults, limits, lots, what is above the need, corrections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core import ledger
from core.api import Ctx, EntityRef, Refused, get_row
from core.base_api import Denied
from plugins.factory_stock.models import Issue
from plugins.factory_stock.services import issue_sheet, issued, issuing
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import (
    TODAY,
    at_factory,
    came,
    do,
    fab,
    fields,
    item,
    paper,
    sent,
    stock,
    typed,
)


def proposed(ctx: Ctx, row: Issue) -> dict[str, str]:
    rows = issue_sheet.build_issue_sheet(ctx, row)
    return {
        f"{r.name} {r.item.lot}".strip(): f"{r.proposed.normalize():f}" if r.proposed else "" for r in rows
    }


def test_the_default_is_required_less_issued_capped_by_stock(shop: Ctx, fo: FactoryOrder) -> None:
    row = paper(shop, fo)
    assert proposed(shop, row) == {
        "CTN DE-HAM": "10", "CTN US-LAX": "25", "FAB NVY A1": "100", "FAB NVY A2": "26", "FAB WHT": "63",
        "LBL L": "306", "LBL M": "306", "LBL S": "306",
    }  # fmt: skip
    do(shop, row, "lines", lines=typed(fab("60"), {"material": "lbl", "size": "S", "qty": "306"}))
    do(shop, row, "post")
    assert (row.number, row.state, row.posted_by) == ("IS-2026-0001", "posted", "system")
    after = proposed(shop, paper(shop, fo))
    # 126 − 60 = 66 are open; lot A1 has 40 left
    assert (after["FAB NVY A1"], after["FAB NVY A2"], after["LBL S"]) == ("40", "26", "")
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(60)}
    assert issued.issued(shop, [fo.id]) == {
        (fo.id, key): qty
        for key, qty in zip(sorted(k for _o, k in issued.issued(shop, [fo.id])), (60, 306), strict=True)
    }


def test_what_is_kept_for_the_factory_order_goes_first(shop: Ctx, fo: FactoryOrder) -> None:
    other = EntityRef("outsourcing.order", 99999)
    stock(shop, (item(shop, "FAB", "WHT"), "20"), document=EntityRef("outsourcing.order", fo.id))
    stock(shop, (item(shop, "FAB", "WHT"), "500"), document=other)
    sent(shop, fo, fab("30", "WHT"))
    kept = ledger.balances(shop, items=[item(shop, "FAB", "WHT")], place_kinds=["reserved", "store"])
    assert {p.document or "store": q for (_i, p), q in kept.items()} == {other: 500, "store": 53}
    with pytest.raises(
        Refused,
        match="54 kg asked, .* 53 free are there; more is kept for outsourcing.order 99999",
    ):
        sent(shop, fo, fab("54", "WHT", reason="defect", payer="supplier"))


@pytest.mark.parametrize(
    ("line", "where", "says"),
    [
        ({"material": "FAB", "color": "NVY", "qty": "0"}, "qty", "more than zero"),
        ({"material": "FAB", "color": "NVY", "qty": "-1"}, "qty", "more than zero"),
        ({"material": "FAB", "color": "NVY", "qty": "1.0001"}, "qty", "steps of 0.001"),
        ({"material": "FAB", "color": "NVY", "qty": "1.0000001"}, "qty", "At most 6 decimals"),
        ({"material": "LBL", "size": "S", "qty": "1.5"}, "qty", "steps of 1"),
        ({"material": "FAB", "color": "NVY", "qty": "ten"}, "qty", "not a number"),
        ({"material": "NIX", "qty": "1"}, "material", "no Material “NIX”"),
        ({"material": "", "qty": "1"}, "material", "This is needed"),
        ({"material": "FAB", "color": "PNK", "qty": "1"}, "color", "no Colour “PNK”"),
        ({"material": "LBL", "size": "XXL", "qty": "1"}, "size", "no “XXL”"),
        ({"material": "CTN", "destination": "MOON", "qty": "1"}, "destination", "no Destination “MOON”"),
        ({"material": "FAB", "qty": "1", "reason": "mood"}, "reason", "valid choice"),
        ({"material": "FAB", "qty": "1", "payer": "nobody"}, "payer", "valid choice"),
    ],
)
def test_wrong_lines_are_named_where_they_were_typed(
    shop: Ctx, fo: FactoryOrder, line: dict[str, str], where: str, says: str
) -> None:
    row = paper(shop, fo)
    with pytest.raises(Refused, match=says) as caught:
        do(shop, row, "lines", lines=typed(fab("1"), line))
    assert fields(caught) == {f"lines.1.{where}"}
    assert row.lines == []


def test_refused_and_nothing_posted(shop: Ctx, fo: FactoryOrder, draft: FactoryOrder) -> None:
    row = paper(shop, fo)
    with pytest.raises(Refused, match="no line yet"):
        do(shop, row, "post")
    with pytest.raises(Refused, match="stands twice"):
        do(shop, row, "lines", lines=typed(fab("1"), fab("2")))
    cases: list[tuple[dict[str, str], date, str]] = [
        (fab("100.01"), TODAY, r"FAB NVY \[A1\]: 100.01 kg asked, 0 kept for it and 100 free"),
        (fab("1", lot="A9"), TODAY, "1 kg asked, 0 kept for it and 0 free"),
        (fab("1"), date(2026, 10, 31), "100 kg there|0 kg there|from"),  # before the material came
    ]
    for line, day, says in cases:
        other = paper(shop, fo, day=day)
        do(shop, other, "lines", lines=typed(line))
        with pytest.raises(Refused, match=says):
            do(shop, other, "post")
        assert other.state == "draft"
    with pytest.raises(Refused, match="lies in the future"):
        paper(shop, fo, day=date(2026, 11, 24))
    ledger.close_period(shop, date(2026, 11, 10))
    late = paper(shop, fo, day=date(2026, 11, 10))
    do(shop, late, "lines", lines=typed(fab("1")))
    with pytest.raises(Refused, match="is closed"):
        do(shop, late, "post")
    assert at_factory(shop, fo, "FAB") == {}
    assert ledger.verify(shop) == []


def test_above_the_need_is_supplementary_and_needs_reason_and_payer(shop: Ctx, fo: FactoryOrder) -> None:
    row = paper(shop, fo)
    lines = typed(
        fab("100"), fab("30", lot="A2"), {"material": "BTN", "qty": "5", "reason": "lost", "payer": "us"}
    )
    do(shop, row, "lines", lines=lines)
    with pytest.raises(
        Refused, match="FAB NVY .A2.: 4 kg are above the need. Say why, and who pays"
    ) as caught:
        do(shop, row, "post")
    assert fields(caught) == {"lines.1.reason"}
    lines[1]["reason"] = "cutting_loss"
    do(shop, row, "lines", lines=lines)
    with pytest.raises(Refused) as caught:
        do(shop, row, "post")
    assert fields(caught) == {"lines.1.payer"}
    lines[1]["payer"] = "factory"
    do(shop, row, "lines", lines=lines)
    assert str(do(shop, row, "post")) == "Posted. 2 lines are above the need."
    assert [line.extra for line in row.lines] == [0, 4, 5]


def test_a_return_gives_room_again(shop: Ctx, fo: FactoryOrder) -> None:
    sent(shop, fo, fab("63", "WHT"))
    back = sent(shop, fo, fab("6.4", "WHT"), kind="return")
    assert back.number == "RT-2026-0001"
    again = sent(shop, fo, fab("6.4", "WHT"))
    assert (again.number, [line.extra for line in again.lines]) == ("IS-2026-0002", [0])
    with pytest.raises(Refused, match="FAB WHT: 1 kg are above the need"):
        sent(shop, fo, fab("1", "WHT"))
    for kind, qty in (("return", "63.01"), ("write_off", "63.01")):
        with pytest.raises(Refused, match="63 kg"):
            sent(shop, fo, fab(qty, "WHT", reason="lost", payer="factory"), kind=kind)
    with pytest.raises(Refused, match="only 0 kg were sent"):
        sent(shop, fo, fab("1"), kind="return")


def test_written_off_needs_reason_and_payer(shop: Ctx, fo: FactoryOrder) -> None:
    sent(shop, fo, fab("63", "WHT"))
    with pytest.raises(Refused, match="say why 3 kg are written off"):
        sent(shop, fo, fab("3", "WHT"), kind="write_off")
    row = sent(shop, fo, fab("3", "WHT", reason="lost", payer="factory"), kind="write_off")
    assert row.number.startswith("WO-2026-")
    assert at_factory(shop, fo, "FAB") == {"WHT": Decimal(60)}


def test_reversing_takes_back_once(shop: Ctx, fo: FactoryOrder) -> None:
    row = sent(shop, fo, fab("60"))
    part = sent(shop, fo, fab("10"), kind="return")
    with pytest.raises(Refused, match="50 kg there, 60 asked"):
        do(shop, row, "reverse", reason="wrong factory")
    do(shop, part, "reverse", reason="it never left")
    do(shop, row, "reverse", reason="wrong factory")
    assert (row.state, part.state) == ("reversed", "reversed")
    assert at_factory(shop, fo, "FAB") == {}
    assert issued.issued(shop, [fo.id]) == {}
    with pytest.raises(Refused, match="not possible"):
        do(shop, row, "reverse", reason="again")
    with pytest.raises(Refused, match="nothing to reverse"):
        issuing.reverse(shop, row, "again")
    with pytest.raises(Refused, match="not possible"):
        do(shop, row, "lines", lines=typed(fab("1")))
    assert ledger.verify(shop) == []


def test_posting_twice_is_posted_once(shop: Ctx, fo: FactoryOrder) -> None:
    row = sent(shop, fo, fab("60"))
    with pytest.raises(Refused, match="not possible"):
        do(shop, row, "post")
    row.state = "draft"  # as if two requests had read the draft at once
    issuing.post(shop, row)
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(60)}


def test_states_of_the_factory_order(shop: Ctx, draft: FactoryOrder) -> None:
    stock(shop, (item(shop, "FAB", "WHT"), "10"))
    row = paper(shop, draft)
    do(shop, row, "lines", lines=typed(fab("5", "WHT")))
    with pytest.raises(Refused, match="is Draft: nothing can be issued"):
        do(shop, row, "post")
    do(shop, draft, "issue")
    do(shop, row, "post")
    with pytest.raises(Refused, match="Material was issued or goods came in: IS-2026-0001"):
        do(shop, draft, "withdraw")
    with pytest.raises(Refused, match="still at the factory: 1 items"):
        do(shop, draft, "cancel", reason="no")
    do(shop, row, "reverse", reason="wrong")
    do(shop, draft, "withdraw")


def test_a_count_replaces_the_book(shop: Ctx, fo: FactoryOrder) -> None:
    sent(shop, fo)
    came(shop, fo, {(1, "NVY"): {"S": 100, "M": 100, "L": 100}})
    # 126 sent, 300 × 0.2 × 1.05 = 63 used by standard (lot A1 first): 63 at the factory
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(37), "NVYA2": Decimal(26), "WHT": Decimal(63)}
    with pytest.raises(Refused, match="A2.: only 26 kg were sent"):
        sent(shop, fo, fab("27.5", lot="A2"), kind="count")
    row = sent(shop, fo, fab("35"), fab("0", "WHT"), kind="count")
    assert row.number == "FC-2026-0002"
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(35), "NVYA2": Decimal(26)}
    # of A1 63 + 2 were used: 40 may turn out not to be used after all, up to what was sent
    sent(shop, fo, fab("75"), kind="count")
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(75), "NVYA2": Decimal(26)}
    sent(shop, fo, fab("100"), kind="return")
    assert at_factory(shop, fo, "FAB") == {"NVYA2": Decimal(26)}
    assert ledger.verify(shop) == []


def test_only_the_warehouse_posts(shop: Ctx, fo: FactoryOrder, ctx_as: Callable[..., Any]) -> None:
    row = paper(shop, fo)
    do(shop, row, "lines", lines=typed(fab("5", "WHT")))
    row_id = row.id
    for role, allowed in (("merch", False), ("qc", False), ("wh", True)):
        with ctx_as(role) as person:
            mine = get_row(person, person.registry.get("factory_stock.issue"), row_id)
            if allowed:
                do(person, mine, "post")
            else:
                with pytest.raises(Denied):
                    do(person, mine, "post")
