"""What files and remarks show on the page of a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Panel, T
from core.base_api import Activity
from plugins.base_files.services.attachments import RIGHT, attachments
from plugins.base_files.services.remarks import remarks


def of_document(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """The list of files at the foot of the page, and the form for a remark above the activity."""
    elsewhere = set(ctx.hooks.each("attachments_shown_elsewhere", entity=entity))
    shown = [a for a in attachments(ctx, entity, row.id) if a.kind not in elsewhere]
    may_add = ctx.can(RIGHT)
    values = {"attachments": shown, "may_add": may_add, "may_remove": ctx.can(f"{entity}.edit")}
    found = [Panel(T("Files"), "base_files/files.html", values, place="foot", order=90)]
    if may_add:
        found.append(Panel(T("Remark"), "base_files/remark.html", {}, place="activity", order=90))
    return found


def activity(ctx: Ctx, entity: str, row: Any) -> Sequence[Activity]:
    """The remarks on a document."""
    return [Activity(r.at, r.user_name, r.body) for r in remarks(ctx, entity, row.id)]
