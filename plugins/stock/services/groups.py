"""Material groups (material × colour × size × destination): as need keys, as ledger items, and in words.

In the ledger a size is the oldest one with its code (:func:`size_ids`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, pick
from core.db import among
from core.values import shown_in
from plugins.catalog.api import Color, Destination, Key, Material
from plugins.catalog.api import size_codes as size_codes
from plugins.catalog.api import size_ids as size_ids

Item = ledger.Item


def item_of(key: Key, sizes: Mapping[str, int], lot: str = "", owner_id: int = 0) -> Item:
    """A group as ledger item; ``sizes`` comes from :func:`size_ids`."""
    return Item(
        kind="material", id=key.material, color_id=key.color or 0, size_id=sizes[key.size] if key.size else 0,
        dest_id=key.destination or 0, lot=lot, owner_id=owner_id,
    )  # fmt: skip


def garment(style_id: int, color_id: int, size_id: int, lot: str = "") -> Item:
    """Garments in the ledger: style, colour and size, whoever ordered them."""
    return Item("garment", style_id, color_id, size_id, lot=lot)


def key_of(item: Item, codes: Mapping[int, str]) -> Key:
    """The group of a ledger item, whatever its lot; ``codes`` comes from :func:`size_codes`."""
    return Key(item.id, item.color_id or None, codes.get(item.size_id) or None, item.dest_id or None)


@dataclass(frozen=True)
class GroupName:
    """A group in words."""

    material: str
    name: str
    color: str
    size: str
    destination: str
    uom: str
    step: Decimal

    def rounded(self, qty: Decimal) -> Decimal:
        """A quantity as it is shown: in steps of the unit, half a step up."""
        return shown_in(qty, self.uom, self.step)

    def takeable(self, qty: Decimal) -> Decimal:
        """As much of a quantity as can be typed: whole steps."""
        return shown_in(qty, self.uom, self.step, rounding=ROUND_DOWN)

    def __str__(self) -> str:
        return " ".join(part for part in (self.material, self.color, self.size, self.destination) if part)


def group_names(ctx: Ctx, keys: Iterable[Key]) -> dict[Key, GroupName]:
    """Groups in words, of materials that this person may see; three queries however many, once a page."""
    keys = list(keys)
    materials = ctx.memo.each(
        "stock.materials",
        {k.material for k in keys},
        lambda ids: {m.id: m for m in ctx.session.scalars(select(Material).where(among(Material.id, ids)))},
    )
    colors = codes_of(ctx, Color, {k.color for k in keys if k.color})
    places = codes_of(ctx, Destination, {k.destination for k in keys if k.destination})
    return {
        k: GroupName(
            materials[k.material].code, pick(materials[k.material].names, materials[k.material].name),
            colors.get(k.color or 0, ""), k.size or "", places.get(k.destination or 0, ""),
            materials[k.material].stock_uom, materials[k.material].stock_step,
        )
        for k in keys
        if k.material in materials
    }  # fmt: skip


def codes_of(ctx: Ctx, model: type[Color] | type[Destination], ids: Iterable[int]) -> dict[int, str]:
    """Codes by id; no query for none, one a page."""

    def fetch_names(wanted: list[int]) -> dict[int, str]:
        return dict(ctx.session.execute(select(model.id, model.code).where(among(model.id, wanted))).all())

    return ctx.memo.each(("stock.codes", model), ids, fetch_names)
