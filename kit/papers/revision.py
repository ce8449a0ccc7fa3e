"""Changes after issue: each is a numbered revision with its reason, who made it and when, and what is different.

The document has a whole number ``revision``; its revisions are rows of a model that takes :class:`RevisionColumns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from core.api import Change, Ctx, Refused, T, note_changes
from core.db import Json, Utc, flush_rows, json_value


class Difference(NamedTuple):
    """Something that is different: what, and what it was and is (texts with exact figures; None: it was not there)."""

    what: str
    old: Any
    new: Any


class Differences(TypeDecorator[Sequence[Difference]]):
    """A JSON column of differences."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Iterable[Change] | None, dialect: Any) -> list[Any] | None:
        return (
            None
            if value is None
            else [[str(what), json_value(old), json_value(new)] for what, old, new in value]
        )

    def process_result_value(self, value: Any, dialect: Any) -> list[Difference] | None:
        return None if value is None else [Difference(*each) for each in value]


class RevisionColumns:
    """Columns of the model of a document's revisions, beside its reference to the document."""

    revision: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[Sequence[Difference]] = mapped_column(Differences)
    at: Mapped[datetime] = mapped_column(Utc)
    user_name: Mapped[str] = mapped_column(String(120))


def check_reason(reason: str) -> None:
    """Raise Refused at ``reason`` where a revision says none."""
    if not reason.strip():
        raise Refused(T("Say why it is revised."), "reason")


def add_revision(
    ctx: Ctx, document: Any, row: RevisionColumns, changes: Sequence[Change], reason: str
) -> None:
    """Number ``row`` as the next revision of ``document`` and keep it; the audit trail says the differences too.

    Refused without reason, and where nothing differs. What the row keeps beside them (the snapshot it replaces) it has already.
    """
    check_reason(reason)
    if not changes:
        raise Refused(T("Nothing was changed."))
    document.revision += 1
    row.revision, row.reason, row.at, row.user_name = document.revision, reason.strip(), ctx.now(), ctx.actor
    row.changes = [Difference(str(what), json_value(old), json_value(new)) for what, old, new in changes]
    ctx.session.add(row)
    note_changes(ctx, document, ("revision", document.revision - 1, document.revision), *changes)
    flush_rows(ctx.session)


def revision_figures(ctx: Ctx, model: Any, document: Any) -> list[dict[str, Any]]:
    """The revisions of a document for its page, the newest first. ``model`` refers to it as ``order_id``."""
    found = ctx.session.scalars(
        select(model).where(model.order_id == document.id).order_by(model.revision.desc())
    )
    return [
        {"revision": r.revision, "reason": r.reason, "changes": r.changes, "reprice": r.reprice, "at": r.at, "by": r.user_name}
        for r in found
    ]  # fmt: skip
