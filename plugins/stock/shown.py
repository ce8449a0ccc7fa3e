"""What stock shows beside its documents: the menu, counts to finish, what is kept for the document of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from core import ledger
from core.api import Alert, Ctx, NavItem, Panel, T, Task, hookimpl
from core.values import shown_in
from plugins.stock.models import Store
from plugins.stock.models.documents import StockDocument
from plugins.stock.services import expiry, keepers
from plugins.stock.services.planned import STORE
from plugins.stock.services.posting import ENTITY
from plugins.stock.words.documents import COUNT, KINDS, OWNED, RETURN, Kind

GROUP = "inventory"
"""The heading of the menu that documents of stock share with views of it."""
MOST = 5


def possible(ctx: Ctx) -> list[Kind]:
    """Kinds of stock documents that this tenant can have: nothing is reserved where nobody wants anything."""
    keeping, returning = bool(keepers.kinds(ctx)), bool(keepers.returning(ctx))
    return [
        kind
        for kind in KINDS.values()
        if (returning if kind.code == RETURN else keeping or kind.code not in OWNED)
    ]


def nav(ctx: Ctx) -> list[NavItem]:
    """Documents by kind."""
    if not ctx.can(f"{ENTITY}.view"):
        return []
    places = {code: 30 + i for i, code in enumerate(KINDS)}
    return [
        NavItem(kind.plural, f"/stock/document/?kind={kind.code}", GROUP, places[kind.code])
        for kind in possible(ctx)
    ]


def tasks(ctx: Ctx) -> list[Task]:
    """Counts that were begun."""
    if not ctx.can(f"{ENTITY}.post"):
        return []
    row = StockDocument
    found = ctx.session.execute(
        select(row.id, row.number, Store.code, row.day)
        .join(Store, (Store.id == row.store_id) & (Store.tenant_id == row.tenant_id))
        .where(row.kind == COUNT, row.state == "draft")
        .order_by(row.id)
        .limit(MOST)
    )
    return [
        Task(T("Finish the count"), f"{number} {store}", f"/stock/document/{row_id}", day, source="stock")
        for row_id, number, store, day in found
    ]


def item_pages(ctx: Ctx, items: Iterable[ledger.Item], figure: str) -> dict[ledger.Item, str]:
    """Where these items are shown, as far as somebody shows them."""
    wanted = list(items)
    found: dict[ledger.Item, str] = {}
    for answer in ctx.hooks.item_pages(items=wanted, figure=figure) if wanted else ():
        found.update(answer or {})
    return found


def panels(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """Stock that is kept for the document of a page, and what may be done about it."""
    keeper = keepers.kinds(ctx).get(entity)
    if keeper is None or not ctx.can(f"{ENTITY}.view"):
        return []
    owner = keepers.Owner(keeper, row)
    kept = keepers.sum_lots((item, qty) for (item, _store), qty in keepers.kept(ctx, owner.ref).items())
    creates = ctx.can(f"{ENTITY}.create")
    may = creates and owner.live
    if not kept and not may:
        return []
    called, pages = ledger.names(ctx, kept), item_pages(ctx, kept, "reserved")
    number = str(getattr(row, ctx.registry.get(entity).key))
    values = {
        "rows": sorted(
            (c.name, c.unit, shown_in(qty, c.unit, c.step), pages.get(i, ""))
            for i, qty in kept.items()
            for c in (called[i],)
        ),
        "expiring": expiry.of_owner(ctx, owner.ref) if kept else [],
        "may": may,
        "query": urlencode({"owner": number}),
        "release": bool(kept) and creates,
        "returns": keeper.returns and creates,
    }
    return [
        Panel(T("Reserved stock"), "stock/kept_panel.html", values, order=45, within="material", folded=True)
    ]


@hookimpl
def alerts(ctx: Ctx) -> list[Alert]:
    """Reservations that expire soon."""
    if not ctx.can(f"{ENTITY}.view"):
        return []
    return [
        Alert(T("{number}: what is reserved for {order} is kept until {day}.", number=each.number, order=each.owner,
                day=str(each.kept_until)), f"/stock/document/{each.id}", "warn", 35)
        for each in expiry.soon(ctx)[:MOST]
    ]  # fmt: skip


@hookimpl(optionalhook=True)
def label_kinds(ctx: Ctx) -> tuple[str, ...]:
    """Stores."""
    return (STORE,)
