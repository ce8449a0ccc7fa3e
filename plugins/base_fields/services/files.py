"""Files that stand in custom fields: attachments of their document, kept and shown by their field alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from core.api import Ctx, hookimpl
from core.base_api import KeptFile
from plugins.base_fields.models import CustomValue
from plugins.base_fields.services.definitions import Definition, definitions
from plugins.base_files import api as files


def told(value: CustomValue) -> KeptFile | None:
    """The file of a value as forms, pages and programs have it."""
    kept = value.attachment
    if kept is None:
        return None
    return KeptFile(kept.id, kept.filename, kept.file.media_type, kept.file.size, f"/files/{kept.id}")


def put(
    ctx: Ctx, entity: str, row: Any, definition: Definition, value: CustomValue, sent: tuple[str, bytes]
) -> None:
    """Keep what was chosen instead of what was there. Refused at the field for a file that is not welcome."""
    name, content = sent
    field = definition.added.field.name
    blob = files.store(ctx, content, allow=files.ATTACHED, filename=name, field=field)
    let_go(value)
    value.attachment = files.keep(ctx, entity, row.id, name, blob, field)
    value.text = value.attachment.filename


def let_go(value: CustomValue) -> None:
    """The file stands in the field no more; its bytes stay, as the trail names it."""
    if value.attachment is not None:
        value.attachment.removed = True


@hookimpl
def attachments_shown_elsewhere(ctx: Ctx, entity: str) -> Collection[str]:
    """Files of fields stand beside their label."""
    return [each.added.field.name for each in _of_files(ctx, entity)]


@hookimpl
def attachments_unseen(ctx: Ctx, entity: str) -> Collection[str]:
    """Who does not see a field does not see its file."""
    return [each.added.field.name for each in _of_files(ctx, entity) if not each.added.field.there(ctx)]


def _of_files(ctx: Ctx, entity: str) -> list[Definition]:
    return [each for each in definitions(ctx, entity) if each.kind == "file"]
