"""Lines of stock documents as items of the ledger, checked and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core import ledger
from core.api import Ctx, Problem, T
from core.db import among
from plugins.catalog.api import Color, Destination, Material, Size, Style, sizes_of
from plugins.stock.models.documents import StockLine
from plugins.stock.services import groups

Item = ledger.Item


class Sizes:
    """Ids of size codes: of materials the one that stands for the code, of garments that of the style's run."""

    def __init__(self, ctx: Ctx, material_codes: Iterable[str], style_ids: Iterable[int]) -> None:
        self.material = groups.size_ids(ctx, material_codes)
        self.style = {
            (style_id, size.code): size.id
            for style_id, found in sizes_of(ctx, style_ids).items()
            for size in found
        }

    def size_id(self, material_id: int | None, style_id: int | None, code: str) -> int | None:
        """The id; 0 for no size, None for an unknown one."""
        if not code:
            return 0
        if style_id:
            return self.style.get((style_id, code))
        return self.material.get(code)


def of_lines(ctx: Ctx, lines: Sequence[StockLine]) -> list[Item]:
    """The item of each line. At most three queries."""
    sizes = Sizes(
        ctx,
        {line.size for line in lines if line.material_id and line.size},
        {line.style_id for line in lines if line.style_id},
    )
    return [
        Item(
            "material" if line.material_id else "garment", line.material_id or line.style_id or 0, line.color_id or 0,
            sizes.size_id(line.material_id, line.style_id, line.size) or 0, line.destination_id or 0, line.lot,
        )
        for line in lines
    ]  # fmt: skip


def to_lines(ctx: Ctx, items: Iterable[Item]) -> list[dict[str, Any]]:
    """Items as values of document lines (rows for references), without quantity. At most five queries."""
    wanted = list(items)
    sizes = select(Size.id, Size.code).where(among(Size.id, {i.size_id for i in wanted if i.size_id}))
    codes = dict(ctx.session.execute(sizes).all())

    def rows(model: type[Any], ids: set[int]) -> dict[int, Any]:
        return (
            {row.id: row for row in ctx.session.scalars(select(model).where(among(model.id, ids)))}
            if ids
            else {}
        )

    materials = rows(Material, {i.id for i in wanted if i.kind == "material"})
    styles = rows(Style, {i.id for i in wanted if i.kind == "garment"})
    colors = rows(Color, {i.color_id for i in wanted if i.color_id})
    places = rows(Destination, {i.dest_id for i in wanted if i.dest_id})
    return [
        {
            "material": materials.get(i.id) if i.kind == "material" else None,
            "style": styles.get(i.id) if i.kind == "garment" else None,
            "color": colors.get(i.color_id),
            "size": codes.get(i.size_id, ""),
            "destination": places.get(i.dest_id),
            "lot": i.lot,
        }
        for i in wanted
    ]


def check(
    ctx: Ctx, rows: Sequence[Mapping[str, Any]], *, garments: bool, materials: bool, counted: bool
) -> list[Problem]:
    """What is wrong with typed lines, at the inputs where it was typed.

    ``counted``: a quantity may be zero or still missing. Each line names a material or a style; a garment has colour and
    size, a material those it is kept by. No item stands there twice.
    """
    sizes = Sizes(
        ctx,
        {row.get("size") or "" for row in rows if row.get("material")},
        {row["style"].id for row in rows if row.get("style")},
    )
    problems: list[Problem] = []
    seen: dict[tuple[Any, ...], int] = {}
    for index, row in enumerate(rows):
        found = list(_line(sizes, row, garments=garments, materials=materials, counted=counted))
        problems += [Problem(text, f"lines-{index}-{field}") for field, text in found]
        key = tuple(
            getattr(row.get(name), "id", row.get(name) or "")
            for name in ("material", "style", "color", "size", "destination", "lot")
        )
        if key in seen:
            problems.append(
                Problem(T("The same item stands in line {n} already.", n=seen[key] + 1), f"lines-{index}-lot")
            )
        seen.setdefault(key, index)
    return problems


def _line(
    sizes: Sizes, row: Mapping[str, Any], *, garments: bool, materials: bool, counted: bool
) -> Iterable[tuple[str, Any]]:
    material: Any = row.get("material")
    style, size = row.get("style"), (row.get("size") or "").strip()
    if bool(material) == bool(style):
        yield "material", T("Name a material or a style, one of both.")
        return
    if material and not materials:
        yield "material", T("Only garments are possible here.")
    if style and not garments:
        yield "style", T("Only materials are possible here.")
    if row.get("color") is None and (style or material.by_color):
        yield "color", T("{code} is kept by colour.", code=(style or material).code)
    if not size and (style or material.by_size):
        yield "size", T("{code} is kept by size.", code=(style or material).code)
    elif sizes.size_id(material.id if material else None, style.id if style else None, size) is None:
        yield "size", T("There is no size “{size}”.", size=size)
    if style and row.get("destination"):
        yield "destination", T("Garments are not kept by destination.")
    yield from _qty(row, whole=bool(style) or material.stock_step == 1, counted=counted)


def _qty(row: Mapping[str, Any], *, whole: bool, counted: bool) -> Iterable[tuple[str, Any]]:
    qty = row.get("qty")
    if qty is None:
        if not counted:
            yield "qty", T("How many?")
    elif qty < 0 or (qty == 0 and not counted):
        yield "qty", T("A quantity must be more than zero.")
    elif whole and qty != qty.to_integral_value():
        yield "qty", T("Whole numbers only.")
