"""The action that replaces the consumption (BOM) of a style."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.api import Change, Ctx, Problem, Refused, T, note_changes
from core.db import flush_rows
from plugins.catalog.entities.bom import TABLE
from plugins.catalog.models import BomLine, BomSize, Size, Style
from plugins.catalog.services import milestones
from plugins.catalog.services.bom import ConsumptionLine, as_row, bom_lines, colors_by_id
from plugins.catalog.services.bom_checks import CheckedRow, check_rows
from plugins.catalog.services.sizes import sizes_of


def check(ctx: Ctx, style: Style, data: Mapping[str, Any]) -> Sequence[Problem]:
    """What is wrong with the rows of the payload."""
    return check_rows(ctx, style, data[TABLE.name])[1]


def run(ctx: Ctx, style: Style, data: Mapping[str, Any]) -> Any:
    """What the action does: the rows take the place of those that are there, in this order."""
    rows, problems = check_rows(ctx, style, data[TABLE.name])
    if problems:
        raise Refused(problems)
    note_changes(ctx, style, *write_lines(ctx, style, rows))
    return T("{n} lines of consumption saved.", n=len(rows))


def write_lines(ctx: Ctx, style: Style, rows: Sequence[CheckedRow]) -> list[Change]:
    """Write checked rows in the place of those that are there; returns what is different, for the trail of whoever
    asked. A line whose material stays is kept; the style's number of the consumption rises where anything differs."""
    lines = bom_lines(ctx, [style.id])[style.id]
    sizes = sizes_of(ctx, [style.id]).get(style.id, [])
    before = line_texts(ctx, sizes, lines)
    kept = _paired(lines, rows)
    for line in lines:
        if line not in kept:
            ctx.session.delete(line)
    written = [own or BomLine(style_id=style.id, sizes=[]) for own in kept]
    for position, (line, row) in enumerate(zip(written, rows, strict=True)):
        fill_line(line, BomSize, row, position)
    alike: list[BomLine] = sorted(written, key=lambda line: line.color_map is None)
    ctx.session.add_all(alike)  # rows that have the same columns go in one statement
    flush_rows(ctx.session)
    after = line_texts(ctx, sizes, written)
    if before == after:
        return []
    style.bom_version = (style.bom_version or 0) + 1
    style.bom_since = ctx.today() if after else None
    flush_rows(ctx.session)
    milestones.style_changed(ctx, style.id)
    return text_difference(before, after)


def _paired(lines: Sequence[BomLine], rows: Sequence[CheckedRow]) -> list[BomLine | None]:
    """The line that each row goes on: of the same material, at the same part of the garment where there are several."""
    left, found = list(lines), list[BomLine | None]([None] * len(rows))
    for names in (("place", "uom", "color_rule"), ()):
        for n, row in enumerate(rows):
            if found[n] is None:
                found[n] = next(
                    (
                        line
                        for line in left
                        if line.material_id == row.values["material"].id
                        and all(getattr(line, name) == row.values[name] for name in names)
                    ),
                    None,
                )
                left = [line for line in left if line is not found[n]]
    return found


def fill_line(line: ConsumptionLine, size_row: type[Any], row: CheckedRow, position: int) -> None:
    """Put what was checked into a line and its sizes; what says the same already is not touched. ``line`` is one of a style's
    or of any other list of material with the same columns, ``size_row`` the class of its sizes."""
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
            line.sizes.append(size_row(size_id=size_id, consumption=consumption))
        elif have[size_id].consumption != consumption:
            have[size_id].consumption = consumption
    for size_id, size in have.items():
        if size_id not in row.sizes:
            line.sizes.remove(size)


def line_texts(
    ctx: Ctx, sizes: Sequence[Size], lines: Sequence[ConsumptionLine], *, words: bool = False
) -> list[str]:
    """Lines in one line each, as the activity stream keeps them; with ``words`` rules are called as on pages."""
    colors = colors_by_id(ctx, lines)
    return [_text(as_row(line, sizes, colors), _called if words else _code) for line in lines]


def _code(name: str, value: str) -> str:
    return name if value in ("", "track") else value


def _called(name: str, value: str) -> str:
    """A rule, or a mark that a line has, in the reader's language."""
    field = next(each for each in TABLE.fields if each.name == name)
    choices = () if callable(field.choices) else field.choices
    return str(field.label if value in ("", "track") else dict(choices).get(value, value))


def _text(row: Mapping[str, Any], called: Callable[[str, str], str]) -> str:
    """A row in one line."""
    by_size = " ".join(f"{code} {value}" for code, value in row["sizes"].items() if value)
    rule = called("color_rule", row["color_rule"]) + (
        f":{row['color_detail']}" if row["color_detail"] else ""
    )
    extras = [called(name, "track") for name in ("size_rule", "dest_rule") if row[name] == "track"]
    extras += [called("stage", row["stage"])] if row["stage"] else []
    extras += [called("optional", "")] if row["optional"] else []
    loss = f" + {row['fixed_loss']}" if row["fixed_loss"] else ""
    per = f"/{row['per_pieces']} pcs" if row["per_pieces"] != 1 else ""
    loss += f" [{row['wastage_breaks']}]" if row["wastage_breaks"] else ""
    parts = [row["material"], row["place"], f"{row['consumption']} {by_size}".strip(), row["uom"] + per]
    return " ".join(p for p in [*parts, f"+{row['wastage_pct']}%{loss}", rule, *extras] if p)


def text_difference(before: Sequence[str], after: Sequence[str]) -> list[Change]:
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
