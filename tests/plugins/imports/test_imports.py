"""Sheets are read, understood, checked without keeping anything, brought in, and taken back."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from core.api import Ctx, NotFound, Refused
from core.base_api import TenantInfo
from core.kernel import enablement
from core.kernel.hub import Hub
from core.work import jobs
from plugins.imports.models import Batch
from plugins.imports.services import batches, intakes, running, sheets, targets, undoing
from tests.thirdparty.samples.models import Maker, Request, RequestLine

AsContext = Callable[..., AbstractContextManager[Ctx]]


@pytest.fixture
def on(ctx: Ctx) -> Ctx:
    enablement.enable_plugin(ctx, "samples")
    ctx.session.commit()
    return ctx


@pytest.fixture
def bring(hub: Hub, on: Ctx, tenant: TenantInfo, ctx_as: AsContext) -> Callable[..., Batch]:
    """``bring("samples.maker", text)``: brought in by an administrator; the batch, as it is afterwards."""

    def work(
        entity: str, data: str | bytes, *, mode: str = "both", check: bool = False, columns: Any = None
    ) -> Batch:
        with ctx_as("admin") as ctx:
            batch = batches.start_batch(
                ctx, entity, "a.csv", data.encode() if isinstance(data, str) else data
            )
            batches.set_columns(ctx, batch, columns or batch.columns, mode)
            number = batch.id
        doing = running.check if check else running.bring_in
        doing(lambda: ctx_as("admin"), number, lambda _done, _total: None)
        on.session.expire_all()
        return on.session.scalars(select(Batch).where(Batch.id == number)).one()

    return work


def count(ctx: Ctx, model: Any) -> int:
    return ctx.session.scalar(select(func.count()).select_from(model)) or 0


def test_new_rows_and_changed_ones(on: Ctx, bring: Callable[..., Batch]) -> None:
    batch = bring("samples.maker", "Code,Name,names.zh_Hant_TW\nM1,One,一\nM2,Two,二\nTOTAL,2,\n")
    assert (batch.status, len(batch.made), batch.problems) == ("done", 2, [])
    batch = bring("samples.maker", "code,name\nm1,Uno\nM3,Three\n")
    assert (len(batch.made), len(batch.changed)) == (1, 1)
    names = dict(on.session.execute(select(Maker.code, Maker.name)).all())
    assert names == {"M1": "Uno", "M2": "Two", "M3": "Three"}
    assert on.session.scalars(select(Maker.names).where(Maker.code == "M1")).one() == {"zh_Hant_TW": "一"}


def test_a_check_keeps_nothing_and_tells_row_and_column(on: Ctx, bring: Callable[..., Batch]) -> None:
    text = "number;maker;fee;kind;article;pieces\n;;1,5;;A;1\n;NOBODY;x;;A;1\n;;2;none;B;many\n;;3;;C;4\n"
    batch = bring("samples.request", text, check=True)
    assert {(line, heading) for line, heading, _words in batch.problems} == {
        (3, "maker"),
        (3, "fee"),
        (4, "pieces"),
        (4, "kind"),
    }
    assert (batch.status, batch.made, count(on, Request)) == ("checked", [], 0)


def test_rows_that_repeat_the_header_or_leave_it_empty_are_lines_of_it(
    on: Ctx, bring: Callable[..., Batch]
) -> None:
    text = "notes\tfee\tarticle\tpieces\tprice\nfirst\t1\tA\t1\t0.5\nfirst\t1\tB\t2\t\n\t\tC\t3\t\nsecond\t2\tA\t4\t\n"
    batch = bring("samples.request", text)
    assert (len(batch.made), batch.problems) == (2, [])
    rows = on.session.execute(
        select(Request.notes, RequestLine.article, RequestLine.pieces)
        .join(RequestLine, RequestLine.request_id == Request.id)
        .order_by(Request.id, RequestLine.position)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("first", "A", 1),
        ("first", "B", 2),
        ("first", "C", 3),
        ("second", "A", 4),
    ]


def test_what_is_refused_is_left_out_and_the_rest_comes_in(on: Ctx, bring: Callable[..., Batch]) -> None:
    batch = bring("samples.maker", "code,name\nM1,One\nM2,\nM3,Three\n")
    assert (batch.status, len(batch.made), [line for line, _heading, _words in batch.problems]) == (
        "done",
        2,
        [3],
    )
    assert set(on.session.scalars(select(Maker.code))) == {"M1", "M3"}


@pytest.mark.parametrize(
    ("mode", "made", "changed", "left"), [("both", 1, 1, 0), ("new", 1, 0, 1), ("known", 0, 1, 1)]
)
def test_modes(on: Ctx, bring: Callable[..., Batch], mode: str, made: int, changed: int, left: int) -> None:
    bring("samples.maker", "code,name\nM1,One\n")
    batch = bring("samples.maker", "code,name\nM1,Uno\nM2,Two\n", mode=mode)
    assert (len(batch.made), len(batch.changed), batch.left_out) == (made, changed, left)


def test_taking_back(on: Ctx, bring: Callable[..., Batch], ctx_as: AsContext) -> None:
    bring("samples.maker", "code,name\nM1,One\n")
    second = bring("samples.maker", "code,name\nM1,Uno\nM2,Two\n").id
    with ctx_as("admin") as ctx:
        undoing.take_back(ctx, batches.get_batch(ctx, second))
    on.session.expire_all()
    assert dict(on.session.execute(select(Maker.code, Maker.name)).all()) == {"M1": "One"}
    with ctx_as("admin") as ctx, pytest.raises(Refused):
        undoing.take_back(ctx, batches.get_batch(ctx, second))  # once
    third = bring("samples.maker", "code,name\nM1,Eins\n").id
    bring("samples.maker", "code,name\nM1,Later\n")
    with pytest.raises(Exception, match="changed"), ctx_as("admin") as ctx:  # somebody changed it since
        undoing.take_back(ctx, batches.get_batch(ctx, third))
    on.session.expire_all()
    assert on.session.scalars(select(Maker.name)).one() == "Later"


def test_it_goes_on_where_it_stopped_and_nobody_brings_it_in_twice(on: Ctx, ctx_as: AsContext) -> None:
    rows = "".join(f"M{n},Maker {n}\n" for n in range(250))
    with ctx_as("admin") as ctx:
        number = batches.start_batch(ctx, "samples.maker", "a.csv", f"code,name\n{rows}".encode()).id

    class Killed(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done == 200:
            raise Killed

    with pytest.raises(Killed):
        running.bring_in(lambda: ctx_as("admin"), number, stop)
    on.session.expire_all()
    assert count(on, Maker) == 200
    running.bring_in(lambda: ctx_as("admin"), number, lambda _done, _total: None)
    on.session.expire_all()
    assert count(on, Maker) == 250
    with pytest.raises(Refused):
        running.bring_in(lambda: ctx_as("admin"), number, lambda _done, _total: None)
    batch = on.session.scalars(select(Batch).where(Batch.id == number)).one()
    assert (batch.status, len(batch.made), batch.problems) == ("done", 250, [])


def test_columns_are_remembered(on: Ctx, bring: Callable[..., Batch], ctx_as: AsContext) -> None:
    bring("samples.maker", "Ref,Firm\nM1,One\n", columns=["code", "name"])
    with ctx_as("admin") as ctx:
        assert batches.start_batch(ctx, "samples.maker", "b.csv", b"Firm,Ref\nTwo,M2\n").columns == [
            "name",
            "code",
        ]
        batch = batches.start_batch(ctx, "samples.maker", "b.csv", b"a,b\n1,2\n")
        for columns in (["code", "code"], ["", ""], ["none", "code"]):
            with pytest.raises(Refused):
                batches.set_columns(ctx, batch, columns, "both")
        with pytest.raises(Refused):
            batches.set_columns(ctx, batch, ["code", "name"], "other")


def test_files_of_every_kind(on: Ctx) -> None:
    book = Workbook()
    page: Any = book.active
    page.append(["code", "since", "fee", "n"])
    page.append(["001", datetime(2026, 1, 2), 12.1, 3.0])
    page.append([None, None, None, None])
    page.append(["B", None, 1e-7, 10**15])
    out = io.BytesIO()
    book.save(out)
    headings, rows = sheets.sheet_rows("a.xlsx", out.getvalue())
    assert headings == ["code", "since", "fee", "n"]
    assert rows == [(2, ["001", "2026-01-02", "12.1", "3"]), (4, ["B", "", "0.0000001", "1000000000000000"])]
    for data in (
        "代號\t名稱\nA\t甲\n".encode("big5"),
        "代號\t名稱\nA\t甲\n".encode("utf-16"),
        "代号,名称\nA,甲\n".encode("gbk"),
    ):
        assert sheets.sheet_rows("a.csv", data)[1][0][1] == ["A", "甲"]
    assert Decimal(sheets.sheet_rows("a.csv", b"a;b\n1,5;2\n")[1][0][1][0].replace(",", ".")) == Decimal(
        "1.5"
    )
    for data in (b"", b"only,headings\n", b"PK\x03\x04broken", b"a\n" * 30_000, b"\0" * 11 * 1024 * 1024):
        with pytest.raises(Refused):
            sheets.sheet_rows("a", data)


def test_walls_and_rights(
    on: Ctx, bring: Callable[..., Batch], ctx_as: AsContext, other_tenant: TenantInfo
) -> None:
    batch = bring("samples.maker", "code,name\nM1,One\n").id
    with ctx_as("admin", of=other_tenant) as ctx, pytest.raises(NotFound):
        batches.get_batch(ctx, batch)
    with ctx_as("merch") as ctx, pytest.raises(NotFound):
        batches.get_batch(ctx, batch)  # another person's
    with ctx_as("fin") as ctx, pytest.raises(Exception, match="right"):
        batches.start_batch(ctx, "samples.maker", "a.csv", b"code,name\nM1,One\n")


def test_pages(on: Ctx, client_as: Callable[..., Any], hub: Hub, tenant: TenantInfo) -> None:
    browser = client_as("admin")
    assert "/import/new/samples.maker" in browser.get("/samples/maker/").text
    assert browser.get("/import/new/samples.maker").status_code == 200
    for kind in ("csv", "xlsx"):
        assert browser.get(f"/import/template/samples.maker.{kind}").status_code == 200
    assert browser.get("/import/template/samples.maker.exe").status_code == 404
    assert browser.post("/import/new/samples.maker", data={}).status_code == 422
    where = browser.post("/import/new/samples.maker", data={"pasted": "code\tname\nM1\tOne\nM2\t\n"}).location
    columns = {"column-0": "code", "column-1": "name", "mode": "both"}
    assert "M1" in browser.get(where).text
    browser.post(where, data={**columns, "do": "check"})
    page = browser.get(where).text
    assert 'value="run"' in page
    assert count(on, Maker) == 0
    assert browser.post(where, data={**columns, "column-1": "code", "do": "run"}).status_code == 422
    browser.post(where, data={**columns, "do": "run"})
    on.session.expire_all()
    assert list(on.session.scalars(select(Maker.code))) == ["M1"]
    assert browser.get(f"{where}/undo").status_code == 200
    browser.post(f"{where}/undo")
    on.session.expire_all()
    assert count(on, Maker) == 0
    assert where in browser.get("/import/").text
    rows = "".join(f"N{n}\tMaker\n" for n in range(300))
    where = browser.post("/import/new/samples.maker", data={"pasted": f"code\tname\n{rows}"}).location
    reply = browser.post(where, data={**columns, "do": "run"})
    assert reply.location.startswith("/jobs/")
    jobs.run_due(hub, tenants=[tenant])
    on.session.expire_all()
    assert count(on, Maker) == 300


def test_every_kind_has_somewhere_for_columns_to_go(on: Ctx) -> None:
    found = {kind.name: targets.list_targets(on, kind) for kind in intakes.importable(on)}
    assert len(found) > 15
    for name, each in found.items():
        assert each, name
        assert len({t.name for t in each}) == len(each), name
    assert "lines.*sizes" in {t.name for t in found["orders.order"]}
