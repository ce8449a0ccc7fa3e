"""Stores: the one a document starts with, and keeping exactly one default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from core import ledger
from core.api import Ctx, Problem, Refused, T
from core.db import flush_rows
from plugins.stock.models import Store

FIRST = ("MAIN", "Main store", {"zh_Hant_TW": "主倉", "zh_Hans_CN": "主仓"})


def default(ctx: Ctx) -> Store:
    """The default store. Refused where there is no active store at all."""
    row = ctx.session.scalars(
        select(Store).where(Store.active).order_by(Store.is_default.desc(), Store.id).limit(1)
    ).one_or_none()
    if row is None:
        raise Refused(T("There is no store. Make one first."), "store")
    return row


def seed(ctx: Ctx) -> None:
    """A new tenant gets one store. Twice is harmless."""
    if ctx.session.scalar(select(Store.id).limit(1)) is None:
        code, name, names = FIRST
        ctx.session.add(Store(code=code, name=name, names=names, address="", is_default=True, active=True))
        flush_rows(ctx.session)


def check(ctx: Ctx, row: Store | None, data: Mapping[str, Any], children: Mapping[str, Any]) -> list[Problem]:
    """The default store stays active, and a store that holds something may not be switched off."""
    if data.get("active", True):
        return []
    if data.get("is_default", row.is_default if row else False):
        return [Problem(T("The default store is active."), "active")]
    if row is not None and ledger.balances(ctx, places=[ledger.Place("store", row.id)]):
        return [Problem(T("Something still lies in {store}.", store=row.code), "active")]
    return []


def after_save(ctx: Ctx, row: Store, is_new: bool) -> None:
    """At most one default."""
    if row.is_default:
        ctx.session.execute(
            update(Store).where(Store.id != row.id, Store.is_default).values(is_default=False),
            execution_options={"synchronize_session": "fetch"},
        )


def place(store_id: int) -> ledger.Place:
    """Where usable goods of a store lie."""
    return ledger.Place("store", store_id)


def inspection(store_id: int) -> ledger.Place:
    """Where goods of a store wait for inspection."""
    return ledger.Place("inspection", store_id)


def rejected(store_id: int) -> ledger.Place:
    """Where rejected goods of a store lie."""
    return ledger.Place("rejected", store_id)
