"""Lines of an issue as people type them, and the sheet they type them into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core import ledger
from core.api import Ctx, Problem, Refused, T, check_version, find_rows, list_choices, record_save
from core.db import flush_rows
from core.values import Unreadable, parse_decimal
from plugins.catalog.api import Key
from plugins.catalog.models import Material
from plugins.factory_stock import words
from plugins.factory_stock.models import Issue, IssueLine
from plugins.factory_stock.words import COLOR, DESTINATION, MATERIAL
from plugins.stock.services import groups

ZERO = Decimal(0)
WEIGHED = Decimal("0.001")
TEXTS = ("material", "color", "size", "destination", "lot", "qty", "reason", "payer", "note")


@dataclass
class LineInput:
    """A line as typed: codes and texts. ``n`` is its number on the page; its inputs are called ``lines-<n>-<what>``."""

    n: int
    material: str = ""
    color: str = ""
    size: str = ""
    destination: str = ""
    lot: str = ""
    qty: str = ""
    reason: str = ""
    payer: str = ""
    note: str = ""

    def at(self, what: str) -> str:
        """Name of an input."""
        return f"lines-{self.n}-{what}"


@dataclass
class Codes:
    """Master data by code in capitals, read once for all lines."""

    materials: dict[str, Material] = field(default_factory=dict)
    colors: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)


def read(ctx: Ctx, typed: Sequence[LineInput]) -> Codes:
    """Everything the codes name; four queries."""

    def given(what: str) -> set[str]:
        return {getattr(t, what).strip().upper() for t in typed if getattr(t, what).strip()}

    found = Codes()

    def rows(name: str, what: str) -> dict[str, Any]:
        return find_rows(ctx, ctx.registry.get(name), given(what))

    found.materials = rows(MATERIAL, "material")
    found.colors = {code: row.id for code, row in rows(COLOR, "color").items()}
    found.places = {code: row.id for code, row in rows(DESTINATION, "destination").items()}
    found.sizes = groups.size_ids(ctx, {t.size.strip() for t in typed})
    return found


def save(ctx: Ctx, issue: Issue, typed: Iterable[LineInput], version: int | None = None) -> None:
    """Replace the lines of a draft by what was typed; lines without quantity are left out.

    Raises Refused with a Problem at each wrong input, Stale where somebody else changed the document.
    """
    check_version(ctx, ctx.registry.of(issue), issue, version)
    if issue.state != "draft":
        raise Refused(T("{number} is posted and can no longer be changed.", number=issue.number))
    wanted = [t for t in typed if t.qty.strip() or (t.material.strip() and (t.reason or t.note))]
    codes = read(ctx, wanted)
    problems: list[Problem] = []
    made: list[IssueLine] = []
    seen: dict[tuple[object, ...], int] = {}
    for t in wanted:
        line = _line(ctx, issue, t, codes, problems)
        if line is None:
            continue
        same = (line.material_id, line.color_id, line.size_id, line.destination_id, line.lot)
        if same in seen:
            problems.append(Problem(T("This stands twice."), t.at("qty")))
        seen[same] = t.n
        made.append(line)
    if problems:
        raise Refused(problems)
    before = len(issue.lines)
    issue.lines = []
    flush_rows(ctx.session)
    issue.lines = made
    record_save(ctx, issue, "lines", [("lines", before, len(made))])


def _line(ctx: Ctx, issue: Issue, t: LineInput, codes: Codes, problems: list[Problem]) -> IssueLine | None:
    wrong: list[Problem] = []
    material = codes.materials.get(t.material.strip().upper())
    if material is None:
        what = (
            T("Say which material.")
            if not t.material.strip()
            else T("There is no material “{code}”.", code=t.material)
        )
        wrong.append(Problem(what, t.at("material")))
    ids: dict[str, int | None] = {}
    for name, known in (("color", codes.colors), ("destination", codes.places), ("size", codes.sizes)):
        text = str(getattr(t, name)).strip()
        ids[name] = known.get(text if name == "size" else text.upper()) if text else None
        if text and ids[name] is None:
            wrong.append(Problem(T("There is no “{code}”.", code=text), t.at(name)))
    qty = ZERO
    try:
        qty = parse_decimal(t.qty, 6) if t.qty.strip() else ZERO
        if qty < 0 or (qty == 0 and issue.kind != "count"):
            wrong.append(Problem(T("A quantity must be more than zero."), t.at("qty")))
        elif material is not None and qty % step_of(material):
            wrong.append(
                Problem(T("{uom} is counted in steps of {step}.", uom=material.stock_uom,
                          step=f"{step_of(material).normalize():f}"), t.at("qty"))
            )  # fmt: skip
    except Unreadable as error:
        wrong.append(Problem(str(error), t.at("qty")))
    if t.reason and t.reason not in dict(list_choices(words.EXTRA_REASONS)(ctx)):
        wrong.append(Problem(T("Choose a reason from the list."), t.at("reason")))
    if t.payer and t.payer not in words.PAYERS:
        wrong.append(Problem(T("Choose who pays."), t.at("payer")))
    problems += wrong
    if wrong or material is None:
        return None
    return IssueLine(
        position=t.n, material_id=material.id, material=material, color_id=ids["color"], size_id=ids["size"],
        destination_id=ids["destination"], lot=t.lot.strip()[:120], qty=qty, extra=ZERO, reason=t.reason,
        payer=t.payer, note=t.note.strip()[:400],
    )  # fmt: skip


def step_of(material: Material) -> Decimal:
    """Smallest quantity that is moved: the stock unit's step; what is weighed comes to a gram."""
    return WEIGHED if material.stock_uom == "kg" else material.stock_step or Decimal(1)


def item_of(line: IssueLine) -> ledger.Item:
    """The ledger's item of a line."""
    return ledger.Item(
        "material",
        line.material_id,
        line.color_id or 0,
        line.size_id or 0,
        line.destination_id or 0,
        line.lot,
    )


def by_key(ctx: Ctx, items: Mapping[ledger.Item, Decimal]) -> dict[Key, Decimal]:
    """Sums by group, whatever the lot; one query."""
    codes = groups.size_codes(ctx, {i.size_id for i in items})
    found: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for item, qty in items.items():
        found[groups.key_of(item, codes)] += qty
    return found
