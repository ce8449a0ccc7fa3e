"""What is planned, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, pick
from core.db import among
from plugins.catalog.api import Color, Destination, Garment, Key, Material, Size, Style


@dataclass(frozen=True)
class Named:
    """A group or garment: codes, the name of its material or style, unit and step."""

    code: str
    name: str
    color: str
    size: str
    destination: str
    uom: str
    step: Decimal

    def __str__(self) -> str:
        return " ".join(part for part in (self.code, self.color, self.size, self.destination) if part)


def key_names(ctx: Ctx, keys: Iterable[Key]) -> dict[Key, Named]:
    """Groups of material in words. At most three statements."""
    keys = set(keys)
    materials = {
        id: (code, pick(names, name), uom, step)
        for id, code, name, names, uom, step in ctx.session.execute(
            select(Material.id, Material.code, Material.name, Material.names, Material.stock_uom, Material.stock_step)
            .where(among(Material.id, {key.material for key in keys}))
        )
    }  # fmt: skip
    colors = _codes(ctx, Color, {key.color for key in keys if key.color})
    places = _codes(ctx, Destination, {key.destination for key in keys if key.destination})
    return {
        key: Named(
            code,
            name,
            colors.get(key.color or 0, ""),
            key.size or "",
            places.get(key.destination or 0, ""),
            uom,
            step,
        )
        for key in keys
        if key.material in materials
        for code, name, uom, step in (materials[key.material],)
    }


def garment_names(ctx: Ctx, items: Iterable[Garment]) -> dict[Garment, Named]:
    """Garments in words. Three statements."""
    items = set(items)
    styles = {
        id: (code, pick(names, name))
        for id, code, name, names in ctx.session.execute(
            select(Style.id, Style.code, Style.name, Style.names).where(
                among(Style.id, {item.style for item in items})
            )
        )
    }
    colors, sizes = _codes(ctx, Color, {i.color for i in items}), _codes(ctx, Size, {i.size for i in items})
    return {
        item: Named(
            *styles[item.style], colors.get(item.color, ""), sizes.get(item.size, ""), "", "pcs", Decimal(1)
        )
        for item in items
        if item.style in styles
    }


def _codes(ctx: Ctx, model: type[Color] | type[Destination] | type[Size], ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(ctx.session.execute(select(model.id, model.code).where(among(model.id, ids))).all())
