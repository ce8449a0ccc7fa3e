"""Many numbers as one parameter, on both engines."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.api import Ctx
from core.base_api import TenantInfo
from core.db import among
from core.kernel.hub import Hub
from core.ledger.tables import StockItem


def items(ctx: Ctx, *refs: int) -> None:
    ctx.session.insert_many(StockItem, [
        {"kind": "material", "ref_id": n, "color_id": 0, "size_id": 0, "dest_id": 0, "lot": "", "owner_id": 0} for n in refs
    ])  # fmt: skip


def test_it_finds_what_is_among_them(ctx: Ctx) -> None:
    items(ctx, *range(1, 8))

    def found(*conditions: Any) -> list[int]:
        return list(
            ctx.session.scalars(select(StockItem.ref_id).where(*conditions).order_by(StockItem.ref_id))
        )

    assert found(among(StockItem.ref_id, [5, 2, 2, 99])) == [2, 5]
    assert found(among(StockItem.ref_id, [])) == []
    assert found(~among(StockItem.ref_id, {1, 2, 3})) == [4, 5, 6, 7]
    assert found(among(StockItem.ref_id, iter([3])) | among(StockItem.ref_id, [2**62])) == [3]
    assert found(among(StockItem.ref_id, range(4, 100_000))) == [4, 5, 6, 7]


def test_another_list_is_the_same_statement_to_postgresql(ctx: Ctx, count_queries: Any) -> None:
    if ctx.hub.config.is_sqlite:
        pytest.skip("a list of another length is planned anew")
    items(ctx, 1, 2, 3)
    with count_queries() as log:
        for wanted in ([1], [1, 2, 3]):
            list(ctx.session.scalars(select(StockItem.ref_id).where(among(StockItem.ref_id, wanted))))
    assert len(set(log.statements)) == 1


def test_it_follows_an_alias_and_keeps_to_the_tenant(
    hub: Hub, tenant: TenantInfo, other_tenant: TenantInfo
) -> None:
    for each, refs in ((tenant, (1, 2)), (other_tenant, (2, 3))):
        with hub.context(each) as ctx:
            items(ctx, *refs)
    one = aliased(StockItem)
    with hub.context(other_tenant) as ctx:
        found = ctx.session.scalars(
            select(one.ref_id).where(among(one.ref_id, [1, 2, 3])).order_by(one.ref_id)
        )
        assert list(found) == [2, 3]


def test_several_long_lists_fit_into_one_statement(ctx: Ctx) -> None:
    items(ctx, 1, 39_999)
    driver: Any = ctx.session.connection().connection.driver_connection
    if ctx.hub.config.is_sqlite:  # as SQLite comes; some distributions allow more
        most = driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)
    first, second = range(20_000), range(20_000, 40_000)
    where = among(StockItem.ref_id, first) | among(StockItem.ref_id, second)
    try:
        assert sorted(ctx.session.scalars(select(StockItem.ref_id).where(where))) == [1, 39_999]
    finally:
        if ctx.hub.config.is_sqlite:
            driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, most)
