"""Create and change rows of an entity: one path for the generic screen, the command line and imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.data.records import AuditEntry
from core.declare.declarations import ChildTable, EntityType
from core.declare.fields import Field
from core.entities import audit, numbering
from core.errors import NotFound, Problem, Refused, Stale
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def get(ctx: Ctx, entity: EntityType, row_id: int) -> Any:
    """The row with this id; NotFound (never "forbidden") where this tenant has none."""
    row = ctx.session.scalars(select(entity.model).where(entity.model.id == row_id)).one_or_none()
    if row is None:
        raise NotFound(T("There is no such {what}.", what=entity.label))
    return row


def find(ctx: Ctx, entity: EntityType, key: str) -> Any:
    """The row with this code or number; NotFound otherwise."""
    row = ctx.session.scalars(
        select(entity.model).where(getattr(entity.model, entity.key) == key)
    ).one_or_none()
    if row is None:
        raise NotFound(T("There is no {what} “{code}”.", what=entity.label, code=key))
    return row


def shown(value: Any, spec: Field, ctx: Ctx) -> Any:
    """A field's value as the audit trail keeps it: the code of a reference, exact decimals, ISO dates."""
    if spec.kind == "ref" and value is not None:
        return getattr(value, ctx.registry.get(spec.ref).key)
    return audit.plain(value)


def read(row: Any, fields: Sequence[Field]) -> dict[str, Any]:
    """Values of a row by field name; references as rows."""
    return {f.name: getattr(row, f.name) for f in fields}


def check_version(ctx: Ctx, entity: EntityType, row: Any, version: int | None) -> None:
    """Raise Stale, with what changed and by whom, where the row is newer than the ``version`` the person saw."""
    if version is None or not hasattr(row, "version") or row.version == version:
        return
    entries = ctx.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.entity == entity.name, AuditEntry.entity_id == row.id)
        .order_by(AuditEntry.id.desc())
        .limit(max(1, row.version - version))
    ).all()
    labels = {f.name: f.label for f in entity.fields}
    newest = entries[0] if entries else None
    changes = [(str(labels.get(n, n)), old, new) for e in entries for n, old, new in (e.changes or [])]
    raise Stale(
        T("{number} was changed by {who} at {when}, after you opened it. Nothing of yours was saved.",
          number=getattr(row, entity.key), who=newest.user_name if newest else "?",
          when=newest.at.astimezone(ctx.zone).strftime("%Y-%m-%d %H:%M") if newest else "?"),
        newest.user_name if newest else "", newest.at if newest else None, changes,
    )  # fmt: skip


