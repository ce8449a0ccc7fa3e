"""What inventory shows on other pages: the menu, the Hub page, materials and styles."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

from sqlalchemy import select

from core import ledger
from core.api import Alert, Ctx, NavItem, Panel, T, Tile
from plugins.catalog.api import Material
from plugins.inventory.services import balances, cards, garments
from plugins.inventory.words import MATERIAL, STYLE
from plugins.stock.api import labels

VIEW = "inventory.view"
BASE = "/inventory/stock"
LATEST = 12


def nav(ctx: Ctx) -> list[NavItem]:
    """The views."""
    if not ctx.can(VIEW):
        return []
    return [
        NavItem(T("Main materials"), f"{BASE}/main", "inventory", 10),
        NavItem(T("Trims"), f"{BASE}/trim", "inventory", 11),
        NavItem(T("Finished goods"), f"{BASE}/garments", "inventory", 12),
        NavItem(T("Ageing"), f"{BASE}/ageing", "inventory", 20),
        NavItem(T("Periods and proof"), f"{BASE}/periods", "inventory", 80),
    ]


def card_url(item: ledger.Item, figure: str = "on_hand", **more: Any) -> str:
    """Address of the stock card behind a figure of an item (all its lots). Made by hand: a page has a thousand of them."""
    asked = f"kind={item.kind}&id={item.id}"
    for name, number in (("color", item.color_id), ("size", item.size_id), ("dest", item.dest_id)):
        if number:
            asked += f"&{name}={number}"
    if item.lot:
        asked += f"&lot={quote_plus(item.lot)}"
    asked += f"&show={figure}"
    for name, value in more.items():
        if value not in (0, "", None):
            asked += f"&{name}={quote_plus(str(value))}"
    return f"{BASE}/card?{asked}"


def _low(ctx: Ctx) -> list[Any]:
    """What is short, read once for all parts of a page."""
    return ctx.memo.once("inventory.low", lambda: balances.low_stock(ctx))


def alerts(ctx: Ctx) -> list[Alert]:
    """Materials below their safety stock; faults found in the figures."""
    if not ctx.can(VIEW):
        return []
    found = []
    low = _low(ctx)
    if low:
        names = ", ".join(row[1] for row in low[:5]) + (" …" if len(low) > 5 else "")
        found.append(
            Alert(
                T("{n} materials are below their safety stock: {names}", n=len(low), names=names),
                f"{BASE}/low",
            )
        )
    proof = ledger.last_verified(ctx)
    if proof is not None and proof.faults:
        found.append(
            Alert(T("The stock figures have {n} faults.", n=proof.faults), f"{BASE}/periods", "bad", 5)
        )
    return found


def tiles(ctx: Ctx) -> list[Tile]:
    """How many materials are short."""
    if not ctx.can(VIEW):
        return []
    low = len(_low(ctx))
    return [Tile(T("Below safety stock"), low, f"{BASE}/low", "warn" if low else "good", 60, "inventory")]


def tab(ctx: Ctx) -> list[Panel]:
    """The tab of the Hub page: what is short, and the latest movements."""
    if not ctx.can(VIEW):
        return []

    def values() -> dict[str, Any]:
        low = _low(ctx)
        moves = ledger.movements(ctx, limit=LATEST)
        called = ledger.names(ctx, [m.item for m in moves], [p for m in moves for p in (m.source, m.target)])
        return {
            "low": low[:LATEST], "low_total": len(low), "moves": moves, "called": called,
            "words": {m.kind: labels.movement(ctx, m.kind) for m in moves},
            "numbers": cards.document_numbers(ctx, moves), "base": BASE, "card_url": card_url,
            "proof": ledger.last_verified(ctx),
        }  # fmt: skip

    return [Panel(T("Stock"), "inventory/hub.html", values, place="tab:inventory", order=30)]


def panels(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """Stock on the page of a material or a style."""
    if not ctx.can(VIEW):
        return []
    if entity == MATERIAL:
        found = balances.materials(ctx, "", material_ids=[row.id])
        values = {"found": found, "card_url": card_url, "base": BASE, "asked": {}}
        return [Panel(T("Stock"), "inventory/material_panel.html", values, order=30)] if found.rows else []
    if entity == STYLE:
        tables, total = garments.garment_balances(ctx, style_ids=[row.id])
        values = {"tables": tables, "figure": "on_hand", "card_url": card_url, "on": None, "store": None}
        return [Panel(T("Stock"), "inventory/garment_panel.html", values, order=30)] if total else []
    return []


def material_class(ctx: Ctx, material_id: int) -> str:
    """Main or trim, for the way back to a list."""
    found = ctx.session.scalar(select(Material.material_class).where(Material.id == material_id))
    return str(found or "main")
