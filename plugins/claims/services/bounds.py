"""How much can be complained about: what was ordered, or what came where that is more."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.api import Ctx, Problem, T
from core.values import decimal_text
from plugins.claims.services.links import Links, works_of
from plugins.outsourcing.api import rows
from plugins.purchasing.api import positions


def beyond(ctx: Ctx, kind: str, given: Mapping[str, Any], found: Links, qty: Decimal) -> list[Problem]:
    """A quantity above what there can be of it. Of a claim that names no line or style yet: of its whole order."""
    most = _material(ctx, found) if kind == "material" else _garment(ctx, given, found)
    if most is None or qty <= most:
        return []
    text = T(
        "{qty} {uom} are claimed, of {most} that were ordered or came.",
        qty=decimal_text(qty, grouped=True),
        uom=found.uom,
        most=decimal_text(most, grouped=True),
    )
    return [Problem(text, "qty")]


def _material(ctx: Ctx, found: Links) -> Decimal | None:
    if found.line is None:
        return None
    return max(found.line.qty, positions.of_lines(ctx, [found.line.id])[found.line.id].received)


def _garment(ctx: Ctx, given: Mapping[str, Any], found: Links) -> Decimal | None:
    order = given.get("factory_order")
    if order is None:
        return None
    lines = {
        line_id
        for _label, work, _order, ids in works_of(ctx, order)
        if found.work is None or work.id == found.work.id
        for line_id in ids
    }
    color = found.color.id if found.color is not None else None
    ordered = sum(
        cell.qty
        for cell in rows.cells(ctx, [order.id])
        if cell.line_id in lines and color in (None, cell.color_id)
    )
    came = sum(
        qty
        for (line_id, its_color, _size), qty in (rows.accepted(ctx, [order.id]) or {}).items()
        if line_id in lines and color in (None, its_color)
    )
    return Decimal(max(ordered, came))
