"""Lines of an issue as the payload of the action "lines"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core import ledger
from core.api import Ctx, Field, PayloadTable, Problem, Refused, T, list_choices, note_changes
from core.db import flush_rows
from core.values import ZERO, decimal_text
from plugins.catalog.api import Material
from plugins.factory_stock import words
from plugins.factory_stock.models import Issue, IssueLine
from plugins.factory_stock.words import COLOR, DESTINATION, MATERIAL
from plugins.stock.api import groups

WEIGHED = Decimal("0.001")
Row = Mapping[str, Any]

TABLE = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("material", T("Material"), "ref", ref=MATERIAL, required=True),
        Field("color", T("Colour"), "ref", ref=COLOR),
        Field("size", T("Size"), max_length=20),
        Field("destination", T("Destination"), "ref", ref=DESTINATION),
        Field("lot", T("Lot"), max_length=120),
        Field("qty", T("Quantity"), "qty", help=T("In the stock unit; counted: what lies there.")),
        Field("reason", T("Reason"), "choice", choices=list_choices(words.EXTRA_REASONS)),
        Field("payer", T("Who pays"), "choice", choices=tuple(words.PAYERS.items())),
        Field("note", T("Note"), max_length=400),
    ),
)


def check(ctx: Ctx, issue: Issue, data: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the rows of the payload; one query."""
    rows: Sequence[Row] = data[TABLE.name]
    sizes = groups.size_ids(ctx, {row.get("size", "") for row in rows})
    problems: list[Problem] = []
    seen: set[ledger.Item] = set()
    for n, row in enumerate(rows):
        for name, text in _wrong(issue, row, sizes):
            problems.append(Problem(text, f"{TABLE.name}.{n}.{name}"))
        if row.get("material") is not None:
            item = _item(row, sizes)
            if item in seen:
                problems.append(Problem(T("This stands twice."), f"{TABLE.name}.{n}.qty"))
            seen.add(item)
    return problems


def run(ctx: Ctx, issue: Issue, data: Mapping[str, Any]) -> Any:
    """The action: the rows take the place of the lines of a draft."""
    if problems := check(ctx, issue, data):
        raise Refused(problems)
    rows: Sequence[Row] = data[TABLE.name]
    sizes = groups.size_ids(ctx, {row["size"] for row in rows})
    lines = []
    for row in rows:
        made = new_line(row["material"], _item(row, sizes), row["qty"])
        made.reason, made.payer, made.note = row["reason"] or "", row["payer"] or "", row["note"]
        lines.append(made)
    replace_lines(ctx, issue, lines)
    return T("{n} lines saved.", n=len(lines))


def new_line(material: Material, item: ledger.Item, qty: Decimal) -> IssueLine:
    """A line that moves ``qty`` of an item, in stock units."""
    return IssueLine(
        material_id=material.id, material=material, color_id=item.color_id or None, size_id=item.size_id or None,
        destination_id=item.dest_id or None, lot=item.lot, qty=qty, extra=ZERO, reason="", payer="", note="",
    )  # fmt: skip


def replace_lines(ctx: Ctx, issue: Issue, lines: Sequence[IssueLine]) -> None:
    """Write these lines in this order instead of those that are there."""
    before = len(issue.lines)
    issue.lines = []
    flush_rows(ctx.session)
    for position, line in enumerate(lines):
        line.position = position
    issue.lines = list(lines)
    flush_rows(ctx.session)
    note_changes(ctx, issue, ("lines", before, len(lines)))


def at_line(line: IssueLine, name: str) -> str:
    """Where a problem of a line is said: at the row of the payload that it came from."""
    return f"{TABLE.name}.{line.position}.{name}"


def _wrong(issue: Issue, row: Row, sizes: Mapping[str, int]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    material, size = row.get("material"), row.get("size", "")
    if size and size not in sizes:
        found.append(("size", T("There is no “{code}”.", code=size)))
    qty = row.get("qty")
    if "qty" in row and (qty is None or qty < 0 or (qty == 0 and issue.kind != "count")):
        found.append(("qty", T("A quantity must be more than zero.")))
    elif qty and material is not None and qty % step_of(material):
        step = decimal_text(step_of(material))
        found.append(("qty", T("{uom} is counted in steps of {step}.", uom=material.stock_uom, step=step)))
    return found


def step_of(material: Material) -> Decimal:
    """Smallest quantity that is moved: the stock unit's step; what is weighed comes to a gram."""
    return WEIGHED if material.stock_uom == "kg" else material.stock_step or Decimal(1)


def _item(row: Row, sizes: Mapping[str, int]) -> ledger.Item:
    color, place = row.get("color"), row.get("destination")
    return ledger.Item(
        "material", row["material"].id, color.id if color else 0, sizes.get(row.get("size", ""), 0),
        place.id if place else 0, row.get("lot", ""),
    )  # fmt: skip
