"""Empty sheets with the headings of a kind of document, in the reader's language."""

from __future__ import annotations

from core.api import Column, Ctx, EntityType, NotFound, T
from core.base_api import Sheet
from plugins.imports.services.targets import Target, list_targets, size_codes
from plugins.imports.services.workbook import Head, Kind, write_workbook

MOST_SIZES = 30
"""Sizes that get a column of their own; more of a company's may be added by hand."""


def make_template(ctx: Ctx, entity: EntityType, kind: str) -> tuple[bytes, str]:
    """(file, media type) as ``csv`` or ``xlsx``, whatever lists are exported as. NotFound for another kind.

    A workbook says on each heading what goes there, offers choices in its cells, and keeps codes as they are typed.
    """
    export = next((e for e in ctx.registry.exports.all_standing(ctx.enabled) if e.name == kind), None)
    if export is None:
        raise NotFound(T("There is nothing called {name}.", name=kind))
    heads = [head for target in list_targets(ctx, entity) for head in _heads(ctx, target)]
    if kind == "xlsx":
        return write_workbook(str(entity.plural), heads), export.media_type
    columns = [Column(f"c{at}", T("{name}", name=head.name)) for at, head in enumerate(heads)]
    return b"".join(export.write(Sheet(str(entity.plural), columns, iter(())))), export.media_type


def _heads(ctx: Ctx, target: Target) -> list[Head]:
    field = target.field
    if field is None:
        note = T(
            "Of what is there already: its row is changed. Empty: a new one, which gets the next number."
        )
        return [Head(str(target.label), str(note))]
    if ".*" in target.name:
        note = T(
            "{what}, a column for each size. Sizes of your own may take the place of these.",
            what=target.label,
        )
        return [Head(code, str(note), kind="number") for code in size_codes(ctx)[:MOST_SIZES]]
    choices: list[str] = []
    if field.kind == "choice":
        choices = [str(label) for _code, label in field.options(ctx)]
    elif field.kind == "bool":
        choices = [str(T("yes")), str(T("no"))]
    says = [T("Needed.")] if target.required else []
    if field.kind == "ref":
        says.append(T("Code or number of: {what}", what=ctx.registry.get(field.ref).label))
    if field.kind == "choices":
        names = ", ".join(str(label) for _code, label in field.options(ctx))
        says.append(T("One or several, with commas between: {names}", names=names))
    says += [field.help] if field.help else []
    kind: Kind = "number" if field.numeric else "day" if field.kind == "date" else "text"
    return [Head(str(target.label), " ".join(str(each) for each in says), target.required, choices, kind)]
