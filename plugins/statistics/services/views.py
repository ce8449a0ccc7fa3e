"""Every view by its name, in the order that was chosen."""

from __future__ import annotations

from collections.abc import Callable

from core.api import Ctx, NotFound, T, Text
from kit.exports.tables import sorted_rows
from plugins.statistics.services import balances, behind, goods
from plugins.statistics.services.sums import Asked
from plugins.statistics.services.tables import Table
from plugins.statistics.words import FIGURES, GROUPED, GROUPS, VIEWS

Grouped = Callable[[Ctx, str, Asked], Table]
BY_GROUP: dict[str, Grouped] = {
    "sellers": goods.sellers,
    "profit": goods.profit,
    "bought": goods.bought,
    "stale": goods.stale,
}
WHOLE: dict[str, Callable[[Ctx, Asked], Table]] = {
    "balance": balances.orders,
    "customers": balances.customers,
    "vendors": balances.vendors,
}
DOCUMENTS = "documents"


def group_of(view: str, wanted: str) -> str:
    """What a view is grouped by: what is wanted where it can be, else the first."""
    known = GROUPED.get(view, ())
    return wanted if wanted in known else next(iter(known), "")


def table_of(ctx: Ctx, view: str, wanted: str, asked: Asked, figure: str = "", sort: str = "") -> Table:
    """The table of a view, grouped and sorted as is wanted; ``documents`` is what stands behind a ``figure``. NotFound for
    what is no view."""
    if view == DOCUMENTS and figure in FIGURES:
        table = behind.documents(ctx, figure, asked)
    elif view in BY_GROUP:
        table = BY_GROUP[view](ctx, group_of(view, wanted), asked)
    elif view in WHOLE:
        table = WHOLE[view](ctx, asked)
    else:
        raise NotFound(T("There is nothing here."))
    table.rows = sorted_rows(table.rows, table.sheet_columns(""), sort)
    return table


def title_of(view: str, figure: str) -> Text:
    """What a view is called."""
    return FIGURES[figure] if view == DOCUMENTS else VIEWS[view]


def row_title(view: str, group: str) -> Text:
    """What its rows stand for."""
    if view == DOCUMENTS:
        return T("Document")
    return GROUPS[group] if group else T("Order")
