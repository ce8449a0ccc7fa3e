"""The life of a factory order: issue, withdraw, start, complete, short-close, close, cancel, reopen.

Right, state, version and the vetoes of other plugins have been checked before these run (core's transitions); the state that
the action declares is set when they are done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from core.api import Ctx, Problem, Refused, T, Text, audit_history, enter_state, note_changes
from plugins.outsourcing.models import Contract, FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.outsourcing.services import allocation, amounts, checks, paid, quantities, rows, snapshot
from plugins.outsourcing.words import FACTORY_ORDER

PREVIOUS = {
    "in_production": ("issued",),
    "completed": ("in_production",),
    "closed": ("completed",),
    "cancelled": ("draft", "issued"),
}
"""Where reopening may lead."""


def issue(ctx: Ctx, order: FactoryOrder) -> None:
    """Send the factory order out: every guard, then the snapshot. Raises Refused with all reasons."""
    found = rows.lines(ctx, order)
    allocation.lock(ctx, {line.customer_order_id for line in found})
    problems = checks.for_issue(ctx, order, found)
    if problems:
        raise Refused(problems)
    order.issue_date = order.issue_date or ctx.today()
    snapshot.keep_snapshot(ctx, order)


def withdraw(ctx: Ctx, order: FactoryOrder) -> None:
    """Back to draft: the snapshot is dropped, the revision rises, contracts made so far are void."""
    problems = checks.for_withdraw(ctx, order)
    if problems:
        raise Refused(problems)
    void_contracts(ctx, order)
    snapshot.drop(order)
    order.issue_date = None
    order.revision += 1


def void_contracts(ctx: Ctx, order: FactoryOrder) -> None:
    """Contracts in force are void; files stay in the history. A factory order that had one shows "void"."""
    found = ctx.session.scalars(
        select(Contract).where(
            Contract.order_id == order.id, Contract.status.in_(("preparing", "generated", "signed"))
        )
    ).all()
    for contract in found:
        contract.status = "void"
    if found or order.contract_status not in ("none", "void"):
        note_changes(ctx, order, ("contract_status", order.contract_status, "void"))
        order.contract_status = "void"


def start(ctx: Ctx, order: FactoryOrder) -> None:
    """Production starts (開裁). The material gate of other plugins has been asked; the contract only where required."""
    if ctx.setting("outsourcing.require_signed_contract", False) and order.contract_status != "signed":
        raise Refused(T("The contract is not signed yet."))
    order.started_on = order.started_on or ctx.today()


def complete(ctx: Ctx, order: FactoryOrder, statement: str = "") -> None:
    """All lines are made. Accepted quantities decide where a plugin records them; else somebody says so in words."""
    problems = checks.unfinished(ctx, order, rows.lines(ctx, order))
    if problems:
        raise Refused([*problems, Problem(T("A manager may short-close what will not come."))])
    if problems is None and not statement:
        raise Refused(
            T("Nobody records goods-in here: say who confirmed that everything has been made."), "statement"
        )
    if statement:
        note_changes(ctx, order, ("statement", None, statement))


def short_close(ctx: Ctx, order: FactoryOrder, line: FactoryOrderLine | None = None) -> None:
    """What has not come will not come: the rest is released for other factory orders.

    Without ``line`` every unfinished line is closed and the factory order is completed; with ``line`` only that one.
    """
    problems = checks.four_eyes(ctx, order)
    if problems:
        raise Refused(problems)
    lines = [line] if line is not None else rows.lines(ctx, order)
    if line is not None and line.short_closed:
        raise Refused(T("Line {line} is short-closed already.", line=line.position), "line")
    came = rows.accepted(ctx, [order.id]) or {}
    cells = rows.by_line(rows.cells(ctx, [order.id]))
    released = []
    for each in lines:
        left = {
            (c.color_id, c.size_id): came.get((each.id, c.color_id, c.size_id), 0)
            for c in cells.get(each.id, [])
        }
        short = 0
        for cell in cells.get(each.id, []):
            done = min(cell.qty, left[(cell.color_id, cell.size_id)])
            left[(cell.color_id, cell.size_id)] -= done
            if cell.qty - done:
                released.append(
                    {"tenant_id": ctx.session.tenant_id, "id": cell.id, "released": cell.qty - done}
                )
                short += cell.qty - done
        if short:
            each.short_closed, each.short_closed_on = True, ctx.today()
            if each.flag == "cancelled":
                each.flag = ""
            note_changes(ctx, order, (f"line {each.position} short-closed", each.qty, each.qty - short))
    if released:
        ctx.session.execute(update(FactoryOrderSize), released)
    rows.factory_order_changed(ctx, order)
    amounts.refresh(ctx, order)
    if line is None:
        enter_state(ctx, order, "completed")


def close(ctx: Ctx, order: FactoryOrder) -> None:
    """Read-only from here. Paid must equal payable, unless a manager closes."""
    money = paid.of_order(ctx, order)
    if money.balance and not ctx.can("outsourcing.order.close_unpaid"):
        raise Refused(
            T("Paid {paid} is not payable {payable} {currency}. Only a manager may close now.",
              paid=money.paid, payable=money.payable, currency=order.currency)
        )  # fmt: skip
    if money.balance:
        note_changes(ctx, order, ("open balance", None, money.balance))


def cancel(ctx: Ctx, order: FactoryOrder) -> None:
    """Not made after all: its pieces are free again, what was paid shows as refundable."""
    problems = checks.for_cancel(ctx, order)
    if problems:
        raise Refused(problems)


def reopen(ctx: Ctx, order: FactoryOrder, data: Mapping[str, Any]) -> Text:
    """Back to the state before, as the audit trail knows it. A cancelled one must still fit what was ordered."""
    before = previous_state(ctx, order)
    if before == "issued" and order.state == "in_production" and checks.accepted_total(ctx, order.id):
        raise Refused(T("{n} finished pieces have come in.", n=checks.accepted_total(ctx, order.id)))
    if order.state == "cancelled" and before == "issued":
        found = rows.lines(ctx, order)
        allocation.lock(ctx, {line.customer_order_id for line in found})
        problems = checks.for_issue(ctx, order, found)
        if problems:
            raise Refused(problems)
    if order.state == "completed":
        tenant = ctx.session.tenant_id
        taken_back = [c for c in rows.cells(ctx, [order.id]) if c.released]
        ids = [c.id for c in taken_back]
        if ids:
            wanted = {(c.order_line_id, c.size_id): c.qty for c in taken_back}
            excess = [] if ctx.can(quantities.OVER) else allocation.excess(ctx, wanted, order_id=order.id)
            if excess:
                raise Refused(allocation.problems(ctx, excess))
            ctx.session.execute(
                update(FactoryOrderSize), [{"tenant_id": tenant, "id": i, "released": 0} for i in ids]
            )
        for line in rows.lines(ctx, order):
            line.short_closed, line.short_closed_on = False, None
        rows.factory_order_changed(ctx, order)
        amounts.refresh(ctx, order)
    if before == "issued":
        order.started_on = None
    enter_state(ctx, order, before)
    return T("{number} is as it was before.", number=order.number)


def previous_state(ctx: Ctx, order: FactoryOrder) -> str:
    """The state before the present one was reached, going by the audit trail, else the usual one."""
    possible = PREVIOUS[order.state]
    for entry in audit_history(ctx, FACTORY_ORDER, order.id, 500):
        if entry.to_state == order.state and entry.action != "reopen" and entry.from_state in possible:
            return entry.from_state
    return possible[-1] if order.issue_date else possible[0]
