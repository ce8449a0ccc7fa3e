"""What a person types for the lines of a purchase order, checked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityRef, Field, Problem, Refused, T, forms, parse_decimal, resolve
from plugins.catalog.models import Color, Destination, Material, Style
from plugins.catalog.services import parse_grid
from plugins.purchasing.services import purposes
from plugins.purchasing.words import AVAILABILITY

FIELDS: tuple[Field, ...] = (
    Field("material", T("Material"), "ref", ref="catalog.material", required=True),
    Field("color", T("Colour"), "ref", ref="catalog.color"),
    Field("size", T("Size"), max_length=20),
    Field("destination", T("Destination"), "ref", ref="catalog.destination"),
    Field("qty", T("Quantity"), "qty", required=True),
    Field("uom", T("Unit"), max_length=10),
    Field("price", T("Price"), "price", min=0),
    Field("required_date", T("Required"), "date"),
    Field("availability", T("Available in"), "choice", choices=AVAILABILITY),
    Field("tolerance_pct", T("Tolerance %"), "pct", min=0, max=100, places=2),
    Field("styles", T("Styles"), max_length=400),
    Field("allocations", T("For factory orders"), max_length=400),
    Field("zero_reason", T("Why free"), max_length=400),
    Field("note", T("Note"), max_length=400),
)
"""Columns of the editor, of a pasted table and of the command line, in this order."""


@dataclass
class LineInput:
    """One line as meant. ``allocations``: document → purchase units; None means the document that the order is for.

    ``id`` names the line that is changed; 0 a new one. ``name`` is the prefix of its inputs for messages.
    """

    material: Material
    qty: Decimal
    color: Color | None = None
    size: str = ""
    destination: Destination | None = None
    uom: str = ""
    price: Decimal | None = None
    required_date: date | None = None
    availability: str = "unknown"
    tolerance_pct: Decimal | None = None
    styles: Sequence[Style] = ()
    allocations: Mapping[EntityRef, Decimal] | None = None
    zero_reason: str = ""
    note: str = ""
    id: int = 0
    name: str = ""
    problems: list[Problem] = field(default_factory=list)


def read(ctx: Ctx, rows: Iterable[tuple[str, int, Mapping[str, Any]]]) -> list[LineInput]:
    """Lines from (prefix, id, values by field as typed), checked field by field. Refused with every problem.

    References are asked for once per kind, whatever the number of lines.
    """
    from werkzeug.datastructures import MultiDict

    rows = [(prefix, own, dict(values)) for prefix, own, values in rows]
    for spec in FIELDS:
        if spec.kind == "ref":
            resolve(ctx, spec, [str(values.get(spec.name) or "") for _p, _i, values in rows])
    styles = _by_code(ctx, Style, "code", (s for _p, _i, v in rows for s in split(v.get("styles"))))
    orders = purposes.called(
        ctx, (a.split("=")[0] for _p, _i, v in rows for a in split(v.get("allocations")))
    )
    found, problems = [], []
    for prefix, own, values in rows:
        texts = MultiDict(
            {f"{prefix}{k}": v if isinstance(v, str) else str(v or "") for k, v in values.items()}
        )
        form = forms.build(ctx, FIELDS, texts, None, prefix)
        if not form.validate():
            problems += forms.problems_of(form)
            continue
        data = forms.cleaned(form, FIELDS)
        line = LineInput(
            material=data["material"], qty=data["qty"], color=data["color"], size=data["size"],
            destination=data["destination"], uom=data["uom"], price=data["price"],
            required_date=data["required_date"], availability=data["availability"] or "unknown",
            tolerance_pct=data["tolerance_pct"], zero_reason=data["zero_reason"], note=data["note"], id=own,
            name=prefix,
        )  # fmt: skip
        line.styles = _styles(data["styles"], styles, prefix, problems)
        line.allocations = _allocations(data["allocations"], orders, line.qty, prefix, problems)
        found.append(line)
    if problems:
        raise Refused(problems)
    return found


def split(raw: Any) -> list[str]:
    """``A; B,C`` as parts."""
    return [p.strip() for p in str(raw or "").replace(";", ",").split(",") if p.strip() not in ("", "-")]


def _by_code(ctx: Ctx, model: type[Any], attr: str, codes: Iterable[str]) -> dict[str, Any]:
    wanted = {c.strip().upper() for c in codes if c.strip()}
    if not wanted:
        return {}
    column = getattr(model, attr)
    return {getattr(r, attr).upper(): r for r in ctx.session.scalars(select(model).where(column.in_(wanted)))}


def _styles(raw: str, known: Mapping[str, Style], prefix: str, problems: list[Problem]) -> list[Style]:
    found = []
    for code in split(raw):
        style = known.get(code.upper())
        if style is None:
            problems.append(Problem(T("There is no style “{code}”.", code=code), f"{prefix}styles"))
        elif style not in found:
            found.append(style)
    return found


def _allocations(
    raw: str, known: Mapping[str, EntityRef], qty: Decimal, prefix: str, problems: list[Problem]
) -> dict[EntityRef, Decimal] | None:
    """``FO-2026-0001=300, FO-2026-0002=100``; one document without a quantity takes the whole line; ``-`` none."""
    from wtforms.validators import ValidationError

    if not raw.strip():
        return None
    if raw.strip() == "-":
        return {}
    result: dict[EntityRef, Decimal] = {}
    for part in split(raw):
        number, sep, amount = part.partition("=")
        order = known.get(number.strip().upper())
        if order is None:
            problems.append(
                Problem(T("There is no factory order “{code}”.", code=number.strip()), f"{prefix}allocations")
            )
            continue
        try:
            result[order] = result.get(order, Decimal(0)) + (parse_decimal(amount, 6) if sep else qty)
        except ValidationError as error:
            problems.append(Problem(str(error), f"{prefix}allocations"))
    return result


def from_text(ctx: Ctx, text: str, field_name: str = "text") -> list[LineInput]:
    """Lines from a table copied out of a spreadsheet; the first row names the columns (in English or by field name)."""
    try:
        grid = parse_grid(text)
    except ValueError as error:
        raise Refused(str(error), field_name) from error
    if len(grid) < 2:
        raise Refused(T("A table has a row of headings and at least one line."), field_name)
    titles = {str(f.label).lower(): f.name for f in FIELDS} | {f.name: f.name for f in FIELDS}
    heads = [
        titles.get(cell.strip().lower().replace(" ", "_"), titles.get(cell.strip().lower(), ""))
        for cell in grid[0]
    ]
    unknown = [cell for cell, name in zip(grid[0], heads, strict=True) if cell and not name]
    if unknown:
        raise Refused(T("These headings are not known: {names}.", names=", ".join(unknown)), field_name)
    rows = [
        (f"lines-{i}-", 0, {name: cell for name, cell in zip(heads, cells, strict=True) if name})
        for i, cells in enumerate(grid[1:])
        if any(cells)
    ]
    return read(ctx, rows)
