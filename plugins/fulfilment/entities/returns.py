"""Returns and settlements as core knows them: fields, columns, states, and what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Action, Column, Ctx, Declare, EntityType, Field, T
from kit.papers import cancel_action, reverse_action
from plugins.fulfilment.models import (
    GoodsReturn,
    ReturnLine,
    ReturnSize,
    Settlement,
    SettlementLine,
    SettlementSize,
)
from plugins.fulfilment.services import return_moves, returns, settling, starting
from plugins.fulfilment.words import BEARERS, CUSTOMER_ORDER, FATES, REMEDIES, RETURN, SETTLEMENT, SOURCES
from plugins.stock.api import (
    DAY,
    NOTES,
    POSTED_STATES,
    STORE,
    has_lines,
    lines_action,
    pieces_by_paper,
    stamps,
)

STAFF = ("wh", "merch", "mgr")
ORDER = Field("customer_order", T("Customer order"), "ref", ref=CUSTOMER_ORDER, required=True)


def _before(ctx: Ctx, row: Any, is_new: bool) -> None:
    """Maker, day; where goods come in, a store."""
    if is_new and isinstance(row, GoodsReturn):
        stamps.created(ctx, row)
    elif is_new:
        store = row.store
        stamps.created(ctx, row)
        row.store, row.store_id = store, store.id if store else None


RETURNS = EntityType(
    name=RETURN, model=GoodsReturn, label=T("Return of goods"), plural=T("Returns of goods"), key="number", title="",
    series="fulfilment_return", pattern="RG-{YYYY}-{0000}", states=POSTED_STATES,
    fields=(
        ORDER, DAY,
        Field("bearer", T("Who bears it"), "choice", choices=BEARERS, required=True),
        Field("remedy", T("The customer gets"), "choice", choices=REMEDIES, required=True),
        Field("fate", T("The goods"), "choice", choices=FATES, required=True),
        Field("source", T("Where they are"), "choice", choices=SOURCES, required=True, default="customer"),
        STORE, NOTES,
        Field("posted_by", T("Posted by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), "customer_order", "bearer", "remedy", "fate", "day",
        Column("state", T("State"), "state", attr="state"),
        Column("pieces", T("Pieces"), "int", sort=False,
               load=pieces_by_paper(ReturnLine, ReturnSize, ReturnSize.qty, "return_id")),
    ),
    filters=("customer_order", "bearer", "remedy", "fate", "day"), search=("number", "customer_order"), default_sort="-id",
    validate=returns.check_header, before_save=_before, edit_states=("draft",), edit_roles=STAFF, menu=("orders", 40),
    icon="return",
)  # fmt: skip

SETTLED = EntityType(
    name=SETTLEMENT, model=Settlement, label=T("Settlement of goods"), plural=T("Settlements of goods"), key="number", title="",
    series="fulfilment_settlement", pattern="SG-{YYYY}-{0000}", states=POSTED_STATES,
    fields=(
        ORDER, DAY,
        Field("store", T("Substitutes from"), "ref", ref="stock.store", help=T("Empty: the vendor sends them.")),
        NOTES,
        Field("posted_by", T("Posted by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), "customer_order", "day",
        Column("state", T("State"), "state", attr="state"),
        Column("pieces", T("Pieces"), "int", sort=False,
               load=pieces_by_paper(SettlementLine, SettlementSize, SettlementSize.qty, "settlement_id")),
    ),
    filters=("customer_order", "day"), search=("number", "customer_order"), default_sort="-id",
    validate=settling.check_header, before_save=_before, edit_states=("draft",), edit_roles=STAFF, menu=("orders", 50),
    icon="claim",
)  # fmt: skip

STARTED = ("confirmed", "closed")
ACTIONS: Sequence[Action] = (
    lines_action(RETURN, T("Pieces"), returns.save_payload, returns.TABLE, returns.check),
    Action(RETURN, "post", T("Post"), lambda ctx, row, data: returns.post(ctx, row), ("draft",), roles=STAFF,
           visible=has_lines, tone="primary", order=5),
    reverse_action(RETURN, lambda ctx, row, data: returns.reverse(ctx, row, data["reason"]), roles=("mgr", "wh")),
    cancel_action(RETURN, ("draft",), roles=STAFF),
    lines_action(SETTLEMENT, T("Pieces"), settling.save_payload, settling.TABLE, settling.check),
    Action(SETTLEMENT, "post", T("Post"), lambda ctx, row, data: settling.post(ctx, row), ("draft",), roles=("merch", "mgr"),
           visible=has_lines, tone="primary", order=5),
    reverse_action(SETTLEMENT, lambda ctx, row, data: settling.reverse(ctx, row, data["reason"]), roles=("merch", "mgr")),
    cancel_action(SETTLEMENT, ("draft",), roles=STAFF),
    Action(CUSTOMER_ORDER, "take_back", T("Return of goods"), lambda ctx, row, data: starting.new_return(row), STARTED,
           permission=f"{RETURN}.create", visible=starting.traded, order=45),
    Action(CUSTOMER_ORDER, "settle", T("Settle the rest"), lambda ctx, row, data: starting.settlement(ctx, row), ("confirmed",),
           permission=f"{SETTLEMENT}.create", visible=starting.traded, order=46),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them, and what they move."""
    registry.movement_kind(return_moves.MOVEMENT)
    registry.movement_kind(settling.MOVEMENT)
    registry.entity(RETURNS)
    registry.entity(SETTLED)
    for action in ACTIONS:
        registry.action(action)
