"""Actions on purchase orders: who may do them in which state, what they ask, what runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, Declare, EntityName, Field, T
from kit.papers import cancel_action, copy_action
from plugins.purchasing.entities.lines import REPLACE, TABLE, held, wanted_lines
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lifecycle, lines, positions, revise
from plugins.purchasing.words import REPRICE

ORDER = EntityName("purchasing.order")
BUYERS = ("purch", "mgr")
Data = Mapping[str, Any]
LINE = Field("line", T("Line"), "int", required=True, min=1)


def _lines(ctx: Ctx, order: PurchaseOrder, data: Data) -> None:
    wanted = wanted_lines(ctx, order, data["lines"], replace=data["replace"])
    lines.save(ctx, order, wanted)


def _issue(ctx: Ctx, order: PurchaseOrder, data: Data) -> None:
    lifecycle.issue(ctx, order)


def _revise(ctx: Ctx, order: PurchaseOrder, data: Data) -> Any:
    wanted = wanted_lines(ctx, order, data["lines"], replace=data["replace"])
    made = revise.revise(ctx, order, wanted, data["reason"], reprice=data["reprice"] or "new")
    return T("Revision {n} is in force.", n=made.revision)


def _short_close(ctx: Ctx, order: PurchaseOrder, data: Data) -> Any:
    line = lifecycle.line_at(ctx, order, data["line"]) if data.get("line") else None
    return lifecycle.short_close(ctx, order, data["reason"], line)


def _reopen_line(ctx: Ctx, order: PurchaseOrder, data: Data) -> None:
    lifecycle.reopen_line(ctx, order, lifecycle.line_at(ctx, order, data["line"]))


def _close(ctx: Ctx, order: PurchaseOrder, data: Data) -> None:
    lifecycle.close(ctx, order)


def _cancel(ctx: Ctx, order: PurchaseOrder, data: Data) -> None:
    lifecycle.cancel(ctx, order)


def _copy(ctx: Ctx, order: PurchaseOrder, data: Data) -> PurchaseOrder:
    return lifecycle.copy(ctx, order)


def _complete(ctx: Ctx, order: PurchaseOrder) -> bool:
    """Everything came that was ordered."""
    came = positions.of_lines(ctx, [line.id for line in order.lines])
    return positions.progress(order.state, order.lines, came) == "received"


def _nothing(ctx: Ctx, row: Any, data: Data) -> None:
    return None


ACTIONS: tuple[Action, ...] = (
    Action(ORDER, "lines", T("Edit lines"), _lines, ("draft",), link="lines", permission=f"{ORDER}.edit", order=5,
           tone="primary", due=lambda ctx, order: not order.lines, edits=True, fields=(REPLACE,), tables=(TABLE,), held=held),
    Action(ORDER, "issue", T("Issue"), _issue, ("draft",), "issued", roles=BUYERS, tone="primary", order=10, batch="each"),
    Action(ORDER, "revise", T("Revise"), _revise, ("issued",), link="revise", roles=BUYERS, reason=True, order=20,
           fields=(REPLACE, Field("reprice", T("New prices apply to"), "choice", choices=REPRICE, default="new")),
           tables=(TABLE,)),
    Action(ORDER, "short_close", T("Short-close"), _short_close, ("issued",), roles=BUYERS, reason=True, order=30,
           fields=(Field("line", T("Line"), "int", min=1, help=T("Empty: every open line.")),)),
    Action(ORDER, "reopen_line", T("Reopen line"), _reopen_line, ("issued",), roles=BUYERS, reason=True, fields=(LINE,),
           visible=lambda ctx, order: any(line.short_closed for line in order.lines), order=35),
    Action(ORDER, "close", T("Close"), _close, ("issued",), "closed", roles=("purch", "fin", "mgr"),
           confirm=T("Close this order? Nothing more is expected of it."), tone="primary", due=_complete, order=60),
    Action(ORDER, "reopen", T("Reopen"), _nothing, ("closed",), "issued", roles=("mgr",), reason=True, order=65),
    copy_action(ORDER, _copy, order=40),
    cancel_action(ORDER, ("draft", "issued"), title=T("Cancel order"), run=_cancel, roles=BUYERS, order=90),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them."""
    for action in ACTIONS:
        registry.action(action)
