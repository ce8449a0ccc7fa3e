"""Empty sheets with the headings of a kind of document, in the reader's language."""

from __future__ import annotations

from core.api import Column, Ctx, EntityType, NotFound, T
from core.base_api import Sheet
from plugins.imports.services.targets import list_targets

SIZES = ("S", "M", "L")
"""Headings that stand for the sizes, which each sheet has its own of."""


def make_template(ctx: Ctx, entity: EntityType, kind: str) -> tuple[bytes, str]:
    """(file, media type) as ``csv`` or ``xlsx``, whatever lists are exported as. NotFound for another kind."""
    export = next((e for e in ctx.registry.exports.all_standing(ctx.enabled) if e.name == kind), None)
    if export is None:
        raise NotFound(T("There is nothing called {name}.", name=kind))
    names = [
        name
        for target in list_targets(ctx, entity)
        for name in (SIZES if ".*" in target.name else (str(target.label),))
    ]
    columns = [Column(f"c{at}", T("{name}", name=name)) for at, name in enumerate(names)]
    return b"".join(export.write(Sheet(str(entity.plural), columns, iter(())))), export.media_type
