"""What documents of stock declare alike: fields, the column of pieces, checks of the header, actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.api import Action, Ctx, Field, PayloadTable, Problem, T
from core.db import among

STAFF = ("wh", "mgr")
STORE = Field("store", T("Store"), "ref", ref="stock.store", help=T("Empty: the default store."))
DAY = Field("day", T("Date"), "date", fact=True, default=lambda ctx: ctx.today())
SETTINGS = (
    Field("reservation_days", T("Days for which a reservation holds"), "int", default=0, min=0, max=3650,
          help=T("What new reservations propose. 0: they do not expire.")),
    Field("reservation_warn_days", T("Days before it expires in which a reservation is brought to mind"), "int",
          default=7, min=0, max=365),
)  # fmt: skip
NOTES = Field("notes", T("Notes"), "long", wide=True, max_length=4000)


def validate_paper(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """The store is active; what lines depend on stays as it is while there are lines."""
    problems = []
    store = data.get("store")
    if store is not None and not store.active and (row is None or row.store_id != store.id):
        problems.append(Problem(T("{store} is no longer active.", store=store.code), "store"))
    if row is not None and row.lines:
        for name in ("factory_order", "customer_order", "destination", "kind"):
            if name not in data:
                continue
            old, new = getattr(row, name), data[name]
            if getattr(old, "id", old) != getattr(new, "id", new):
                problems.append(Problem(T("There are lines: make a new document instead."), name))
    return problems


def pieces_by_paper(line: Any, size: Any, amount: Any, link: str) -> Any:
    """Pieces by document; one query a page."""

    def load(ctx: Ctx, rows: Sequence[Any]) -> Mapping[int, Any]:
        found = ctx.session.execute(
            select(getattr(line, link), func.sum(amount))
            .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
            .where(among(getattr(line, link), [row.id for row in rows]))
            .group_by(getattr(line, link))
        )
        return {row_id: int(qty) for row_id, qty in found}

    return load


def has_lines(ctx: Ctx, row: Any) -> bool:
    """Something stands on the document."""
    return bool(row.lines)


def lines_action(
    entity: str, title: Any, run: Any, table: PayloadTable, check: Any = None, held: Any = None
) -> Action:
    """The lines as a payload, and the page where they are typed; whoever may edit may use it."""
    return Action(
        entity, "lines", title, run, ("draft",), permission=f"{entity}.edit", link="lines", order=10, tables=(table,),
        check=check, held=held, tone="primary", due=lambda ctx, row: not row.lines,
    )  # fmt: skip
