"""*Buy* on factory orders: one draft for each supplier and class, priced, dated by the timeline, and never twice; and a new
order for a factory order begins with its need (hook order_begun)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, Refused
from core.entities import transitions
from plugins.buying.services import needs, proposals
from plugins.catalog.models import Material, Partner, SupplierPrice
from plugins.material_gate.services.days import MAIN, PACKING, TRIM
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lines
from plugins.tna.models import Milestone
from tests.plugins.purchasing.conftest import bought, demanded, line, one, order
from tests.plugins.purchasing.conftest import fo as fo
from tests.plugins.purchasing.conftest import mill as mill

D = Decimal
Days = dict[str, date]


def buy(ctx: Ctx, *orders: FactoryOrder) -> list[PurchaseOrder]:
    [made] = transitions.run_on_many(ctx, ctx.registry.get("outsourcing.order"), orders, "buy")
    return list(made)


def told(ctx: Ctx, order: PurchaseOrder) -> list[tuple[str, Decimal, Decimal | None]]:
    return [(lines.label(each), each.qty, each.price) for each in lines.purchase_lines(ctx, order.id)]


def listed(ctx: Ctx, material: str, price: str, supplier: str = "S1") -> None:
    ctx.session.add(
        SupplierPrice(supplier_id=one(ctx, Partner, supplier).id, material_id=one(ctx, Material, material).id,
                      currency="USD", price=D(price), valid_from=date(2026, 1, 1))
    )  # fmt: skip
    ctx.session.flush()


def test_one_draft_for_each_supplier_and_class(mill: Ctx, fo: FactoryOrder) -> None:
    listed(mill, "FAB", "3.10")
    bought(mill, line(mill, "BTN", "7", price="1.25"), supplier="S2", material_class="trim")
    cloth, trims = buy(mill, fo)
    assert (cloth.number[:3], cloth.supplier.code, cloth.made_for, cloth.state) == (
        "PM-",
        "S1",
        fo.number,
        "draft",
    )
    assert (trims.number[:3], trims.supplier.code, trims.currency) == ("PT-", "S2", "USD")
    # 600 navy × 1.2 m × 1.05 = 756 m → MOQ 100, multiples of 50; the list's price
    assert told(mill, cloth) == [("FAB NVY", D(800), D("3.1")), ("FAB WHT", D(400), D("3.1"))]
    # 900 × 6 × 1.03 = 5,562 buttons, of which 7 gross are on order for nobody; the last price, none for labels
    assert told(mill, trims) == [
        ("LBL L", D(500), None), ("LBL M", D(500), None), ("LBL S", D(500), None), ("BTN", D(32), D("1.25")),
        ("CTN US-LAX", D(50), None), ("CTN DE-HAM", D(50), None),
    ]  # fmt: skip
    assert all(row.remaining == 0 for row in needs.panel(mill, demanded(mill, fo)))
    with pytest.raises(Refused, match="Nothing is left to buy"):
        buy(mill, fo)


@pytest.mark.parametrize(
    ("days", "order", "own"),
    [
        ({}, None, None),
        ({"main": date(2027, 1, 4), "trim": date(2027, 2, 1)}, date(2027, 1, 4), None),
        ({"main": date(2020, 1, 1)}, "today", None),  # what is late is wanted at once
    ],
)
def test_the_day_is_the_timelines(
    mill: Ctx, fo: FactoryOrder, days: Days, order: Any, own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "_days", lambda ctx, ids: dict.fromkeys(ids, days))
    [cloth, *_others] = buy(mill, fo)
    assert cloth.required_date == (mill.today() if order == "today" else order)
    assert [each.required_date for each in lines.purchase_lines(mill, cloth.id)] == [own, own]


def test_who_supplies_what_has_no_usual_supplier(mill: Ctx, fo: FactoryOrder) -> None:
    for code in ("LBL", "BTN"):
        one(mill, Material, code).supplier = None
        one(mill, Material, code).supplier_id = None
    mill.session.flush()
    listed(mill, "BTN", "1.20", supplier="S1")
    found = proposals.proposed(mill, demanded(mill, fo))
    assert [(p.supplier.code, p.material_class, len(p.rows)) for p in found.proposals] == [
        ("S1", "main", 2),
        ("S1", "trim", 1),
        ("S2", "trim", 2),
    ]
    assert {row.name.material for row in found.homeless} == {"LBL"}


def test_bought_and_issued_in_the_browser(mill: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]) -> None:
    """From the header of the factory order; what has no price is not issued, and then nothing is made."""
    for material, supplier in (("FAB", "S1"), ("BTN", "S2"), ("CTN", "S2")):
        listed(mill, material, "2", supplier)
    mill.session.commit()
    buyer, address = client_as("purch"), f"/outsourcing/order/{fo.id}/do/buy"
    page = buyer.get(address).text
    assert all(word in page for word in ("Supplier S1", "FAB NVY", "800", "LBL"))
    assert buyer.post(address, data={"_then": "1"}).status_code == 422
    listed(mill, "LBL", "0.05", "S2")
    mill.session.commit()
    form = {"_then": "1", "_key": "the-key-of-this-buying"}
    reply, again = buyer.post(address, data=form), buyer.post(address, data=form)
    assert reply.location == again.location
    listing = buyer.get(reply.location).text
    assert listing.count('form="ticked"') == 2
    assert "Issued" in listing
    assert "/do/buy" not in buyer.get(f"/outsourcing/order/{fo.id}").text
    assert client_as("wh").get(address).status_code == 403


def test_a_new_order_for_a_factory_order_begins_with_its_need(
    mill: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    mill.session.commit()
    new = {"supplier": "S1", "order_date": "2026-11-20", "made_for": fo.number}
    for material_class, led in (("main", True), ("trim", False)):
        reply = client_as("purch").post(
            "/purchasing/order/new", data={**new, "material_class": material_class}
        )
        assert reply.status_code == 302
        assert reply.location.endswith("/lines") is not led
        if led:
            assert "FAB" in client_as("purch").get(reply.location).text


def test_the_timeline_says_when(mill: Ctx, fo: FactoryOrder) -> None:
    """The targets of the milestones of material (hook planned_days), through the gate (needed_by)."""
    events = {"main": MAIN, "trim": TRIM, "packing": PACKING}
    stones = mill.session.execute(
        select(Milestone.event, Milestone.target).where(Milestone.event.in_(events.values()))
    )
    targets = dict(stones.all())
    assert set(targets) == set(events.values())
    [days] = [a for a in mill.hooks.planned_days(entity="outsourcing.order", ids=[fo.id], events=[MAIN]) if a]
    assert days == {fo.id: {MAIN: targets[MAIN]}}
    [answer] = [a for a in mill.hooks.needed_by(entity="outsourcing.order", ids=[fo.id]) if a]
    assert answer == {fo.id: {what: targets[code] for what, code in events.items()}}
    # and so an order that somebody begins by hand begins with it (hook purpose_wanted), where it says none itself
    early = {"made_for": fo.number, "order_date": min(targets.values()) - timedelta(days=9)}
    assert order(mill, **early).required_date == targets[MAIN]
    first = min(targets[TRIM], targets[PACKING])
    assert order(mill, "S2", "trim", **early).required_date == first
    assert order(mill, required_date=early["order_date"], **early).required_date == early["order_date"]
    late = {**early, "order_date": targets[MAIN] + timedelta(days=1)}  # it cannot be had by then
    assert order(mill, **late).required_date is None
    assert order(mill).required_date is None
