"""The labels of documents: what their plugin says, or else one label with the number and what the document is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityType, NotFound, Refused, T, current_locale
from core.db import among
from core.remote import entity_of
from kit.labels import MOST, SHEETS, Label, compose
from kit.printing.documents import Rendered, draw


def documents(ctx: Ctx, entity: str, ids: Sequence[int]) -> tuple[EntityType, list[Any]]:
    """These documents as this person may see them, in the order asked for. NotFound where one is not there for them."""
    found = entity_of(ctx, entity)
    ctx.require(f"{found.name}.view")
    wanted = list(dict.fromkeys(ids))
    asked = select(found.model).where(among(found.model.id, wanted))
    rows = {row.id: row for row in ctx.session.scalars(ctx.scope.narrow(found, asked))}
    if not wanted or len(rows) < len(wanted):
        raise NotFound(T("There is nothing here."))
    return found, [rows[id] for id in wanted]


def collect(ctx: Ctx, entity: EntityType, rows: Sequence[Any]) -> list[Label]:
    """Every label of these documents, those of one after the other."""
    told: dict[int, Sequence[Label]] = {}
    for answer in ctx.hooks.labels(entity=entity.name, ids=[row.id for row in rows]):
        told |= answer or {}
    more: dict[int, tuple[str, ...]] = {}
    for lines in ctx.hooks.label_lines(entity=entity.name, ids=[row.id for row in rows]):
        more |= {row_id: (*more.get(row_id, ()), *added) for row_id, added in (lines or {}).items()}
    return [
        replace(label, more=more.get(row.id, ()))
        for row in rows
        for label in told.get(row.id) or _usual(entity, row, row.id in told)
    ]


def _usual(entity: EntityType, row: Any, told: bool) -> list[Label]:
    if told:
        return []
    code = str(getattr(row, entity.key))
    title = str(entity.title(row) if callable(entity.title) else getattr(row, entity.title, "") or "")
    lines = (str(entity.label), *((title,) if title and title != code else ()))
    return [Label(code, lines, f"/{entity.name.replace('.', '/')}/{row.id}")]


def print_labels(
    ctx: Ctx, labels: Sequence[Label], *, sheet: str, first: int, copies: int, address: str
) -> Rendered:
    """The PDF. Raises Refused where nothing is ticked, for more than can be made at once, and for a place that the sheet has
    not."""
    chosen = SHEETS[sheet]
    wanted = [label for label in labels for _ in range(copies)]
    if not wanted:
        raise Refused(T("Tick at least one label."))
    if len(wanted) > MOST:
        raise Refused(T("At most {n} labels are printed at once.", n=MOST), "copies")
    if first > chosen.places:
        raise Refused(T("This sheet has {n} places.", n=chosen.places), "first")
    source = compose(ctx, chosen, wanted, address=address, language=current_locale(), first=first)
    return draw(ctx, source, seconds=60)
