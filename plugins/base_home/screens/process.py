"""The full-process table on a page of its own, with filters, and as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, abort, render_template, request

from core.api import Ctx, EntityType
from core.base_api import ListQuery, all_columns, shown_rows
from core.web.api import Page, ctx, route
from core.web.base_api import list_address, list_filters, list_query, send_list
from plugins.base_home.services import process

SIZE = 50


class ProcessPage(Page):
    """How far the documents of an entity are: ``/process/``, and ``?of=<entity>`` where several have such a table."""

    @route("/", right="")
    def index(self) -> str:
        """The table, filtered and paged."""
        context = ctx()
        entity = _entity(context)
        asked = _asked(context, entity)
        table = process.table(context, entity)
        page = process.fetch(context, table, asked)
        return render_template(
            "base_home/process.html",
            entity=entity,
            entities=process.entities(context),
            table=table,
            page=page,
            asked=asked,
            rows=shown_rows(context, entity, page),
            filters=list_filters(context, entity, asked),
            address=lambda **changes: _address(entity, asked, **changes),
        )

    @route("/export/<kind>", right="", limited="exports")
    def export(self, kind: str) -> Response | str:
        """Exactly what is filtered, with the same columns."""
        context = ctx()
        entity = _entity(context)
        columns = process.table(context, entity).columns
        name = f"{entity.name.replace('.', '-')}-process"
        return send_list(context, kind, entity, _asked(context, entity), columns, name)


def _entity(context: Ctx) -> EntityType:
    """The entity asked for; nothing there for one without a table or without the right to see it."""
    offered = {entity.name: entity for entity in process.entities(context)}
    wanted = request.args.get("of", "") or next(iter(offered), "")
    if wanted not in offered:
        abort(404)
    return offered[wanted]


def _asked(context: Ctx, entity: EntityType) -> ListQuery:
    """What the address asks for. Without a word about states: what is open; ``state=`` alone: all of them."""
    asked = list_query(context, entity, request.args)
    filters = dict(asked.filters)
    if entity.states and "state" not in request.args:
        filters["state"] = ["open"]
    columns = {c.name for c in all_columns(context, entity)}
    sort = asked.sort if asked.sort.lstrip("-") in columns else process.by_date(entity)
    size = min(asked.size, 200) if request.args.get("size") else SIZE
    return replace(asked, filters=filters, sort=sort, size=size, columns=())


def _address(entity: EntityType, asked: ListQuery, **changes: Any) -> str:
    address = list_address(asked, **changes)
    if entity.states and not asked.filters.get("state"):
        address += ("&" if len(address) > 1 else "") + "state="
    return f"{address}{'&' if len(address) > 1 else ''}of={entity.name}"
