"""Goods in by size: limits, rejects, rework and seconds, what was used, the end of the factory order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx, Refused, get_row, save_row
from plugins.factory_stock.models import GoodsIn
from plugins.factory_stock.services import goods_lines, usage
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import rows
from plugins.stock.services import groups, stores
from tests.plugins.factory_stock.conftest import (
    FULL,
    TODAY,
    at_factory,
    came,
    cells,
    do,
    fab,
    fields,
    garment,
    sent,
    size_id,
)


def there(ctx: Ctx, color: str, size: str, kind: str = "store", lot: str = "") -> int:
    """In the main store, what is kept for its customer order too."""
    kinds = ["store", "reserved"] if kind == "store" else [kind]
    found = ledger.balances(ctx, items=[garment(ctx, color, size, lot)], place_kinds=kinds)
    return int(sum(qty for (_item, place), qty in found.items() if place.id == stores.default(ctx).id))


def test_accepted_pieces_come_in_by_size_and_outsourcing_knows(shop: Ctx, fo: FactoryOrder) -> None:
    row = came(shop, fo, {(1, "NVY"): {"S": 50, "M": (60, 4)}, (2, "NVY"): {"S": 10}})
    assert (row.number, row.state, goods_lines.pieces(row)) == ("GI-2026-0001", "posted", 120)
    assert [there(shop, "NVY", s) for s in "SML"] == [60, 56, 0]
    assert there(shop, "NVY", "M", "rejected") == 4
    known = rows.accepted(shop, [fo.id]) or {}
    assert sorted(known.values()) == [10, 50, 56]
    found = goods_lines.figures(shop, fo.id)
    at = next(f for f in found.values() if f.rejected)
    assert (at.ordered, at.received, at.accepted, at.balance, at.waiting, at.most) == (
        100,
        60,
        56,
        44,
        4,
        103,
    )


@pytest.mark.parametrize(
    ("ordered", "over", "most"),
    [(100, "3", 103), (120, "3", 123), (300, "3", 309), (33, "3", 33), (34, "3", 35), (100, "0", 100), (101, "2.5", 103),
     (0, "3", 0)],
)  # fmt: skip
def test_the_limit_is_whole_pieces_rounded_down(shop: Ctx, ordered: int, over: str, most: int) -> None:
    shop.set_setting("outsourcing.fg_over_pct", over)
    assert goods_lines.most_of(shop, ordered) == most


def test_above_the_limit_only_with_right_and_reason(
    shop: Ctx, fo: FactoryOrder, ctx_as: Callable[..., Any]
) -> None:
    came(shop, fo, {(1, "NVY"): {"S": 100}})
    row = came(shop, fo, {(1, "NVY"): {"S": 4, "M": 104}, (1, "WHT"): {"S": 103}}, post=False)
    row_id, entity = row.id, "factory_stock.goods_in"
    with ctx_as("wh") as person:
        mine = get_row(person, person.registry.get(entity), row_id)
        with pytest.raises(Refused, match="Line 1 NVY S: 104 pieces, at most 103 .100 ordered.") as caught:
            do(person, mine, "post", over_reason="the boss said so")
        assert len(fields(caught)) == 2
        person.session.rollback()
    with ctx_as("mgr") as person:
        mine = get_row(person, person.registry.get(entity), row_id)
        with pytest.raises(Refused, match="say why"):
            do(person, mine, "post")
        person.session.rollback()
    with ctx_as("mgr") as person:
        mine = get_row(person, person.registry.get(entity), row_id)
        do(person, mine, "post", over_reason="the customer takes them")
        assert (mine.over_by, mine.over_reason) == ("Mgr", "the customer takes them")
    assert there(shop, "NVY", "S") == 104
    spare = ledger.balance(shop, garment(shop, "NVY", "S"), stores.place(stores.default(shop).id))
    assert spare == 4  # 100 are made for the customer order, the rest is free
    with ctx_as("wh") as person:
        mine = get_row(person, person.registry.get("outsourcing.order"), fo.id)
        with pytest.raises(Refused, match="at most 103"):
            came(person, mine, {(1, "WHT"): {"S": 1}})
        person.session.rollback()


def test_wrong_pieces(shop: Ctx, fo: FactoryOrder, draft: FactoryOrder) -> None:
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"S": (5, 6)}, "More rejected .6. than received .5.", "bad-"),
        ({"S": -5}, "more than zero", "cell-"),
    ]
    for sizes, says, where in cases:
        with pytest.raises(Refused, match=says) as caught:
            came(shop, fo, {(1, "NVY"): sizes})
        assert next(iter(fields(caught))).startswith(where)
    foreign = cells(shop, fo, {(1, "NVY"): {"S": 1}})
    row = save_row(shop, shop.registry.get("factory_stock.goods_in"), None,
                    {"kind": "goods_in", "factory_order": fo, "store": None, "day": TODAY})  # fmt: skip
    with pytest.raises(Refused, match="not on the factory order"):
        goods_lines.save(shop, row, {(999999, color): each for (_line, color), each in foreign.items()})
    with pytest.raises(Refused, match="no line yet"):
        do(shop, row, "post")
    with pytest.raises(Refused, match="in the future"):
        came(shop, fo, {(1, "NVY"): {"S": 1}}, day=date(2026, 11, 24))
    inspected = cells(shop, fo, {(1, "NVY"): {"S": 1}})
    next(iter(inspected.values())).inspected = 2
    with pytest.raises(Refused, match="More inspected .2. than received .1."):
        goods_lines.save(shop, row, inspected)


def test_not_before_production_starts(shop: Ctx, draft: FactoryOrder) -> None:
    do(shop, draft, "issue")
    with pytest.raises(Refused, match="is Issued: no goods can come in"):
        came(shop, draft, {(1, "NVY"): {"S": 1}})


def test_rejected_pieces_are_reworked_or_kept_as_seconds(shop: Ctx, fo: FactoryOrder) -> None:
    came(shop, fo, {(1, "NVY"): {"S": (20, 8)}})
    back = came(shop, fo, {(1, "NVY"): {"S": 5}}, kind="rework")
    assert back.number == "RW-2026-0001"
    came(shop, fo, {(1, "NVY"): {"S": 2}}, kind="seconds")
    assert [
        there(shop, "NVY", "S"),
        there(shop, "NVY", "S", "rejected"),
        there(shop, "NVY", "S", lot="B"),
    ] == [12, 1, 2]
    for kind in ("rework", "seconds"):
        with pytest.raises(Refused, match="only 1 rejected pieces are left"):
            came(shop, fo, {(1, "NVY"): {"S": 2}}, kind=kind)
    again = came(shop, fo, {(1, "NVY"): {"S": 5}})  # repaired
    assert there(shop, "NVY", "S") == 17
    do(shop, again, "reverse", reason="counted wrong")
    assert there(shop, "NVY", "S") == 12
    do(shop, back, "reverse", reason="still here")
    assert there(shop, "NVY", "S", "rejected") == 6
    assert ledger.verify(shop) == []


@pytest.mark.parametrize(
    ("grid", "fabric", "labels", "cartons"),
    [
        # pieces × 0.2 × 1.05, pieces × 1.02; ⌈pieces of the line ÷ 24⌉
        ({(1, "NVY"): {"S": 50}}, {"NVY": "10.5"}, {"S": "51"}, {"US-LAX": 3}),
        ({(1, "NVY"): {"S": (50, 10)}}, {"NVY": "8.4"}, {"S": "40.8"}, {"US-LAX": 2}),
        ({(1, "NVY"): {"S": 10, "M": 10}, (1, "WHT"): {"M": 5}, (2, "NVY"): {"L": 1}},
         {"NVY": "4.41", "WHT": "1.05"}, {"S": "10.2", "M": "15.3", "L": "1.02"}, {"US-LAX": 2, "DE-HAM": 1}),
    ],
)  # fmt: skip
def test_standard_use(
    shop: Ctx,
    fo: FactoryOrder,
    grid: Any,
    fabric: dict[str, str],
    labels: dict[str, str],
    cartons: dict[str, int],
) -> None:
    """The same whether material was sent before, after or never."""
    came(shop, fo, grid)
    found = {str(groups.group_names(shop, [n.key])[n.key]): n.gross for n in usage.standard(shop, fo.id)}
    wanted = {**{f"FAB {c}": q for c, q in fabric.items()}, **{f"LBL {s}": q for s, q in labels.items()}}
    assert found == {k: Decimal(v) for k, v in wanted.items()} | {
        f"CTN {p}": Decimal(n) for p, n in cartons.items()
    }
    sent(shop, fo)
    left = at_factory(shop, fo, "FAB")
    for color, need in (("NVY", 126), ("WHT", 63)):
        here = sum(q for name, q in left.items() if name.startswith(color))
        assert here == need - Decimal(fabric.get(color, "0"))


def test_use_is_booked_as_far_as_material_is_there_and_caught_up(shop: Ctx, fo: FactoryOrder) -> None:
    sent(shop, fo, fab("10"))
    first = came(shop, fo, {(1, "NVY"): {"S": 100}})  # 21 kg by standard, 10 there
    assert at_factory(shop, fo, "FAB") == {}
    late = sent(shop, fo, fab("50"))
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(39)}
    do(shop, late, "reverse", reason="wrong")
    assert at_factory(shop, fo, "FAB") == {}
    sent(shop, fo, fab("50"))
    do(shop, first, "reverse", reason="counted wrong")  # gives back 10 booked by itself and 11 by the issue
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(60)}
    came(shop, fo, {(1, "NVY"): {"S": 100}})  # 21
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(39)}
    assert ledger.verify(shop) == []


def test_goods_before_the_material_was_sent_do_not_overdraw_the_past(shop: Ctx, fo: FactoryOrder) -> None:
    sent(shop, fo, fab("60"), day=date(2026, 11, 20))
    came(shop, fo, {(1, "NVY"): {"S": 100}}, day=date(2026, 11, 18))
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(60)}
    came(shop, fo, {(1, "NVY"): {"M": 100}}, day=date(2026, 11, 21))
    assert at_factory(shop, fo, "FAB") == {"NVYA1": Decimal(18)}
    assert ledger.verify(shop) == []


def test_the_last_pieces_complete_the_factory_order_and_reversing_reopens_it(
    shop: Ctx, fo: FactoryOrder
) -> None:
    came(shop, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL})
    assert fo.state == "in_production"
    row = came(shop, fo, {(2, "NVY"): FULL}, post=False)
    assert str(do(shop, row, "post")) == "FO-2026-0001 is complete."
    assert fo.state == "completed"
    do(shop, row, "reverse", reason="not yet")
    assert fo.state == "in_production"


def test_closing_needs_an_empty_factory(shop: Ctx, fo: FactoryOrder, ctx_as: Callable[..., Any]) -> None:
    sent(
        shop,
        fo,
        fab("63", "WHT"),
        fab("70"),
        {"material": "BTN", "qty": "5", "reason": "lost", "payer": "us"},
    )
    came(shop, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL, (2, "NVY"): FULL})
    assert at_factory(shop, fo, "FAB") == {}  # NVY: 126 by standard, 70 sent, all used
    sent(shop, fo, fab("2", "WHT"), kind="return")
    assert at_factory(shop, fo, "FAB") == {}  # it came back, so less was used
    with pytest.raises(Refused, match="Material for FO-2026-0001 is still at the factory: 1 items"):
        do(shop, fo, "close")
    order_id = fo.id
    with ctx_as("mgr") as person:
        mine = get_row(person, person.registry.get("outsourcing.order"), order_id)
        do(person, mine, "close", override_reason="five buttons")
        assert mine.state == "closed"
        row = person.session.scalars(select(GoodsIn)).one()
        with pytest.raises(Refused, match="is closed"):
            do(person, row, "reverse", reason="late")


def test_a_settled_factory_order_closes(shop: Ctx, fo: FactoryOrder) -> None:
    sent(shop, fo, {"material": "BTN", "qty": "5", "reason": "lost", "payer": "us"})
    came(shop, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL, (2, "NVY"): FULL})
    sent(shop, fo, {"material": "BTN", "qty": "3"}, kind="return")
    sent(shop, fo, {"material": "BTN", "qty": "2", "reason": "lost", "payer": "factory"}, kind="write_off")
    do(shop, fo, "close")
    assert fo.state == "closed"


def lines_of(row: GoodsIn) -> dict[tuple[int, int], tuple[int, int, dict[int, tuple[int, int]]]]:
    return {key: (at.cartons, at.inspected, at.sizes) for key, at in goods_lines.by_line(row).items()}


def test_lines_are_a_payload_too(shop: Ctx, fo: FactoryOrder) -> None:
    row = came(shop, fo, {(1, "WHT"): {"S": 1}}, post=False)
    sizes = [{"size": "s", "received": "12", "rejected": 2}, {"size": "M", "received": 5}]
    do(
        shop,
        row,
        "lines",
        lines=[{"line": 1, "color": "NVY", "cartons": "1", "inspected": "", "sizes": sizes}],
    )
    (line, color), *_rest = cells(shop, fo, {(1, "NVY"): {}})
    shop.session.refresh(row)
    assert lines_of(row) == {(line, color): (1, 0, {size_id(shop, "S"): (12, 2), size_id(shop, "M"): (5, 0)})}
    do(shop, row, "post")
    assert there(shop, "NVY", "S") == 10


def test_what_is_wrong_in_the_payload_is_said_at_its_row(shop: Ctx, fo: FactoryOrder) -> None:
    row = came(shop, fo, {(1, "NVY"): {"S": 1}}, post=False)
    good = {"line": 1, "color": "WHT", "sizes": [{"size": "S", "received": 1}]}
    cases: list[tuple[dict[str, Any], str, str]] = [
        (
            {"sizes": [{"size": "S", "received": "1.5"}]},
            "lines.1.sizes.0.received",
            "garments are whole pieces",
        ),
        ({"sizes": [{"size": "S", "received": "-1"}]}, "lines.1.sizes.0.received", "cannot be negative"),
        (
            {"sizes": [{"size": "S", "received": 2, "rejected": 3}]},
            "lines.1.sizes.0.rejected",
            "More rejected",
        ),
        ({"sizes": [{"size": "XXL", "received": 2}]}, "lines.1.sizes.0.size", "not on the factory order"),
        (
            {"sizes": [{"size": "S", "received": 2}, {"size": "s", "received": 2}]},
            "lines.1.sizes.1.size",
            "twice",
        ),
        ({"inspected": 3, "sizes": [{"size": "S", "received": 2}]}, "lines.1.inspected", "More inspected"),
        ({"color": "WHT", "sizes": []}, "lines.1.line", "twice"),
        (
            {"line": 9, "sizes": [{"size": "S", "received": 2}]},
            "lines.1.sizes.0.size",
            "not on the factory order",
        ),
    ]
    for more, field, says in cases:
        with pytest.raises(Refused, match=says) as caught:
            do(shop, row, "lines", lines=[good, {"line": 1, "color": "NVY", **more}])
        assert field in fields(caught)
    assert len(row.lines) == 1


def test_all_mistakes_are_told_each_at_its_place(shop: Ctx, fo: FactoryOrder) -> None:
    row = came(shop, fo, {(1, "NVY"): {"S": 1}}, post=False)
    cells = [
        {"size": "S", "received": "1,2,3"},
        {"size": "M", "received": "5", "rejected": "6"},
        {"size": "XXL", "received": "1"},
    ]
    lines = [
        {"line": 1, "color": "NVY", "sizes": cells},
        {"line": 1, "color": "WHT", "inspected": "9", "sizes": [{"size": "S", "received": "8"}]},
        {"line": 9, "color": "NVY", "sizes": []},
    ]
    with pytest.raises(Refused) as caught:
        do(shop, row, "lines", lines=lines)
    assert fields(caught) >= {
        "lines.0.sizes.0.received",
        "lines.0.sizes.1.rejected",
        "lines.0.sizes.2.size",
        "lines.1.inspected",
    }
