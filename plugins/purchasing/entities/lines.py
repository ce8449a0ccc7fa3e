"""Lines of a purchase order in the payload of an action: changes of lines there are, and new lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.api import Ctx, EntityRef, Field, PayloadTable, Problem, Refused, T
from plugins.catalog.api import SUPPLIER_PRICES
from plugins.purchasing.hookspecs import Purpose
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import inputs, lines, purposes
from plugins.purchasing.services.inputs import LineInput
from plugins.purchasing.words import AVAILABILITY

Row = Mapping[str, Any]
TABLE = PayloadTable(
    "lines", T("Lines"),
    (
        Field("line", T("Line"), "int", min=1, help=T("Its number. Empty: a new line.")),
        Field("material", T("Material"), "ref", ref="catalog.material"),
        Field("style", T("Style"), "ref", ref="catalog.style", help=T("Of finished goods, in place of a material.")),
        Field("color", T("Colour"), "ref", ref="catalog.color"),
        Field("size", T("Size"), max_length=20),
        Field("destination", T("Destination"), "ref", ref="catalog.destination"),
        Field("qty", T("Quantity"), "qty", required=True),
        Field("uom", T("Unit"), max_length=10),
        Field("price", T("Price"), "price", min=0, sees=SUPPLIER_PRICES),
        Field("required_date", T("Required"), "date"),
        Field("availability", T("Available in"), "choice", choices=AVAILABILITY),
        Field("tolerance_pct", T("Tolerance %"), "pct", min=0, max=100, places=2),
        Field("zero_reason", T("Why free"), max_length=400),
        Field("note", T("Note"), max_length=400),
    ),
    tables=(
        PayloadTable("styles", T("Styles"), (Field("style", T("Style"), "ref", ref="catalog.style", required=True),)),
        PayloadTable(
            "allocations", T("For factory orders"),
            (
                Field("document", T("Factory order"), required=True, max_length=40, lookup=purposes.lookup),
                Field("qty", T("Quantity"), "qty", help=T("Empty: the whole line.")),
            ),
            help=T("Left out: the linked one. No row: for stock."),
        ),
    ),
    key="line",
)  # fmt: skip
"""A row with the number of a line changes that line, one without is a new one."""
REPLACE = Field("replace", T("These are all the lines"), "bool", help=T("Lines that are not among them go."))
OWN = tuple(f.name for f in TABLE.fields if f.name not in ("line", "uom", "availability"))


def held(ctx: Ctx, order: PurchaseOrder) -> list[Row]:
    """The lines there are, as rows of the payload."""
    there = lines.purchase_lines(ctx, order.id)
    served = purposes.of_lines(ctx, [line.id for line in there])
    return [
        {
            **{name: getattr(given, name) for name in (*OWN, "uom", "availability")},
            "styles": [{"style": style} for style in given.styles],
            "allocations": [{"document": each.number, "qty": each.qty} for each in served[line.id]],
        }
        for line, given in ((line, inputs.as_input(line, served[line.id])) for line in there)
    ]


def wanted_lines(ctx: Ctx, order: PurchaseOrder, rows: Sequence[Row], *, replace: bool) -> list[LineInput]:
    """The lines as they are to be: those there are, changed by ``rows``, and new ones behind; with ``replace`` those of
    ``rows`` alone. Refused for a line that is not there, or twice in ``rows``."""
    there = {line.position: line for line in lines.purchase_lines(ctx, order.id)}
    served = purposes.of_lines(ctx, [line.id for line in there.values()])
    rows, problems = _called(ctx, rows)
    changed: dict[int, LineInput] = {}
    found: list[LineInput] = []
    for i, row in enumerate(rows):
        name, position = f"lines.{i}.", row.get("line")
        if position is None:
            found.append(_filled(LineInput(None, row["qty"]), row, name))
        elif position not in there:
            missing = T("{number} has no line {line}.", number=order.number, line=position)
            problems.append(Problem(missing, f"{name}line"))
        elif position in changed:
            problems.append(Problem(T("Line {line} stands here twice.", line=position), f"{name}line"))
        else:
            changed[position] = _changed(there[position], served[there[position].id], row, name)
            found.append(changed[position])
    if problems:
        raise Refused(problems)
    if replace:
        return found
    kept = [
        changed.get(position) or inputs.as_input(line, served[line.id]) for position, line in there.items()
    ]
    return kept + [given for given in found if not given.id]


def _called(ctx: Ctx, rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
    """The rows with the documents that they name in place of the numbers, and what is wrong with those."""
    known = purposes.called(ctx, (share["document"] for row in rows for share in row.get("allocations", ())))
    problems = [
        Problem(
            T("There is no factory order “{code}”.", code=share["document"]),
            f"lines.{i}.allocations.{n}.document",
        )
        for i, row in enumerate(rows)
        for n, share in enumerate(row.get("allocations", ()))
        if share["document"].upper() not in known
    ]
    if problems:
        return list(rows), problems
    return [
        {**row, "allocations": [{**s, "document": known[s["document"].upper()]} for s in row["allocations"]]}
        if "allocations" in row
        else row
        for row in rows
    ], []


def _changed(line: PurchaseLine, served: Sequence[Purpose], row: Row, name: str) -> LineInput:
    given = _filled(replace(inputs.as_input(line, served), uom=""), row, name)
    if "allocations" not in row:
        given.allocations = _grown(line, served, given.qty)
    return given


def _filled(given: LineInput, row: Row, name: str) -> LineInput:
    given.name = name
    for each in (*OWN, "uom"):
        if each in row:
            setattr(given, each, row[each])
    if "availability" in row:
        given.availability = row["availability"] or "unknown"
    if "styles" in row:
        given.styles = list({s["style"].id: s["style"] for s in row["styles"]}.values())
    if "allocations" in row:
        shares: dict[EntityRef, Decimal] = {}
        for share in row["allocations"]:
            ref, qty = share["document"], share["qty"]
            shares[ref] = shares.get(ref, Decimal(0)) + (given.qty if qty is None else qty)
        given.allocations = shares
    return given


def _grown(line: PurchaseLine, served: Sequence[Purpose], qty: Decimal) -> dict[EntityRef, Decimal]:
    """Allocations nobody touched: one that took the whole line grows and shrinks with it, others are cut from behind."""
    held = {p.ref: p.qty for p in served}
    if len(held) == 1 and next(iter(held.values())) == line.qty:
        return dict.fromkeys(held, qty)
    left = qty
    cut = {}
    for ref, share in held.items():
        if min(share, left) > 0:
            cut[ref] = min(share, left)
            left -= cut[ref]
    return cut
