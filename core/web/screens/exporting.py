"""Lists and tables on their way out as files: short ones at once, long ones in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from flask import Response, abort, flash, redirect, render_template, request
from sqlalchemy import func, select

from core.data.security import note
from core.declare.declarations import Column, EntityType
from core.declare.sheet import ListExport, Sheet
from core.entities.columns import visible_columns
from core.entities.query import ListQuery, statement
from core.entities.sheets import sheet_of
from core.kernel.context import Ctx
from core.text.i18n import T
from core.work.jobs import enqueue_job

AT_ONCE = 5_000
"""Rows that are written while the person waits; a longer list is made in the background, where a kind of file can be."""
IN_MEMORY = 2**20
PIECE = 2**16


def exports_of(ctx: Ctx) -> list[ListExport]:
    """The kinds of file that lists may be taken away as, of plugins that are on."""
    return ctx.registry.exports.all_standing(ctx.enabled)


def send_list(
    ctx: Ctx,
    kind: str,
    entity: EntityType,
    asked: ListQuery,
    columns: Sequence[Column] | None = None,
    name: str = "",
) -> Response | str:
    """Exactly what is filtered as a file of ``kind``, with the chosen columns or with ``columns``.

    A list with its own columns that is too long to wait for gives the page that offers to make it in the background.
    404 for a kind that nobody writes; raises Refused where the list does not fit.
    """
    export = _export(ctx, kind)
    if export.later and columns is None and (rows := _count(ctx, entity, asked)) > AT_ONCE:
        back = request.full_path.replace(f"/export/{kind}", "/", 1)
        return render_template(
            "hub/export_later.html", entity=entity, export=export, rows=rows, back=back,
            action=request.full_path.replace(f"/export/{kind}", f"/export/{kind}/later", 1).rstrip("?"),
        )  # fmt: skip
    return send_sheet(ctx, kind, sheet_of(ctx, entity, asked, columns), name or entity.name.replace(".", "-"))


def send_sheet(ctx: Ctx, kind: str, sheet: Sheet, name: str) -> Response:
    """A table as a file of ``kind`` called ``name``: its rows are written down as they come and never held together.

    404 for a kind that nobody writes; raises Refused where the table does not fit.
    """
    export = _export(ctx, kind)
    filename = f"{name}.{kind}"
    body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when it was sent
    try:
        body.writelines(export.write(sheet))
    except BaseException:
        body.close()
        raise
    for column, plugin in sheet.missing.items():  # said on the next page: the file has nowhere to say it
        words = T("{file}: cells of “{column}” ({plugin}) could not be read and are empty.",
                  file=filename, column=column, plugin=plugin)  # fmt: skip
        flash(str(words), "bad")
    note("export", which=filename)
    headers = {
        "Content-Disposition": f'attachment; filename="{filename}"',
        "Content-Length": str(body.tell()),
    }
    response = Response(_pieces(body), content_type=export.media_type, headers=headers)
    response.call_on_close(body.close)
    return response


def make_later(ctx: Ctx, kind: str, entity: EntityType, asked: ListQuery) -> Any:
    """Have the list made in the background, and go where its progress is shown."""
    export = _export(ctx, kind)
    if not export.later:
        abort(404)
    rows = _count(ctx, entity, asked)
    payload = {
        "entity": entity.name, "kind": kind, "search": asked.search, "sort": asked.sort, "either": asked.either,
        "filters": {name: list(values) for name, values in asked.filters.items()},
        "columns": [c.name for c in visible_columns(ctx, entity, asked.columns)],
    }  # fmt: skip
    job = enqueue_job(ctx, export.later, payload, rows)
    ctx.session.commit()
    return redirect(f"/jobs/{job.id}")


def _export(ctx: Ctx, kind: str) -> ListExport:
    export = next((each for each in exports_of(ctx) if each.name == kind), None)
    if export is None:
        abort(404)
    return export


def _count(ctx: Ctx, entity: EntityType, asked: ListQuery) -> int:
    found = statement(ctx, entity, asked).with_only_columns(entity.model.id).subquery()
    return ctx.session.scalar(select(func.count()).select_from(found)) or 0


def _pieces(body: IO[bytes]) -> Iterator[bytes]:
    body.seek(0)
    while piece := body.read(PIECE):
        yield piece
