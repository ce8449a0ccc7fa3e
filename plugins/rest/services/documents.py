"""Documents for programs: finding, telling, changing; their trail, their papers and their files."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.api import Ctx, EntityType, NotFound, Problem, Refused, T, Text
from core.remote import (
    describe_row,
    entity_of,
    key_in_address,
    list_rows,
    row_of,
    seen_history,
    to_json,
)
from plugins.base_files import api as attachments
from plugins.rest.services import readings
from plugins.rest.words import ROOT

FILES = "base_files.files"
"""The right to files on documents."""


def kind_of(ctx: Ctx, name: str) -> EntityType:
    """The kind of document with this name; NotFound also where the registry has none."""
    if name not in ctx.registry.entities:
        raise NotFound(T("There is nothing called {name}.", name=name))
    return entity_of(ctx, name)


def find_document(ctx: Ctx, name: str, key: str) -> tuple[EntityType, Any]:
    """(kind, row) of an address; the row by its code or number, or by ``id:7``."""
    kind = kind_of(ctx, name)
    return kind, row_of(ctx, kind, key)


def address(kind: EntityType, row: Any) -> str:
    """Where a row is found."""
    return _address(kind, str(getattr(row, kind.key)), row.id)


def _address(kind: EntityType, key: str, row_id: int) -> str:
    return f"{ROOT}/{kind.name}/{key_in_address(kind, key, row_id)}"


def describe(
    ctx: Ctx,
    kind: EntityType,
    row: Any,
    message: Text | str | None = None,
    *,
    names: Collection[str] = (),
    parts: Collection[str] = (),
) -> dict[str, Any]:
    """Its fields and lines (only ``names``, where any are named) and of what is worked out beside them the ``parts``, as it is
    stored now, with its address and what the action had to say."""
    ctx.session.flush()
    if ctx.session.writes:
        ctx.session.expire_all()
    found = {"href": address(kind, row), **describe_row(ctx, kind, row, names, parts)}
    return {**found, "message": str(message)} if message else found


def list_documents(
    ctx: Ctx,
    kind: EntityType,
    *,
    search: str,
    filters: Mapping[str, Sequence[str]],
    sort: str,
    limit: int,
    cursor: str,
    fields: Sequence[str],
) -> dict[str, Any]:
    """A stretch of a list with the addresses of its rows, and the cursor of the next one (null at the end)."""
    found = list_rows(
        ctx, kind, search=search, filters=filters, sort=sort, limit=limit, cursor=cursor, fields=fields
    )
    items = [{"href": _address(kind, str(item["key"]), item["id"]), **item} for item in found.items]
    return {"items": items, "next_cursor": found.after or None}


def list_kinds(ctx: Ctx) -> dict[str, Any]:
    """Kinds of documents and readings that this person may see, with their addresses."""
    kinds = [k for k in ctx.registry.entities.values() if ctx.can(f"{k.name}.view")]
    return {
        "company": ctx.tenant.code,
        "documents": [{"name": k.name, "title": str(k.plural), "href": f"{ROOT}/{k.name}"} for k in kinds],
        "readings": [
            {"name": r.name, "title": str(r.label), "href": f"{ROOT}/readings/{r.name}"}
            for r in readings.list_readings(ctx)
        ],
        "openapi": f"{ROOT}/openapi.json",
    }


def history(ctx: Ctx, kind: EntityType, row: Any) -> list[dict[str, Any]]:
    """The trail of a document, newest first."""
    return [
        {
            "at": each.at.isoformat(), "by": each.user_name, "action": each.action, "from_state": each.from_state,
            "to_state": each.to_state, "changes": to_json(ctx, each.changes or []), "reason": each.reason,
        }
        for each in seen_history(ctx, kind, row.id)
    ]  # fmt: skip


def files(ctx: Ctx, kind: EntityType, row: Any) -> list[dict[str, Any]]:
    """The files on a document, newest first."""
    ctx.require(FILES)
    return [_file(each) for each in attachments.attachments(ctx, kind.name, row.id)]


def attach(ctx: Ctx, kind: EntityType, row: Any, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Put a file on a document: ``{"name": …, "content": base64}``."""
    name, content = sent.get("name"), sent.get("content")
    if not isinstance(name, str) or not name.strip():
        raise Refused([Problem(T("Choose a file first."), "name")])
    try:
        data = base64.b64decode(content if isinstance(content, str) else "?", validate=True)
    except binascii.Error as error:
        raise Refused([Problem(T("The content of a file is base64."), "content")]) from error
    return attach_bytes(ctx, kind, row, name, data)


def attach_bytes(ctx: Ctx, kind: EntityType, row: Any, name: str, data: bytes) -> dict[str, Any]:
    """Put a file on a document. Refused for one that is not welcome."""
    ctx.require(FILES)
    return _file(attachments.attach(ctx, kind.name, row.id, name, data))


def _file(each: attachments.Attachment) -> dict[str, Any]:
    return {
        "id": each.id, "name": each.filename, "kind": each.kind, "media_type": each.file.media_type,
        "size": each.file.size, "at": each.at.isoformat(), "by": each.user_name,
        "href": f"{ROOT}/files/{each.id}/content",
    }  # fmt: skip
