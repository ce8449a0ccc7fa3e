"""Create and change rows of an entity: one path for the generic screen, the command line and imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select

from core.data.records import AuditEntry
from core.declare.changes import LineChange, SaveChange
from core.declare.declarations import EntityType
from core.declare.fields import Field
from core.entities import audit, numbering
from core.entities.additions import additions, labels_of
from core.entities.children import drop_left_out, line_values, rows_of, shown_value, write_children
from core.entities.facts import future_facts
from core.entities.recording import ask_vetoes, flush_rows, touch_row
from core.entities.rows import find_rows as find_rows
from core.entities.rows import get_row as get_row
from core.entities.seen import seen_changes
from core.entities.twins import tell_twins
from core.entities.uses import refuse_used
from core.errors import Problem, Refused, Stale
from core.text.i18n import T, Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def field_values(row: Any, fields: Sequence[Field]) -> dict[str, Any]:
    """Values of a row by field name; references as rows."""
    return {f.name: getattr(row, f.name) for f in fields}


def check_version(ctx: Ctx, entity: EntityType, row: Any, version: int | None) -> None:
    """Raise Stale, with what changed and by whom, where the row is newer than the ``version`` the person saw.

    None is for those who see no form (the command line, services); 0 for a form that does not say."""
    if version is None or not hasattr(row, "version") or row.version == version:
        return
    if version < 1:
        words = T(
            "This form does not say what it was filled from. Nothing was saved; compare with what is stored, and send it "
            "again."
        )
        raise Stale(words, "", None, [])
    entries = ctx.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.entity == entity.name, AuditEntry.entity_id == row.id)
        .order_by(AuditEntry.id.desc())
        .limit(max(1, row.version - version))
    ).all()
    labels = labels_of(ctx, entity)
    newest = entries[0] if entries else None
    changes = [
        (str(labels.get(n, n)), old, new)
        for e in entries
        for n, old, new in seen_changes(ctx, entity, e.changes)
    ]
    raise Stale(
        T("{number} was changed by {who} at {when}, after you opened it. Nothing of yours was saved.",
          number=getattr(row, entity.key), who=newest.user_name if newest else "?",
          when=newest.at.astimezone(ctx.zone).strftime("%Y-%m-%d %H:%M") if newest else "?"),
        newest.user_name if newest else "", newest.at if newest else None, changes,
    )  # fmt: skip


def save_row(
    ctx: Ctx,
    entity: EntityType,
    row: Any,
    data: Mapping[str, Any],
    children: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    *,
    version: int | None = None,
    action: str = "",
) -> Any:
    """Create (``row`` None) or change a row with its children, audit the difference, return the row.

    ``children`` maps a child table to its full list of rows; a row with ``id`` changes that one, those left out are
    deleted. Needs ``.create`` or ``.edit``. Plugins may veto (``before_save``) and are told (``after_save``). Raises Refused,
    Stale or Denied; then nothing has been saved.
    """
    is_new = row is None
    ctx.require(f"{entity.name}.{'create' if is_new else 'edit'}")
    if not is_new:
        if (reason := why_fixed(ctx, entity, row)) is not None:
            raise Refused(reason)
        check_version(ctx, entity, row, version)
    problems = list(entity.validate(ctx, row, data, children or {})) if entity.validate else []
    beside = additions(ctx, entity)
    problems += [*future_facts(ctx, entity.fields, data), *_duplicate_key(ctx, entity, row, data)]
    problems += beside.problems(row, data, children or {})
    if problems:
        raise Refused(problems)
    if is_new:
        row = entity.model()
    given = [t for t in entity.children if children is not None and t.name in children]
    before = {t.name: [] if is_new else [line_values(ctx, c, t) for c in rows_of(row, t)] for t in given}
    if not is_new and children is not None and drop_left_out(row, [(t, children[t.name]) for t in given]):
        flush_rows(ctx.session)
    changes: list[audit.Change] = []
    was: dict[str, Any] = {}
    lines: dict[str, LineChange] = {}
    for spec in entity.fields:
        if spec.readonly or spec.name not in data:
            continue
        new = data[spec.name]
        old = was[spec.name] = None if is_new else getattr(row, spec.name)
        if spec.kind == "ref":
            if (old.id if old is not None else None) == (new.id if new is not None else None) and not is_new:
                continue
            setattr(row, spec.attr, new.id if new is not None else None)
        setattr(row, spec.name, new)
        if shown_value(old, spec, ctx) != shown_value(new, spec, ctx) and not (
            is_new and new in (None, "", False)
        ):
            changes.append((spec.name, shown_value(old, spec, ctx), shown_value(new, spec, ctx)))
    if entity.states and is_new and not row.state:
        row.state = entity.states[0].code
    for table in given:
        after = write_children(ctx, row, table, (children or {})[table.name], is_new)
        if before[table.name] != after:
            changes.append((table.name, before[table.name], after))
            lines[table.name] = LineChange(before[table.name], after)
    if entity.before_save:
        entity.before_save(ctx, row, is_new)
    old, new = _differences(entity, row, was, is_new)
    added = beside.differences(None if is_new else row, data)
    old |= {} if is_new else {name: before for name, (before, _now) in added.items()}
    new |= {name: now for name, (_before, now) in added.items()}
    change = SaveChange(action or ("create" if is_new else "edit"), is_new, old, new, lines)
    ask_vetoes(ctx, entity, row, change)
    if is_new:
        if entity.series and not getattr(row, entity.key, None):
            setattr(row, entity.key, numbering.next_number(ctx, entity.series))
            change = replace(change, new={**new, entity.key: getattr(row, entity.key)})
        ctx.session.add(row)
    elif changes or added:
        touch_row(row)
    flush_rows(ctx.session)
    changes += beside.write(row, added)
    if entity.after_save:
        entity.after_save(ctx, row, is_new)
    tell_twins(ctx, entity, row, None if is_new else [*old, *new])
    if is_new or changes:
        audit.record_audit(
            ctx, entity.name, row.id, change.verb, number=str(getattr(row, entity.key)), changes=changes,
            to_state=row.state if entity.states and is_new else None,
        )  # fmt: skip
        flush_rows(ctx.session)
        ctx.hooks.after_save(entity=entity.name, row=row, change=change)
    flush_rows(ctx.session)
    return row


def _differences(
    entity: EntityType, row: Any, was: Mapping[str, Any], is_new: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(old, new) of the fields that differ: those that were given, and those that the entity's own code filled in."""
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    attributes = inspect(row).attrs
    for spec in entity.fields:
        if spec.kind in ("file", "password"):
            continue
        if spec.name not in attributes:
            continue
        if not is_new and spec.name not in was:
            history = attributes[spec.name].history
            if not history.has_changes():
                continue
            before = history.deleted[0] if history.deleted else None
        else:
            before = was.get(spec.name)
        now = getattr(row, spec.name)
        if before is not now and before != now:
            if not is_new:
                old[spec.name] = before
            new[spec.name] = now
    return old, new