def save(
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
    deleted. Needs ``.create`` or ``.edit``. Raises Refused, Stale or Denied; then nothing has been saved.
    """
    is_new = row is None
    ctx.require(f"{entity.name}.{'create' if is_new else 'edit'}")
    if not is_new:
        _may_edit(ctx, entity, row)
        check_version(ctx, entity, row, version)
    problems = list(entity.validate(ctx, row, data, children or {})) if entity.validate else []
    problems += _duplicate_key(ctx, entity, row, data)
    if problems:
        raise Refused(problems)
    if is_new:
        row = entity.model()
    given = [t for t in entity.children if children is not None and t.name in children]
    before = {t.name: [] if is_new else [_line(ctx, c, t) for c in _collection(row, t)] for t in given}
    if not is_new and children is not None:
        _drop_children(ctx, row, {t: children[t.name] for t in given})
    changes: list[audit.Change] = []
    for spec in entity.fields:
        if spec.readonly or spec.name not in data:
            continue
        new = data[spec.name]
        old = None if is_new else getattr(row, spec.name)
        if spec.kind == "ref":
            if (old.id if old is not None else None) == (new.id if new is not None else None) and not is_new:
                continue
            setattr(row, spec.attr, new.id if new is not None else None)
        setattr(row, spec.name, new)
        if shown(old, spec, ctx) != shown(new, spec, ctx) and not (is_new and new in (None, "", False)):
            changes.append((spec.name, shown(old, spec, ctx), shown(new, spec, ctx)))
    if entity.states and is_new and not row.state:
        row.state = entity.states[0].code
    for table in given:
        after = _save_children(ctx, row, table, (children or {})[table.name], is_new)
        if before[table.name] != after:
            changes.append((table.name, before[table.name], after))
    if entity.before_save:
        entity.before_save(ctx, row, is_new)
    if is_new:
        if entity.series and not getattr(row, entity.key, None):
            setattr(row, entity.key, numbering.next_number(ctx, entity.series))
        ctx.session.add(row)
    elif changes:
        touch(row)
    flush(ctx.session)
    if entity.after_save:
        entity.after_save(ctx, row, is_new)
    if is_new or changes:
        audit.record(
            ctx, entity.name, row.id, action or ("create" if is_new else "edit"),
            number=str(getattr(row, entity.key)), changes=changes,
            to_state=row.state if entity.states and is_new else None,
        )  # fmt: skip
    flush(ctx.session)
    return row


def touch(row: Any) -> None:
    """Make the version rise although only lines changed."""
    from sqlalchemy import inspect
    from sqlalchemy.orm.attributes import flag_modified

    if hasattr(row, "version"):
        # flagging ``version`` itself would lose the old value that the UPDATE's WHERE needs: flag any other column
        names = (a.key for a in inspect(row).mapper.column_attrs)
        flag_modified(row, next(n for n in names if n not in ("id", "tenant_id", "version")))


def flush(session: Session) -> None:
    """Flush; what the database refuses becomes a sentence (raw database errors never reach a person)."""
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(integrity_message(error)) from error


def integrity_message(error: IntegrityError) -> Any:
    """A refusal by the database in plain words."""
    raw = str(error.orig).lower()
    if "unique" in raw or "duplicate key" in raw:
        return T("This exists already: the same entry stands here twice.")
    if "foreign key" in raw:
        return T("This is still used elsewhere, or what it refers to does not exist.")
    return T("The database refused this entry.")


def delete(ctx: Ctx, entity: EntityType, row: Any) -> None:
    """Delete master data that nothing refers to. Documents are cancelled, never deleted."""
    ctx.require(f"{entity.name}.delete")
    if not entity.deletable:
        raise Refused(T("A numbered document is cancelled, never deleted."))
    audit.record(ctx, entity.name, row.id, "delete", number=str(getattr(row, entity.key)))
    ctx.session.delete(row)
    flush(ctx.session)


def _may_edit(ctx: Ctx, entity: EntityType, row: Any) -> None:
    if entity.edit_states and row.state not in entity.edit_states:
        raise Refused(
            T("{number} is {state} and can no longer be edited.",
              number=getattr(row, entity.key), state=entity.state(row.state).label)
        )  # fmt: skip
    reason = entity.editable(ctx, row) if entity.editable else None
    if reason is not None:
        raise Refused(reason)


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


def _collection(row: Any, table: ChildTable) -> list[Any]:
    found: list[Any] = getattr(row, table.attr or table.name)
    return found


def _drop_children(ctx: Ctx, row: Any, wanted: Mapping[ChildTable, Sequence[Mapping[str, Any]]]) -> None:
    """Delete the lines that are left out, before others take their place: a flush inserts first and deletes last."""
    gone = False
    for table, lines in wanted.items():
        kept = {values.get("id") for values in lines}
        collection = _collection(row, table)
        left = [child for child in collection if child.id in kept]
        if len(left) != len(collection):
            collection[:], gone = left, True
    if gone:
        flush(ctx.session)


def _save_children(
    ctx: Ctx, row: Any, table: ChildTable, wanted: Sequence[Mapping[str, Any]], is_new: bool
) -> list[dict[str, Any]]:
    collection = _collection(row, table)
    have = {} if is_new else {child.id: child for child in collection}
    kept = []
    for position, values in enumerate(wanted):
        child = have.get(values.get("id") or 0)
        if values.get("id") and child is None:
            raise Refused(T("A line was removed by somebody else. Open the document again."))
        if child is None:
            child = table.model()
        for spec in table.fields:
            if spec.readonly or spec.name not in values:
                continue
            if spec.kind == "ref":
                setattr(child, spec.attr, values[spec.name].id if values[spec.name] is not None else None)
            setattr(child, spec.name, values[spec.name])
        if hasattr(child, "position"):
            child.position = position
        kept.append(child)
    collection[:] = kept
    return [_line(ctx, child, table) for child in kept]


def _line(ctx: Ctx, child: Any, table: ChildTable) -> dict[str, Any]:
    return {f.name: shown(getattr(child, f.name), f, ctx) for f in table.fields}
