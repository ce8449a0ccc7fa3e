"""Actions on factory orders, declared once: who may do them in which state, what they ask, what runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.api import Action, Ctx, Declare, EntityName, Field, Refused, T
from kit.papers import cancel_action
from plugins.catalog.api import FACTORY_PRICES
from plugins.outsourcing.entities import consolidation, contract_actions
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import (
    editor,
    lifecycle,
    lines,
    payloads,
    prices,
    revise,
    rows,
    transfers,
    work,
)

ENTITY = EntityName("outsourcing.order")
DECISIONS = (
    ("remove", T("Remove the line")),
    ("stock", T("Keep as stock")),
    ("short_close", T("Short-close the line")),
)
LINE = Field("line", T("Line"), "int", required=True, min=1)
Data = Mapping[str, Any]


def _add_work(ctx: Ctx, order: FactoryOrder, data: Data) -> Any:
    added = work.add_work(ctx, order, payloads.picks(data["work"]), data["share"] or 100)
    return T("{n} lines were added.", n=len(added))


def _set_price(ctx: Ctx, order: FactoryOrder, data: Data) -> None:
    if data.get("line"):
        line = rows.line_at(ctx, order, data["line"])
        prices.set_line_price(ctx, order, line, data.get("price"), data.get("reason") or "")
    elif data.get("style") is not None:
        if data.get("price") is None:
            raise Refused(T("This is needed."), "price")
        prices.set_style_price(ctx, order, data["style"], data["price"], data.get("reason") or "")
    else:
        raise Refused(T("Say which style, or which line."), "style")


def _set_quantities(ctx: Ctx, order: FactoryOrder, data: Data) -> None:
    lines.set_quantities(ctx, order, data["line"], data["sizes"], data["pieces"])


def _remove_line(ctx: Ctx, order: FactoryOrder, data: Data) -> None:
    lines.remove(ctx, order, data["line"])


def _revise(ctx: Ctx, order: FactoryOrder, data: Data) -> Any:
    made = revise.revise(ctx, order, payloads.wanted(data), data["reason"], data["reprice"] or "all")
    return T("Revision {n} is in force. The contract must be made and signed anew.", n=made.revision)


def _complete(ctx: Ctx, order: FactoryOrder, data: Data) -> None:
    lifecycle.complete(ctx, order, data.get("statement") or "")


def _short_close(ctx: Ctx, order: FactoryOrder, data: Data) -> None:
    lifecycle.short_close(ctx, order, rows.line_at(ctx, order, data["line"]) if data.get("line") else None)


def _decide_line(ctx: Ctx, order: FactoryOrder, data: Data) -> None:
    position = data["line"]
    if data["decision"] == "stock":
        lines.keep_as_stock(ctx, order, position)
        return
    line = rows.line_at(ctx, order, position)
    if line.flag != lines.CANCELLED:
        raise Refused(T("The customer order of line {line} is not cancelled.", line=position), "line")
    if data["decision"] == "remove":
        if order.state == "draft":
            lines.remove(ctx, order, position)
        else:
            revise.drop_line(ctx, order, position, data["reason"])
    else:
        if order.state != "in_production":
            raise Refused(T("Nothing is in production yet: remove the line instead."), "decision")
        ctx.require(f"{ENTITY}.short_close")
        lifecycle.short_close(ctx, order, line)


def _flagged(ctx: Ctx, order: FactoryOrder) -> bool:
    return bool(lines.undecided(rows.lines(ctx, order)))


def _transfer(ctx: Ctx, order: FactoryOrder, data: Data) -> Any:
    refund, deposit = transfers.transfer(
        ctx, order, data["to"], data.get("amount"), data.get("rate"), data.get("paid_on")
    )
    return T("{refund} and {deposit} were posted.", refund=refund.number, deposit=deposit.number)


def register(registry: Declare) -> None:
    """Declare them, and the rights that only widen what an action may do."""
    registry.permission(f"{ENTITY}.approve", T("Approve factory orders under the four-eyes rule"), ("mgr",))
    registry.permission(f"{ENTITY}.over_allocate", T("Send out more than the customer ordered"), ("mgr",))
    registry.permission(f"{ENTITY}.close_unpaid", T("Close factory orders that are not fully paid"), ("mgr",))
    for action in (*_draft_actions(), *_state_actions(), *contract_actions.actions()):
        registry.action(action)
    consolidation.register(registry)


def _draft_actions() -> tuple[Action, ...]:
    draft, merch = ("draft",), ("merch", "mgr")
    return (
        Action(
            ENTITY, "add_work", T("Add work"), _add_work, draft, roles=merch, link="add-work", tone="primary", order=10,
            due=lambda ctx, order: not order.qty,
            fields=(Field("share", T("Share of what is left"), "int", min=1, max=100, suffix="%"),),
            tables=(payloads.WORK,),
        ),
        Action(
            ENTITY, "edit_lines", T("Quantities and prices"), editor.save, draft,
            permission=f"{ENTITY}.edit", link="lines", order=12, edits=True,
            tables=(payloads.DRAFT_PRICES, payloads.DRAFT_LINES),
        ),
        Action(
            ENTITY, "set_price", T("Set a price"), _set_price, draft, roles=merch, button=False,
            fields=(
                Field("style", T("Style"), "ref", ref="catalog.style"),
                Field("line", T("Line"), "int", min=1, help=T("A price of its own for one line needs a reason.")),
                Field("price", T("Factory price"), "price", min=0, sees=FACTORY_PRICES),
                Field("reason", T("Reason"), max_length=400),
            ),
        ),
        Action(
            ENTITY, "set_quantities", T("Set quantities"), _set_quantities, draft, roles=merch, button=False,
            fields=(
                LINE,
                Field("pieces", T("Total"), "int", min=0, help=T("Empty: whatever the sizes add up to.")),
            ),
            tables=(replace(payloads.SIZES, required=True),),
        ),
        Action(
            ENTITY, "remove_line", T("Remove a line"), _remove_line, draft, roles=merch, button=False, fields=(LINE,),
        ),
    )  # fmt: skip


def _state_actions() -> tuple[Action, ...]:
    return (
        Action(
            ENTITY, "issue", T("Issue"), lambda ctx, order, data: lifecycle.issue(ctx, order), ("draft",), "issued",
            roles=("merch", "mgr"), confirm=T("Issue to the factory? Lines are locked from then on."), tone="primary",
            order=20,
        ),
        Action(
            ENTITY, "withdraw", T("Withdraw"), lambda ctx, order, data: lifecycle.withdraw(ctx, order), ("issued",),
            "draft", roles=("merch", "mgr"), confirm=T("Take it back to draft? Contracts made so far become void."),
            order=60,
        ),
        Action(
            ENTITY, "revise", T("Revise"), _revise, ("issued", "in_production"), roles=("merch", "mgr"), reason=True,
            link="revise", order=40, tables=(payloads.STYLE_PRICES, payloads.LINES),
            fields=(
                Field("reprice", T("New prices hold for"), "choice", default="all",
                      choices=(("all", T("All pieces")), ("new", T("New receipts only")))),
            ),
        ),
        Action(
            ENTITY, "start", T("Start production"), lambda ctx, order, data: lifecycle.start(ctx, order), ("issued",),
            "in_production", roles=("prod", "mgr"), confirm=T("Has cutting started?"), tone="primary", order=30,
        ),
        Action(
            ENTITY, "complete", T("Complete"), _complete, ("in_production",), "completed", roles=("prod", "mgr"),
            order=30, tone="primary",
            fields=(
                Field("statement", T("Who confirmed it"), "long", max_length=2000,
                      help=T("Who confirmed that everything is made; needed where goods-in is not recorded here.")),
            ),
        ),
        Action(
            ENTITY, "short_close", T("Short-close"), _short_close, ("in_production",), roles=("mgr",), reason=True,
            tone="danger", order=70,
            fields=(Field("line", T("Line"), "int", min=1, help=T("Empty: everything that has not come.")),),
        ),
        Action(
            ENTITY, "close", T("Close"), lambda ctx, order, data: lifecycle.close(ctx, order), ("completed",), "closed",
            roles=("fin", "mgr"), confirm=T("Close it? Nothing can be changed afterwards."), tone="primary", order=30,
        ),
        cancel_action(ENTITY, ("draft", "issued"), title=T("Cancel the order"), roles=("mgr",), order=80,
                      run=lambda ctx, order, data: lifecycle.cancel(ctx, order)),
        Action(
            ENTITY, "reopen", T("Reopen"), lifecycle.reopen, ("in_production", "completed", "closed", "cancelled"),
            roles=("mgr",), reason=True, order=75,
        ),
        Action(
            ENTITY, "decide_line", T("Decide on a cancelled order"), _decide_line, ("draft", "issued", "in_production"),
            roles=("merch", "mgr"), reason=True, visible=_flagged, tone="primary", order=15,
            fields=(LINE, Field("decision", T("Decision"), "choice", required=True, choices=DECISIONS)),
        ),
        Action(
            ENTITY, "transfer", T("Move the deposit"), _transfer, ("cancelled",), roles=("fin", "mgr"), order=30,
            fields=(
                Field("to", T("To factory order"), "ref", required=True, ref=ENTITY),
                Field("amount", T("Amount"), "money", help=T("Empty: all that is refundable."), sees=FACTORY_PRICES),
                Field("rate", T("Rate"), "rate", help=T("Empty: the rate of the day.")),
                Field("paid_on", T("Date"), "date", fact=True, default=lambda ctx: ctx.today()),
            ),
        ),
    )  # fmt: skip
