"""The number of queries of list and document pages does not grow with the rows behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from core.kernel.context import Ctx
from tests.thirdparty.samples.models import Maker, Request, RequestLine

BIG = 12_000
"""More than a list counts."""
PAGES = ("/samples/maker/", "/samples/request/", "/samples/request/?state=open&sort=-fee", "/samples/request/?q=note", "/",
         "/search?q=SR")  # fmt: skip


def fill(ctx: Ctx, start: int, count: int) -> None:
    session = ctx.session
    session.insert_many(Maker, [{"code": f"M{n}", "name": f"Maker {n}", "inhouse": False, "version": 1}
                                for n in range(start, start + count)])  # fmt: skip
    first = session.scalar(select(func.max(Maker.id))) or 0
    session.insert_many(
        Request,
        [
            {"number": f"SR{n:06}", "state": "draft", "maker_id": first - (n % 40), "kind": "fit", "notes": f"note {n}",
             "urgent": False, "version": 1}
            for n in range(start, start + count)
        ],
    )  # fmt: skip
    session.commit()


def measured(client: Any, count_queries: Any, url: str) -> int:
    client.get(url)
    with count_queries() as log:
        assert client.get(url).status_code == 200
    return int(log.count)


@pytest.mark.parametrize("more", [950, pytest.param(BIG, marks=pytest.mark.more)])
def test_lists_ask_as_often_with_many_rows(
    client_as: Callable[..., Any], ctx: Ctx, count_queries: Any, more: int
) -> None:
    fill(ctx, 0, 50)
    client = client_as("admin")
    few = {url: measured(client, count_queries, url) for url in PAGES}
    fill(ctx, 50, more)
    many = {url: measured(client, count_queries, url) for url in PAGES}
    assert many == few
    assert max(few.values()) <= 16


def test_a_document_asks_as_often_with_many_lines(
    client_as: Callable[..., Any], ctx: Ctx, count_queries: Any, ask: Callable[..., Any]
) -> None:
    small, large = ask(ctx), ask(ctx, lines=[(f"A-{n}", 1) for n in range(200)])
    ctx.session.commit()
    client = client_as("admin")
    for tail in ("", "/edit"):
        counts = {
            measured(client, count_queries, f"/samples/request/{row.id}{tail}") for row in (small, large)
        }
        assert len(counts) == 1, tail
        assert counts.pop() <= 20
    assert ctx.session.scalar(select(func.count()).select_from(RequestLine)) == 201


def test_administration_asks_as_often_with_many_people(
    client_as: Callable[..., Any], count_queries: Any, user_of: Callable[..., Any]
) -> None:
    client = client_as("admin")
    few = {url: measured(client, count_queries, url) for url in ("/admin/users/", "/admin/roles/")}
    for role in ("merch", "fin", "wh", "qc", "prod", "purch", "mgr"):
        user_of(role)
    assert {url: measured(client, count_queries, url) for url in few} == few
