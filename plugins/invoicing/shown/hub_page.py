"""What the Hub page shows of money: overdue invoices and bills, drafts that wait to be issued or posted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from core.api import Alert, Ctx, NavItem, T, Task
from plugins.catalog.api import CUSTOMER_PRICES, SUPPLIER_PRICES
from plugins.invoicing.models import Bill, Invoice, Payment
from plugins.invoicing.services import ageing
from plugins.invoicing.services.sides import PURCHASES, SALES
from plugins.invoicing.words import AGEING, BILL, INVOICE, PAYMENT

OF_A_KIND = 5


def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """What is owed by age, below the documents."""
    return (
        [NavItem(T("Owed by age"), "/invoicing/ageing/", "invoicing", 40)]
        if ctx.can(f"{AGEING}.view")
        else []
    )


def alerts(ctx: Ctx) -> Sequence[Alert]:
    """Overdue invoices and bills."""
    found = []
    if ctx.can(f"{AGEING}.view") and ctx.can(CUSTOMER_PRICES) and (n := ageing.overdue_count(ctx, SALES)):
        found.append(Alert(T("{n} invoices are overdue", n=n), "/invoicing/ageing/?sort=-days", "bad", 20))
    if ctx.can(f"{AGEING}.view") and ctx.can(SUPPLIER_PRICES) and (n := ageing.overdue_count(ctx, PURCHASES)):
        found.append(
            Alert(
                T("{n} bills of vendors are overdue", n=n),
                "/invoicing/ageing/?side=out&sort=-days",
                "warn",
                30,
            )
        )
    return found


def tasks(ctx: Ctx) -> Iterator[Task]:
    """Drafts that wait for finance, and payments to be made final."""
    for model, entity, right, words in (
        (Invoice, INVOICE, f"{INVOICE}.issue", T("Issue invoice")),
        (Bill, BILL, f"{BILL}.post", T("Post bill")),
        (Payment, PAYMENT, f"{PAYMENT}.post", T("Post payment")),
    ):
        if not (ctx.can(right) and ctx.can(f"{entity}.view")):
            continue
        rows = ctx.session.execute(
            select(model.id, model.number).where(model.state == "draft").order_by(model.id).limit(OF_A_KIND)
        )
        for row_id, number in rows:
            yield Task(words, number, f"/{entity.replace('.', '/')}/{row_id}", source="invoicing")
