"""Material groups (material × colour × size × destination): as need keys, as ledger items, and in words.

A size of a material is known by its code: a label "S" serves every run that has an S. In the ledger it is the id of the
oldest size with that code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx, among, ledger, pick
from plugins.catalog.models import Color, Destination, Material, Size
from plugins.catalog.services import Key

Item = ledger.Item


def size_ids(ctx: Ctx, codes: Iterable[str]) -> dict[str, int]:
    """The size id that stands for each code in the ledger; unknown codes are left out. At most one query."""

    def read(missing: list[str]) -> dict[str, int]:
        wanted = select(Size.code, func.min(Size.id)).where(Size.code.in_(missing)).group_by(Size.code)
        return dict(ctx.session.execute(wanted).all())

    return ctx.memo.each("stock.sizes", (code for code in codes if code), read)


def size_codes(ctx: Ctx, ids: Iterable[int]) -> dict[int, str]:
    """Codes of sizes by id; at most one query, and none for those asked before."""

    def read(missing: list[int]) -> dict[int, str]:
        return dict(ctx.session.execute(select(Size.id, Size.code).where(among(Size.id, missing))).all())

    return ctx.memo.each("stock.size_codes", (i for i in ids if i), read)


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

    def __str__(self) -> str:
        return " ".join(part for part in (self.material, self.color, self.size, self.destination) if part)


def names(ctx: Ctx, keys: Iterable[Key]) -> dict[Key, GroupName]:
    """Groups in words; three queries however many, once a page."""
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
    }  # fmt: skip


def codes_of(ctx: Ctx, model: type[Color] | type[Destination], ids: Iterable[int]) -> dict[int, str]:
    """Codes by id; no query for none, one a page."""

    def read(wanted: list[int]) -> dict[int, str]:
        return dict(ctx.session.execute(select(model.id, model.code).where(among(model.id, wanted))).all())

    return ctx.memo.each(("stock.codes", model), ids, read)
