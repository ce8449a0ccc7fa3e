"""The views for programs: the same rows and figures, exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.api import Ctx, Field, T, Text
from plugins.rest.api import Reading
from plugins.statistics.services.sums import Asked
from plugins.statistics.services.views import group_of, table_of
from plugins.statistics.words import GROUPED, GROUPS, VIEW, VIEWS


def _groups(view: str) -> Sequence[tuple[str, Text | str]]:
    return [(name, GROUPS[name]) for name in GROUPED[view]]


def _reading(view: str) -> Reading:
    def rows(ctx: Ctx, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        until: date = given["until"] or ctx.today()
        since: date = given["since"] or until.replace(year=until.year - 1, day=1)
        group = group_of(view, given.get("by") or "")
        table = table_of(ctx, view, group, Asked(since, until))
        money = {c.name for c in table.columns if c.kind == "money"}
        return [
            {
                group or "order": row.code,
                "name": row.name,
                **{c.name: row.figures.get(c.name) for c in table.columns},
                **({"currency": table.currency} if money else {}),
            }
            for row in table.rows
        ]

    fields = [Field("since", T("From"), "date"), Field("until", T("To"), "date")]
    if len(GROUPED[view]) > 1:
        fields.append(Field("by", T("Group by"), "choice", choices=lambda _ctx: _groups(view)))
    return Reading(f"statistics.{view}", VIEWS[view], VIEW, rows, tuple(fields))


READINGS = [_reading(view) for view in VIEWS]
