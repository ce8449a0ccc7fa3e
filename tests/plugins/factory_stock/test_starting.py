"""From the page of a factory order straight to a draft: once, filled, and only where there is something to do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.api import Ctx, Refused
from core.entities import transitions
from plugins.factory_stock.models import Issue
from plugins.factory_stock.services import starting
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import FULL, came, do


def due(ctx: Ctx, fo: FactoryOrder) -> str:
    """The next step of the factory order, of those of this plugin."""
    kind = ctx.registry.entity_for(fo)
    mine = [a for a in transitions.available(ctx, kind, fo) if a.name in ("issue_material", "goods_in")]
    step = transitions.next_step(ctx, fo, mine)
    return step.name if step else ""


def test_an_issue_with_what_the_store_has(shop: Ctx, fo: FactoryOrder) -> None:
    assert due(shop, fo) == "issue_material"
    made = do(shop, fo, "issue_material")
    assert isinstance(made, Issue)
    assert (made.state, made.factory_order_id, sum(line.qty for line in made.lines if line.lot)) == (
        "draft",
        fo.id,
        Decimal(126),
    )
    assert do(shop, fo, "issue_material") == f"/factory_stock/issue/{made.id}"  # the same, not a second one
    do(shop, made, "post")
    with pytest.raises(Refused, match="The store has nothing"):
        do(shop, fo, "issue_material")
    assert due(shop, fo) == "goods_in"


def test_goods_in_begins_with_its_pieces(shop: Ctx, fo: FactoryOrder) -> None:
    address = do(shop, fo, "goods_in")
    assert address == do(shop, fo, "goods_in")
    assert address.endswith("/lines")
    assert starting.expected(shop, fo)
    came(shop, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL, (2, "NVY"): FULL})
    assert not starting.expected(shop, fo)
