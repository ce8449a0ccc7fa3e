"""Many documents saved or brought into a state at once: what one gets, each of them gets, with few statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm.exc import StaleDataError

from core.data.bulk import FEW
from core.data.records import AuditEntry
from core.db import Json
from core.entities.many import follow_all, record_saves
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples.models import Maker, Request, RequestLine


@pytest.fixture
def saved():
    couriers.saved.clear()
    return couriers.saved


@pytest.fixture
def makers(ctx):
    """Five makers, the last one at another version."""
    rows = [Maker(code=f"M{n}", name=f"Maker {n}") for n in range(5)]
    ctx.session.add_all(rows)
    ctx.session.flush()
    rows[4].name = "Maker four"
    ctx.session.flush()
    return rows


def _stored(ctx, *columns):
    return ctx.session.execute(select(*columns).order_by(Maker.code)).all()


def test_rows_that_come_to_say_the_same_are_one_statement(ctx, makers, saved, count_queries):
    for row in makers:
        row.inhouse, row.since = True, date(2026, 12, 1)
    with count_queries() as log:
        record_saves(ctx, [(row, [("inhouse", False, True)]) for row in makers], "edit", reason="moved")
    assert sum(s.startswith("UPDATE") for s in log.statements) == 2  # two versions
    assert [(row.version, row.inhouse) for row in makers] == [(2, True)] * 4 + [(3, True)]
    assert _stored(ctx, Maker.version, Maker.inhouse) == [(2, True)] * 4 + [(3, True)]
    entries = ctx.session.scalars(select(AuditEntry).where(AuditEntry.action == "edit")).all()
    assert [(e.number, e.changes, e.reason) for e in entries] == [
        (f"M{n}", [["inhouse", False, True]], "moved") for n in range(5)
    ]
    assert [(row.code, change.new) for _entity, row, change in saved] == [
        (f"M{n}", {"inhouse": True}) for n in range(5)
    ]
    makers[0].name = "once more"  # what was written is known: nothing is written twice, nothing is stale
    ctx.session.flush()
    assert _stored(ctx, Maker.version, Maker.name)[0] == (3, "once more")


def test_only_lines_changed_and_the_version_rises_all_the_same(ctx, makers):
    record_saves(ctx, [(makers[0], [("lines", 1, 2)])], "edit")
    assert (makers[0].version, _stored(ctx, Maker.version)[0][0]) == (2, 2)


def test_what_is_no_plain_value_is_left_to_the_mapper(ctx, makers, ask):
    asked = [ask(ctx, notes=str(n)) for n in range(2)]
    makers[0].names = {"zh_Hant_TW": "廠"}
    asked[0].maker = makers[1]
    asked[1].notes = "plain"
    record_saves(ctx, [(row, []) for row in (makers[0], *asked)], "edit")
    ctx.session.expire_all()
    assert (makers[0].version, makers[0].names) == (2, {"zh_Hant_TW": "廠"})
    assert [(row.version, row.maker_id, row.notes) for row in asked] == [
        (2, makers[1].id, "0"),
        (2, None, "plain"),
    ]


def test_nobody_is_overwritten(ctx, makers):
    ctx.session.execute(
        update(Maker).where(Maker.code == "M2").values(version=7),
        execution_options={"synchronize_session": False},
    )
    for row in makers:
        row.inhouse = True
    with pytest.raises(StaleDataError):
        record_saves(ctx, [(row, [("inhouse", False, True)]) for row in makers], "edit")
    ctx.session.rollback()


def test_many_follow_into_a_state(ctx, ask, count_queries):
    rows = [ask(ctx, notes=str(n)) for n in range(3)]
    with count_queries() as log:
        follow_all(ctx, rows, "sent", because="send", reason="all of them")
    assert sum(s.startswith("UPDATE") for s in log.statements) == 1
    assert ctx.session.execute(select(Request.state, Request.version)).all() == [("sent", 2)] * 3
    entries = ctx.session.scalars(select(AuditEntry).where(AuditEntry.action == "send")).all()
    assert [(e.from_state, e.to_state, e.reason) for e in entries] == [("draft", "sent", "all of them")] * 3


@pytest.mark.parametrize("many", [FEW - 1, FEW], ids=["few", "many"])
def test_rows_in_bulk_say_what_they_were_given(ctx, ask, many):
    assert isinstance(Maker.table().c.names.type, type(Json))
    names = [{"zh_Hant_TW": f"廠 {n}"} if n % 2 else None for n in range(many)]
    days = [date(2026, 12, 1) if n % 3 else None for n in range(many)]
    ctx.session.insert_many(
        Maker,
        [{"code": f"B{n:02}", "name": "Maker", "names": names[n], "since": days[n]} for n in range(many)],
    )
    mine = Maker.code.startswith("B")
    assert ctx.session.execute(
        select(Maker.names, Maker.since, Maker.inhouse, Maker.version).where(mine).order_by(Maker.code)
    ).all() == [(names[n], days[n], False, 1) for n in range(many)]
    row = ask(ctx, lines=())
    ctx.session.insert_many(
        RequestLine,
        [
            {"request_id": row.id, "article": f"{n:02}", "pieces": n, "price": Decimal(n) / 8}
            for n in range(many)
        ],
    )
    lines = select(RequestLine.price, RequestLine.position).order_by(RequestLine.article)
    assert ctx.session.execute(lines).all() == [(Decimal(n) / 8, 0) for n in range(many)]


def test_a_column_that_is_not_there_is_said(ctx):
    with pytest.raises(TypeError, match="Maker has no column colour"):
        ctx.session.insert_many(Maker, [{"code": "A", "name": "A", "colour": "red"}])
