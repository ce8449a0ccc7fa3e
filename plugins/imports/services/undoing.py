"""Taking back what a file brought in: as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, EntityType, Refused, T, get_row
from core.remote import describe_row, entity_of, perform
from plugins.imports.models import Batch
from plugins.imports.services.lines import replace_lines
from plugins.imports.words import TABLE, TAKES_BACK

ACTIVE = "active"


def take_back(ctx: Ctx, batch: Batch) -> None:
    """Undo what a batch did, the last first: new rows go (documents are cancelled, posted ones reversed, master data that
    cannot be deleted becomes inactive), changed ones get what they held.

    Refused, with nothing taken back, where something depends on a row, or somebody changed it since.
    """
    if batch.status not in ("done", "stopped") or not (batch.made or batch.changed):
        raise Refused(T("There is nothing to take back."))
    entity = entity_of(ctx, batch.entity)
    for row_id, version, before in reversed(batch.changed):
        _give_back(ctx, entity, get_row(ctx, entity, row_id), version, before)
    for row_id in reversed(batch.made):
        _drop(ctx, entity, get_row(ctx, entity, row_id))
    batch.status = "undone"


def _give_back(ctx: Ctx, entity: EntityType, row: Any, version: int, before: dict[str, Any]) -> None:
    tables = {t.name for t in entity.children}
    lines = before.get(TABLE) if TABLE not in tables else None
    sent = {n: _without_ids(v) if n in tables else v for n, v in before.items() if n in tables or n != TABLE}
    perform(ctx, entity, "edit", row, sent, version=version or None)
    if lines is not None:
        replace_lines(ctx, entity, row, lines)


def _drop(ctx: Ctx, entity: EntityType, row: Any) -> None:
    if entity.deletable:
        perform(ctx, entity, "delete", row, {})
        return
    verbs = TAKES_BACK if entity.states else ()
    possible = describe_row(ctx, entity, row, ["actions"])["actions"]
    verb = next((v for v in verbs if v in possible), None)
    if verb is not None:
        asks = {f.name for f in ctx.registry.actions[entity.name][verb].all_fields()}
        reason = {"reason": str(T("Taken back with its file."))}
        perform(ctx, entity, verb, row, reason if "reason" in asks else {})
    elif ACTIVE in {f.name for f in entity.fields}:  # master data that stays: nobody chooses it any more
        perform(ctx, entity, "edit", row, {ACTIVE: False})
    else:
        raise Refused(T("{number} can no longer be taken back.", number=getattr(row, entity.key)))


def _without_ids(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]
