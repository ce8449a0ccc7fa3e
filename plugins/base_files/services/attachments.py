"""Files on documents: putting them there, finding them, taking them off."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx, NotFound, T, get_row, record_audit
from plugins.base_files.models import Attachment, FileBlob
from plugins.base_files.services.checks import clean_name
from plugins.base_files.services.store import ATTACHED, extension, store

RIGHT = "base_files.files"


def attach(
    ctx: Ctx, entity: str, entity_id: int, filename: str, data: bytes, kind: str = "file"
) -> Attachment:
    """Put a file on a document. The person must be able to see the document.

    Raises Refused for a file that is not welcome, NotFound for no such document.
    """
    return put(ctx, entity, entity_id, filename, store(ctx, data, allow=ATTACHED, filename=filename), kind)


def put(
    ctx: Ctx, entity: str, entity_id: int, filename: str, blob: FileBlob, kind: str = "file"
) -> Attachment:
    """Put a stored file on a document that the person can see; NotFound for no such document."""
    row = document(ctx, entity, entity_id)
    found = keep(ctx, entity, entity_id, filename, blob, kind)
    number = str(getattr(row, ctx.registry.get(entity).key, ""))
    record_audit(ctx, entity, entity_id, "attach", number=number, changes=[("file", None, found.filename)])
    ctx.session.flush()
    return found


def keep(ctx: Ctx, entity: str, entity_id: int, filename: str, blob: FileBlob, kind: str) -> Attachment:
    """The same inside a save that asks for the rights and writes the trail itself."""
    found = Attachment(
        entity=entity, entity_id=entity_id, kind=kind, file_id=blob.id, file=blob,
        filename=clean_name(filename, extension(blob)), at=ctx.now(), user_name=ctx.actor, removed=False,
    )  # fmt: skip
    ctx.session.add(found)
    return found


def attachments(ctx: Ctx, entity: str, entity_id: int, kind: str | None = None) -> list[Attachment]:
    """Files on a document that this person may see, newest first, without the removed ones; of one ``kind``, or all. Two
    queries a page."""

    def fetch_attachments() -> list[Attachment]:
        found = (
            select(Attachment)
            .where(Attachment.entity == entity, Attachment.entity_id == entity_id, ~Attachment.removed)
            .options(selectinload(Attachment.file))
            .order_by(Attachment.id.desc())
        )
        return list(ctx.session.scalars(found))

    found = ctx.memo.once(("base_files.attachments", entity, entity_id), fetch_attachments)
    unseen = _unseen(ctx, entity)
    return [each for each in found if each.kind not in unseen and (kind is None or each.kind == kind)]


def _unseen(ctx: Ctx, entity: str) -> set[str]:
    return set(ctx.hooks.each("attachments_unseen", entity=entity))


def attachment(ctx: Ctx, attachment_id: int) -> Attachment:
    """A file on a document that this person may see; NotFound otherwise."""
    found = ctx.session.scalars(
        select(Attachment).where(Attachment.id == attachment_id).options(selectinload(Attachment.file))
    ).one_or_none()
    if found is None or found.removed or not ctx.can(f"{found.entity}.view"):
        raise NotFound(T("There is no such file."))
    seen = ctx.scope.visible(ctx.registry.get(found.entity), [found.entity_id])
    if not seen or found.kind in _unseen(ctx, found.entity):
        raise NotFound(T("There is no such file."))
    return found


def remove(ctx: Ctx, found: Attachment) -> None:
    """Take a file off a document: by who put it there, or by who may edit the document. The bytes stay (the trail)."""
    row = document(ctx, found.entity, found.entity_id)
    if found.user_name != ctx.actor:
        ctx.require(f"{found.entity}.edit")
    found.removed = True
    number = str(getattr(row, ctx.registry.get(found.entity).key, ""))
    record_audit(
        ctx, found.entity, found.entity_id, "detach", number=number, changes=[("file", found.filename, None)]
    )
    ctx.session.flush()


def document(ctx: Ctx, entity: str, entity_id: int) -> Any:
    """The document that something hangs on; NotFound where there is none, also where its plugin is off, Denied where this
    person may not see its kind."""
    kind = ctx.registry.get(entity)
    if not ctx.is_on(kind.plugin):
        raise NotFound(T("There is nothing called {name}.", name=entity))
    ctx.require(f"{entity}.view")
    return get_row(ctx, kind, entity_id)
