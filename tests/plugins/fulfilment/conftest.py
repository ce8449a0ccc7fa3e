"""An order of three styles that two vendors make: V1 the tee (first) and the cap, V2 the tee (cheaper, second) and the polo."""

from __future__ import annotations

from collections import Counter

import pytest

from core.api import get_row, run_action
from core.testing.scenes import stage
from plugins.catalog.testing import make_goods_price, make_partner
from plugins.fulfilment.models import Context, OrderContext
from plugins.orders.testing import make_order
from plugins.purchasing.api import lines

LINES = (
    ("TEE", "NVY", "US-LAX", {"S": 10, "M": 20, "L": 30}),
    ("TEE", "WHT", "DE-HAM", {"M": 7}),
    ("POLO", "NVY", "US-LAX", {"S": 5, "M": 5}),
    ("CAP", "NVY", "US-LAX", {"M": 40}),
)


@stage
def sold(ctx):
    """The order, confirmed, and what vendors ask."""
    make_goods_price(ctx, "TEE", "V1", "4")
    make_goods_price(ctx, "TEE", "V2", "3", priority=2)
    make_goods_price(ctx, "POLO", "V2", "6")
    make_goods_price(ctx, "CAP", "V1", "2")
    return make_order(ctx, *LINES)


def do(ctx, row, verb, **data):
    """An action on a document."""
    return run_action(ctx, ctx.registry.entity_for(row), row, verb, data)


def split(ctx, order, **data):
    """Split an order; its purchase orders by vendor."""
    do(ctx, order, "split", **data)
    return purchases(ctx, order)


def purchases(ctx, order):
    """Live purchase orders behind an order, by vendor and number."""
    from plugins.fulfilment.api import allocations

    entity = ctx.registry.get("purchasing.order")
    found = [
        get_row(ctx, entity, each) for each in {a.purchase_order_id for a in allocations(ctx, [order.id])}
    ]
    return sorted(found, key=lambda po: (po.supplier.code, po.number))


def bought(ctx, po):
    """Label → pieces of a purchase order."""
    found = Counter()
    for line in lines.purchase_lines(ctx, po.id):
        found[lines.label(line)] += int(line.qty)
    return dict(found)


def in_context(ctx, order, *, reference="optional", ships_via="own"):
    """Sell an order in a context of its own."""
    row = Context(code=f"X{order.id}", name="Context", reference=reference, ships_via=ships_via)
    ctx.session.add(row)
    ctx.session.flush()
    ctx.session.add(OrderContext(row_id=order.id, business_context_id=row.id))
    ctx.session.flush()
    return row


@pytest.fixture
def vendor(ctx):
    """Another vendor, without prices."""
    return make_partner(ctx, "V3", supplier=True)
