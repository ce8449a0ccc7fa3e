"""The rows of a list as HTML. They are most of a page, fifty rows of ten cells, and a template takes twice as long."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from flask import g
from markupsafe import Markup, escape

from core.declare.declarations import Column, EntityType
from core.entities.columns import owner
from core.text.i18n import T
from core.web.screens.render import cell

log = logging.getLogger("hub")

NUMERIC = ("qty", "int", "money", "price", "pct")
"""Kinds of columns that are set to the right."""
NONE = Markup('<span class="muted">–</span>')


def css(column: Column) -> str:
    """The class of a column's cells: ``num``, ``step`` (of the full-process table) or none."""
    return "step" if column.name.startswith("step:") else "num" if column.kind in NUMERIC else ""


def body(
    rows: Iterable[tuple[Any, Sequence[Any]]],
    columns: Sequence[Column],
    entity: EntityType,
    base: str,
    ticks: bool = False,
) -> Markup:
    """``<tr>`` for each (row, its values in the order of ``columns``). The first cell leads to the page of the row, which is
    ``base`` and its id; an empty step of the full-process table has a dash. ``ticks``: each row can be ticked for the form
    ``ticked``."""
    classes = [css(column) for column in columns]
    opening = [f'<td class="{name}">' if name else "<td>" for name in classes]
    link = f'<a href="{escape(base)}'
    parts: list[str] = []
    failed: set[str] = set()
    for row, values in rows:
        parts.append("<tr>")
        if ticks:
            label = escape(getattr(row, entity.key))
            parts.append(
                f'<td class="tick"><input type="checkbox" name="row" value="{row.id}" form="ticked" aria-label="{label}"></td>'
            )
        for i, (column, value) in enumerate(zip(columns, values, strict=True)):
            missing = value is None and classes[i] == "step"
            try:
                shown = NONE if missing else escape(cell(value, column.kind, row, entity))
            except Exception as error:  # of another kind than its column: the others are shown
                if column.name not in failed:
                    plugin, what = owner(entity, column), f"value of column {column.name} of {entity.name}"
                    g.ctx.hub.failures.note(g.ctx.tenant.id, plugin, what, error)
                    log.exception(
                        "column %s of plugin %s holds what is no %s", column.name, plugin, column.kind
                    )
                failed.add(column.name)
                shown = Markup('<span class="bad">{}</span>').format(str(T("could not be shown")))
            parts += (opening[i], shown if i else f'{link}{row.id}">{shown or "–"}</a>', "</td>")
        parts.append("</tr>\n")
    return Markup("".join(parts))  # noqa: S704 - every part is escaped
