"""What a factory order was issued with is not rewritten: consumption, wastage, packing and settings of later days."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx
from core.entities.recording import flush_rows
from kit.papers.snapshot import freeze, thaw
from plugins.catalog.models import BomLine, Style
from plugins.factory_stock.services import need, statement
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.models.snapshot import OrderSnapshot
from plugins.outsourcing.services import rows
from plugins.stock.models import Demand
from tests.plugins.factory_stock.conftest import came, do, fab, full_stock, one, sent, started


def white(ctx: Ctx, fo: FactoryOrder) -> statement.MaterialRow:
    ctx.memo.clear()
    return next(r for r in statement.of_order(ctx, fo).materials if str(r.name) == "FAB WHT")


def later(ctx: Ctx, **values: Any) -> None:
    """The style's fabric takes something else from now on."""
    style = one(ctx, Style, "ST-1")
    line = ctx.session.scalars(
        select(BomLine).where(BomLine.style_id == style.id, BomLine.position == 0)
    ).one()
    for name, value in values.items():
        setattr(line, name, value)
    style.bom_version += 1
    flush_rows(ctx.session)


@pytest.mark.parametrize("each", ["0.15", "0.3"])
def test_the_standard_is_that_of_the_issue(shop: Ctx, fo: FactoryOrder, each: str) -> None:
    # 100 of white: 20 net, 21 allowed; 21 sent
    sent(shop, fo, fab("21", "WHT"))
    came(shop, fo, {(1, "WHT"): {"S": 100}})
    later(shop, consumption=Decimal(each))
    row = white(shop, fo)
    assert (statement.pct(row.loss_pct), row.excess, row.standard, row.net) == ("5.00", 0, 21, 20)


def test_by_the_dozen_it_is_exact_and_stays_what_was_issued(shop: Ctx, draft: FactoryOrder) -> None:
    """300 white pieces of 2.6 kg a dozen: 65 net, 68.25 with 5 %; of 2.6 ÷ 12 rounded to six places it would be 68.26."""
    fo = draft
    later(shop, consumption=Decimal("2.6"), per_pieces=12)
    do(shop, fo, "issue")
    started(shop, fo)
    full_stock(shop)
    assert white(shop, fo).required == Decimal("68.25")
    later(shop, consumption=Decimal("0.3"), per_pieces=1)
    sent(shop, fo, fab("63", "WHT"))
    came(shop, fo, {(1, "WHT"): {"S": 60}})
    row = white(shop, fo)
    assert (row.net, row.standard, row.at_factory) == (13, Decimal("13.65"), Decimal("49.35"))
    assert fo.snapshot.materials[0].per_piece == "2.6"
    assert fo.snapshot.materials[0].pieces == 12


def test_what_was_kept_before_there_were_dozens_is_for_one_piece(shop: Ctx, fo: FactoryOrder) -> None:
    demand = shop.session.scalars(select(Demand).where(Demand.owner_id == fo.id)).one()
    demand.basis = {
        **demand.basis,
        "rules": [{k: v for k, v in r.items() if k != "per_pieces"} for r in demand.basis["rules"]],
    }
    flush_rows(shop.session)
    later(shop, per_pieces=12)
    sent(shop, fo, fab("21", "WHT"))
    came(shop, fo, {(1, "WHT"): {"S": 100}})
    assert white(shop, fo).standard == 21
    kept = freeze(fo.snapshot)
    old = {
        **kept,
        "v": 1,
        "materials": [{k: v for k, v in m.items() if k != "pieces"} for m in kept["materials"]],
    }
    assert thaw(OrderSnapshot, old) == fo.snapshot


@pytest.mark.parametrize(("each", "wastage"), [("0.3", "5"), ("0.15", "5"), ("0.2", "20")])
def test_later_pieces_use_what_was_agreed(shop: Ctx, fo: FactoryOrder, each: str, wastage: str) -> None:
    sent(shop, fo, fab("21", "WHT"))
    came(shop, fo, {(1, "WHT"): {"S": 50}})
    later(shop, consumption=Decimal(each), wastage_pct=Decimal(wastage))
    assert white(shop, fo).standard == Decimal("10.5")
    came(shop, fo, {(1, "WHT"): {"S": 10}})  # the next ten: 2.1
    assert white(shop, fo).used == Decimal("12.6")


def test_a_revised_quantity_is_needed_as_it_was_issued(shop: Ctx, fo: FactoryOrder) -> None:
    later(shop, consumption=Decimal("0.3"))
    before = white(shop, fo).required
    number = next(r.position for r in rows.lines(shop, fo) if r.destination.code == "US-LAX")
    do(shop, fo, "revise", reason="fewer",
       lines=[{"line": number, "sizes": [{"color": "WHT", "size": "S", "pcs": 50}]}])  # fmt: skip
    # 250 white × 0.2 × 1.05 = 52.5, not 78.75
    assert (before, white(shop, fo).required) == (63, Decimal("52.5"))
    assert need.stale(shop, fo.id)  # and it still says that consumption has changed since
    do(shop, fo, "update_need", reason="the new marker")
    assert (white(shop, fo).required, need.stale(shop, fo.id)) == (Decimal("78.75"), False)


def test_cartons_are_those_of_the_issue(shop: Ctx, fo: FactoryOrder) -> None:
    sent(shop, fo)
    one(shop, Style, "ST-1").pcs_per_carton = 12
    flush_rows(shop.session)
    came(shop, fo, {(1, "NVY"): {"S": 100, "M": 40}, (1, "WHT"): {"L": 100}})
    found = statement.of_order(shop, fo)
    assert next(r for r in found.materials if str(r.name) == "CTN US-LAX").used == 10  # ⌈240 ÷ 24⌉, not 20
