"""Whom stock is kept for is asked of plugins: each tells of its documents, what they still take, and what went out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.api import Ctx, EntityRef, Refused
from core.base_api import TenantInfo
from core.kernel import dependencies, enablement
from core.kernel.hub import Hub
from plugins.orders.models import CustomerOrder
from plugins.stock.api import keepers
from plugins.stock.shown import item_pages, possible
from tests.plugins.outsourcing.conftest import do
from tests.plugins.stock.conftest import D, customer, fab, paper, put, ship, shirt, st, thread

SALES, MAKING = "orders.order", "outsourcing.order"


def without(ctx: Ctx, plugin: str) -> None:
    """Switch it off, and what needs it."""
    for name in (*reversed(dependencies.dependent_plugins(ctx.hub, plugin, ctx.enabled)), plugin):
        enablement.disable_plugin(ctx, name)


def test_kinds_follow_the_plugins_that_are_on(depot: Ctx) -> None:
    found = {entity: keeper.item_kind for entity, keeper in keepers.kinds(depot).items()}
    assert found == {SALES: "garment", MAKING: "material"}
    assert keepers.returning(depot) == [SALES]
    assert [kind.code for kind in possible(depot)][2:] == ["reserve", "release", "surplus", "customer_return"]
    without(depot, "outsourcing")
    assert list(keepers.kinds(depot)) == [SALES]
    without(depot, "orders")
    assert (keepers.kinds(depot), depot.hooks.each("stock_keepers")) == ({}, [])
    assert [kind.code for kind in possible(depot)] == ["count", "transfer"]


def test_what_an_order_still_takes_and_what_went_out(depot: Ctx, so: CustomerOrder) -> None:
    put(depot, shirt(depot), "80", kind="goods_in")
    ship(depot, so, "S", 30)
    (told,) = depot.hooks.stock_wanted(entity=SALES, owner_ids=[so.id])
    assert told == {so.id: {shirt(depot): D(90), shirt(depot, "M"): D(50)}}
    (gone,) = depot.hooks.delivered(entity=SALES, owner_id=so.id)
    assert (gone.place, dict(gone.items)) == (customer(depot), {shirt(depot): D(30)})
    assert keepers.firm_needs(depot, "garment").keys() == {EntityRef("orders.order", so.id)}
    assert keepers.firm_needs(depot, "material") == {}


def test_a_number_that_nothing_is_kept_for_is_refused(depot: Ctx, so: CustomerOrder) -> None:
    put(depot, shirt(depot), "80", kind="goods_in")
    for number in ("SO-1999-0001", "C1"):
        with pytest.raises(Refused, match="no order"):
            paper(depot, "reserve", st(depot, "1"), owner=number)
    row = paper(depot, "reserve", st(depot, "1"), owner=so.number.lower())
    assert (row.owner, row.about) == (so.number, EntityRef("orders.order", so.id))
    without(depot, "orders")
    with pytest.raises(Refused, match="For which order"):
        do(depot, row, "post")


def test_cards_are_linked_while_somebody_shows_them(
    depot: Ctx, tenant: TenantInfo, hub: Hub, client_as: Callable[..., Any]
) -> None:
    row = paper(depot, "count", fab(depot, "1"))
    assert list(item_pages(depot, [thread(depot)], "reserved")) == [thread(depot)]
    depot.session.commit()
    wh = client_as("wh")
    assert "/inventory/stock/card" in wh.get(f"/stock/document/{row.id}").text
    with hub.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "inventory")
        assert item_pages(ctx, [thread(ctx)], "reserved") == {}
    page = wh.get(f"/stock/document/{row.id}")
    assert page.status_code == 200
    assert "/inventory/" not in page.text
