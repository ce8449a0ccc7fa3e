"""What a contract says: the values for its template, from the factory order's snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import Ctx, pick
from kit.printing.tables import ROWS_A_TABLE, in_parts
from plugins.base_company.api import company
from plugins.outsourcing.entities.settings import clauses
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.models.snapshot import LineSnapshot, MaterialSnapshot
from plugins.outsourcing.services import snapshot

SIZE_COLUMNS = 8
"""Sizes in one row of the table; further ones go on below."""

EDGE = {"zh_Hant_TW": "騎縫章", "zh_Hans_CN": "骑缝章", "en": ""}


def number_of(order: FactoryOrder) -> str:
    """The contract's number: that of the factory order and, after the first issue, its revision."""
    return f"CT-{order.number}" + (f"-R{order.revision}" if order.revision else "")


def contract_context(ctx: Ctx, order: FactoryOrder, language: str) -> dict[str, Any]:
    """Everything the template needs. From the snapshot of an issued order; a draft is read as it stands.

    The number of queries does not depend on the number of lines.
    """
    said = order.snapshot or snapshot.build_snapshot(ctx, order)
    lines = [_line(line) for line in said.lines]
    number = number_of(order)
    return {
        "number": number, "order": said, "revision": order.revision, "made_on": ctx.today(), "us": company(ctx),
        "them": said.factory.printed(), "tables": list(tables(lines)), "lots": lots(lines), "totals": said,
        "pieces": said.qty, "unit": lines[0]["unit"] if len({line["unit"] for line in lines}) == 1 else "pcs",
        "currency": said.currency, "tax_pct": said.tax_pct, "terms": said.terms, "supplied": said.mode != "FOB",
        "materials": in_parts([_material(row) for row in said.materials]), "v": clauses(ctx, language),
        "foot": f"{number} · {order.number}", "edge": EDGE[language],
    }  # fmt: skip


def _line(said: LineSnapshot) -> dict[str, Any]:
    return {
        **vars(said),
        "style_name": pick(said.style_names, said.style_name),
        "rates": rates(said.qty, said.price or Decimal(0), said.parts),
        "colors": [
            {**vars(color), "name": pick(color.names, color.name), "rows": size_rows(color.sizes)}
            for color in said.colors
        ],
    }


def _material(row: MaterialSnapshot) -> dict[str, Any]:
    return {**vars(row), "name": pick(row.names, row.name), "color": pick(row.color_names, row.color)}


def size_rows(sizes: Iterable[tuple[str, int]]) -> list[list[tuple[str, int] | None]]:
    """Sizes with pieces in rows of eight, the last one filled up. Sizes without pieces are not printed."""
    wanted: list[tuple[str, int] | None] = [(str(code), int(qty)) for code, qty in sizes if qty]
    rows = [wanted[i : i + SIZE_COLUMNS] for i in range(0, len(wanted), SIZE_COLUMNS)] or [[]]
    rows[-1] += [None] * (SIZE_COLUMNS - len(rows[-1]))
    return rows


def tables(lines: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    """Lines in parts of at most about :data:`ROWS_A_TABLE` table rows."""
    part: list[dict[str, Any]] = []
    size = 0
    for line in lines:
        height = 1 + sum(len(color["rows"]) for color in line["colors"])
        if part and size + height > ROWS_A_TABLE:
            yield part
            part, size = [], 0
        part.append(line)
        size += height
    if part:
        yield part


def lots(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Deliveries: pieces by day and destination, in order of days."""
    found: dict[tuple[date, str, str], dict[str, Any]] = {}
    for line in lines:
        key = (line["ship_date"] or date.max, line["destination"], line["destination_name"])
        lot = found.setdefault(key, {"qty": 0, "pos": []})
        lot["qty"] += line["qty"]
        if line["customer_po"] and line["customer_po"] not in lot["pos"]:
            lot["pos"].append(line["customer_po"])
    return [
        {"date": None if day == date.max else day, "destination": code, "name": name, **lot}
        for (day, code, name), lot in sorted(found.items(), key=lambda item: item[0])
    ]


def rates(
    qty: int, price: Decimal | None, parts: Iterable[tuple[int, Any]] | None
) -> list[tuple[int, Decimal]]:
    """(pieces, price) where earlier pieces keep an earlier price; empty where all have the same."""
    found: list[tuple[int, Decimal]] = []
    rest = qty
    for pieces, earlier in parts or ():
        taken = min(int(pieces), rest)
        if taken:
            found.append((taken, Decimal(str(earlier))))
        rest -= taken
    return [*found, (rest, price)] if found and rest and price is not None else found
