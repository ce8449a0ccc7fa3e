"""A list as a file: the same rows, the same columns, exact figures, and nothing that a spreadsheet would carry out."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from core.declare.declarations import Column
from core.entities.query import ListQuery
from core.entities.sheets import sheet_of
from core.errors import Denied
from core.text.i18n import T, locale_scope
from kit.exports.csv import FORMULA, safe_text, write_csv
from kit.exports.workbook import write_xlsx

NAME = "samples.request"
COLUMNS = ("number", "state", "kind", "wanted", "fee", "discount", "notes", "urgent")


def entity_of(ctx):
    """The samples with their state among the columns."""
    entity = ctx.registry.get(NAME)
    return replace(entity, columns=(Column("state", T("State"), "state"), *entity.columns))


def as_csv(ctx, **asked):
    data = b"".join(write_csv(sheet_of(ctx, entity_of(ctx), ListQuery(**{"columns": COLUMNS, **asked}))))
    assert data.startswith(b"\xef\xbb\xbf")
    return data, list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def as_xlsx(ctx, **asked):
    data = b"".join(write_xlsx(sheet_of(ctx, entity_of(ctx), ListQuery(**{"columns": COLUMNS, **asked}))))
    return load_workbook(io.BytesIO(data)).active


def test_what_is_shown_is_what_is_written(ctx, ask):
    ask(ctx, kind="pp", wanted=date(2026, 12, 11), fee=Decimal("-1234.5"), notes="大貨\n頭缸", urgent=True)
    ask(ctx, kind="fit", discount=Decimal("2.5"))
    data, rows = as_csv(ctx, sort="number")
    assert rows[0][:3] == ["Number", "State", "Kind"]
    first, second = rows[1:]
    assert first[1:] == ["Draft", "Pre-production sample", "2026-12-11", "-1234.5", "", "大貨\n頭缸", "yes"]
    assert second[1:] == ["Draft", "Fit sample", "", "", "2.5", "", "no"]
    assert data.count(b'"') >= 2 * 3 * len(COLUMNS)
    _, only = as_csv(ctx, filters={"kind": ["fit"]}, columns=("kind",))
    assert only[1:] == [["Fit sample"]]


def test_a_quantity_with_its_unit_is_written_in_steps_of_it(ctx, ask):
    ask(ctx)
    column = Column(
        "left",
        T("Left"),
        "qty",
        load=lambda _ctx, rows: {row.id: (Decimal("382.76455"), "yd") for row in rows},
    )
    entity = replace(ctx.registry.get(NAME), columns=(column,))
    assert list(sheet_of(ctx, entity, ListQuery(), [column]).rows) == [[Decimal("382.76")]]


def test_a_workbook_has_real_numbers_and_days(ctx, ask):
    ask(ctx, wanted=date(2026, 12, 11), fee=Decimal("1234.5"), discount=Decimal("2.5"), notes="=1+1")
    sheet = as_xlsx(ctx)
    row = dict(zip(COLUMNS, sheet[2], strict=True))
    assert (row["fee"].value, row["discount"].value) == (1234.5, 2.5)
    assert row["wanted"].value.date() == date(2026, 12, 11)
    assert row["wanted"].number_format == "yyyy-mm-dd"
    assert (row["notes"].value, row["notes"].data_type) == ("=1+1", "s")
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")'],
)
def test_no_text_is_taken_for_a_formula(ctx, ask, text):
    assert safe_text(text) == f"'{text}"
    ask(ctx, notes=f"{text}x")
    _, rows = as_csv(ctx, columns=("notes",))
    assert not rows[1][0].startswith(FORMULA)
    assert as_xlsx(ctx, columns=("notes",))["A2"].data_type == "s"


def test_harmless_text_stays_as_it_is():
    assert [safe_text(t) for t in ("HL-88120", "1-2", "a=b", "")] == ["HL-88120", "1-2", "a=b", ""]


def test_an_amount_with_more_digits_than_a_spreadsheet_holds_stays_exact(ctx, ask):
    ask(ctx, fee=Decimal("123456789012.3456"))
    cell = as_xlsx(ctx, columns=("fee",))["A2"]
    assert (cell.value, cell.data_type) == ("123456789012.3456", "s")


def test_words_are_in_the_readers_language(ctx, ask, monkeypatch):
    from core.text import i18n

    ask(ctx, urgent=True)
    monkeypatch.setattr(i18n, "translate", lambda text, *_whose: f"[{text}]")
    with locale_scope("zh_Hant_TW"):
        _, rows = as_csv(ctx, columns=("state", "urgent"))
    assert rows[1] == ["[Draft]", "[yes]"]


def test_a_long_list_is_read_in_batches_and_forgotten(ctx, ask, count_queries, monkeypatch):
    from core.entities import paging

    for _ in range(7):
        ask(ctx)
    ctx.session.commit()
    ctx.session.expunge_all()
    every = paging.every
    monkeypatch.setattr(paging, "every", lambda c, e, q, columns: every(c, e, q, columns, batch=3))
    with count_queries() as log:
        _, rows = as_csv(ctx)
    assert len(rows) == 8
    assert log.count <= 4
    assert not list(ctx.session.identity_map.values())


def test_who_may_not_see_the_list_gets_no_file(ctx_as):
    with ctx_as("") as nobody:
        entity = nobody.registry.get(NAME)
        with pytest.raises(Denied):
            b"".join(write_xlsx(sheet_of(nobody, entity, ListQuery())))
        with pytest.raises(Denied):
            next(write_csv(sheet_of(nobody, entity, ListQuery())))
