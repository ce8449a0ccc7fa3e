"""Guards of the state machine. Each returns every reason at once, so that nobody has to try again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx, Problem, T
from core.db import among
from plugins.catalog.api import Style
from plugins.outsourcing.models import Contract, FactoryOrder, FactoryOrderLine, Payment, PaymentSplit
from plugins.outsourcing.services import allocation, lines, prices, quantities, rows

APPROVE = "outsourcing.order.approve"


def four_eyes(ctx: Ctx, order: FactoryOrder) -> list[Problem]:
    """Under the tenant's four-eyes rule: a manager decides, and not the one who made the factory order."""
    if not ctx.setting("outsourcing.four_eyes", False) or ctx.user is None:
        return []
    if not ctx.can(APPROVE):
        return [Problem(T("The four-eyes rule is on: a manager must do this."))]
    if order.created_by_id == ctx.user.id:
        return [Problem(T("The four-eyes rule is on: you made {number}, so somebody else must do this.",
                          number=order.number))]  # fmt: skip
    return []


def for_issue(ctx: Ctx, order: FactoryOrder, found: list[FactoryOrderLine]) -> list[Problem]:
    """Why a factory order may not be issued; empty: it may. A fixed number of queries."""
    problems = four_eyes(ctx, order)
    if not order.factory.active or not order.factory.is_factory:
        problems.append(
            Problem(T("{factory} is not an active factory.", factory=order.factory.code), "factory")
        )
    if not found:
        return [*problems, Problem(T("There is no line yet. Add work first."))]
    cells = rows.cells(ctx, [order.id])
    summed: dict[int, int] = defaultdict(int)
    for cell in cells:
        summed[cell.line_id] += cell.qty
    for line in found:
        at = f"lines-{line.position}-qty"
        if line.qty <= 0:
            problems.append(Problem(T("Line {line}: the quantity is 0.", line=line.position), at))
        elif summed[line.id] != line.qty:
            problems.append(
                Problem(T("Line {line}: the sizes add up to {total}, not to {qty}.",
                          line=line.position, total=summed[line.id], qty=line.qty), at)
            )  # fmt: skip
        if line.ship_date is None:
            problems.append(
                Problem(
                    T("Line {line}: there is no ship date.", line=line.position),
                    f"lines-{line.position}-ship_date",
                )
            )
    styles = dict(
        ctx.session.execute(
            select(Style.id, Style.code).where(among(Style.id, {line.style_id for line in found}))
        ).all()
    )
    problems += prices.missing(found, prices.of_order(ctx, order), styles)
    problems += [
        Problem(
            T("Line {line}: the customer cancelled this order. Remove the line or keep it as stock.", line=n)
        )
        for n in lines.undecided(found)
    ]
    if not ctx.can(quantities.OVER):
        wanted = {(c.order_line_id, c.size_id): c.qty - c.released for c in cells}
        problems += allocation.problems(ctx, allocation.excess(ctx, wanted, order_id=order.id))
    return problems


def posted_payments(ctx: Ctx, order_id: int) -> list[str]:
    """Numbers of the posted payments of a factory order."""
    return list(
        ctx.session.scalars(
            select(Payment.number)
            .join(
                PaymentSplit,
                (PaymentSplit.payment_id == Payment.id) & (PaymentSplit.tenant_id == Payment.tenant_id),
            )
            .where(PaymentSplit.order_id == order_id, Payment.state == "posted")
            .order_by(Payment.number)
        )
    )


def accepted_total(ctx: Ctx, order_id: int) -> int:
    """Accepted pieces of a factory order; 0 where nobody records goods-in."""
    return sum((rows.accepted(ctx, [order_id]) or {}).values())


def for_withdraw(ctx: Ctx, order: FactoryOrder) -> list[Problem]:
    """Why an issued factory order may not go back to draft. Other plugins add their own reasons as vetoes."""
    problems = []
    signed = ctx.session.scalar(
        select(func.count()).where(Contract.order_id == order.id, Contract.status == "signed")
    )
    if signed:
        problems.append(Problem(T("The contract is signed. Revise the factory order instead.")))
    paid = posted_payments(ctx, order.id)
    if paid:
        problems.append(Problem(T("Payments are posted: {numbers}.", numbers=", ".join(paid))))
    came = accepted_total(ctx, order.id)
    if came:
        problems.append(Problem(T("{n} finished pieces have come in.", n=came)))
    return problems


def for_cancel(ctx: Ctx, order: FactoryOrder) -> list[Problem]:
    """Why a factory order may not be cancelled."""
    came = accepted_total(ctx, order.id)
    return [Problem(T("{n} finished pieces have come in.", n=came))] if came else []


def unfinished(ctx: Ctx, order: FactoryOrder, found: Iterable[FactoryOrderLine]) -> list[Problem] | None:
    """Sizes whose accepted pieces are below qty × (1 − under %); None where nobody records goods-in.

    Short-closed lines count as finished.
    """
    came = rows.accepted(ctx, [order.id])
    if came is None:
        return None
    under = Decimal(str(ctx.setting("outsourcing.under_pct", 0)))
    cells = rows.by_line(rows.cells(ctx, [order.id]))
    problems = []
    for line in found:
        if line.short_closed:
            continue
        summed: dict[tuple[int, int], int] = defaultdict(int)
        for cell in cells.get(line.id, []):
            summed[(cell.color_id, cell.size_id)] += cell.qty
        short = {
            key: qty - came.get((line.id, *key), 0)
            for key, qty in summed.items()
            if came.get((line.id, *key), 0) * 100 < qty * (100 - under)
        }
        if short:
            codes = quantities.Codes(ctx, cells[line.id])
            detail = ", ".join(f"{codes.color[c]}/{codes.size[s]} −{n}" for (c, s), n in short.items())
            problems.append(Problem(T("Line {line} is short: {sizes}.", line=line.position, sizes=detail)))
    return problems
