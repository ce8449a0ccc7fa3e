"""From a factory order straight to a draft: an issue with what the store has of its need, goods in with its pieces."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityName, Refused, T, run_action, save_row
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.services import goods, goods_lines, issue_sheet, issuing
from plugins.outsourcing.api import FactoryOrder
from plugins.stock.api import stores

Address = str


def issue(ctx: Ctx, order: FactoryOrder) -> Issue | Address:
    """A draft issue with what is required, not issued yet and in the default store; a draft that is there goes before.

    Raises Refused where the store has nothing of it.
    """
    there = _draft(ctx, Issue, order, "issue")
    if there is not None:
        return _address(issuing.ENTITY, there.id)
    if not issuable(ctx, order):
        raise Refused(T("The store has nothing that {number} still needs.", number=order.number))
    made: Issue = save_row(ctx, ctx.registry.get(issuing.ENTITY), None, _head(ctx, order, "issue"))
    run_action(ctx, ctx.registry.get(issuing.ENTITY), made, "fill")
    return made


def goods_in(ctx: Ctx, order: FactoryOrder) -> Address:
    """The page where the pieces that came are typed, of a new draft or of the one that is there already."""
    there = _draft(ctx, GoodsIn, order, "goods_in")
    if there is None:
        there = save_row(ctx, ctx.registry.get(goods.ENTITY), None, _head(ctx, order, "goods_in"))
    return f"{_address(goods.ENTITY, there.id)}/lines"


def issuable(ctx: Ctx, order: FactoryOrder) -> bool:
    """The default store has something that is required and not issued yet."""
    store = stores.default(ctx)
    paper = Issue(
        kind="issue", factory_order_id=order.id, factory_id=order.factory_id, store_id=store.id, lines=[]
    )
    return any(row.proposed for row in issue_sheet.build_issue_sheet(ctx, paper))


def expected(ctx: Ctx, order: FactoryOrder) -> bool:
    """Pieces are still to come."""
    return any(at.balance for at in goods_lines.figures(ctx, order.id).values())


def _draft(ctx: Ctx, model: type[Any], order: FactoryOrder, kind: str) -> Any:
    wanted = select(model).where(
        model.factory_order_id == order.id, model.kind == kind, model.state == "draft"
    )
    return ctx.session.scalars(wanted.order_by(model.id.desc()).limit(1)).one_or_none()


def _head(ctx: Ctx, order: FactoryOrder, kind: str) -> dict[str, Any]:
    return {"kind": kind, "factory_order": order, "store": stores.default(ctx), "day": ctx.today()}


def _address(entity: EntityName, row_id: int) -> Address:
    return f"/{entity.replace('.', '/')}/{row_id}"
