"""What several parts of a page ask for is read once: until the context writes, and never older than what it wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from core.data.models import Setting
from core.data.records import ListItem
from core.declare.fields import Field
from core.entities import crud, lists
from core.entities.inputs import resolve_refs
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from core.text.i18n import T

NAMES = {1: "one", 2: "two", 3: "three"}


def asked(ctx: Ctx) -> tuple[list[list[int]], list[dict[int, str]]]:
    """What was read, and what came back, when three parts of a page ask for names."""
    reads: list[list[int]] = []

    def read(ids: list[int]) -> dict[int, str]:
        reads.append(ids)
        return {each: NAMES[each] for each in ids if each in NAMES}

    return reads, [ctx.memo.each("names", wanted, read) for wanted in ((2, 1, 9, 1), (9, 2), (3, 2))]


def never(*_asked: object) -> Any:
    """A reader that must not be asked."""
    raise AssertionError("it was asked")


def test_rows_are_read_once_by_a_page(hub: Hub, tenant: TenantInfo) -> None:
    with hub.context(tenant, write=False) as ctx:
        reads, found = asked(ctx)
    assert found == [{1: "one", 2: "two"}, {2: "two"}, {2: "two", 3: "three"}]
    assert reads == [[1, 2, 9], [3]]  # what there is nothing for is not asked for again either


def test_rows_are_read_once_until_something_is_written(ctx: Ctx) -> None:
    reads, found = asked(ctx)
    assert found == [{1: "one", 2: "two"}, {2: "two"}, {2: "two", 3: "three"}]
    assert reads == [[1, 2, 9], [3]]
    ctx.set_setting("anything", 1)
    reads, _found = asked(ctx)
    assert reads == [[1, 2, 9], [3]]
    assert ctx.memo.each("names", (), never) == {}


def test_a_whole_is_read_once_by_a_page(hub: Hub, tenant: TenantInfo, ctx: Ctx) -> None:
    numbers = iter(range(9))
    assert [ctx.memo.once("number", lambda: next(numbers)) for _ in range(2)] == [0, 0]
    ctx.session.commit()
    with hub.context(tenant, write=False) as page:
        assert [page.memo.once("number", lambda: next(numbers)) for _ in range(2)] == [1, 1]
        assert page.memo.once("other", lambda: None) is None
        assert page.memo.once("other", never) is None


def _flush(ctx: Ctx) -> None:
    ctx.session.add(Setting(key="a", value=1))
    ctx.session.flush()


def _roll_back(ctx: Ctx) -> None:
    with ctx.session.begin_nested() as point:
        point.rollback()


WRITES: dict[str, Callable[[Ctx], object]] = {
    "a flush": _flush,
    "rows in bulk": lambda ctx: ctx.session.insert_many(Setting, [{"key": "b", "value": 1}]),
    "an update": lambda ctx: ctx.session.execute(update(Setting).values(value=2)),
    "sql by hand": lambda ctx: ctx.session.raw("DELETE FROM core_setting WHERE tenant_id = :tenant"),
    "a lock that others may have held": lambda ctx: ctx.session.scalars(
        select(Setting.id).with_for_update()
    ).all(),
    "past the session": lambda ctx: ctx.session.connection(),
    "a rollback": _roll_back,
    "a commit": lambda ctx: ctx.session.commit(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_what_makes_it_forget(ctx: Ctx, write: Callable[[Ctx], object]) -> None:
    numbers = iter(range(9))
    ctx.memo.once("number", lambda: next(numbers))
    write(ctx)
    assert ctx.memo.once("number", lambda: next(numbers)) == 1
    assert ctx.memo.once("number", lambda: next(numbers)) == 1


def test_while_a_change_is_not_in_the_database_nothing_is_kept(ctx: Ctx) -> None:
    numbers = iter(range(9))
    ctx.set_setting("a", 1)
    row = ctx.session.scalars(select(Setting).where(Setting.key == "a")).one()
    ctx.memo.once("number", lambda: next(numbers))
    row.value = 2
    assert [ctx.memo.once("number", lambda: next(numbers)) for _ in range(2)] == [1, 2]
    ctx.session.flush()
    assert [ctx.memo.once("number", lambda: next(numbers)) for _ in range(2)] == [3, 3]


def test_what_reading_writes_is_not_kept(ctx: Ctx) -> None:
    numbers = iter(range(9))

    def read() -> int:
        ctx.set_setting("b", next(numbers))
        return int(ctx.setting("b"))

    assert [ctx.memo.once("number", read) for _ in range(2)] == [0, 1]


def test_a_list_item_added_in_the_same_transaction_is_found(ctx: Ctx) -> None:
    before = len(lists.list_items(ctx, "samples.note"))
    ctx.session.add(ListItem(list_code="samples.note", code="new", name="New"))
    ctx.session.flush()
    assert len(lists.list_items(ctx, "samples.note")) == before + 1
    maker = ctx.registry.get("samples.maker")
    spec = Field("maker", T("Maker"), "ref", ref="samples.maker")
    assert resolve_refs(ctx, spec, ["m9"]) == {"M9": None}
    row = crud.save_row(ctx, maker, None, {"code": "M9", "name": "Nine"})
    assert resolve_refs(ctx, spec, ["m9"]) == {"M9": row}


def test_what_names_its_tables_is_kept_until_one_of_them_is_written(ctx: Ctx) -> None:
    numbers = iter(range(9))

    def number() -> int:
        return ctx.memo.once("number", lambda: next(numbers), (Setting.__tablename__,))

    assert [number(), number()] == [0, 0]
    ctx.session.add(ListItem(list_code="x", code="y", name="z", position=0, active=True))
    assert number() == 0, "a change of something else is waiting"
    ctx.session.flush()
    assert number() == 0, "and was written"
    ctx.set_setting("a", 1)
    assert [number(), number()] == [1, 1]
    ctx.session.execute(update(Setting).values(value=2))
    assert number() == 2
    row = ctx.session.scalars(select(Setting).where(Setting.key == "a")).one()
    row.value = 3
    assert [number(), number()] == [3, 4], "a change waits to be written"
    ctx.session.commit()
    assert [number(), number()] == [5, 5]
    ctx.session.rollback()
    ctx.session.raw("select 1 where :tenant > 0")
    assert number() == 6


def test_settings_are_asked_once_though_lines_are_written(ctx: Ctx, count_queries: Callable[[], Any]) -> None:
    with count_queries() as log:
        for n in range(5):
            assert ctx.setting("core.nothing", n) == n
            ctx.session.add(ListItem(list_code="x", code=str(n), name="z", position=n, active=True))
            ctx.session.flush()
    assert len([s for s in log.statements if "core_setting" in s]) == 1
    with count_queries() as log:
        items = [ListItem(list_code="o", code=str(n), name="z", position=n, active=True) for n in range(60)]
        ctx.session.add_all(items)
        ctx.session.flush()
    assert log.count == 1, "many rows are one statement"
    found = ctx.session.execute(select(ListItem.code, ListItem.id).where(ListItem.list_code == "o"))
    assert dict(found.tuples().all()) == {item.code: item.id for item in items}, "each has its own id"
