"""Money of a trading company some years old: 50,000 invoices of 100 customers in three currencies, nine of ten of them paid;
and one invoice of 500 lines, made, issued and looked at.

``HUB_BENCH_INVOICES`` sets another number of invoices.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from bench.common import Result, Timing, browser, fresh_hub, measure, settle
from bench.fulfilment import sold
from core.api import Ctx, get_row, run_action
from core.base_api import Currency, ExchangeRate, TenantInfo
from core.kernel import accounts
from core.kernel.hub import Hub
from plugins.catalog.models import Partner
from plugins.invoicing.models import Due, Invoice, InvoiceLine, Payment, PaymentPart
from plugins.invoicing.services import ageing, drafting
from plugins.invoicing.services.sides import SALES
from plugins.invoicing.words import CUSTOMER_ORDER, INVOICE

D = Decimal
INVOICES = int(os.environ.get("HUB_BENCH_INVOICES", "50000"))
CUSTOMERS, TOGETHER = 100, 10
TODAY = date(2026, 11, 23)
PERSON = "clock@example.org"
BATCH = 10_000


def fill(ctx: Ctx, order_id: int) -> None:
    """Invoices of three years, two instalments each; a payment settles ten of them, the newest tenth is open."""
    add, now = ctx.session.add_all, ctx.now()
    add(Currency(code=c, decimals=2, active=True) for c in ("EUR", "TWD"))
    add(
        ExchangeRate(currency=c, valid_from=date(2020, 1, 1), rate=D(r))
        for c, r in (("EUR", "1.08"), ("TWD", "0.0316"))
    )
    add(
        Partner(id=1000 + n, code=f"K{n:03}", name=f"Customer {n}", is_customer=True)
        for n in range(CUSTOMERS)
    )
    ctx.session.flush()
    days = {n: TODAY - timedelta(days=(INVOICES - n) * 1000 // INVOICES) for n in range(1, INVOICES + 1)}
    who = {n: (1000 + n // TOGETHER % CUSTOMERS, ("USD", "EUR", "TWD")[n // TOGETHER % 3]) for n in days}
    ids = _insert(
        ctx, Invoice,
        [
            {"number": f"INV-{n:06}", "state": "issued", "kind": "goods", "partner_id": who[n][0], "currency": who[n][1],
             "dated": day, "due_date": day + timedelta(days=60), "because": "", "notes": "", "subtotal": D(1000), "tax": D(50),
             "total": D(1050), "version": 1, "created_at": now}
            for n, day in days.items()
        ],
    )  # fmt: skip
    _insert(
        ctx, InvoiceLine,
        [
            {"document_id": ids[n - 1], "position": 1, "kind": "charge", "order_id": order_id, "text": "goods", "qty": D(1),
             "price": D(1000), "amount": D(1000), "tax_pct": D(5), "included": False, "tax": D(50), "total": D(1050)}
            for n in days
        ],
    )  # fmt: skip
    _insert(
        ctx,
        Due,
        [
            {
                "document_id": ids[n - 1],
                "position": i,
                "due_on": day + timedelta(days=30 * i),
                "amount": D(525),
            }
            for n, day in days.items()
            for i in (1, 2)
        ],
    )
    paid = range(1, INVOICES * 9 // 10 + 1)
    payments = _insert(
        ctx, Payment,
        [
            {"number": f"PAY-{(n - 1) // TOGETHER + 1:06}", "state": "final", "direction": "in", "partner_id": who[n][0],
             "paid_on": min(days[n] + timedelta(days=45), TODAY), "currency": who[n][1], "amount": D(1050 * TOGETHER),
             "bank_fee": D(0), "rounding": D(0), "reference": "", "notes": "", "version": 1, "created_at": now}
            for n in paid[::TOGETHER]
        ],
    )  # fmt: skip
    _insert(
        ctx, PaymentPart,
        [
            {"payment_id": payments[(n - 1) // TOGETHER], "position": n % TOGETHER + 1, "document": f"INV-{n:06}",
             "invoice_id": ids[n - 1], "amount": D(1050), "rate": D(1), "applied": D(1050)}
            for n in paid
        ],
    )  # fmt: skip


def _insert(ctx: Ctx, model: Any, rows: list[dict[str, Any]]) -> list[int]:
    """The rows, in portions; the ids that the database gave them, in this order."""
    for first in range(0, len(rows), BATCH):
        ctx.session.insert_many(model, rows[first : first + BATCH])
    return list(ctx.session.scalars(select(model.id).order_by(model.id)))


def _ageing(hub: Hub, tenant: TenantInfo, on: date) -> None:
    with hub.context(tenant) as ctx:
        assert ageing.by_partner(ctx, ageing.documents(ctx, SALES, on))


def _made(hub: Hub, tenant: TenantInfo) -> tuple[Timing, int]:
    """An invoice over the order of 500 lines, made, issued and cancelled; at last one that stays, its id."""
    with hub.context(tenant) as ctx:
        order = sold(ctx)
        ctx.set_setting("invoicing.basis", "ordered")

    def make(keep: bool = False) -> int:
        with hub.context(tenant) as ctx:
            row = drafting.invoice_goods(ctx, [get_row(ctx, ctx.registry.get(CUSTOMER_ORDER), order)], TODAY)
            run_action(ctx, ctx.registry.get(INVOICE), row, "issue")
            if not keep:
                run_action(ctx, ctx.registry.get(INVOICE), row, "cancel", {"reason": "again"})
            return row.id

    return measure(make, calls=3, warm=1), make(keep=True)


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ["HUB_TODAY"] = TODAY.isoformat()
    with fresh_hub(engine) as (hub, tenant):
        accounts.create_user(hub, PERSON, "Bench", locale="en")
        accounts.add_member(hub, tenant, PERSON, ["admin"])
        with hub.context(tenant) as ctx:
            fill(ctx, sold(ctx))
        settle(hub, engine, "VACUUM ANALYZE")
        client = browser(hub, tenant, PERSON)
        made, invoice = _made(hub, tenant)
        yield Result("invoice of 500 lines: made, issued, cancelled", engine, *made, "")
        for what, address in (
            ("page of an invoice of 500 lines", f"/invoicing/invoice/{invoice}"),
            (f"list of {INVOICES:,} invoices", "/invoicing/invoice/"),
            ("the same, of one customer", "/invoicing/invoice/?partner=K007"),
            (f"ageing of {INVOICES:,} invoices today, page", "/invoicing/ageing/"),
            ("the same of one customer", "/invoicing/ageing/?partner=1007"),
        ):
            reply = client.get(address)
            assert reply.status_code == 200, (address, reply.text[-1500:])
            yield Result(what, engine, *measure(partial(client.get, address), calls=5, warm=1), "300 ms")
        then = TODAY - timedelta(days=500)
        yield Result(
            "ageing 500 days ago", engine, *measure(lambda: _ageing(hub, tenant, then), calls=3, warm=1), ""
        )
