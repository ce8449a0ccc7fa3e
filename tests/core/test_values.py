"""Values as people type them: the right one or a refusal that says why, never another one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Unreadable
from core.values.days import parse_date
from core.values.encodings import decode_text
from core.values.folding import code_key, fold
from core.values.numbers import Mark, decimal_mark, parse_decimal, parse_pieces

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", "12"), ("+12", "12"), ("-12.5", "-12.5"), ("0", "0"), (".5", "0.5"), ("5.", "5"), ("007", "7"),
        ("1,5", "1.5"), ("0,172", "0.172"), ("98,5", "98.5"), ("6,80", "6.80"), ("1,2345", "1.2345"),
        ("12345,678", "12345.678"), ("1.234", "1.234"), ("1,234", "1234"), ("1,234,567", "1234567"),
        ("1,234,567.89", "1234567.89"), ("1.234,56", "1234.56"), ("1.234.567", "1234567"), ("1.234.567,8", "1234567.8"),
        ("1 234,5", "1234.5"), ("1\u00a0234.5", "1234.5"), ("1\u202f234", "1234"), ("1'234.50", "1234.5"),
        ("１２３．５０", "123.5"), ("９８．５", "98.5"), ("１，２３４", "1234"), (" 1,200.00 ", "1200"), ("\u22125", "-5"),
        ("－5", "-5"), ("(1,200.00)", "-1200"), ("20.00", "20"), ("- 5", "-5"),
    ],
)  # fmt: skip
def test_a_number_is_what_it_says(typed: str, value: str) -> None:
    assert parse_decimal(typed, 6) == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "-", "x", "1e5", "5²", "½", "1,2,3", "1,23,456", "1,234,5", "12,34.5", "1.2.3", "1.234.56", "1,234.567.8",
        "1 5", "1  2", "12 34", "1,,5", "1..5", "(-5)", "(5", "5)", "--5", "5-", "1,5 kg", "٣", "一", "NaN", "Infinity",
        "1_000", "1.234,567,8", "1 234.567,8",
    ],
)  # fmt: skip
def test_what_states_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        parse_decimal(typed, 6)


@pytest.mark.parametrize(
    ("typed", "places", "cause"),
    [
        ("1.25", 1, "At most 1 decimals."),
        ("1,5", 0, "Whole numbers only."),
        ("1234567890123", 0, "This number is too large."),
        ("1,23,456", 0, "between thousands stand groups of three digits"),
    ],
)
def test_the_refusal_names_the_cause(typed: str, places: int, cause: str) -> None:
    with pytest.raises(Unreadable, match=cause):
        parse_decimal(typed, places)


@pytest.mark.parametrize(
    ("cells", "separator", "mark"),
    [
        (["1,234", "12"], "\t", None),
        (["1,234"], ";", ","),
        (["6.80"], ";", "."),
        (["1,234", "98,5"], "\t", ","),
        (["1,234.50"], "\t", "."),
        (["1.234.567"], "\t", ","),
        (["98,5", "6.80"], "\t", "?"),
        (["0,172", "NVY", "2026-12-18"], "\t", ","),
        (["1.234"], "\t", None),
    ],
)
def test_a_sheet_shows_its_decimal_mark(cells: list[str], separator: str, mark: Mark | None) -> None:
    assert decimal_mark(cells, separator) == mark


def test_the_mark_of_the_sheet_decides_what_could_be_two_numbers() -> None:
    assert [parse_decimal("1,234", 6, mark) for mark in (None, ".", ",")] == [1234, 1234, Decimal("1.234")]
    assert [parse_decimal("1.234", 6, mark) for mark in (None, ".", ",")] == [
        Decimal("1.234"),
        Decimal("1.234"),
        1234,
    ]
    assert parse_decimal("1,5", 6, "?") == Decimal("1.5")
    with pytest.raises(Unreadable, match="can be two numbers"):
        parse_decimal("1,234", 6, "?")


WAYS = (
    ("{:,}", ",", "."), ("{:,}", ".", ","), ("{:,}", " ", ","), ("{:,}", "'", "."), ("{}", "", "."), ("{}", "", ","),
)  # fmt: skip


@given(
    st.decimals(min_value=-999_999_999, max_value=999_999_999, places=2),
    st.sampled_from(WAYS),
    st.booleans(),
)
def test_written_in_any_of_the_ways_it_reads_back(
    value: Decimal, way: tuple[str, str, str], wide: bool
) -> None:
    form, group, point = way
    whole, _, decimals = f"{abs(value):f}".partition(".")
    text = ("-" if value < 0 else "") + form.format(int(whole)).replace(",", group) + point + decimals
    if wide:
        text = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert parse_decimal(text, 2) == value


@given(st.text(alphabet="0123456789,.' -+()２．，²", max_size=12), st.sampled_from([None, ".", ",", "?"]))
def test_a_number_keeps_every_digit_in_its_order(typed: str, mark: Mark | None) -> None:
    """Whatever is read has the digits that were typed: a mark may be taken as a group's or the decimals', nothing else."""
    try:
        value = parse_decimal(typed, 12, mark)
    except Unreadable:
        return
    digits = "".join(c for c in fold(typed) if c.isdigit())
    shown = f"{abs(value):f}".replace(".", "")
    assert digits.strip("0") == shown.strip("0")
    assert (value < 0) == (("-" in fold(typed) or "(" in typed) and value != 0)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("", 0), (" - ", 0), ("-", 0), ("20.00", 20), (" 1,200.00 ", 1200), ("１２", 12), ("0", 0), (7, 7)],
)
def test_pieces(typed: str | int, value: int) -> None:
    assert parse_pieces(typed) == value


@pytest.mark.parametrize(
    ("typed", "cause"),
    [("1,2", "whole pieces"), ("-3", "negative"), ("1.5", "whole pieces"), ("x", "not a number"), ("99999999", "too large")],
)  # fmt: skip
def test_pieces_are_whole_and_not_negative(typed: str, cause: str) -> None:
    with pytest.raises(Unreadable, match=cause):
        parse_pieces(typed)
    with pytest.raises(Unreadable, match="at least 1"):
        parse_pieces("", least=1)


@pytest.mark.parametrize(
    "typed",
    ["2026-11-23", "2026/11/23", "2026.11.23", "20261123", "２０２６／１１／２３", "2026年11月23日", "23.11.2026", "23/11/2026",
     "11/23/2026", "23-Nov-2026", "Nov 23, 2026", "23 November 2026", "2026-11-23 00:00:00", " 2026 - 11 - 23 "],
)  # fmt: skip
def test_a_day_in_many_ways(typed: str) -> None:
    assert parse_date(typed) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ("05/06/2026", "which is the day"), ("26-11-23", "not a date"), ("2026-13-01", "not a date"), 
        ("2026-02-30", "not a date"),
        ("soon", "not a date"), ("", "not a date"), ("1066-10-14", "The year"), ("46000", "not a date"), 
        ("2026-1-²", "not a date"),
        ("23-Foo-2026", "not a date"), ("May May 2026", "not a date"), ("2026-11-23 14:30", "not a date"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(typed: str, cause: str) -> None:
    with pytest.raises(Unreadable, match=cause):
        parse_date(typed)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_day_reads_back(day: date) -> None:
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y", "%B %d, %Y"):
        assert parse_date(day.strftime(form)) == day


def test_codes_are_compared_without_width_blanks_and_case() -> None:
    assert code_key(" ｆ０ 1 ") == "F01"
    assert fold("５² ½") == "5² ½", "what is another number stays another"


HEADING = "款號\t顏色\t目的地\t交期\t單價"
SIMPLE = "款号\t颜色\t目的地\t交期\t单价"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (HEADING, "utf-8"), (HEADING, "utf-8-sig"), (HEADING, "utf-16"), (HEADING, "big5"), (HEADING, "utf-16-le"),
        (SIMPLE, "gbk"), (SIMPLE, "gb18030"), ("匹号\t缸号\t码数\n合计", "gbk"), ("匹號\t缸號\t碼數\n合計", "big5"), 
        ("plain", "ascii"),
        ("面料 黑色 有限公司 东莞", "gbk"), ("面料 黑色 有限公司 東莞", "big5"),
    ],
)  # fmt: skip
def test_text_of_a_file_in_its_encoding(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0\x06\0", b"\xff\xff\xff\xff"]
)
def test_what_is_no_text_is_said(content: bytes) -> None:
    with pytest.raises(Unreadable):
        decode_text(content)