def delete_row(ctx: Ctx, entity: EntityType, row: Any) -> None:
    """Delete master data that nothing refers to; Refused names what does. Documents are cancelled, never deleted."""
    ctx.require(f"{entity.name}.delete")
    if not entity.deletable:
        raise Refused(T("A numbered document is cancelled, never deleted."))
    change = SaveChange(
        "delete",
        False,
        field_values(row, [f for f in entity.fields if f.kind not in ("file", "password")]),
        {},
    )
    ask_vetoes(ctx, entity, row, change)
    refuse_used(ctx, entity, row)
    audit.record_audit(ctx, entity.name, row.id, "delete", number=str(getattr(row, entity.key)))
    additions(ctx, entity).drop(row)
    ctx.session.delete(row)
    flush_rows(ctx.session)
    ctx.hooks.after_save(entity=entity.name, row=row, change=change)
    flush_rows(ctx.session)


def check_states(entity: EntityType, row: Any, states: Sequence[str]) -> None:
    """Raise Refused unless the document is in one of ``states``, in which what it says may be changed."""
    if (reason := _beyond(entity, row, states)) is not None:
        raise Refused(reason)


def why_fixed(ctx: Ctx, entity: EntityType, row: Any) -> Text | str | None:
    """Why what the row says stays as it is, whoever asks: its state, or the entity's own rule. None where it may be changed."""
    reason = _beyond(entity, row, entity.edit_states) if entity.edit_states else None
    return reason or (entity.editable(ctx, row) if entity.editable else None)


def _beyond(entity: EntityType, row: Any, states: Sequence[str]) -> Text | None:
    if row.state in states:
        return None
    number, state = getattr(row, entity.key), entity.state(row.state).label
    return T("{number} is {state} and can no longer be edited.", number=number, state=state)


def _duplicate_key(ctx: Ctx, entity: EntityType, row: Any, data: Mapping[str, Any]) -> list[Problem]:
    code = data.get(entity.key)
    if not code or (row is not None and getattr(row, entity.key) == code):
        return []
    taken = ctx.session.scalar(
        select(entity.model.id).where(getattr(entity.model, entity.key) == code).limit(1)
    )
    if taken is None:
        return []
    return [Problem(T("“{code}” exists already.", code=code), entity.key)]
