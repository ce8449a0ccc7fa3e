"""Actions on the documents of the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, Field, Registry, T
from plugins.warehouse.models import GoodsIn, Issue, Shipment
from plugins.warehouse.services import (
    goods,
    issue_lines,
    issue_sheet,
    issuing,
    shipping,
    shipping_lines,
)

Data = Mapping[str, Any]
ISSUE, GOODS_IN, SHIPMENT = issuing.ENTITY, goods.ENTITY, shipping.ENTITY
STAFF = ("wh", "mgr")


def _fill(ctx: Ctx, row: Issue, data: Data) -> Any:
    """Lines from the need: required − issued, as far as the store has it."""
    lines = issue_sheet.default_lines(ctx, row)
    issue_lines.save(ctx, row, lines)
    return T("{n} lines from the need.", n=len(lines))


def _fill_shipment(ctx: Ctx, row: Shipment, data: Data) -> Any:
    """Everything that is open and there."""
    shipping_lines.save(ctx, row, shipping_lines.default_cells(ctx, row))
    return T("{n} pieces are ready.", n=shipping_lines.pieces(row))


def _empty(ctx: Ctx, row: Any) -> bool:
    return not row.lines


def _filled(ctx: Ctx, row: Any) -> bool:
    return bool(row.lines)


def _fillable(ctx: Ctx, row: Issue) -> bool:
    return row.kind == "issue" and not row.lines


def _post_goods(ctx: Ctx, row: GoodsIn, data: Data) -> Any:
    return goods.post(ctx, row, data.get("over_reason") or "")


def register(registry: Registry) -> None:
    """Declare them."""
    for action in (*_issue(), *_goods_in(), *_shipment()):
        registry.action(action)


def _lines(entity: str, title: Any) -> Action:
    """The page where lines are typed; whoever may edit may use it."""
    return Action(
        entity, "lines", title, None, ("draft",), permission=f"{entity}.edit", link="lines", order=10
    )


def _reverse(entity: str, run: Any, states: tuple[str, ...]) -> Action:
    return Action(
        entity, "reverse", T("Reverse"), lambda ctx, row, data: run(ctx, row, data["reason"]), states, "reversed",
        roles=("mgr", "wh"), reason=True, tone="danger", order=80,
    )  # fmt: skip


def _cancel(entity: str, states: tuple[str, ...]) -> Action:
    return Action(
        entity, "cancel", T("Cancel the document"), lambda ctx, row, data: None, states, "cancelled", roles=STAFF,
        reason=True, tone="danger", order=85,
    )  # fmt: skip


def _issue() -> tuple[Action, ...]:
    return (
        _lines(ISSUE, T("Lines")),
        Action(ISSUE, "fill", T("Fill from the need"), _fill, ("draft",), permission=f"{ISSUE}.edit",
               visible=_fillable, order=12),
        Action(ISSUE, "post", T("Post"), lambda ctx, row, data: issuing.post(ctx, row), ("draft",), "posted", roles=STAFF,
               visible=_filled, tone="primary", order=5),
        _reverse(ISSUE, issuing.reverse, ("posted",)),
        _cancel(ISSUE, ("draft",)),
    )  # fmt: skip


def _goods_in() -> tuple[Action, ...]:
    return (
        _lines(GOODS_IN, T("Pieces")),
        Action(
            GOODS_IN, "post", T("Post"), _post_goods, ("draft",), "posted", roles=("wh", "qc", "mgr"), visible=_filled,
            tone="primary", order=5,
            fields=(
                Field("over_reason", T("Reason for more than allowed"), max_length=400,
                      help=T("Only where more came than ordered plus the tolerance; a manager may allow it.")),
            ),
        ),
        _reverse(GOODS_IN, goods.reverse, ("posted",)),
        _cancel(GOODS_IN, ("draft",)),
    )  # fmt: skip


def _shipment() -> tuple[Action, ...]:
    return (
        _lines(SHIPMENT, T("Pieces")),
        Action(SHIPMENT, "fill", T("Everything that is ready"), _fill_shipment, ("draft",),
               permission=f"{SHIPMENT}.edit", visible=_empty, order=12),
        Action(SHIPMENT, "confirm", T("Confirm (packed)"), lambda ctx, row, data: shipping.confirm(ctx, row),
               ("draft",), "confirmed", roles=STAFF, visible=_filled, tone="primary", order=5),
        Action(SHIPMENT, "unpack", T("Back to draft"), lambda ctx, row, data: None, ("confirmed",), "draft",
               roles=STAFF, order=70),
        Action(SHIPMENT, "ship", T("Ship"), lambda ctx, row, data: shipping.ship(ctx, row), ("confirmed",),
               "shipped", roles=STAFF, tone="primary", order=5, confirm=T("Have the goods left?")),
        Action(SHIPMENT, "invoice", T("Invoice number"),
               lambda ctx, row, data: shipping.invoice(ctx, row, data["invoice_no"]), ("shipped",),
               roles=("fin", "merch", "mgr"), order=20,
               fields=(Field("invoice_no", T("Invoice number"), required=True, max_length=80),)),
        Action(SHIPMENT, "close", T("Close"), lambda ctx, row, data: shipping.close(ctx, row), ("shipped",),
               "closed", roles=("fin", "merch", "mgr"), order=30),
        _reverse(SHIPMENT, shipping.reverse, ("shipped",)),
        _cancel(SHIPMENT, ("draft", "confirmed")),
    )  # fmt: skip
