"""What people call items and places of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, T, Text
from core.db import among
from plugins.catalog.api import Color, Destination, Material, Partner, Style
from plugins.stock.models import Store
from plugins.stock.services import groups

STORE_WORDS = {
    "store": T("store {code}"),
    "reserved": T("store {code} (reserved)"),
    "inspection": T("inspection of {code}"),
    "rejected": T("rejected goods of {code}"),
    "transit": T("on the way to {code}"),
}
PARTNER_WORDS = {
    "scrap": T("written off at {code}"),
    "supplier": T("supplier {code}"),
    "customer": T("customer {code}"),
}


def stock_label_names(
    ctx: Ctx, items: Sequence[ledger.Item], places: Sequence[ledger.Place]
) -> list[ledger.Named]:
    """Items as ``FAB-OXF LBL`` with their unit, places by store or partner. At most seven queries."""
    return [*_items(ctx, items), *_places(ctx, places)]


def _items(ctx: Ctx, items: Sequence[ledger.Item]) -> list[ledger.Named]:
    materials = {i.id for i in items if i.kind == "material"}
    styles = {i.id for i in items if i.kind == "garment"}
    units: dict[tuple[str, int], tuple[str, str, Decimal | None]] = {}
    if materials:
        for number, code, unit, step in ctx.session.execute(
            select(Material.id, Material.code, Material.stock_uom, Material.stock_step).where(
                among(Material.id, materials)
            )
        ):
            units["material", number] = (code, unit, step)
    if styles:
        for number, code, unit in ctx.session.execute(
            select(Style.id, Style.code, Style.unit).where(among(Style.id, styles))
        ):
            units["garment", number] = (code, unit, None)
    colors = groups.codes_of(ctx, Color, {i.color_id for i in items if i.color_id})
    sizes = groups.size_codes(ctx, {i.size_id for i in items})
    ports = groups.codes_of(ctx, Destination, {i.dest_id for i in items if i.dest_id})
    found = []
    for item in items:
        if (item.kind, item.id) in units:
            code, unit, own = units[item.kind, item.id]
            parts = (code, colors.get(item.color_id), sizes.get(item.size_id), ports.get(item.dest_id))
            name = " ".join(part for part in parts if part)
            found.append(ledger.Named(item, f"{name} [{item.lot}]" if item.lot else name, unit, own))
    return found


def _places(ctx: Ctx, places: Sequence[ledger.Place]) -> list[ledger.Named]:
    stores = {p.id for p in places if p.kind in STORE_WORDS}
    codes: dict[int, str] = {}
    if stores:
        codes = dict(ctx.session.execute(select(Store.id, Store.code).where(among(Store.id, stores))).all())
    found = [
        ledger.Named(p, str(STORE_WORDS[p.kind].with_values(code=codes[p.id])))
        for p in places
        if p.kind in STORE_WORDS and p.id in codes
    ]
    return found + of_partners(ctx, places, PARTNER_WORDS)


def of_partners(ctx: Ctx, places: Sequence[ledger.Place], words: Mapping[str, Text]) -> list[ledger.Named]:
    """Places of these kinds that are a partner's, by the partner's code. One query, none where there are none."""
    partners = {p.id for p in places if p.kind in words and p.id}
    codes: dict[int, str] = {}
    if partners:
        codes = dict(
            ctx.session.execute(select(Partner.id, Partner.code).where(among(Partner.id, partners))).all()
        )
    return [
        ledger.Named(p, str(words[p.kind].with_values(code=codes[p.id])))
        for p in places
        if p.kind in words and p.id in codes
    ]


def movement(ctx: Ctx, kind: str) -> Text | str:
    """What a kind of movement is called; one that no loaded plugin declares any more by its code."""
    declared = ctx.registry.movement_kinds.get(kind)
    return declared.label if declared is not None else kind
