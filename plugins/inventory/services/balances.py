"""Balances of materials as people look at them, one row an item (finished goods: ``garments``).

Lots are summed; the stock card tells them apart. Every figure names the places behind it, so that the page can open its
movements. Statements do not grow with rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select

from core import ledger
from core.api import Ctx, T, Text, pick
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Color, Destination, Material, Size
from plugins.stock.api import Expected, without_lot

PAGE = 50
PLACES: dict[str, tuple[str, ...]] = {
    "on_hand": ("store", "reserved"),
    "reserved": ("reserved",),
    "available": ("store",),
    "factory": ("factory",),
    "inspection": ("inspection",),
    "rejected": ("rejected",),
}
"""Places behind each figure: on hand is what lies usable in our stores, kept for an order or not."""
FIGURES: dict[str, Text] = {
    "on_hand": T("On hand"),
    "reserved": T("Reserved"),
    "available": T("Available"),
    "factory": T("At factories"),
    "inspection": T("To inspect"),
    "rejected": T("Rejected"),
}


def figures(ctx: Ctx) -> dict[str, Text]:
    """The figures of this tenant: those whose places a plugin declares that is on."""
    declared = {k.code for k in ctx.registry.place_kinds.values() if k.plugin in ctx.enabled}
    return {code: label for code, label in FIGURES.items() if declared.issuperset(PLACES[code])}


@dataclass
class Row:
    """An item in all its lots: a quantity by figure (see PLACES), and ``expected`` on order."""

    item: ledger.Item
    code: str
    name: str
    color: str = ""
    size: str = ""
    destination: str = ""
    unit: str = ""
    step: Decimal | None = None
    safety: Decimal = ZERO
    qty: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    expected: Decimal = ZERO


@dataclass
class Found:
    """A page of rows with its ``figures``. ``total`` is how many materials there are on all pages; ``buys`` says whether
    anybody tells what is on order."""

    rows: list[Row]
    figures: dict[str, Text]
    total: int
    page: int
    buys: bool


def materials(
    ctx: Ctx, material_class: str, *, on: date | None = None, search: str = "", low: bool = False,
    store: int | None = None, page: int = 1, size: int = PAGE, material_ids: Iterable[int] | None = None,
) -> Found:  # fmt: skip
    """Stock of main materials or trims (``material_class`` "" for both), by code, ``page`` of ``size`` materials.

    Those that ever moved or are on order. ``on``: at the end of that day. ``low``: only materials whose free stock is
    below their safety stock. ``store``: what lies in one store (then nothing at factories). Reads the balances of one
    page only: it takes the same time however much there is.
    """
    known = _materials(ctx, material_class, search, material_ids)
    look = on is None and store is None
    if low:
        wanted = {row[0] for row in low_stock(ctx, on)}
    else:
        wanted = ledger.moved(ctx, "material")
        wanted |= {each.item.id for each in _coming(ctx, set(known) - wanted)} if look else set()
    ordered = sorted(wanted & set(known), key=lambda material_id: known[material_id][0])
    shown = ordered[(page - 1) * size : page * size]
    expected = on_order(ctx, shown) if on is None else None
    coming = [each for each in expected or () if store is None and each.item.id in known]
    rows: dict[ledger.Item, Row] = {}

    def row_of(item: ledger.Item) -> Row:
        if item not in rows:
            code, name, unit, step, safety = known[item.id]
            rows[item] = Row(item, code, name, unit=unit, step=step, safety=safety)
        return rows[item]

    for (item, kind), qty in _sums(ctx, "material", shown, on, store).items():
        for figure, kinds in PLACES.items():
            if kind in kinds:
                row_of(item).qty[figure] += qty
    here = set(shown)
    for each in coming:
        if each.item.id in here:
            row_of(without_lot(each.item)).expected += each.qty
    if low:
        for material_id in here - {item.id for item in rows}:
            row_of(ledger.Item("material", material_id))
    dims = Words(ctx, rows)
    for row in rows.values():
        row.color, row.size, row.destination = dims.labels(row.item)
    found = sorted(rows.values(), key=lambda r: (r.code, r.color, r.size, r.destination))
    return Found(found, figures(ctx), len(ordered), page, expected is not None)


class Words:
    """Codes of the colours, sizes and destinations of items. At most three queries."""

    def __init__(self, ctx: Ctx, items: Iterable[ledger.Item]) -> None:
        wanted = list(items)

        def codes(model: type[Color] | type[Size] | type[Destination], ids: set[int]) -> dict[int, str]:
            if not ids:
                return {}
            if len(ids) > 500:
                return dict(ctx.session.execute(select(model.id, model.code)).all())
            return dict(ctx.session.execute(select(model.id, model.code).where(among(model.id, ids))).all())

        self.color = codes(Color, {i.color_id for i in wanted if i.color_id})
        self.size = codes(Size, {i.size_id for i in wanted if i.size_id})
        self.place = codes(Destination, {i.dest_id for i in wanted if i.dest_id})

    def labels(self, item: ledger.Item) -> tuple[str, str, str]:
        """Colour, size, destination."""
        return (
            self.color.get(item.color_id, ""),
            self.size.get(item.size_id, ""),
            self.place.get(item.dest_id, ""),
        )


def _materials(
    ctx: Ctx, material_class: str, search: str, ids: Iterable[int] | None
) -> dict[int, tuple[str, str, str, Decimal, Decimal]]:
    query = select(
        Material.id, Material.code, Material.name, Material.names, Material.stock_uom, Material.stock_step,
        Material.safety_stock,
    )  # fmt: skip
    if material_class:
        query = query.where(Material.material_class == material_class)
    if ids is not None:
        query = query.where(among(Material.id, ids))
    text = search.strip()
    if text:
        query = query.where(
            or_(
                Material.code.icontains(text, autoescape=True), Material.name.icontains(text, autoescape=True)
            )
        )
    return {
        row_id: (code, pick(names, name), unit, step, safety)
        for row_id, code, name, names, unit, step, safety in ctx.session.execute(query)
    }


def _sums(
    ctx: Ctx, kind: str, ids: Sequence[int] | None, on: date | None, store: int | None
) -> dict[tuple[ledger.Item, str], Decimal]:
    """Quantity by (item without lot, kind of place)."""
    kinds = {k for found in PLACES.values() for k in found}
    found: dict[tuple[ledger.Item, str], Decimal] = defaultdict(lambda: ZERO)
    for (item, place), qty in ledger.balances(
        ctx, item_kind=kind, item_ids=ids, place_kinds=kinds, on=on
    ).items():
        if store is None or (place.kind != "factory" and place.id == store):
            found[without_lot(item) if item.lot else item, place.kind] += qty
    return found


def _coming(ctx: Ctx, never_moved: set[int]) -> list[Expected]:
    """What is on order of materials that never moved; where they are many, of all."""
    few = sorted(never_moved) if len(never_moved) <= 500 else None
    return (on_order(ctx, few) or []) if never_moved else []


def on_order(ctx: Ctx, material_ids: Sequence[int] | None) -> list[Expected] | None:
    """Material that is to come, as the plugins that buy say; None where none of them is on."""
    answers = ctx.hooks.expected_supply(material_ids=material_ids, demand_ids=None)
    return [each for answer in answers for each in answer or ()] if answers else None


def low_stock(ctx: Ctx, on: date | None = None) -> list[tuple[int, str, str, Decimal, Decimal, str, Decimal]]:
    """Materials below their safety stock (at the end of day ``on``): (id, code, name, free, safety stock, unit,
    step), by code.
    Two statements, a few more for a day gone by."""
    rows = ctx.session.execute(
        select(Material.id, Material.code, Material.name, Material.names, Material.safety_stock, Material.stock_uom,
               Material.stock_step)
        .where(Material.safety_stock > ZERO, Material.active)
        .order_by(Material.code)
    ).all()  # fmt: skip
    if not rows:
        return []
    ids = [row[0] for row in rows]
    if on is None:
        free = ledger.totals(ctx, "material", ids, ["store"])
    else:
        free = defaultdict(lambda: ZERO)
        then = ledger.balances(ctx, item_kind="material", item_ids=ids, place_kinds=["store"], on=on)
        for (item, _place), qty in then.items():
            free[item.id] += qty
    return [
        (row_id, code, pick(names, name), free.get(row_id, ZERO), safety, unit, step)
        for row_id, code, name, names, safety, unit, step in rows
        if free.get(row_id, ZERO) < safety
    ]
