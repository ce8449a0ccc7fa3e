"""Saving the consumption (BOM) of a style from a typed matrix or a pasted table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Change, Ctx, Problem, Refused, T, Text, check_version, record_save
from core.db import flush_rows
from kit.sheets import Heading, SheetColumns, sheet_lines
from plugins.catalog import milestones
from plugins.catalog.bom import as_row, bom_lines, bom_of, colors_by_id
from plugins.catalog.bom_check import CheckedRow, check_rows
from plugins.catalog.models import BomLine, BomSize, Style
from plugins.catalog.sizes import sizes_of
from plugins.catalog.words import STYLE

HEADINGS = (
    Heading("material", T("Material"), ("material",)),
    Heading("place", T("Place"), (), ("部位",)),
    Heading("uom", T("Unit"), ("unit",)),
    Heading("wastage_pct", T("Wastage %"), ("wastage",), ("損耗率", "损耗率"), number=True),
    Heading("fixed_loss", T("Fixed loss"), (), ("固定損耗", "固定损耗"), number=True),
    Heading("color_rule", T("Colour rule"), ("color",), ("color rule", "顏色規則", "颜色规则")),
    Heading("size_rule", T("Size rule"), (), ("尺碼規則", "尺码规则")),
    Heading("dest_rule", T("Destination rule"), (), ("目的地規則", "目的地规则")),
    Heading("stage", T("Stage"), (), ("階段", "阶段")),
    Heading(
        "consumption",
        T("All sizes"),
        (),
        ("consumption", "usage", "單耗", "单耗", "用量", "全部尺碼", "全部尺码"),
        number=True,
    ),
)

TYPED = ("material", "place", "consumption", "wastage_pct", "fixed_loss", "color_detail")


def is_blank(row: Mapping[str, Any]) -> bool:
    """True for a matrix row in which nothing was typed (what is chosen from a list alone does not count)."""
    cells = [row.get(cell) for cell in TYPED] + list((row.get("sizes") or {}).values())
    return not any(str(cell or "").strip() for cell in cells)


def save_bom(
    ctx: Ctx, style: Style, rows: Sequence[Mapping[str, Any]], *, version: int | None = None
) -> Style:
    """Replace the consumption of ``style`` by these rows, in this order; raises its ``bom_version``.

    Each row holds what was typed: ``id`` (of a line that is kept), ``material`` (code), ``place``, ``uom``,
    ``consumption`` (every size), ``sizes`` (size code → consumption), ``wastage_pct``, ``fixed_loss``, ``color_rule``,
    ``color_detail`` (``BLK`` or ``NVY=BLK WHT=IVO``), ``size_rule``, ``dest_rule``, ``stage``, ``optional``.
    ``version`` is the style's version the person saw. Raises Denied, Stale, or Refused with a Problem per wrong cell
    (``bom-<row>-<cell>``); then nothing has been saved. Blank rows are skipped. Saving the same again changes nothing.
    """
    ctx.require("catalog.style.edit")
    check_version(ctx, ctx.registry.get(STYLE), style, version)
    changes = replace_bom(ctx, style, rows)
    if changes:
        record_save(ctx, style, "bom", changes)
    return style


def replace_bom(ctx: Ctx, style: Style, rows: Sequence[Mapping[str, Any]]) -> list[Change]:
    """What :func:`save_bom` writes, without right and version; returns what is different. Raises Refused."""
    sizes = sizes_of(ctx, [style.id]).get(style.id, [])
    kept = [(i, row) for i, row in enumerate(rows) if not is_blank(row)]
    checked, problems = check_rows(ctx, style, sizes, [row for _, row in kept])
    if problems:
        raise Refused([_moved(problem, [i for i, _ in kept]) for problem in problems])
    lines = bom_lines(ctx, [style.id])[style.id]
    colors = colors_by_id(ctx, lines)
    before = [_text(as_row(line, sizes, colors)) for line in lines]
    have = {line.id: line for line in lines}
    if any(row.id and row.id not in have for row in checked):
        raise Refused(T("A line was removed by somebody else. Open the document again."))
    keep = {row.id for row in checked if row.id}
    for line in lines:
        if line.id not in keep:
            ctx.session.delete(line)
    for position, row in enumerate(checked):
        line = have[row.id] if row.id else BomLine(style_id=style.id, sizes=[])
        _fill(line, row, position)
        ctx.session.add(line)
    flush_rows(ctx.session)
    after = [_text(row) for row in bom_of(ctx, style).rows]
    if before == after:
        return []
    style.bom_version = (style.bom_version or 0) + 1
    style.bom_since = ctx.today() if after else None
    flush_rows(ctx.session)
    milestones.changed(ctx, style.id)
    return _difference(before, after)


def _moved(problem: Problem, places: Sequence[int]) -> Problem:
    """A problem of the n-th row that was not blank, at the row where it was typed."""
    _, index, cell = problem.field.split("-", 2)
    return Problem(problem.message, f"bom-{places[int(index)]}-{cell}")


def _fill(line: BomLine, row: CheckedRow, position: int) -> None:
    values = dict(row.values)
    material, fixed = values.pop("material"), values.pop("fixed_color")
    line.material_id, line.material = material.id, material
    line.fixed_color_id, line.fixed_color = (fixed.id, fixed) if fixed is not None else (None, None)
    line.position = position
    for name, value in values.items():
        if getattr(line, name) != value:
            setattr(line, name, value)
    have = {size.size_id: size for size in line.sizes}
    for size_id, consumption in row.sizes.items():
        if size_id not in have:
            line.sizes.append(BomSize(size_id=size_id, consumption=consumption))
        elif have[size_id].consumption != consumption:
            have[size_id].consumption = consumption
    for size_id, size in have.items():
        if size_id not in row.sizes:
            line.sizes.remove(size)


def _text(row: Mapping[str, Any]) -> str:
    """A row in one line, for the activity stream."""
    by_size = " ".join(f"{code} {value}" for code, value in row["sizes"].items() if value)
    rule = row["color_rule"] + (f":{row['color_detail']}" if row["color_detail"] else "")
    extras = [name for name in ("size_rule", "dest_rule") if row[name] == "track"]
    extras += [row["stage"]] if row["stage"] else []
    extras += ["optional"] if row["optional"] else []
    loss = f" + {row['fixed_loss']}" if row["fixed_loss"] else ""
    parts = [row["material"], row["place"], f"{row['consumption']} {by_size}".strip(), row["uom"]]
    return " ".join(p for p in [*parts, f"+{row['wastage_pct']}%{loss}", rule, *extras] if p)


def _difference(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """Lines that went and lines that came, paired in order by material where both exist."""
    gone = [text for text in before if text not in after]
    come = [text for text in after if text not in before]
    changes: list[Change] = []
    for text in gone:
        twin = next((other for other in come if other.split(" ")[0] == text.split(" ")[0]), None)
        if twin is not None:
            come.remove(twin)
        changes.append(("bom", text, twin))
    changes += [("bom", None, text) for text in come]
    return changes or [("bom", "order", "order changed")]


def rows_from_text(ctx: Ctx, style: Style, text: str) -> list[dict[str, Any]]:
    """Rows of a pasted table with a heading row: ``material``, ``unit``, ``wastage``, ``colour rule`` … and sizes.

    Headings are known in English and Chinese, in any order; a column named like a size is that size's consumption.
    A colour rule may carry its colour: ``fixed:BLK``, ``map:NVY=BLK WHT=IVO``. Refused for an unknown heading.
    """
    sizes = {s.code.upper(): s.code for s in sizes_of(ctx, [style.id]).get(style.id, [])}

    def size_column(title: str) -> str:
        return f"size:{sizes[title.upper()]}" if title.upper() in sizes else ""

    columns = SheetColumns(HEADINGS, further=size_column, unknown=_unknown)
    lines, problems = sheet_lines(text, columns, "grid")
    if problems:
        raise Refused(problems)
    if lines and "material" not in lines[0].texts:
        raise Refused(T("A column with the heading “material” is needed."), "grid")
    rows = []
    for line in lines:
        by_size = {n.removeprefix("size:"): t for n, t in line.texts.items() if n.startswith("size:")}
        rows.append({n: t for n, t in line.texts.items() if not n.startswith("size:")} | {"sizes": by_size})
    return rows


def _unknown(names: str) -> Text:
    return T("{headings}: neither a size of this style nor a known heading.", headings=names)
