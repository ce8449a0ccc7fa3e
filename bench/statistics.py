"""Figures over 100,000 order lines of 600,000 sizes, of which 100,000 pieces are bought, through the whole web stack.

``HUB_BENCH_ORDERS`` sets another number of orders of ten lines.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from bench.common import Result, browser, fresh_hub, measure, settle
from core.base_api import TenantInfo
from core.data.records import Currency, ExchangeRate
from core.kernel import accounts, enablement
from core.kernel.hub import Hub
from plugins.catalog.models import Color, Destination, Partner, Size, SizeRun, Style
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.statistics.words import GROUPED, VIEWS

D = Decimal
ORDERS = int(os.environ.get("HUB_BENCH_ORDERS", "10000"))
TODAY = date(2026, 11, 30)
PERSON = "clock@example.org"
BATCH = 10_000
dice = random.Random(3)


def _insert(ctx: Any, model: Any, rows: list[dict[str, Any]]) -> list[Any]:
    """The rows, in portions; their ids in the order in which they were given."""
    for first in range(0, len(rows), BATCH):
        ctx.session.insert_many(model, rows[first : first + BATCH])
    return list(ctx.session.scalars(select(model.id).order_by(model.id)))


def fill(hub: Hub, tenant: TenantInfo) -> None:
    """A year of orders in three currencies, five styles in two colours each; a factory order for each tenth of them."""
    with hub.context(tenant) as ctx:
        for name in ("orders", "outsourcing", "stock", "statistics"):
            enablement.enable_plugin(ctx, name, operator=True)
        known = set(ctx.session.scalars(select(Currency.code)))
        ctx.session.add_all(
            Currency(code=c, decimals=2, active=True) for c in ("EUR", "TWD") if c not in known
        )
        ctx.session.add_all(
            ExchangeRate(currency=c, valid_from=date(2020, 1, 1), rate=r)
            for c, r in (("EUR", D("1.08")), ("TWD", D("0.0316")))
        )
        run = SizeRun(
            code="RUN", name="XS-XXL", sizes=[Size(code=c, position=i) for i, c in enumerate("ABCDEF")]
        )
        ctx.session.add(run)
        ctx.session.flush()
        for model, code, count, more in (
            (Color, "C", 20, {}),
            (Destination, "D", 10, {}),
            (Partner, "P", 100, {"is_customer": True, "is_factory": True}),
            (Style, "ST", 500, {"size_run_id": run.id}),
        ):
            ctx.session.add_all(model(code=f"{code}{n:04}", name=f"{code} {n}", **more) for n in range(count))
        ctx.session.flush()
        colors, ports, partners, styles = (
            list(ctx.session.scalars(select(m.id))) for m in (Color, Destination, Partner, Style)
        )
        sizes = [size.id for size in run.sizes]
        now = ctx.now()
        heads = [
            {"number": f"SO-{n:06}", "state": "confirmed" if n % 4 else "closed", "customer_id": dice.choice(partners),
             "currency": dice.choice(["USD", "EUR", "TWD"]), "order_date": TODAY - timedelta(n * 364 // ORDERS),
             "season": dice.choice(["SS27", "FW27"]), "qty": 600, "version": 1, "customer_po": "", "incoterm": "",
             "tax_pct": D(0), "notes": "", "created_at": now}
            for n in range(ORDERS)
        ]  # fmt: skip
        orders = _insert(ctx, CustomerOrder, heads)
        picked = [(order, style, n) for order in orders for n, style in enumerate(dice.sample(styles, 5))]
        own = _insert(ctx, OrderStyle, [{"order_id": o, "position": n, "style_id": s} for o, s, n in picked])
        rows = [
            {"order_id": order, "order_style_id": style, "position": 2 * n + i, "color_id": color, "ship_date": TODAY,
             "destination_id": dice.choice(ports), "price": D(dice.randint(100, 2000)) / 100, "qty": 60}
            for style, (order, _style, n) in zip(own, picked, strict=True)
            for i, color in enumerate(dice.sample(colors, 2))
        ]  # fmt: skip
        lines = _insert(ctx, OrderLine, rows)
        _insert(ctx, OrderSize, [
            {"line_id": line, "position": n, "size_id": size, "qty": 10} for line in lines for n, size in enumerate(sizes)
        ])  # fmt: skip
        made = _insert(ctx, FactoryOrder, [
            {"number": f"FO-{n:06}", "state": "issued", "contract_status": "none", "factory_id": dice.choice(partners),
             "currency": "USD", "order_date": head["order_date"], "revision": 0, "incoterm": "", "delivery_place": "",
             "tax_pct": D(0), "notes": "", "qty": 600, "total": D(0), "version": 1, "created_at": now}
            for n, head in enumerate(heads[::10])
        ])  # fmt: skip
        whole = dict(zip(orders[::10], made, strict=True))
        each = [(s, o, style, n) for s, (o, style, n) in zip(own, picked, strict=True) if o in whole]
        work = _insert(ctx, FactoryOrderLine, [
            {"order_id": whole[o], "position": n, "customer_order_id": o, "order_style_id": s, "style_id": style,
             "destination_id": ports[0], "customer_po": "", "ship_date": TODAY, "qty": 120, "price": D("3.25"),
             "override_reason": "", "amount": D(390), "flag": "", "short_closed": False}
            for s, o, style, n in each
        ])  # fmt: skip
        by_style = dict(zip((s for s, _o, _style, _n in each), work, strict=True))
        _insert(ctx, FactoryOrderSize, [
            {"line_id": by_style[row["order_style_id"]], "order_line_id": line, "color_id": row["color_id"], "size_id": size,
             "qty": 10, "released": 0}
            for line, row in zip(lines, rows, strict=True) if row["order_style_id"] in by_style for size in sizes
        ])  # fmt: skip


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ["HUB_TODAY"] = TODAY.isoformat()
    with fresh_hub(engine) as (hub, tenant):
        accounts.create_user(hub, PERSON, "Bench", locale="en")
        accounts.add_member(hub, tenant, PERSON, ["admin"])
        fill(hub, tenant)
        settle(hub, engine, "VACUUM ANALYZE")
        client = browser(hub, tenant, PERSON)
        for view, title in VIEWS.items():
            for group in GROUPED[view] or ("",):
                address = f"/statistics/figures/{view}?by={group}"
                reply = client.get(address)
                assert reply.status_code == 200, (address, reply.text[-1500:])
                timing = measure(partial(client.get, address), calls=5, warm=1)
                yield Result(
                    f"statistics, {ORDERS * 10:,} lines: {title} {group}".strip(), engine, *timing, "300 ms"
                )
