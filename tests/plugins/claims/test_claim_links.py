"""What a claim must be about, and what does not belong together."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.api import Refused
from core.entities import crud
from plugins.catalog.models import Color, Destination
from plugins.claims.models import Claim
from tests.plugins.claims.conftest import TODAY, World, claim, do, garment, material, said
from tests.plugins.factory_stock import conftest as storing
from tests.plugins.outsourcing.conftest import attempt, made, picked, sold
from tests.plugins.purchasing import conftest as buying


def test_a_material_claim_knows_supplier_material_colour_and_unit_from_its_line(world: World) -> None:
    row = material(world, 2, qty=Decimal("7.5"), lot="L-77")
    assert row.number == "CM-2026-0001"
    assert (row.partner.code, row.material.code, row.color.code, row.uom) == ("S1", "FAB", "WHT", "m")
    assert row.state == "open"
    assert row.due_date == TODAY + timedelta(days=14)


def test_a_garment_claim_knows_factory_order_and_style(world: World) -> None:
    row = garment(world, f"{world.so.number}/st-1", color=buying.one(world.ctx, Color, "NVY"), qty=Decimal(6),
                  shipment=world.shipment)  # fmt: skip
    assert row.number == "CG-2026-0001"
    assert (row.partner.code, row.customer_order.number, row.style.code, row.uom) == (
        "F1",
        world.so.number,
        "ST-1",
        "pcs",
    )
    assert row.order_style == f"{world.so.number}/ST-1"


def test_each_list_has_numbers_of_its_own(world: World) -> None:
    numbers = [material(world).number, garment(world).number, material(world).number]
    assert numbers == ["CM-2026-0001", "CG-2026-0001", "CM-2026-0002"]


def refusals(world: World) -> dict[str, tuple[dict[str, Any], str, str]]:
    """Case → (values, input, words)."""
    ctx = world.ctx
    m = {"kind": "material", "purchase_order": world.po, "line_no": 1}
    g = {"kind": "garment", "factory_order": world.fo, "order_style": "ST-1"}
    other_order = sold(ctx, ("ST-2", "NVY", "US-LAX", {"S": 5}), po="PO-2")
    draft = buying.order(ctx)
    draft_fo = made(ctx)
    beside = storing.shipped(ctx, world.so, {"WHT": {"M": 3}})
    elsewhere = crud.save_row(
        ctx, ctx.registry.get("shipping.shipment"), None,
        {"customer_order": other_order, "destination": buying.one(ctx, Destination, "US-LAX"), "store": None, "day": TODAY},
    )  # fmt: skip
    return {
        "no purchase order": ({"kind": "material"}, "purchase_order", "needs its purchase order"),
        "no factory order": ({"kind": "garment"}, "factory_order", "needs its factory order"),
        "draft purchase order": ({**m, "purchase_order": draft}, "purchase_order", "never issued"),
        "draft factory order": ({**g, "factory_order": draft_fo}, "factory_order", "never issued"),
        "line not said": ({**m, "line_no": None}, "line_no", "It has 2"),
        "line of nobody": ({**m, "line_no": 3}, "line_no", "no line 3"),
        "style of another order": ({**g, "order_style": "ST-2"}, "order_style", "does not make"),
        "order of another factory order": ({**g, "order_style": f"{other_order.number}/ST-1"}, "order_style", "does not make"),
        "shipment of another order": ({**g, "shipment": elsewhere}, "shipment", "carries nothing of this"),
        "shipment without that colour": (
            {**g, "shipment": beside, "color": buying.one(ctx, Color, "NVY")}, "shipment", "carries nothing of this"),
        "more than was ordered": ({**m, "qty": Decimal(100_000)}, "qty", "100,000 m are claimed, of "),
        "more than are made": ({**g, "qty": Decimal(100_000)}, "qty", "100,000 pcs are claimed, of "),
        "factory order on a material claim": ({**m, "factory_order": world.fo}, "factory_order", "other kind"),
        "purchase order on a garment claim": ({**g, "purchase_order": world.po}, "purchase_order", "other kind"),
        "half a piece": ({**g, "qty": Decimal("0.5")}, "qty", "whole"),
        "nothing": ({**g, "qty": Decimal(0)}, "qty", "zero"),
        "too fine": ({**m, "qty": Decimal("1.2345")}, "qty", "decimals"),
        "tomorrow": ({**m, "opened_on": TODAY + timedelta(days=1)}, "opened_on", "in the future"),
        "due before": ({**m, "due_date": TODAY - timedelta(days=1)}, "due_date", "before it was opened"),
    }  # fmt: skip


def test_what_does_not_fit_is_refused_where_it_was_typed(world: World) -> None:
    for case, (values, field, words) in refusals(world).items():
        with attempt(world.ctx), pytest.raises(Refused) as caught:
            claim(world.ctx, **values)
        assert words in said(caught).get(field, ""), case
        assert list(said(caught)) == [field], case


def test_a_style_made_for_two_orders_must_be_named_with_its_order(world: World) -> None:
    ctx = world.ctx
    second = sold(ctx, ("ST-1", "WHT", "DE-HAM", {"S": 5}), po="PO-9")
    order = made(ctx)
    do(ctx, order, "add_work", work=picked(second.number, "ST-1"))
    third = sold(ctx, ("ST-1", "WHT", "DE-HAM", {"S": 7}), po="PO-10")
    do(ctx, order, "add_work", work=picked(third.number, "ST-1"))
    do(ctx, order, "issue")
    for text in ("", "ST-1"):
        with pytest.raises(Refused) as caught:
            claim(ctx, kind="garment", factory_order=order, order_style=text)
        assert set(said(caught)) == {"order_style"}
    row = claim(ctx, kind="garment", factory_order=order, order_style=f"{third.number}/ST-1")
    assert row.customer_order_id == third.id
    white_only = buying.one(ctx, Color, "NVY")
    with pytest.raises(Refused) as caught:
        claim(ctx, kind="garment", factory_order=order, order_style=f"{third.number}/ST-1", color=white_only)
    assert "NVY" in said(caught)["color"]


def test_the_only_style_comes_in_by_itself(world: World) -> None:
    assert garment(world, "").style.code == "ST-1"


def test_a_customers_claim_is_split_once(world: World) -> None:
    ctx, entity = world.ctx, world.ctx.registry.get("claims.claim")
    whole = garment(world)
    part = garment(world, parent=whole)
    assert part.parent_id == whole.id
    fresh = {"kind": "garment", "factory_order": world.fo, "order_style": "ST-1", "opened_on": TODAY}
    cases: list[tuple[Claim | None, Claim, str]] = [
        (None, part, "itself a part"),
        (whole, whole, "a part of itself"),
        (whole, garment(world), "parts of its own"),
    ]
    for row, parent, words in cases:
        with pytest.raises(Refused) as caught:
            crud.save_row(
                ctx, entity, row, {**fresh, "parent": parent} if row is None else {"parent": parent}
            )
        assert words in said(caught)["parent"]


def test_an_edited_claim_keeps_its_kind_and_its_links_follow(world: World) -> None:
    ctx, entity = world.ctx, world.ctx.registry.get("claims.claim")
    row = material(world, 1)
    crud.save_row(ctx, entity, row, {"line_no": 2})
    assert row.color.code == "WHT"
    with pytest.raises(Refused) as caught:
        crud.save_row(ctx, entity, row, {"kind": "garment"})
    assert "belongs to the other list" in said(caught)["kind"]
    assert row.number == "CM-2026-0001"


def test_an_amount_is_in_the_orders_currency_unless_said_otherwise(world: World) -> None:
    assert material(world, amount=Decimal("120.50")).currency == "USD"
    assert material(world, amount=Decimal("120.50"), currency="CNY").currency == "CNY"
    assert material(world).currency is None
