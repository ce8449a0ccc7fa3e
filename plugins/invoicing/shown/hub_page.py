"""What the Hub page shows of money: overdue invoices and bills, drafts that wait to be issued or posted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from core.api import Alert, Ctx, NavItem, T, Task, Tile
from core.money import base_currency
from plugins.catalog.api import CUSTOMER_PRICES, SUPPLIER_PRICES
from plugins.invoicing.models import Bill, Invoice, Payment
from plugins.invoicing.services import ageing
from plugins.invoicing.services.sides import PURCHASES, SALES, Side
from plugins.invoicing.words import AGEING, BILL, INVOICE, PAYMENT

OF_A_KIND = 5


def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """What is owed by age, below the documents."""
    return (
        [NavItem(T("Owed by age"), "/invoicing/ageing/", "invoicing", 40)]
        if ctx.can(f"{AGEING}.view")
        else []
    )


def _seen(ctx: Ctx) -> list[tuple[Side, str]]:
    """The sides of which this person may see what is owed, with the address of that."""
    if not ctx.can(f"{AGEING}.view"):
        return []
    sides = ((SALES, CUSTOMER_PRICES, ""), (PURCHASES, SUPPLIER_PRICES, "side=out&"))
    return [(side, f"/invoicing/ageing/?{asked}sort=-days") for side, right, asked in sides if ctx.can(right)]


def tiles(ctx: Ctx) -> Sequence[Tile]:
    """What is overdue on both sides, in the company's currency."""
    currency, found = base_currency(ctx), list[Tile]()
    for side, address in _seen(ctx):
        worth = ageing.overdue(ctx, side).worth
        if worth is None:
            continue
        if side is SALES:
            label = T("Receivable overdue in {currency}", currency=currency)
            found.append(Tile(label, worth, address, "bad" if worth else "neutral", 60, "invoicing"))
        else:
            label = T("Payable overdue in {currency}", currency=currency)
            found.append(Tile(label, worth, address, "warn" if worth else "neutral", 61, "invoicing"))
    return found


def alerts(ctx: Ctx) -> Sequence[Alert]:
    """Overdue invoices and bills."""
    found = []
    for side, address in _seen(ctx):
        n = ageing.overdue(ctx, side).count
        if n and side is SALES:
            found.append(Alert(T("{n} invoices are overdue", n=n), address, "bad", 20))
        elif n:
            found.append(Alert(T("{n} bills of vendors are overdue", n=n), address, "warn", 30))
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
