"""What several parts of a page ask for is read once; where a session may write, anew each time."""

from __future__ import annotations

from typing import Any

from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub

NAMES = {1: "one", 2: "two", 3: "three"}


def asked(ctx: Ctx) -> tuple[list[list[int]], list[dict[int, str]]]:
    """What was read, and what came back, when three parts of a page ask for names."""
    reads: list[list[int]] = []

    def read(ids: list[int]) -> dict[int, str]:
        reads.append(ids)
        return {each: NAMES[each] for each in ids if each in NAMES}

    return reads, [ctx.each_once("names", wanted, read) for wanted in ((2, 1, 9, 1), (9, 2), (3, 2))]


def never(*_asked: object) -> Any:
    """A reader that must not be asked."""
    raise AssertionError("it was asked")


def test_rows_are_read_once_by_a_page(hub: Hub, tenant: TenantInfo) -> None:
    with hub.context(tenant, write=False) as ctx:
        reads, found = asked(ctx)
    assert found == [{1: "one", 2: "two"}, {2: "two"}, {2: "two", 3: "three"}]
    assert reads == [[1, 2, 9], [3]]  # what there is nothing for is not asked for again either


def test_rows_are_read_anew_where_they_may_have_changed(ctx: Ctx) -> None:
    reads, found = asked(ctx)
    assert found == [{1: "one", 2: "two"}, {2: "two"}, {2: "two", 3: "three"}]
    assert reads == [[1, 2, 9], [2, 9], [2, 3]]
    assert ctx.each_once("names", (), never) == {}


def test_a_whole_is_read_once_by_a_page(hub: Hub, tenant: TenantInfo, ctx: Ctx) -> None:
    numbers = iter(range(9))
    assert [ctx.once("number", lambda: next(numbers)) for _ in range(2)] == [0, 1]
    ctx.session.commit()
    with hub.context(tenant, write=False) as page:
        assert [page.once("number", lambda: next(numbers)) for _ in range(2)] == [2, 2]
        assert page.once("other", lambda: None) is None
        assert page.once("other", never) is None
