"""Documents that a sheet brought in before: those that no number or code tells apart are known by what they say."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from core.api import Ctx, EntityType, T, Text
from core.db import among
from plugins.imports.models import Batch, Brought
from plugins.imports.services.documents import Document
from plugins.imports.services.intakes import Intake
from plugins.imports.services.known import names_row
from plugins.imports.words import TAKES_BACK


def note_digests(intake: Intake, documents: Sequence[Document]) -> None:
    """Give each document that names no row its digest: of all that it says, and of how many of the sheet said the same before
    it."""
    seen: Counter[str] = Counter()
    for each in documents:
        if intake.source is None and names_row(intake.entity, each):
            continue
        said = json.dumps([each.header, each.tables], sort_keys=True, default=str)
        seen[said] += 1
        each.digest = hashlib.sha256(f"{intake.verb}\0{seen[said]}\0{said}".encode()).hexdigest()


def find_brought(ctx: Ctx, entity: EntityType, documents: Sequence[Document]) -> dict[str, Text]:
    """By digest, where a document came in before and still stands: the sentence that says so. A fixed number of queries."""
    digests = [each.digest for each in documents if each.digest]
    if not digests:
        return {}
    found = ctx.session.execute(
        select(Brought.digest, Brought.row_id, Brought.line, Batch.filename, Batch.at)
        .join(Batch, Brought.batch_id == Batch.id)
        .where(Brought.entity == entity.name, Brought.digest.in_(digests))
    ).all()
    standing = _standing(ctx, entity, [row_id for _digest, row_id, *_rest in found])
    return {
        digest: T("“{file}” brought this in already on {day}, line {line}: {number}.", file=filename,
                  day=at.astimezone(ctx.zone).date(), line=line, number=standing[row_id])
        for digest, row_id, line, filename, at in found
        if row_id in standing
    }  # fmt: skip


def keep_brought(ctx: Ctx, batch: Batch, made: Sequence[tuple[Document, int]]) -> None:
    """Remember what a batch made; what an earlier one made of the same is forgotten."""
    found = [(document, row_id) for document, row_id in made if document.digest]
    if not found:
        return
    digests = [document.digest for document, _row_id in found]
    ctx.session.execute(delete(Brought).where(Brought.entity == batch.entity, Brought.digest.in_(digests)))
    ctx.session.insert_many(
        Brought,
        [
            {
                "entity": batch.entity,
                "digest": d.digest,
                "batch_id": batch.id,
                "line": d.line,
                "row_id": row_id,
            }
            for d, row_id in found
        ],
    )


def _standing(ctx: Ctx, entity: EntityType, ids: Sequence[int]) -> dict[int, Any]:
    """What the rows are called that are there and were not taken back."""
    actions = ctx.registry.actions[entity.name].all_standing(ctx.enabled)
    over = {action.to_state for action in actions if action.name in TAKES_BACK}
    rows = ctx.session.scalars(select(entity.model).where(among(entity.model.id, ids))) if ids else ()
    return {row.id: getattr(row, entity.key) for row in rows if getattr(row, "state", None) not in over}
