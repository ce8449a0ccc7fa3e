"""Receipts and returns to suppliers as core knows them. They are made on the receiving sheet and from a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core import ledger
from core.api import Column, Ctx, Declare, EntityType, Field, T
from core.db import among
from plugins.catalog.api import SUPPLIER_PRICES
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.receiving.models import Receipt, ReceiptLine, SupplierReturn
from plugins.receiving.shown import figures
from plugins.receiving.words import RECEIPT, RECEIPT_STATES, RETURN, RETURN_KINDS

STORE_ROLES = ("wh", "purch", "mgr")


def _orders(ctx: Ctx, rows: Sequence[Receipt]) -> Mapping[int, Any]:
    """Numbers of the orders each receipt is against."""
    found: dict[int, list[str]] = {row.id: [] for row in rows}
    for receipt_id, number in ctx.session.execute(
        select(ReceiptLine.receipt_id, PurchaseOrder.number)
        .join(
            PurchaseLine,
            (PurchaseLine.id == ReceiptLine.line_id) & (PurchaseLine.tenant_id == ReceiptLine.tenant_id),
        )
        .join(
            PurchaseOrder,
            (PurchaseOrder.id == PurchaseLine.order_id) & (PurchaseOrder.tenant_id == PurchaseLine.tenant_id),
        )
        .where(among(ReceiptLine.receipt_id, found))
        .distinct()
        .order_by(PurchaseOrder.number)
    ):
        found[receipt_id].append(number)
    return {k: ", ".join(v[:3]) + (" …" if len(v) > 3 else "") for k, v in found.items()}


def _waiting(ctx: Ctx, rows: Sequence[Receipt]) -> Mapping[int, Any]:
    """A badge on posted receipts of which something waits for inspection."""
    waiting = set(
        ctx.session.scalars(
            select(ReceiptLine.receipt_id)
            .where(
                among(ReceiptLine.receipt_id, [r.id for r in rows if r.inspect and r.state == "posted"]),
                ReceiptLine.received > ReceiptLine.accepted + ReceiptLine.rejected,
            )
            .distinct()
        )
    )
    return {r.id: (T("Pending inspection"), "warn") if r.id in waiting else None for r in rows}


def _register_receipt(registry: Declare) -> None:
    registry.entity(
        EntityType(
            name=RECEIPT, model=Receipt, label=T("Material receipt"), plural=T("Material receipts"), key="number",
            title="delivery_note", series="receipt", pattern="RC-{YYYY}-{0000}", states=RECEIPT_STATES,
            edit_states=("draft",), twins=(("delivery_note", "supplier"),),
            fields=(
                Field("supplier", T("Supplier"), "ref", ref="catalog.partner", readonly=True),
                Field("received_on", T("Received on"), "date", fact=True, readonly=True),
                Field("delivery_note", T("Delivery note"), max_length=80),
                Field("store", T("Store"), "ref", ref="stock.store", readonly=True),
                Field("inspect", T("Inspection before use"), "bool", readonly=True),
                Field("posted_by", T("Posted by"), readonly=True),
                Field("notes", T("Notes"), "long", wide=True, max_length=2000),
            ),
            columns=(
                Column("number", T("Number"), "text", attr="number"),
                "supplier", "received_on",
                Column("state", T("State"), "state", attr="state"),
                Column("waiting", T("Inspection"), "badge", load=_waiting, sort=False),
                "delivery_note",
                Column("orders", T("Purchase orders"), "text", load=_orders, sort=False),
                "store",
            ),
            filters=("supplier", "received_on", "store"), search=("number", "delivery_note", "supplier"), default_sort="-id",
            figures=figures.receipt_figures, sees=dict.fromkeys(("price", "amount"), SUPPLIER_PRICES),
            edit_roles=STORE_ROLES, creatable=False, menu=("purchasing", 40),
            icon="receipt",
        )
    )  # fmt: skip
    registry.permission(f"{RECEIPT}.create", T("Write material receipts"), STORE_ROLES)
    registry.permission(f"{RECEIPT}.over", T("Take more material than the tolerance allows"), ("mgr",))


def _register_return(registry: Declare) -> None:
    registry.entity(
        EntityType(
            name=RETURN, model=SupplierReturn, label=T("Return to supplier"), plural=T("Returns to suppliers"),
            key="number", title="", series="supplier_return", pattern="SR-{YYYY}-{0000}", states=RECEIPT_STATES,
            edit_states=("draft",),
            fields=(
                Field("supplier", T("Supplier"), "ref", ref="catalog.partner", readonly=True),
                Field("receipt", T("Material receipt"), "ref", ref=RECEIPT, readonly=True),
                Field("kind", T("For"), "choice", choices=RETURN_KINDS, readonly=True),
                Field("returned_on", T("Returned on"), "date", fact=True, readonly=True),
                Field("posted_by", T("Posted by"), readonly=True),
                Field("notes", T("Notes"), "long", wide=True, max_length=2000),
            ),
            columns=(
                Column("number", T("Number"), "text", attr="number"),
                "supplier", "receipt", "kind", "returned_on",
                Column("state", T("State"), "state", attr="state"),
            ),
            filters=("supplier", "kind", "returned_on"), search=("number",), default_sort="-id",
            figures=figures.return_figures, edit_roles=STORE_ROLES, creatable=False, menu=("purchasing", 50),
            icon="return",
        )
    )  # fmt: skip
    registry.permission(f"{RETURN}.create", T("Write returns to suppliers"), STORE_ROLES)


def register(registry: Declare) -> None:
    """Declare receipts and returns, and what they post."""
    registry.movement_kind(ledger.MovementKind("receipt", T("Receipt")))
    registry.movement_kind(ledger.MovementKind("supplier_return", T("Return to supplier")))
    _register_receipt(registry)
    _register_return(registry)
