"""Where printed lines and pages end: words stay whole in mixed text, signatures stay with text."""

from __future__ import annotations

import io

import pypdf
import pytest

from core.api import Ctx
from kit.printing import documents
from kit.printing.breaking import is_wide, line_spans
from kit.printing.documents import Source

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("Q. Quận 7, Thành phố 越南", 6, ["Q.", "Quận", "7,", "Thành", "phố 越", "南"]),
        ("12 Đường số 3, Quận 7 越南胡志明市", 12, ["12 Đường số", "3, Quận 7 越", "南胡志明市"]),
        ("廣東省東莞市厚街鎮，「製衣廠」", 10, ["廣東省東莞", "市厚街鎮，", "「製衣廠」"]),
        ("東莞恒豐。製衣廠", 8, ["東莞恒", "豐。製衣", "廠"]),
        ("（HL-88120）大貨", 11, ["（HL-8812", "0）大貨"]),
        ("ABCDEFGHIJKL MN", 5, ["ABCDE", "FGHIJ", "KL MN"]),
        ("a  b   c", 3, ["a", "b", "c"]),
        ("", 5, []),
        ("一", 1, ["一"]),
    ],
)
def test_words_stay_whole_and_chinese_breaks_anywhere(text: str, room: int, lines: list[str]) -> None:
    widths = [2.0 if is_wide(sign) else 1.0 for sign in text]
    assert [text[a:b] for a, b in line_spans(text, widths, room, room)] == lines


def test_a_line_ends_where_it_is_told_and_the_first_may_be_narrower() -> None:
    text = "ab cd ef"
    assert [text[a:b] for a, b in line_spans(text, [1.0] * 8, 3, 8)] == ["ab", "cd ef"]
    assert [text[a:b] for a, b in line_spans(text, [1.0] * 8, 8, 8, frozenset({2}))] == ["ab", "cd ef"]


def sheet(body: str, language: str) -> Source:
    css = (
        documents._environment((("kit", str(documents.PAPER), "kit"),))
        .get_template("kit/document.css")
        .render()
    )
    return Source(
        f"<html><head><style>/* fonts */\n{css}</style></head><body class='zh'>{body}</body></html>", language
    )


def pages(ctx: Ctx, source: Source) -> list[str]:
    made = documents.draw(ctx, source)
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.pdf)).pages]


VIETNAM = "Lô B12, Đường số 3, Khu công nghiệp Tân Thuận, Quận 7, Thành phố Hồ Chí Minh"


@pytest.mark.parametrize("language", ["zh_Hant_TW", "en"])
def test_an_address_of_words_keeps_them_in_every_kind_of_cell(ctx: Ctx, language: str) -> None:
    cells = f"<td width='20%'>地址</td><td width='23%'>{VIETNAM} 越南</td><td width='27%'><p><b>{VIETNAM}</b> 工廠</p></td>"
    body = (
        f"<table class='grid'><tr>{cells}<td width='30%' class='num'>{VIETNAM}<br/>second</td></tr></table>"
    )
    [page] = pages(ctx, sheet(body, language))
    words = set(page.split())
    assert {"Đường", "Khu", "công", "nghiệp", "Thuận,", "Quận", "Thành", "phố", "second"} <= words
    assert not {"Q", "uận", "Thàn", "nghi", "Đườ"} & words


SIGN = "<div class='keep'><p>SIGN</p><table><tr><td style='height: 30mm'>SEAL</td></tr></table></div>"


@pytest.mark.parametrize("rows", [3, 36, 38, 40, 42, 44, 84])
def test_signatures_come_with_the_last_rows_of_a_table(ctx: Ctx, rows: int) -> None:
    lines = "".join(f"<tr><td>row{n}</td></tr>" for n in range(rows))
    body = f"<table class='grid' repeat='1'><thead><tr><th>HEAD</th></tr></thead>{lines}</table>{SIGN}"
    found = pages(ctx, sheet(body, "zh_Hant_TW"))
    last = next(page for page in found if "SIGN" in page)
    assert "SEAL" in last
    assert f"row{rows - 1}" in last
    assert "HEAD" in last
    assert [n for n in range(rows) if sum(f"row{n}\n" in page + "\n" for page in found) != 1] == []


@pytest.mark.parametrize("lines", [2, 38, 41, 44, 47])
def test_signatures_come_with_the_last_text_and_its_heading(ctx: Ctx, lines: int) -> None:
    body = "".join(f"<p>text{n}</p>" for n in range(lines)) + f"<h2>LAST</h2><p>the end</p>{SIGN}"
    found = pages(ctx, sheet(body, "zh_Hans_CN"))
    last = next(page for page in found if "SIGN" in page)
    assert "SEAL" in last
    assert "the end" in last
    assert "LAST" in last
    assert len(found) == (1 if lines < 38 else len(found))


def test_nothing_before_and_something_larger_than_a_page(ctx: Ctx) -> None:
    assert len(pages(ctx, sheet(SIGN, "en"))) == 1
    tall = f"<p>before</p><div class='keep'>{'<p>x</p>' * 90}</div>"
    assert len(pages(ctx, sheet(tall, "en"))) >= 2
