"""The audit trail: who did what, when, old → new, why. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from core.data.records import AuditEntry
from core.data.security import note_when_saved
from core.text.i18n import Text
from core.values import decimal_text

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Change = tuple[str, Any, Any]


class Noted(NamedTuple):
    """What an entry says of one row among many."""

    entity_id: int
    number: str
    from_state: str | None = None
    to_state: str | None = None
    changes: Sequence[Change] = ()


def json_value(value: Any) -> Any:
    """A value as it is kept in JSON: exact decimals and ISO dates as strings."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, dict):
        return {str(k): json_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_value(v) for v in value]
    return value


def record_audit(
    ctx: Ctx,
    entity: str,
    entity_id: int,
    action: str,
    *,
    number: str = "",
    from_state: str | None = None,
    to_state: str | None = None,
    changes: Iterable[Change] = (),
    reason: str = "",
    security: bool = False,
) -> None:
    """Add an entry in the current transaction. ``changes`` are (field, old, new). ``security``: what people may do changes, so
    the security log says it too (:mod:`core.data.security`)."""
    changes = list(changes)
    if security:
        _tell(ctx, entity, action, number or str(entity_id), [name for name, _old, _new in changes])
    noted = Noted(entity_id, number, from_state, to_state, changes)
    ctx.session.add(AuditEntry(**_values(ctx, entity, noted, action, reason)))


def _values(ctx: Ctx, entity: str, noted: Noted, action: str, reason: str) -> dict[str, Any]:
    return {
        "at": ctx.now(),
        "user_id": ctx.user.id if ctx.user else None,
        "user_name": ctx.actor,
        "entity": entity,
        "entity_id": noted.entity_id,
        "number": noted.number,
        "action": action,
        "from_state": noted.from_state,
        "to_state": noted.to_state,
        "changes": [[name, json_value(old), json_value(new)] for name, old, new in noted.changes] or None,
        "reason": reason,
    }


def _tell(ctx: Ctx, entity: str, action: str, which: str, fields: Sequence[str] = ()) -> None:
    who = ctx.user.email if ctx.user is not None else "system"
    said = {"who": who, "tenant": ctx.tenant.code, "which": which, "fields": ",".join(fields)}
    note_when_saved(ctx.session, f"{entity}.{action}", **said)


def record_audits(
    ctx: Ctx, entity: str, rows: Iterable[Noted], action: str, *, reason: str = "", security: bool = False
) -> None:
    """An entry for each of many rows, in one statement."""
    rows = list(rows)
    if security and rows:
        _tell(ctx, entity, action, ",".join(noted.number for noted in rows))
    ctx.session.insert_many(AuditEntry, [_values(ctx, entity, noted, action, reason) for noted in rows])


def audit_history(ctx: Ctx, entity: str, entity_id: int, limit: int = 200) -> list[AuditEntry]:
    """Entries of one document, newest first."""
    return list(
        ctx.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.entity == entity, AuditEntry.entity_id == entity_id)
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
    )
