"""What programs call with a token: one document and a list of 50, through the whole web stack."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from bench.common import Result, fresh_hub, measure
from core.kernel import garbage as memory
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.web.app import create_app
from plugins.base_demo.demo import loader
from plugins.catalog.testing import make_material, make_partner
from plugins.orders.testing import make_order
from plugins.purchasing.testing import make_purchase_order
from plugins.rest.services import tokens

TODAY = date(2026, 11, 23)
ONE, LIST = "5 ms CPU", "10 ms CPU"
CALLS = (
    ("one material", "catalog.material/{catalog.material}", ONE),
    ("one partner", "catalog.partner/{catalog.partner}", ONE),
    ("one customer order", "orders.order/{orders.order}", ONE),
    ("one purchase order", "purchasing.order/{purchasing.order}", ONE),
    ("one factory order", "outsourcing.order/{outsourcing.order}", ONE),
    ("one customer order, with figures", "orders.order/{orders.order}?include=figures,actions", ""),
    ("one factory order, with figures", "outsourcing.order/{outsourcing.order}?include=figures,actions", ""),
    ("list of 50 partners", "catalog.partner?limit=50", LIST),
    ("list of 50 materials", "catalog.material?limit=50", LIST),
    ("list of 50 customer orders", "orders.order?limit=50", LIST),
    ("list of 50 purchase orders", "purchasing.order?limit=50", LIST),
    ("list of all factory orders", "outsourcing.order?limit=50", LIST),
)


def caller(hub: Hub, tenant: TenantInfo, person: str) -> Callable[[str], Any]:
    """What calls an address below ``/api/v1`` with a new token of ``person`` (an e-mail) and returns the response."""
    with hub.context(tenant, hub.user_info(person, tenant)) as ctx:
        _, secret = tokens.make_token(
            ctx, "bench", read_only=True, expires_on=ctx.today() + timedelta(days=30)
        )
    client = create_app(hub, testing=True).test_client()
    memory.settle()  # as hub serve does
    headers = {"Authorization": f"Bearer {secret}"}

    def call(address: str) -> Any:
        reply = client.get(f"/api/v1/{address}", headers=headers)
        assert reply.status_code == 200, (address, reply.text)
        return reply

    return call


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ["HUB_TODAY"] = TODAY.isoformat()
    with fresh_hub(engine) as (hub, _tenant):
        tenant = loader.load(hub, TODAY)
        with hub.context(tenant) as ctx:
            for n in range(60):
                make_partner(ctx, f"P{n:03}")
                make_material(ctx, f"M{n:03}")
                make_order(ctx, customer_po=f"PO-{n}")
                make_purchase_order(ctx)
        call = caller(hub, tenant, "admin@demo.example")
        kinds = {name.partition("/")[0].partition("?")[0] for _, name, _ in CALLS}
        keys = {kind: call(f"{kind}?limit=1").json["items"][0]["href"].rpartition("/")[2] for kind in kinds}
        for what, address, goal in CALLS:
            for kind, key in keys.items():
                address = address.replace("{" + kind + "}", key)
            timing = measure(partial(call, address), calls=25)
            yield Result(what, engine, *timing, goal)
