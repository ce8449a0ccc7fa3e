"""What people do with customer orders: confirm, take back, cancel, close, reopen, copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from core.api import Ctx, Problem, Refused, T, audit_history, enter_state, next_number, record_save
from core.db import flush_rows
from kit.papers import made_now, stamp_created
from plugins.catalog.api import Partner
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.orders.services import allocation, lines
from plugins.orders.services.lines import ENTITY


def check_header(
    ctx: Ctx,
    row: CustomerOrder | None,
    data: Mapping[str, Any],
    children: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[Problem]:
    """The header's rules: an active customer, a currency from somewhere, and what a confirmed order keeps."""
    problems: list[Problem] = []
    customer: Partner | None = data.get("customer") or (row.customer if row is not None else None)
    changed = row is None or (customer is not None and customer.id != row.customer_id)
    if customer is not None and changed and not customer.active:
        problems.append(Problem(T("{name} is no longer active.", name=customer.name), "customer"))
    if customer is not None and not (
        data.get("currency") or customer.currency or (row is not None and row.currency)
    ):
        problems.append(
            Problem(T("{name} has no currency of its own; choose one.", name=customer.name), "currency")
        )
    if row is None or row.state == "draft":
        return problems
    if changed:
        problems.append(
            Problem(T("The customer of a confirmed order stays. Take it back to draft first."), "customer")
        )
    if data.get("currency") and data["currency"] != row.currency:
        problems.append(
            Problem(T("The currency of a confirmed order stays. Take it back to draft first."), "currency")
        )
    if data.get("order_date") and row.ship_date and data["order_date"] > row.ship_date:
        problems.append(
            Problem(T("Ship date {day} lies before the order date {date}.", day=row.ship_date,
                      date=data["order_date"]), "order_date")
        )  # fmt: skip
    return problems


def fill_header(ctx: Ctx, row: CustomerOrder, is_new: bool) -> None:
    """Currency, terms and incoterm come from the customer where nothing was chosen; who made the order is kept."""
    customer = row.customer
    row.currency = row.currency or customer.currency or ""
    if is_new:
        row.terms = row.terms or customer.terms  # not the id: an empty reference would be written over it
        row.incoterm = row.incoterm or customer.incoterm
        stamp_created(ctx, row)


def confirm(ctx: Ctx, order: CustomerOrder, data: Mapping[str, Any]) -> None:
    """draft → confirmed. Refused with everything that is missing: lines, prices, ship dates, an active customer."""
    rows = lines.order_lines(ctx, order)
    facts = [(row.qty, row.price, row.ship_date, _names(row)) for row in rows]
    problems = [
        Problem(T("{line}: {message}", line=problem.field, message=problem.message), "")
        if problem.field
        else problem
        for problem in lines.confirm_problems(facts, order.order_date, str(data.get("reason") or ""))
    ]
    for row in rows:
        if sum(size.qty for size in row.sizes) != row.qty:
            problems.append(Problem(T("{line}: the sizes do not add up.", line=row.order_style.style.code)))
    if not order.customer.active:
        problems.append(Problem(T("{name} is no longer active.", name=order.customer.name)))
    if problems:
        raise Refused(problems)
    order.confirmed_on = ctx.today()
    early = min(row.ship_date for row in rows if row.ship_date is not None)
    if early < ctx.today():
        ctx.warn(
            T("{number}: the ship date {day} lies in the past.", number=order.number, day=early.isoformat())
        )


def _names(row: OrderLine) -> Any:
    name = f"{row.order_style.style.code} {row.color.code} {row.destination.code}"
    return lambda _field: name


def to_draft(ctx: Ctx, order: CustomerOrder, data: Mapping[str, Any]) -> None:
    """confirmed → draft, while nothing of it is on a live factory order."""
    pieces = sum(allocation.allocated(ctx, [order.id]).values())
    if pieces:
        raise Refused(
            T(
                "{n} pieces of {number} are on factory orders. Take them off there first.",
                n=pieces,
                number=order.number,
            )
        )
    order.confirmed_on = None


def nothing_more(ctx: Ctx, order: CustomerOrder, data: Mapping[str, Any]) -> None:
    """Cancelling and closing change the state only; plugins that hold work of the order react to the event."""


def reopen(ctx: Ctx, order: CustomerOrder, data: Mapping[str, Any]) -> None:
    """closed → confirmed; cancelled → the state it was cancelled in, as the audit trail knows it."""
    before = next(
        (e.from_state for e in audit_history(ctx, ENTITY, order.id) if e.to_state is not None), None
    )
    enter_state(ctx, order, before if before in lines.EDITABLE else "confirmed")


def copy(ctx: Ctx, order: CustomerOrder, data: Mapping[str, Any]) -> CustomerOrder:
    """A new draft with the same lines and a new number."""
    return copy_order(
        ctx,
        order,
        customer_po=str(data.get("customer_po") or ""),
        shift_days=int(data.get("shift_days") or 0),
    )


def copy_order(
    ctx: Ctx, order: CustomerOrder, *, customer_po: str = "", shift_days: int = 0
) -> CustomerOrder:
    """A new draft of today with the same customer, terms and lines; ship dates move by ``shift_days``.

    Lines that were taken back (0 pieces) are left out. Needs the right to create orders.
    """
    ctx.require(f"{ENTITY}.create")
    new = CustomerOrder(
        state="draft", customer_id=order.customer_id, customer=order.customer, customer_po=customer_po,
        currency=order.currency, incoterm=order.incoterm, terms_id=order.terms_id, order_date=ctx.today(),
        season=order.season, tax_pct=order.tax_pct, notes=order.notes, **made_now(ctx),
    )  # fmt: skip
    rows = [row for row in lines.order_lines(ctx, order) if row.qty]
    shift = timedelta(days=shift_days)
    new.qty = sum(row.qty for row in rows)
    new.ship_date = min((row.ship_date + shift for row in rows), default=None)
    new.number = next_number(ctx, "order")
    ctx.session.add(new)
    flush_rows(ctx.session)
    styles: dict[int, OrderStyle] = {}
    for row in rows:
        if row.order_style_id not in styles:
            old = row.order_style
            styles[old.id] = OrderStyle(order_id=new.id, position=old.position, style_id=old.style_id)
            ctx.session.add(styles[old.id])
    flush_rows(ctx.session)
    for position, row in enumerate(rows):
        ctx.session.add(
            OrderLine(
                order_id=new.id, order_style_id=styles[row.order_style_id].id, position=position,
                color_id=row.color_id, destination_id=row.destination_id, ship_date=row.ship_date + shift,
                price=row.price, qty=row.qty,
                sizes=[OrderSize(position=s.position, size_id=s.size_id, qty=s.qty) for s in row.sizes],
            )
        )  # fmt: skip
    flush_rows(ctx.session)
    record_save(ctx, new, "create", [("copied_from", None, order.number)], is_new=True)
    return new
