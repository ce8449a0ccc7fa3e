"""A long list is made in the background, for who asked for it, and costs no more memory than a short one."""

from __future__ import annotations

import csv
import io
import resource
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from core.entities.query import ListQuery
from core.entities.sheets import sheet_of
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from core.web.frame import confirm
from core.web.screens import exporting
from core.work import jobs
from kit.exports.csv import write_csv
from kit.exports.workbook import write_xlsx
from plugins.base_files.services import passing
from tests.thirdparty.samples.models import Maker

HOME = "/samples/maker/"
MANY = 50_000


def fill(ctx: Ctx, rows: int) -> None:
    ctx.session.insert_many(Maker, [{"code": f"M{at:05}", "name": f"Maker 工廠 {at}"} for at in range(rows)])
    ctx.session.commit()


@pytest.fixture
def few_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 3)


@pytest.mark.usefixtures("few_are_long")
def test_a_long_list_is_asked_for_made_and_fetched(
    ctx: Ctx, hub: Hub, client_as: Callable[..., Any], tenant: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ctx, 6)
    admin, other = client_as("admin"), client_as("merch")
    page = admin.get(f"{HOME}export/csv?q=M0000&sort=-code")
    assert "6 rows" in page.text
    assert f'action="{HOME}export/csv/later?q=M0000&amp;sort=-code"' in page.text
    monkeypatch.setattr(confirm, "FRESH", -1)
    asked = admin.post(f"{HOME}export/csv/later?q=M0000&sort=-code")
    assert (asked.status_code, "Is it you?" in asked.text) == (403, True)
    monkeypatch.setattr(confirm, "FRESH", 900)
    job = admin.post(f"{HOME}export/csv/later?q=M0000&sort=-code").location
    number = job.rpartition("/")[2]
    assert admin.get(f"/exports/{number}").status_code == 422
    jobs.run_due(hub, tenants=[tenant])
    assert admin.get(job).location == "/exports/"
    assert f'href="/exports/{number}"' in admin.get("/exports/").text
    file = admin.get(f"/exports/{number}")
    assert file.headers["Content-Disposition"] == 'attachment; filename="samples-maker.csv"'
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert [r["Code"] for r in rows] == [f"M{at:05}" for at in range(5, -1, -1)]
    assert other.get(f"/exports/{number}").status_code == 404
    assert f"/exports/{number}" not in other.get("/exports/").text


@pytest.mark.usefixtures("few_are_long")
def test_a_file_that_nobody_fetched_is_gone_after_a_week(
    ctx: Ctx, hub: Hub, client_as: Callable[..., Any], tenant: TenantInfo
) -> None:
    fill(ctx, 4)
    admin = client_as("admin")
    number = admin.post(f"{HOME}export/xlsx/later").location.rpartition("/")[2]
    jobs.run_due(hub, tenants=[tenant])
    assert passing.clear_old(ctx) == 0
    book = load_workbook(io.BytesIO(admin.get(f"/exports/{number}").data))
    assert book.active.max_row == 5
    assert passing.clear_old(ctx, ctx.now().max.replace(tzinfo=ctx.now().tzinfo)) == 1
    gone = admin.get(f"/exports/{number}")
    assert gone.status_code == 404
    assert "kept for a week" in gone.text


def test_a_list_that_changes_meanwhile_loses_and_repeats_nothing(ctx: Ctx) -> None:
    """Rows that come before where one is shift nothing."""
    from core.entities.paging import every

    fill(ctx, 10)
    seen: list[str] = []
    for rows, _values in every(ctx, ctx.registry.get("samples.maker"), ListQuery(sort="code"), batch=4):
        seen += [row.code for row in rows]
        ctx.session.insert_many(Maker, [{"code": f"A{len(seen)}", "name": "new"}])
    assert seen == [f"M{at:05}" for at in range(10)]


@pytest.mark.thorough
@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_fifty_thousand_rows_take_no_more_memory_than_two_thousand(ctx: Ctx, write: Any) -> None:
    """What Python holds at its highest, in bytes; the CPU and the resident size are printed with -s."""
    entity = ctx.registry.get("samples.maker")
    fill(ctx, MANY)
    ctx.session.expunge_all()

    def peak(asked: ListQuery) -> tuple[int, int]:
        tracemalloc.start()
        sent = sum(len(piece) for piece in write(sheet_of(ctx, entity, asked)))
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high, sent

    small, _ = peak(ListQuery(search="M00"))
    began = time.process_time()
    large, sent = peak(ListQuery())
    print(write.__name__, small, large, sent, time.process_time() - began,
          resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)  # fmt: skip
    assert sent > 500_000
    assert large < small * 1.5 + 2**20
