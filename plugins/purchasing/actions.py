"""Actions on purchase orders: who may do them in which state, what they ask, what runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, Field, Registry, T
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import inputs, lifecycle, lines, revise
from plugins.purchasing.words import REPRICE

ORDER = "purchasing.order"
BUYERS = ("purch", "mgr")
Data = Mapping[str, Any]
LINE = Field("line", T("Line"), "int", required=True, min=1)


def _never(ctx: Ctx, row: Any) -> bool:
    return False  # done on a page of its own, and from the command line


# --- orders --------------------------------------------------------------------------------------------------------------


def _enter(ctx: Ctx, order: PurchaseOrder, data: Data) -> Any:
    typed = inputs.from_text(ctx, data["text"])
    have = [] if data.get("replace") else lines.as_inputs(ctx, order.id)
    lines.save(ctx, order, [*have, *typed])
    return T("{n} lines were added.", n=len(typed))


def _issue(ctx: Ctx, order: PurchaseOrder, data: Data) -> None:
    lifecycle.issue(ctx, order)


def _revise(ctx: Ctx, order: PurchaseOrder, data: Data) -> Any:
    """``changes`` is text from the command line, or the lines as the grid has them."""
    wanted = (
        revise.parse(ctx, order, data["changes"]) if isinstance(data["changes"], str) else data["changes"]
    )
    made = revise.revise(ctx, order, wanted, data["reason"], reprice=data.get("reprice") or "new")
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


def _nothing(ctx: Ctx, row: Any, data: Data) -> None:
    return None


ACTIONS: tuple[Action, ...] = (
    Action(ORDER, "lines", T("Edit lines"), from_states=("draft",), link="lines", permission=f"{ORDER}.edit", order=5),
    Action(ORDER, "issue", T("Issue"), _issue, ("draft",), "issued", roles=BUYERS, tone="primary", order=10, batch=True),
    Action(ORDER, "revise_page", T("Revise"), from_states=("issued",), link="revise", permission=f"{ORDER}.revise",
           order=20),
    Action(ORDER, "revise", T("Revise as text"), _revise, ("issued",), roles=BUYERS, reason=True, visible=_never, order=21,
           fields=(
               Field("changes", T("Changes"), "long", required=True, max_length=20_000,
                     help=T("1: qty=450; 1: price=5.10; 2: required=2026-12-01; 3: available=dec")),
               Field("reprice", T("New prices apply to"), "choice", choices=REPRICE),
           )),
    Action(ORDER, "short_close", T("Short-close"), _short_close, ("issued",), roles=BUYERS, reason=True, order=30,
           fields=(Field("line", T("Line"), "int", min=1, help=T("Empty: every open line.")),)),
    Action(ORDER, "reopen_line", T("Reopen line"), _reopen_line, ("issued",), roles=BUYERS, reason=True, fields=(LINE,),
           visible=lambda ctx, order: any(line.short_closed for line in order.lines), order=35),
    Action(ORDER, "close", T("Close"), _close, ("issued",), "closed", roles=("purch", "fin", "mgr"),
           confirm=T("Close this order? Nothing more is expected of it."), order=60),
    Action(ORDER, "reopen", T("Reopen"), _nothing, ("closed",), "issued", roles=("mgr",), reason=True, order=65),
    Action(ORDER, "cancel", T("Cancel order"), _cancel, ("draft", "issued"), "cancelled", roles=BUYERS, reason=True,
           tone="danger", order=90),
    Action(ORDER, "enter", T("Enter lines as text"), _enter, ("draft",), permission=f"{ORDER}.edit", visible=_never,
           order=95, fields=(
               Field("text", T("Table from a spreadsheet"), "long", required=True, max_length=200_000),
               Field("replace", T("Replace the lines there are"), "bool"),
           )),
)  # fmt: skip


def register(registry: Registry) -> None:
    """Declare them; permissions that a page of its own needs come with the action it stands for."""
    for action in sorted(ACTIONS, key=lambda a: bool(a.permission)):
        registry.action(action)
