"""The grid of a purchase order's lines: texts of its cells, and the payload that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.api import Field, Problem, Refused, T
from core.values import parse_id
from core.web.api import at_inputs, by_input, row_indices
from plugins.purchasing.hookspecs import Purpose
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services.line_payload import TABLE

Rows = list[tuple[int, int, dict[str, str]]]
"""(number of the row, id of the line or 0, texts by field)."""
ONE_CELL = (
    Field("styles", T("Styles"), max_length=400),
    Field("allocations", T("For factory orders"), max_length=400),
)
"""Tables within a line, which the grid has in one cell: ``ST-1, ST-2`` and ``FO-2026-0001=300, FO-2026-0002=100``."""
BESIDE = ("zero_reason", "note")
EDITED: tuple[Field, ...] = (
    *(f for f in TABLE.fields if f.name not in ("line", "uom", *BESIDE)), *ONE_CELL,
    *(f for f in TABLE.fields if f.name in BESIDE),
)  # fmt: skip


def texts(line: PurchaseLine, served: Sequence[Purpose]) -> dict[str, str]:
    """A line, bought for ``served``, as the texts of its inputs."""
    return {
        "material": line.material.code, "color": line.color.code if line.color else "",
        "size": line.size.code if line.size else "", "destination": line.destination.code if line.destination else "",
        "qty": _plain(line.qty), "price": _plain(line.price),
        "required_date": line.required_date.isoformat() if line.required_date else "", "availability": line.availability,
        "tolerance_pct": _plain(line.tolerance_pct), "styles": ", ".join(sorted(s.style.code for s in line.styles)),
        "allocations": ", ".join(f"{p.number}={_plain(p.qty)}" for p in served),
        "zero_reason": line.zero_reason, "note": line.note,
    }  # fmt: skip


def posted_rows(form: Mapping[str, str]) -> Rows:
    """The rows of the grid as they were posted, without those ticked for removal."""
    found = []
    for index in row_indices(form, TABLE.name):
        prefix = _prefix(index)
        if form.get(f"{prefix}_delete"):
            continue
        values = {f.name: form.get(f"{prefix}{f.name}", "").strip() for f in EDITED}
        own = form.get(f"{prefix}id", "")
        blank = not any(v for name, v in values.items() if name != "availability")
        if parse_id(own) or not blank:
            found.append((index, parse_id(own) or 0, values))
    return found


def payload(order: PurchaseOrder, there: Iterable[PurchaseLine], rows: Rows) -> dict[str, Any]:
    """The payload of the actions "lines" and "revise": the grid has all the lines. Refused where one is gone."""
    positions = {line.id: line.position for line in there}
    if any(own and own not in positions for _index, own, _values in rows):
        raise Refused(T("A line was removed by somebody else. Open the document again."))
    return {"replace": "1", TABLE.name: [_row(order, positions.get(own), v) for _i, own, v in _typed(rows)]}


def placed(problems: Sequence[Problem], rows: Rows) -> dict[str, list[str]]:
    """Messages at their inputs; what has none stands at the top."""
    prefixes = [_prefix(index) for index, _own, _values in _typed(rows)]
    known = {f"{prefix}{f.name}" for prefix in prefixes for f in EDITED}
    return by_input(at_inputs(problems, {TABLE.name: prefixes}), known | {"reason", "reprice"})


def _typed(rows: Rows) -> Rows:
    return [r for r in rows if any(r[2].values())]


def _row(order: PurchaseOrder, position: int | None, values: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {f.name: values.get(f.name, "") for f in EDITED if f not in ONE_CELL}
    row["styles"] = [{"style": code} for code in _split(values.get("styles", ""))]
    shares = values.get("allocations", "")
    if _split(shares) or shares == "-":
        row["allocations"] = [_share(part) for part in _split(shares)]
    elif position and order.state == "draft":  # emptied: the linked one, as for a new line
        row["allocations"] = [{"document": order.made_for}] if order.made_for else []
    return row if position is None else {"line": position, **row}


def _share(part: str) -> dict[str, str]:
    number, _, qty = part.partition("=")
    return {"document": number.strip(), "qty": qty.strip()}


def _split(raw: str) -> list[str]:
    return [p.strip() for p in raw.replace(";", ",").split(",") if p.strip() not in ("", "-")]


def _prefix(index: int) -> str:
    return f"{TABLE.name}-{index}-"


def _plain(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
