"""Long lists in the background: written row by row into a file that waits a week for who asked for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.api import Ctx, JobProgress, NotFound, Refused, T
from core.base_api import CellValue, Job, ListExport, ListQuery, all_columns, sheet_of
from plugins.base_exports.words import JOB, ROOT
from plugins.base_files import api as files

EVERY = 200
SHOWN = 50


def run(ctx: Ctx, payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """Write the list that was asked for, with the rights of who asked."""
    entity = ctx.registry.get(payload["entity"])
    if not ctx.is_on(entity.plugin):
        raise NotFound(T("There is nothing called {name}.", name=entity.name))
    export = export_called(ctx, payload["kind"])
    known = {c.name: c for c in all_columns(ctx, entity)}
    columns = [known[name] for name in payload["columns"] if name in known]
    asked = ListQuery(payload["search"], payload["filters"], payload["sort"], either=payload["either"])
    sheet = sheet_of(ctx, entity, asked, columns)
    count = 0

    def counted(rows: Iterator[Sequence[CellValue]]) -> Iterator[Sequence[CellValue]]:
        nonlocal count
        for row in rows:
            yield row
            count += 1
            if count % EVERY == 0:
                progress(count)

    with tempfile.TemporaryFile() as body:
        body.writelines(export.write(replace(sheet, rows=counted(sheet.rows))))
        progress(count, count)
        body.seek(0)
        files.lay_down(ctx, f"{progress.id}.{export.name}", body)
    return {"href": f"{ROOT}/", "rows": count, "missing": sorted(sheet.missing)}


def clear(ctx: Ctx, payload: Any, progress: JobProgress) -> dict[str, Any]:
    """Every day: take away files that nobody fetched within a week."""
    return {"files": files.clear_old(ctx)}


def export_called(ctx: Ctx, kind: str) -> ListExport:
    """The kind of file; NotFound where nobody writes it."""
    found = next((e for e in ctx.registry.exports.all_standing(ctx.enabled) if e.name == kind), None)
    if found is None:
        raise NotFound(T("There is nothing called {name}.", name=kind))
    return found


def own(ctx: Ctx) -> list[Job]:
    """The lists that this person had made within the last week, newest first."""
    if ctx.user is None:
        return []
    wanted = (
        select(Job)
        .where(Job.kind == JOB, Job.run_as == ctx.user.id, Job.created_at > ctx.now() - timedelta(days=7))
        .order_by(Job.id.desc())
        .limit(SHOWN)
    )
    return list(ctx.session.scalars(wanted))


def ready(ctx: Ctx, job_id: int) -> tuple[str, str, Iterator[bytes]]:
    """(file name, media type, pieces) of a list that this person had made and may still see; NotFound, Refused otherwise."""
    job = ctx.session.scalars(select(Job).where(Job.id == job_id, Job.kind == JOB)).one_or_none()
    if job is None or ctx.user is None or job.run_as != ctx.user.id:
        raise NotFound(T("There is no such job."))
    entity = ctx.registry.get(job.payload["entity"])
    ctx.require(f"{entity.name}.view")
    if job.status != "done":
        raise Refused(T("The file is not ready yet."))
    export = export_called(ctx, job.payload["kind"])
    name = f"{entity.name.replace('.', '-')}.{export.name}"
    return name, export.media_type, files.fetch(ctx, f"{job.id}.{export.name}")
