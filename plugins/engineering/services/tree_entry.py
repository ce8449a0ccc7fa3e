"""The action that saves a whole tree: rows with levels become lines of the version and of drafts of made materials below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select

from core.api import Change, Ctx, Problem, Refused, T, Text, note_changes
from core.db import among, flush_rows
from core.values import code_key
from plugins.catalog.api import (
    CheckedRow,
    Color,
    Material,
    RowCheck,
    colorways,
    fill_line,
    line_texts,
    same_use,
    sizes_of,
    text_difference,
)
from plugins.engineering.models import (
    EngineeringBom,
    EngineeringBomLine,
    EngineeringBomSize,
    MaterialSource,
)
from plugins.engineering.services.checks import check_cycle, current_boms, edges, owner_of
from plugins.engineering.services.versions import lines_of, new_version
from plugins.engineering.words import BUY

Row = Mapping[str, Any]


@dataclass
class Branch:
    """A row with the numbers of the rows right below it."""

    index: int
    checked: CheckedRow
    below: list[Branch] = field(default_factory=list)

    @property
    def material(self) -> Material:
        """What it takes."""
        found: Material = self.checked.values["material"]
        return found


def check(ctx: Ctx, bom: EngineeringBom, data: Mapping[str, Any]) -> Sequence[Problem]:
    """What is wrong with the rows of the payload, each at its cell."""
    return _checked(ctx, bom, data["lines"])[1]


def run(ctx: Ctx, bom: EngineeringBom, data: Mapping[str, Any]) -> Text:
    """The rows take the place of the version's lines. Rows below a made material become its lines: where they differ from what
    it has, in its newest draft, or in a new one. A made material without rows below it keeps what it has."""
    branches, problems = _checked(ctx, bom, data["lines"])
    if problems:
        raise Refused(problems)
    _save_sources(ctx, data["lines"])
    changed = [bom] if _write(ctx, bom, branches) else []
    todo = [branch for branch in branches if branch.below]
    while todo:
        branch = todo.pop(0)
        draft = _write_below(ctx, branch)
        changed += [draft] if draft is not None else []
        todo += [each for each in branch.below if each.below]
    taken = {branch.material.id for branch in branches}
    check_cycle(ctx, owner_of(bom), taken, edges(ctx, taken, drafts=True))
    others = [each.number for each in changed if each is not bom]
    if others:
        return T("Saved; drafts of what is below it: {numbers}.", numbers=", ".join(others))
    return T("{n} rows saved.", n=len(data["lines"]))


def _checked(ctx: Ctx, bom: EngineeringBom, rows: Sequence[Row]) -> tuple[list[Branch], list[Problem]]:
    style = bom.style
    sizes = sizes_of(ctx, [style.id]).get(style.id, ()) if style is not None else ()
    own = colorways(style.colors) if style is not None else {}
    named = _colors(ctx, rows)
    problems: list[Problem] = []
    top: list[Branch] = []
    path: list[Branch] = []
    for index, row in enumerate(rows):
        level, at = row.get("level"), f"lines.{index}"
        if level is None:
            continue
        of_style = level == 1 and style is not None
        row_check = RowCheck(at, row, sizes if of_style else (), own if of_style else _mapped(row, named))
        branch = Branch(index, row_check.run())
        problems += row_check.problems
        if level > len(path) + 1:
            problems.append(Problem(T("The row above is on level {level}.", level=len(path)), f"{at}.level"))
            continue
        del path[level - 1 :]
        (path[-1].below if path else top).append(branch)
        path.append(branch)
    if not problems:
        problems += _structure(rows, bom, top) + _twice(top)
    return top, problems


def _twice(branches: Sequence[Branch]) -> list[Problem]:
    """What stands twice for the same use, on any level."""
    found = same_use([(branch.index, branch.checked) for branch in branches])
    return found + [problem for branch in branches for problem in _twice(branch.below)]


def _structure(rows: Sequence[Row], bom: EngineeringBom, top: list[Branch]) -> list[Problem]:
    """What is bought has nothing below it, what is made stands with its rows once, and nothing below itself."""
    problems: list[Problem] = []
    seen: dict[int, int] = {}

    def look(branch: Branch, above: tuple[Material, ...]) -> None:
        at, material = f"lines.{branch.index}", branch.material
        if material in above:
            way = " → ".join(m.code for m in (*above[above.index(material) :], material))
            problems.append(
                Problem(T("A material cannot be made of itself: {path}.", path=way), f"{at}.material")
            )
            return
        if branch.below and rows[branch.index].get("source") == BUY:
            problems.append(Problem(T("What is bought has nothing below it."), f"{at}.source"))
        if branch.below and seen.setdefault(material.id, branch.index) != branch.index:
            problems.append(
                Problem(
                    T("What {material} is made of stands higher up already.", material=material.code),
                    f"{at}.material",
                )
            )
        for each in branch.below:
            look(each, (*above, material))

    for branch in top:
        look(branch, (bom.material,) if bom.material is not None else ())
    return problems


def _colors(ctx: Ctx, rows: Sequence[Row]) -> dict[str, Color]:
    """Colours of made materials that tables name, by code."""
    typed = {
        str(pair["garment"]).strip() for row in rows for pair in row.get("colors", ()) if pair.get("garment")
    }
    if not typed:
        return {}
    wanted = or_(Color.code.in_({t.upper() for t in typed}), Color.name.in_(typed))
    found = ctx.session.scalars(select(Color).where(wanted)).all()
    return {code_key(name): color for color in found for name in (color.code, color.name)}


def _mapped(row: Row, named: Mapping[str, Color]) -> dict[str, Color]:
    typed = [code_key(str(pair.get("garment") or "")) for pair in row.get("colors", ())]
    return {key: named[key] for key in typed if key in named}


def _save_sources(ctx: Ctx, rows: Sequence[Row]) -> None:
    wanted = {row["material"].id: row["source"] for row in rows if row.get("source")}
    if not wanted:
        return
    known = {
        each.row_id: each
        for each in ctx.session.scalars(select(MaterialSource).where(among(MaterialSource.row_id, wanted)))
    }
    materials = {row["material"].id: row["material"] for row in rows}
    for material_id, source in wanted.items():
        kept = known.get(material_id)
        before = kept.source if kept is not None else None
        if before == source:
            continue
        if kept is None:
            ctx.session.add(MaterialSource(row_id=material_id, source=source))
        else:
            kept.source = source
        note_changes(ctx, materials[material_id], ("source", before, source))
    flush_rows(ctx.session)


def _write_below(ctx: Ctx, branch: Branch) -> EngineeringBom | None:
    """The lines of a made material, where they are others now; its draft, or None where nothing differs."""
    material = branch.material
    current_id = current_boms(ctx, [material.id], drafts=True).get(material.id)
    current = ctx.session.get(EngineeringBom, (ctx.session.tenant_id, current_id)) if current_id else None
    if current is not None and not _differs(ctx, current, branch.below):
        return None
    draft = current if current is not None and current.state == "draft" else new_version(ctx, material)
    _write(ctx, draft, branch.below)
    return draft


def _differs(ctx: Ctx, bom: EngineeringBom, rows: Sequence[Branch]) -> bool:
    planned = [_filled(EngineeringBomLine(sizes=[]), branch.checked, n) for n, branch in enumerate(rows)]
    texts = line_texts(ctx, [], planned)
    return line_texts(ctx, [], lines_of(ctx, [bom])[bom.id]) != texts


def _write(ctx: Ctx, bom: EngineeringBom, rows: Sequence[Branch]) -> list[Change]:
    """Rows become the lines of a draft, in their order; what is different, for the trail."""
    lines = lines_of(ctx, [bom])[bom.id]
    style_id = bom.style_id or 0
    sizes = sizes_of(ctx, [style_id]).get(style_id, [])
    before = line_texts(ctx, sizes, lines)
    for line in lines[len(rows) :]:
        ctx.session.delete(line)
    written = lines[: len(rows)]
    written += [EngineeringBomLine(bom_id=bom.id, sizes=[]) for _ in rows[len(lines) :]]
    for position, (line, branch) in enumerate(zip(written, rows, strict=True)):
        _filled(line, branch.checked, position)
    alike: list[EngineeringBomLine] = sorted(
        written, key=lambda line: (line.color_map is None, line.wastage_breaks is None)
    )
    ctx.session.add_all(alike)  # rows that have the same columns go in one statement
    flush_rows(ctx.session)
    ctx.session.expire(bom, ["lines"])
    after = line_texts(ctx, sizes, written)
    if before == after:
        return []
    changes = text_difference(before, after)
    note_changes(ctx, bom, *changes)
    return changes


def _filled(line: EngineeringBomLine, row: CheckedRow, position: int) -> EngineeringBomLine:
    fill_line(line, EngineeringBomSize, row, position)
    return line
