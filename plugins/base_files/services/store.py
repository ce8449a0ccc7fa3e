"""Files people bring and files the hub makes: checked by content, stored under their hash, never under their name.

Pictures are drawn again (what was hidden in them is gone), PDFs are opened and refused where they hold programs or other
files. The bytes are on disk before the row that names them is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from core.api import Ctx, NotFound, Refused, T
from core.base_api import HubError, file_store
from plugins.base_files.models import FileBlob
from plugins.base_files.services.checks import check_name, inspect, photo, smaller
from plugins.base_files.services.kinds import DRAWN, KINDS

MAX_BYTES = 20 * 2**20
QUOTA = 20 * 2**30
"""Bytes a tenant may keep, unless the setting ``base_files.quota`` says otherwise."""
PICTURES = ("jpeg", "png", "webp")
ALLOW = DRAWN
ATTACHED = tuple(KINDS)
"""What may hang on a document: whatever people send each other, but for programs and web pages."""


def _path(ctx: Ctx, sha256: str) -> str:
    return f"{ctx.tenant.id}/{sha256[:2]}/{sha256}"


def store(
    ctx: Ctx, data: bytes, *, allow: Collection[str] = ALLOW, filename: str = "", field: str = "file"
) -> FileBlob:
    """Check and keep a file a person brought. The same content is kept once.

    ``allow`` lists what is welcome (``ALLOW``: what can be shown; ``ATTACHED``: also what is only ever downloaded); with
    ``filename`` the content must be what the name says. Raises Refused at ``field``.
    """
    _weigh(data, field)
    kind, clean = inspect(data, allow, field)
    if filename:
        check_name(filename, kind, field)
    _weigh(clean, field)
    return keep_blob(ctx, clean, KINDS[kind].media, field=field)


def store_photo(ctx: Ctx, data: bytes, *, longest: int = 3200, field: str = "file") -> FileBlob:
    """Keep a picture a person took, of any welcome kind, as a JPEG of bounded size: at most ``longest`` dots on its longer
    side, the right way up, without the place where it was taken. Raises Refused at ``field``."""
    _weigh(data, field)
    return keep_blob(ctx, photo(data, longest, field), KINDS["jpeg"].media, field=field)


def thumbnail(ctx: Ctx, picture: FileBlob, longest: int = 400) -> FileBlob:
    """A small copy of a stored picture."""
    return keep_blob(ctx, smaller(blob_bytes(ctx, picture), longest), KINDS["jpeg"].media)


def small_copy(ctx: Ctx, picture: FileBlob, longest: int) -> bytes:
    """A stored picture as a JPEG for a document, not kept."""
    return smaller(blob_bytes(ctx, picture), longest)


def _weigh(data: bytes, field: str) -> None:
    if not data:
        raise Refused(T("The file is empty."), field)
    if len(data) > MAX_BYTES:
        raise Refused(T("The file is larger than {n} MB.", n=MAX_BYTES // 2**20), field)


def keep_blob(ctx: Ctx, data: bytes, media_type: str, *, field: str = "") -> FileBlob:
    """Keep bytes the hub made itself (no checks but the quota)."""
    digest = hashlib.sha256(data).hexdigest()
    known = _find(ctx, digest)
    if known is not None and _exists(ctx, digest):
        return known
    used = ctx.session.scalar(select(func.coalesce(func.sum(FileBlob.size), 0))) or 0
    if int(used) + len(data) > int(ctx.setting("base_files.quota", QUOTA)):
        raise Refused(T("There is no room left for files. Ask the administrator."), field)
    file_store(ctx.hub.config).put(_path(ctx, digest), data)
    insert = pg_insert if ctx.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    values = {
        "tenant_id": ctx.session.tenant_id,
        "sha256": digest,
        "size": len(data),
        "media_type": media_type,
    }
    ctx.session.execute(
        insert(FileBlob)
        .values(**values, at=ctx.now())
        .on_conflict_do_nothing(index_elements=["tenant_id", "sha256"])
    )
    found = _find(ctx, digest)
    assert found is not None
    return found


def _find(ctx: Ctx, digest: str) -> FileBlob | None:
    return ctx.session.scalars(select(FileBlob).where(FileBlob.sha256 == digest)).one_or_none()


def _exists(ctx: Ctx, digest: str) -> bool:
    return file_store(ctx.hub.config).exists(_path(ctx, digest))


def blob(ctx: Ctx, file_id: int) -> FileBlob:
    """A stored file by id; NotFound otherwise."""
    found = ctx.session.scalars(select(FileBlob).where(FileBlob.id == file_id)).one_or_none()
    if found is None:
        raise NotFound(T("There is no such file."))
    return found


def blob_bytes(ctx: Ctx, blob: FileBlob) -> bytes:
    """The bytes of a stored file, proven to be what was stored. Whether this person may see them is the caller's question.

    Raises NotFound where the bytes are gone, HubError where they were changed behind the hub's back.
    """
    try:
        data = file_store(ctx.hub.config).get(_path(ctx, blob.sha256))
    except FileNotFoundError as error:
        raise NotFound(T("The file is missing from the store.")) from error
    if hashlib.sha256(data).hexdigest() != blob.sha256:
        raise HubError(T("The stored file is damaged."))
    return data


def faults(ctx: Ctx) -> list[str]:
    """Stored files that are gone or are no longer what was stored, a sentence each; reads every one of them."""
    found = []
    for sha256 in ctx.session.scalars(select(FileBlob.sha256).order_by(FileBlob.id)):
        try:
            with file_store(ctx.hub.config).local(_path(ctx, sha256)) as file, file.open("rb") as stored:
                if hashlib.file_digest(stored, "sha256").hexdigest() != sha256:
                    found.append(f"the stored file {sha256} is damaged")
        except OSError:
            found.append(f"the stored file {sha256} is missing")
    return found


def extension(blob: FileBlob) -> str:
    """``.pdf``, ``.jpg`` …, by content."""
    return next((kind.ends[0] for kind in KINDS.values() if kind.media == blob.media_type), "")
