"""Figures by hand: rates, days, repeated defects, and what of it the Hub page and the search show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.claims import shown as attention
from plugins.claims.services import scores
from tests.plugins.claims.conftest import TODAY, World, do, garment, material
from tests.plugins.factory_stock import conftest as storing

D = Decimal
YEAR = date(2025, 11, 1)


def test_supplier_and_factory_figures(world: World) -> None:
    """Received: 90 m navy (10 rejected) + 40 m white = 130 m; goods in: 60 pieces, 4 of them rejected.

    Material: 6 + 9 = 15 m claimed, 15 ÷ 130 = 11.54 %; open 10 days and resolved after 4: mean 7. Garment: 3 + 4 pieces
    (the whole claim of 7 is split and counts through its parts), 7 ÷ 60 = 11.67 %.
    """
    ctx = world.ctx
    material(world, 1, qty=D(6), defect="shade", opened_on=TODAY - timedelta(days=10))
    done = material(world, 2, qty=D(9), defect="shade", opened_on=TODAY - timedelta(days=20))
    do(ctx, done, "resolve", resolution="new rolls", resolved_on=TODAY - timedelta(days=16))
    gone = material(world, 1, qty=D(50), defect="hole")
    do(ctx, gone, "cancel", reason="was none")
    storing.came(
        ctx, world.fo, {(1, "NVY"): {"M": 4}}, kind="rework"
    )  # goes back to the factory: not received
    whole = garment(world, qty=D(7), defect="skipped")
    garment(world, qty=D(3), defect="skipped", parent=whole)
    garment(world, qty=D(4), defect="stain", parent=whole)
    found = scores.of_period(ctx, YEAR, TODAY)
    (supplier,) = found.scores["material"]
    assert (supplier.code, supplier.claims, supplier.open, supplier.days) == ("S1", 2, 1, D(7))
    assert supplier.amounts == [scores.Amount("m", D(15), D(130))]
    assert supplier.amounts[0].rate.quantize(D("0.01")) == D("11.54")
    assert supplier.repeats == [("shade", 2)]
    (factory,) = found.scores["garment"]
    assert (factory.code, factory.claims, factory.open, factory.days) == ("F1", 2, 2, D(0))
    assert factory.amounts == [scores.Amount("pcs", D(7), D(60))]
    assert factory.amounts[0].rate.quantize(D("0.01")) == D("11.67")
    assert factory.repeats == []
    assert found.months[2026, 11] == {"material": 2, "garment": 2}
    assert len(found.months) == 12


def test_a_period_counts_only_its_own(world: World) -> None:
    material(world, 1, qty=D(6), opened_on=TODAY - timedelta(days=40))
    found = scores.of_period(world.ctx, TODAY, TODAY)
    (supplier,) = found.scores["material"]  # received today, nothing claimed
    assert (supplier.claims, supplier.amounts) == (0, [scores.Amount("m", D(0), D(130))])
    early = scores.of_period(world.ctx, date(2020, 1, 1), date(2020, 2, 1))
    assert early.scores == {"material": [], "garment": []}


def test_a_split_claim_counts_again_once_its_parts_are_cancelled(world: World) -> None:
    whole = garment(world, qty=D(7))
    part = garment(world, qty=D(3), parent=whole)
    assert scores.of_period(world.ctx, YEAR, TODAY).scores["garment"][0].amounts[0].claimed == D(3)
    do(world.ctx, part, "cancel", reason="no")
    assert scores.of_period(world.ctx, YEAR, TODAY).scores["garment"][0].amounts[0].claimed == D(7)


def test_demo_figures(hub: Hub, demo_tenant: TenantInfo, count_queries: Callable[..., Any]) -> None:
    """S01: 350 + 300 + 50 + 50 + 62.5 + 1125 + 650 (75 of them rejected) + 200 + 100 + 75
    = 2962.5 kg received, 75 kg claimed.

    F01: 1273 + 680 + 250 (6 of them rejected) = 2203 pieces received, 6 + 12 claimed.
    """
    with hub.context(demo_tenant) as ctx:
        with count_queries() as log:
            found = scores.of_period(ctx, YEAR, TODAY)
        assert log.count == 4
        by_code = {s.code: s for kind in found.scores.values() for s in kind}
        assert by_code["S01"].amounts == [scores.Amount("kg", D(75), D("2962.5"))]
        assert by_code["S01"].amounts[0].rate.quantize(D("0.01")) == D("2.53")
        assert by_code["S01"].days == D(11)
        assert by_code["F01"].amounts == [scores.Amount("pcs", D(18), D(2203))]
        assert by_code["F01"].amounts[0].rate.quantize(D("0.01")) == D("0.82")
        assert by_code["F01"].days == D("0.5")
        ctx.session.rollback()


def test_tiles_alerts_and_tasks(world: World, ctx_as: Callable[..., Any]) -> None:
    ctx = world.ctx
    late = material(world, opened_on=TODAY - timedelta(days=30), due_date=TODAY - timedelta(days=4))
    soon = garment(world, due_date=TODAY + timedelta(days=2))
    later = garment(world, due_date=TODAY + timedelta(days=12))
    unlinked, linked = material(world), material(world)
    for row in (unlinked, linked):
        do(ctx, row, "resolve", resolution="done")
    do(ctx, linked, "link", number=world.receipt.number)
    numbers = {r: r.number for r in (late, soon, later, unlinked, linked)}
    photo, tile = attention.tiles(ctx)
    assert photo.href.endswith("/quick")
    assert (tile.value, tile.tone, tile.tab) == (3, "bad", "claims")
    (alert,) = attention.alerts(ctx)
    assert "Overdue claims: 1." in str(alert.message)
    assert f"{numbers[late]} is 4 days late" in str(alert.message)

    def waiting(role: str) -> list[tuple[str, str, str]]:
        with ctx_as(role) as theirs:
            found = [(str(t.label), t.subject.split()[0], t.tone) for t in attention.tasks(theirs)]
            theirs.session.rollback()
            return found

    answer = [
        ("Answer the claim", numbers[late], "bad"),
        ("Answer the claim", numbers[soon], "warn"),
        ("Answer the claim", numbers[later], "neutral"),
    ]
    follow = ("Link what followed from the claim", numbers[unlinked], "neutral")
    assert waiting("qc") == [*answer, follow]
    assert waiting("mgr") == [*answer, follow, ("Close the claim", numbers[linked], "neutral")]
    assert waiting("fin") == []


@pytest.mark.parametrize(
    "text",
    ["PM-2026-0001", "supplier s1", "S1"],
)
def test_search_finds_material_claims(world: World, text: str) -> None:
    row = material(world)
    assert [h.label for h in attention.hits(world.ctx, text, 8)] == [row.number]


def test_search_finds_garment_claims_by_order_style_and_factory(world: World) -> None:
    row = garment(world)
    for text in (world.fo.number, "st-1", "Factory one", world.so.number, "PO-1"):
        assert [h.label for h in attention.hits(world.ctx, text, 8)] == [row.number], text
    assert attention.hits(world.ctx, "x", 8) == []


def test_panels_stand_where_claims_belong(world: World) -> None:
    ctx: Ctx = world.ctx
    cloth, piece = material(world), garment(world, shipment=world.shipment)
    expected = {
        "purchasing.order": (world.po, cloth, "kind=material&purchase_order="),
        "outsourcing.order": (world.fo, piece, "kind=garment&factory_order="),
        "shipping.shipment": (world.shipment, piece, f"factory_order={world.fo.number}"),
        "catalog.partner": (world.po.supplier, cloth, "kind=material"),
    }
    do(ctx, world.shipment, "confirm")
    do(ctx, world.shipment, "ship")
    for entity, (row, claim, preset) in expected.items():
        (panel,) = attention.on_page(ctx, entity, row)
        shown = panel.values()
        assert [r.number for r, _cells in shown["rows"]] == [claim.number], entity
        assert preset in shown["new"], entity
    assert attention.on_page(ctx, "orders.order", world.so) == []
    assert attention.on_page(ctx, "catalog.partner", world.so.customer) == []
