"""What waits for a person in the store: documents to post, material to issue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import exists, select

from core.api import Ctx, T, Task, Text, hookimpl
from plugins.catalog.api import Partner
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.words import FACTORY_ORDER, GOODS_IN, ISSUE
from plugins.outsourcing.api import FactoryOrder
from plugins.stock.api import Demand, DemandLine

MOST = 5


@hookimpl
def tasks(ctx: Ctx) -> list[Task]:
    """At most five of a kind, of those that this person may do. A query for each kind."""
    return [*_papers(ctx), *_issues(ctx)]


def _papers(ctx: Ctx) -> Iterable[Task]:
    """Issues and goods in that were begun."""
    kinds: tuple[tuple[str, Any, Text], ...] = (
        (ISSUE, Issue, T("Post the issue")),
        (GOODS_IN, GoodsIn, T("Post the goods in")),
    )
    for entity, row, label in kinds:
        if not ctx.can(f"{entity}.post"):
            continue
        for row_id, number, factory, day in ctx.session.execute(
            select(row.id, row.number, Partner.code, row.day)
            .join(Partner, (Partner.id == row.factory_id) & (Partner.tenant_id == row.tenant_id))
            .where(row.state == "draft")
            .order_by(row.day, row.id)
            .limit(MOST)
        ):
            href = f"/{entity.replace('.', '/')}/{row_id}"
            yield Task(label, f"{number} {factory}", href, day, source="factory_stock")


def _issues(ctx: Ctx) -> Iterable[Task]:
    """Factory orders in production that need material and got none yet; the next to ship first."""
    if not ctx.can("factory_stock.issue.post"):
        return
    row = FactoryOrder
    needs = exists().where(
        Demand.entity == FACTORY_ORDER,
        Demand.owner_id == row.id,
        Demand.tenant_id == row.tenant_id,
        DemandLine.demand_id == Demand.id,
        DemandLine.tenant_id == Demand.tenant_id,
    )
    got = exists().where(
        Issue.factory_order_id == row.id,
        Issue.tenant_id == row.tenant_id,
        Issue.kind == "issue",
        Issue.state.in_(("draft", "posted")),
    )
    for number, factory, ship in ctx.session.execute(
        select(row.number, Partner.code, row.ship_date)
        .join(Partner, (Partner.id == row.factory_id) & (Partner.tenant_id == row.tenant_id))
        .where(row.state == "in_production", needs, ~got)
        .order_by(row.ship_date, row.id)
        .limit(MOST)
    ):
        yield Task(T("Issue material"), f"{number} {factory}", f"/factory_stock/issue/new?factory_order={number}", ship,
                   source="factory_stock")  # fmt: skip
