"""Finished goods as people look at them: one row a style and colour with a column a size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select

from core import ledger
from core.api import Ctx, pick
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Style, sizes_of_runs
from plugins.inventory.services.balances import PAGE, PLACES, Words


@dataclass
class GarmentRow:
    """A style in a colour (and lot: seconds are kept apart): pieces by size id."""

    style_id: int
    style: str
    name: str
    color_id: int
    color: str
    lot: str
    sizes: dict[int, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    @property
    def total(self) -> Decimal:
        """Pieces in all sizes."""
        return sum(self.sizes.values(), ZERO)

    def item(self, size_id: int) -> ledger.Item:
        """The item of one size."""
        return ledger.Item("garment", self.style_id, self.color_id, size_id, lot=self.lot)


@dataclass
class GarmentTable:
    """Rows of the styles that share a size run; ``columns`` are (size id, code) from small to large."""

    columns: list[tuple[int, str]]
    rows: list[GarmentRow]

    def total(self, size_id: int) -> Decimal:
        """Pieces of one size."""
        return sum((row.sizes.get(size_id, ZERO) for row in self.rows), ZERO)


def garment_balances(
    ctx: Ctx, figure: str = "on_hand", *, on: date | None = None, search: str = "", store: int | None = None,
    page: int = 1, size: int = PAGE, style_ids: Iterable[int] | None = None,
) -> tuple[list[GarmentTable], int]:  # fmt: skip
    """Finished goods: tables by size run of ``page`` of ``size`` styles that ever moved, and how many there are in all.

    ``figure`` is one of PLACES.
    """
    query = select(Style.id, Style.code, Style.name, Style.names, Style.size_run_id)
    if style_ids is not None:
        query = query.where(among(Style.id, style_ids))
    text = search.strip()
    if text:
        query = query.where(
            or_(Style.code.icontains(text, autoescape=True), Style.name.icontains(text, autoescape=True))
        )
    styles = {row[0]: row[1:] for row in ctx.session.execute(query)}
    every = sorted(ledger.moved(ctx, "garment") & set(styles), key=lambda style_id: styles[style_id][0])
    ids = every[(page - 1) * size : page * size]
    found = ledger.balances(ctx, item_kind="garment", item_ids=ids, place_kinds=PLACES[figure], on=on)
    rows: dict[tuple[int, int, str], GarmentRow] = {}
    colors = Words(ctx, {ledger.Item("garment", 0, item.color_id) for item, _place in found}).color
    for (item, place), qty in found.items():
        if store is not None and place.id != store:
            continue
        key = (item.id, item.color_id, item.lot)
        if key not in rows:
            code, name, names, _run = styles[item.id]
            color = colors.get(item.color_id, "")
            rows[key] = GarmentRow(item.id, code, pick(names, name), item.color_id, color, item.lot)
        rows[key].sizes[item.size_id] += qty
    shown = sorted(rows.values(), key=lambda r: (r.style, r.color, r.lot))
    runs = sizes_of_runs(ctx, {styles[row.style_id][3] for row in shown})
    tables: dict[int, GarmentTable] = {}
    for row in shown:
        run = styles[row.style_id][3]
        if run not in tables:
            tables[run] = GarmentTable([(s.id, s.code) for s in runs.get(run, ())], [])
        tables[run].rows.append(row)
    return list(tables.values()), len(every)
