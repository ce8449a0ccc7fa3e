"""What people call items and places of the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.api import Ctx, T, Text, among, ledger
from plugins.catalog.models import Color, Destination, Material, Partner, Style
from plugins.stock import groups
from plugins.stock.models import Store

STORE_WORDS = {
    "store": T("store {code}"),
    "reserved": T("store {code} (reserved)"),
    "inspection": T("inspection of {code}"),
    "rejected": T("rejected goods of {code}"),
    "transit": T("on the way to {code}"),
}
BOOK_WORDS = {
    "used": T("used at {code}, by standard"),
    "variance": T("used at {code}, beside the standard"),
    "output": T("production of {code}"),
}
"""What is booked against a factory in the outside place ``adjustment``, by the first part of its ``sub``."""
PARTNER_WORDS = {
    "factory": T("factory {code}"),
    "scrap": T("written off at {code}"),
    "supplier": T("supplier {code}"),
    "customer": T("customer {code}"),
}


def names(ctx: Ctx, items: Sequence[ledger.Item], places: Sequence[ledger.Place]) -> list[ledger.Named]:
    """Items as ``FAB-OXF LBL`` with their unit, places by store or partner. At most seven queries."""
    return [*_items(ctx, items), *_places(ctx, places)]


def _items(ctx: Ctx, items: Sequence[ledger.Item]) -> list[ledger.Named]:
    materials = {i.id for i in items if i.kind == "material"}
    styles = {i.id for i in items if i.kind == "garment"}
    units: dict[tuple[str, int], tuple[str, str]] = {}
    if materials:
        for row in ctx.session.execute(
            select(Material.id, Material.code, Material.stock_uom).where(among(Material.id, materials))
        ):
            units["material", row[0]] = (row[1], row[2])
    if styles:
        for row in ctx.session.execute(
            select(Style.id, Style.code, Style.unit).where(among(Style.id, styles))
        ):
            units["garment", row[0]] = (row[1], row[2])
    colors = groups.codes_of(ctx, Color, {i.color_id for i in items if i.color_id})
    sizes = groups.size_codes(ctx, {i.size_id for i in items})
    ports = groups.codes_of(ctx, Destination, {i.dest_id for i in items if i.dest_id})
    found = []
    for item in items:
        if (item.kind, item.id) in units:
            code, unit = units[item.kind, item.id]
            parts = (code, colors.get(item.color_id), sizes.get(item.size_id), ports.get(item.dest_id))
            name = " ".join(part for part in parts if part)
            found.append(ledger.Named(item, f"{name} [{item.lot}]" if item.lot else name, unit))
    return found


def _places(ctx: Ctx, places: Sequence[ledger.Place]) -> list[ledger.Named]:
    stores = {p.id for p in places if p.kind in STORE_WORDS}
    partners = {p.id for p in places if _word(p) is not None and p.kind not in STORE_WORDS and p.id}
    code: dict[tuple[bool, int], str] = {}
    if stores:
        for row in ctx.session.execute(select(Store.id, Store.code).where(among(Store.id, stores))):
            code[True, row[0]] = row[1]
    if partners:
        for row in ctx.session.execute(select(Partner.id, Partner.code).where(among(Partner.id, partners))):
            code[False, row[0]] = row[1]
    found = []
    for p in places:
        word, name = _word(p), code.get((p.kind in STORE_WORDS, p.id))
        if word is not None and name is not None:
            found.append(ledger.Named(p, str(word.with_values(code=name))))
    return found


def _word(place: ledger.Place) -> Text | None:
    if place.kind == "adjustment":
        return BOOK_WORDS.get(place.sub.split(":")[0])
    if place.kind == "scrap" and not place.sub:
        return None  # nobody's
    return STORE_WORDS.get(place.kind) or PARTNER_WORDS.get(place.kind)
