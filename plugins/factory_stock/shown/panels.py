"""What stock knows about a factory order, on its page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, Panel, T, hookimpl
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.services import statement
from plugins.factory_stock.words import FACTORY_ORDER, GOODS_IN, ISSUE

SHOWN = 8
LIVE = ("issued", "in_production", "completed", "closed")


@hookimpl(specname="entity_panels")
def factory_stock_panels(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """Panels for the page of a document."""
    if entity == FACTORY_ORDER and row.state in LIVE and ctx.can("factory_stock.statement.view"):
        return [
            Panel(
                T("Material and goods"),
                "factory_stock/panel_statement.html",
                lambda: _statement(ctx, row),
                order=60,
                later=True,
            )
        ]
    return []


def _statement(ctx: Ctx, order: Any) -> dict[str, Any]:
    found = statement.of_order(ctx, order)
    moved = [row for row in found.materials if row.sent or row.used or row.at_factory or row.to_return]
    kinds: tuple[tuple[str, Any], ...] = ((ISSUE, Issue), (GOODS_IN, GoodsIn))
    papers = [
        (row.number, f"/{entity.replace('.', '/')}/{row.id}", row.day, row.state, ctx.registry.get(entity))
        for entity, model in kinds
        if ctx.can(f"{entity}.view")
        for row in ctx.session.scalars(
            select(model).where(model.factory_order_id == order.id).order_by(model.id.desc()).limit(SHOWN)
        )
    ]
    new = [
        (
            T("Issue to the factory"),
            f"/factory_stock/issue/new?factory_order={order.number}",
            "factory_stock.issue.create",
        ),
        (
            T("Goods in"),
            f"/factory_stock/goods_in/new?factory_order={order.number}",
            "factory_stock.goods_in.create",
        ),
    ]
    return {
        "statement": found, "order": order, "pct": statement.pct, "papers": papers,
        "new": [(label, href) for label, href, right in new if ctx.can(right) and order.state != "closed"],
        "shown": moved[:SHOWN], "more": len(found.materials) - len(moved[:SHOWN]),
    }  # fmt: skip
