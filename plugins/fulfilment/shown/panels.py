"""How far an order is, on its own page: the two rates, what explains them, and its documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Panel, T
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.fulfilment.models import GoodsReturn, Settlement, Sheet
from plugins.fulfilment.services import progress, rows, sheet_rows, starting
from plugins.fulfilment.words import CUSTOMER_ORDER, RETURN, SETTLEMENT, SHEET


def order_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """Goods of a customer order that is bought finished."""
    if entity != CUSTOMER_ORDER or row.state == "draft" or not ctx.can(f"{SHEET}.view"):
        return ()
    if not starting.traded(ctx, row):
        return ()
    found = rows.of_orders(ctx, [row.id])
    values = {
        "order": row, "all": progress.share(0, "", "", found), "vendors": progress.by_vendor(found), "points": progress.points,
        "priced": ctx.can(CUSTOMER_PRICES), "papers": papers(ctx, row.id),
    }  # fmt: skip
    return [Panel(T("Fulfilment"), "fulfilment/panel_order.html", values, order=55)]


def papers(ctx: Ctx, order_id: int) -> list[tuple[Any, str, Any]]:
    """Sheets, returns and settlements of an order that count or are written: (entity, address, row). Three queries."""
    found: list[tuple[Any, str, Any]] = []
    sheets = {
        sheet.id: sheet
        for _order, sheet in ctx.session.execute(
            sheet_rows.sheets_for([order_id]).where(Sheet.state.not_in(("cancelled", "reversed")))
        )
    }
    kinds: tuple[tuple[str, Sequence[Any]], ...] = (
        (SHEET, list(sheets.values())),
        (RETURN, _of(ctx, GoodsReturn, order_id) if ctx.can(f"{RETURN}.view") else ()),
        (SETTLEMENT, _of(ctx, Settlement, order_id) if ctx.can(f"{SETTLEMENT}.view") else ()),
    )
    for name, mine in kinds:
        found += [(ctx.registry.get(name), f"/{name.replace('.', '/')}/{each.id}", each) for each in mine]
    return found


def _of(ctx: Ctx, model: type[GoodsReturn] | type[Settlement], order_id: int) -> Sequence[Any]:
    wanted = select(model).where(model.customer_order_id == order_id, model.state.in_(("draft", "posted")))
    return list(ctx.session.scalars(wanted.order_by(model.id)))
