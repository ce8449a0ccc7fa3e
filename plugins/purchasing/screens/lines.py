"""The table in which the lines of a purchase order are typed and revised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.api import Ctx, Field, T
from core.db import json_value
from kit.lines import LineRow, LineTable, Nested, Typed
from plugins.purchasing.entities.lines import TABLE
from plugins.purchasing.hookspecs import Purpose
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import lines, purposes
from plugins.purchasing.words import GOODS


def texts(line: PurchaseLine, served: Sequence[Purpose]) -> dict[str, str]:
    """A line, bought for ``served``, as the texts of its inputs."""
    return {
        "material": line.material.code if line.material else "", "style": line.style.code if line.style else "",
        "color": line.color.code if line.color else "",
        "size": line.size.code if line.size else "", "destination": line.destination.code if line.destination else "",
        "qty": _exact(line.qty), "price": _exact(line.price),
        "required_date": line.required_date.isoformat() if line.required_date else "", "availability": line.availability,
        "tolerance_pct": _exact(line.tolerance_pct), "styles": ", ".join(sorted(s.style.code for s in line.styles)),
        "allocations": ", ".join(
            p.number if len(served) == 1 and p.qty == line.qty else f"{p.number}={_exact(p.qty)}" for p in served
        ),  # who takes all of it takes all of it, whatever the quantity becomes
        "zero_reason": line.zero_reason, "note": line.note,
    }  # fmt: skip


def _rows(ctx: Ctx, order: PurchaseOrder) -> list[LineRow]:
    held = lines.purchase_lines(ctx, order.id)
    served = purposes.of_lines(ctx, [line.id for line in held])
    return [
        LineRow(line.id, line.position, texts(line, served[line.id]), stays=order.state != "draft")
        for line in held
    ]


def _material(order: PurchaseOrder) -> Mapping[str, Any]:
    return {"material_class": order.material_class}


def _styles(text: str, line: LineRow, order: PurchaseOrder) -> list[dict[str, Any]]:
    return [{"style": code} for code in _split(text)]


def _shares(text: str, line: LineRow, order: PurchaseOrder) -> list[dict[str, Any]] | None:
    """``FO-2026-0001=300, FO-2026-0002=100``; ``-`` is for stock. Nothing is what the order is for, which a new line takes by
    itself; a revision leaves what there is."""
    if not _split(text) and text != "-":
        emptied = line.own and order.state == "draft"
        return None if not emptied else [{"document": order.made_for}] if order.made_for else []
    parts = [part.partition("=") for part in _split(text)]
    return [{"document": number.strip(), "qty": qty.strip()} for number, _, qty in parts]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip() not in ("", "-")]


def _exact(value: Decimal | None) -> str:
    return "" if value is None else str(json_value(value))


ARTICLE = (
    Typed("color", kinds=("color",)),
    Typed("size", kinds=("size",)),
    Typed("destination", kinds=("destination",)),
    Typed("qty", kinds=("pieces",), sum=True),
    Typed("price", kinds=("price",)),
    Typed("required_date", kinds=("ship_date",)),
    Typed("availability"),
    Typed("tolerance_pct"),
)
LAST = (Typed("zero_reason"), Typed("note", kinds=("remarks",)))
FOR_STOCK = LineTable(
    TABLE,
    (
        Typed("material", kinds=("material",), where=_material),
        *ARTICLE,
        Nested(Field("styles", T("Styles"), max_length=400), _styles, kinds=("style",)),
        *LAST,
    ),
    _rows,
    starts={"availability": "unknown"},
    help=T("Price empty: the supplier's price list."),
)
LINES = replace(
    FOR_STOCK,
    columns=(
        *FOR_STOCK.columns[: -len(LAST)],
        Nested(Field("allocations", T("For factory orders"), max_length=400), _shares),
        *LAST,
    ),
    help=T(
        "Price empty: the supplier's price list. For factory orders: FO-2026-0001=300, FO-2026-0002=100; empty: the linked "
        "one; - for stock."
    ),
)
GOODS_LINES = replace(FOR_STOCK, columns=(Typed("style", kinds=("style",)), *ARTICLE, *LAST))


def table(ctx: Ctx, order: PurchaseOrder) -> LineTable:
    """The table of lines: of finished goods by style; what materials are bought for is asked only where somebody keeps it."""
    if order.material_class == GOODS:
        return GOODS_LINES
    return LINES if purposes.kinds(ctx) else FOR_STOCK
