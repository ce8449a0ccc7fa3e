"""PDFs: exact or not at all, in the document's language, with nothing from outside."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from core.declare.kinds import DocumentKind
from core.errors import NotFound, Refused, Unavailable
from core.testing.declaring import declare_for_test
from core.text.i18n import T, locale_scope
from kit.printing import documents
from kit.printing import pool as pdf_pool
from kit.printing.documents import Source
from kit.printing.fonts import Face, font_file
from kit.printing.renderer import drawable
from tests.figures_shown import too_fine_on_paper
from tests.support.costs import cpu_seconds

pytestmark = pytest.mark.once

STYLE = "<style>/* fonts */\n.zh p { -pdf-word-wrap: CJK; }</style>"


def page(body, language="zh_Hant_TW", **more):
    return Source(f"<html><head>{STYLE}</head><body class='zh'>{body}</body></html>", language, **more)


def words(made):
    return [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(made.pdf)).pages]


def fonts(made):
    """(name, is embedded) of every font of a PDF, those of stamped layers included."""
    found = set()

    def look(resources):
        for font in (resources.get("/Font") or {}).values():
            font = font.get_object()
            descriptor = font.get("/FontDescriptor") or font["/DescendantFonts"][0]["/FontDescriptor"]
            found.add((font["/BaseFont"], "/FontFile2" in descriptor.get_object()))
        for form in (resources.get("/XObject") or {}).values():
            if "/Resources" in form.get_object():
                look(form.get_object()["/Resources"])

    for each in pypdf.PdfReader(io.BytesIO(made.pdf)).pages:
        look(each["/Resources"])
    return found


def test_no_figure_on_paper_is_finer_than_its_unit(ctx):
    """Kilograms go to the gram, as scales show them; a thing may have a finer step of its own."""
    said = documents.environment(ctx).from_string(
        '{{ v | qty("yd") }} {{ v | qty("pcs") }} {{ v | qty("kg") }} {{ v | qty("m", s) }} {{ none | qty("m") }}{{ v | qty }}'
    )
    text = said.render(v=Decimal("1382.76455"), s=Decimal("0.001"))
    assert text == "1,382.76 1,383 1,382.765 1,382.765 1,382.76455"
    paper = (
        "<html><body><table><tr><th>Qty</th></tr><tr><td class='num'>{} yd</td></tr></table></body></html>"
    )
    assert too_fine_on_paper(paper.format("382.765"))
    assert not too_fine_on_paper(paper.format("382.76"))


def test_text_can_be_read_and_every_font_is_in_the_file(ctx):
    made = documents.draw(
        ctx, page("<p>委外加工合約書 <b>東莞恒豐製衣廠</b> “quoted” 1,234.50</p>", foot="CT-1")
    )
    text = words(made)[0]
    for part in ("委外加工合約書", "東莞恒豐製衣廠", "1,234.50", "CT-1"):
        assert part in text
    assert fonts(made)
    assert all(embedded for _, embedded in fonts(made)), fonts(made)
    assert (made.pages, made.language, len(made.sha256)) == (1, "zh_Hant_TW", 64)


def test_pages_are_numbered_out_of_their_total(ctx):
    source = page("<p>1</p><pdf:nextpage /><p>2</p><pdf:nextpage /><p>3</p>", "en", edge="SEAM")
    texts = words(documents.draw(ctx, source))
    assert [f"Page {n} of 3" in text for n, text in enumerate(texts, 1)] == [True] * 3
    assert all("SEAM" in text for text in texts)
    assert (
        "SEAM" not in words(documents.draw(ctx, page("<p>1</p>", "en", edge="SEAM")))[0]
    )  # one page has no seam


def test_a_draft_says_so_on_every_page(ctx):
    made = documents.draw(ctx, page("<p>一</p><pdf:nextpage /><p>二</p>", watermark="草稿"))
    assert all("草稿" in text for text in words(made))


@pytest.mark.parametrize("language", ["zh_Hant_TW", "zh_Hans_CN", "en"])
def test_both_scripts_in_any_language(ctx, language):
    made = documents.draw(ctx, page("<p>負責簽約門骨 负责签约门骨 Ω é ½</p>", language))
    assert "負責簽約門骨" in words(made)[0]
    assert "负责签约门骨" in words(made)[0]


def test_mainland_forms_for_mainland_documents(tmp_path):
    taiwan, mainland = (Face(font_file("regular"), lang, tmp_path) for lang in ("zh_Hant_TW", "zh_Hans_CN"))
    for face in (taiwan, mainland):
        face.add("骨過一，")
    assert taiwan.glyphs["一"][0] == mainland.glyphs["一"][0]
    for character in "骨過，":
        assert taiwan.glyphs[character][0] != mainland.glyphs[character][0]


def test_quotes_are_narrow_in_english_only(tmp_path):
    wide, narrow = (Face(font_file("regular"), lang, tmp_path) for lang in ("zh_Hant_TW", "en"))
    for face in (wide, narrow):
        face.add("“")
    assert narrow.glyphs["“"][1] < wide.glyphs["“"][1] == 1000


def test_glyphs_are_kept_for_the_next_process(tmp_path, monkeypatch):
    first = Face(font_file("bold"), "zh_Hant_TW", tmp_path)
    made, _missing = first.build("合約", "x")
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    second = Face(font_file("bold"), "zh_Hant_TW", tmp_path)
    monkeypatch.setattr(second, "_open", lambda: pytest.fail("the large font was opened again"))
    assert second.build("合約", "x") == (made, set())
    first.file.write_bytes(b"damaged")
    assert Face(font_file("bold"), "zh_Hant_TW", tmp_path).build("合約", "x")[0] == made
    assert first.build("合😀", "x")[1] == {"😀"}
    assert "😀" not in first.glyphs  # a box is drawn, never kept


def test_a_font_of_ones_own(ctx, tmp_path, monkeypatch):
    own = tmp_path / "own.ttf"
    own.write_bytes(Face(font_file("regular"), "en", tmp_path).build("AB ofpgP12345•", "Own")[0])
    from dataclasses import replace

    monkeypatch.setattr(ctx.hub, "config", replace(ctx.hub.config, pdf_fonts=(str(own), "")))
    assert documents.missing_characters(ctx, "ABC") == "C"
    monkeypatch.setattr(ctx.hub, "config", replace(ctx.hub.config, pdf_fonts=("/nowhere.ttf", "")))
    with pytest.raises(Refused, match="could not be made"):
        documents.draw(ctx, page("<p>A</p>", "en"))


def test_a_character_without_glyph_is_a_box_and_the_rest_is_printed(ctx, caplog):
    made = documents.draw(ctx, page("<p>合約 ☐ 😀\ufe0f 一</p>", watermark="草😀"))
    assert [sign in words(made)[0] for sign in "合約一草"] == [True] * 4
    assert "the fonts lack ☐😀" in caplog.text
    assert documents.missing_characters(ctx, "合☐😀") == "☐😀"


def test_characters_that_turn_words_around_are_left_out():
    assert drawable("a\u202eb\u200b\x00c\ud800\n合") == "abc\n合"


HOSTILE = {
    "a file": "<img src='file:///etc/passwd'/>",
    "a file above": "<img src='../../config.toml'/>",
    "the network": "<img src='http://127.0.0.1:9/x.png'/>",
    "a style sheet": "<style>@import url('http://127.0.0.1:9/x.css');</style>",
    "a font": "<style>@font-face { font-family: z; src: url('/etc/passwd.ttf') }</style><p>x</p>",
    "a page behind": "<style>@page { background-image: url('http://127.0.0.1:9/x.pdf') }</style><p>x</p>",
    "endless columns": "<table><tr><td colspan='100000000'>x</td></tr></table>",
    "deep nesting": "<div>" * 3000 + "x",
    "an unknown font": "<p style='font-family: nothing'>x</p>",
}


DEAR = ("endless columns", "deep nesting")
"""These end only when the worker's time is up."""
DAILY = ("a file", "the network", "an unknown font")
"""One from the disk, one from outside, one that the library itself refuses."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=pytest.mark.thorough if n in DEAR else [] if n in DAILY else pytest.mark.more)
        for n in HOSTILE
    ],
)
def test_nothing_gets_in_and_the_next_document_is_made(ctx, name):
    before = cpu_seconds()
    with pytest.raises(Refused, match="could not be made"):
        documents.draw(ctx, page(HOSTILE[name]))
    assert cpu_seconds() - before < 20
    assert documents.draw(ctx, page("<p>一</p>")).pages == 1


@pytest.mark.parametrize(("kills", "refused"), [(1, None), (2, Unavailable)])
def test_a_worker_that_is_killed_costs_no_document(ctx, monkeypatch, kills, refused):
    """Killed under its document, or while it waits: a fresh one draws it. Killed again: 503 in words, and the next is made."""
    left, sends = [kills], pdf_pool.Worker.send

    def send(self, message, tail=b""):
        sends(self, message, tail)
        if left[0]:
            left[0] -= 1
            self.process.kill()

    monkeypatch.setattr(pdf_pool.Worker, "send", send)
    if refused is None:
        assert documents.draw(ctx, page("<p>一</p>")).pages == 1
    else:
        with pytest.raises(refused, match="try again in a moment"):
            documents.draw(ctx, page("<p>一</p>"))
    assert documents.draw(ctx, page("<p>一</p>")).pages == 1


def test_a_worker_that_hangs_is_ended(ctx, monkeypatch):
    with pdf_pool.pool.worker() as worker:
        process = worker.process
    monkeypatch.setattr(pdf_pool.Worker, "send", lambda self, message, tail=b"": None)
    with pytest.raises(Refused, match="could not be made"):
        documents.draw(ctx, page("<p>一</p>"), seconds=-5)
    assert process.wait(5) != 0


def test_a_worker_can_be_made_ready_ahead_of_need(ctx):
    pdf_pool.pool.close()
    pdf_pool.pool.warm()
    with pdf_pool.pool.worker() as worker:
        process = worker.process
        assert process.poll() is None
    assert (
        "Umask:\t0077" in Path(f"/proc/{process.pid}/status").read_text()
    )  # the fonts it keeps are for the hub alone
    documents.draw(ctx, page("<p>一</p>"))
    with pdf_pool.pool.worker() as worker:
        assert worker.process is process


def test_a_worker_knows_no_secrets(monkeypatch):
    monkeypatch.setenv("HUB_SECRET_KEY", "hush")
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://hush")
    worker = pdf_pool.Worker()
    try:
        with open(f"/proc/{worker.process.pid}/environ", "rb") as environ:
            assert b"hush" not in environ.read()
    finally:
        worker.stop()


# --- composing -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def kind(ctx, hub, monkeypatch):
    """A document of core whose template says {{ text }} and {{ _('Hello') }}."""

    def make(template, **values):
        declared = DocumentKind(
            "core.test", "core.user", T("Test"), "core/test.html", lambda ctx, row: values, str, "core"
        )
        declare_for_test(hub.registry, monkeypatch, declared)
        environment = documents.environment(ctx)
        made = environment.from_string(template)
        monkeypatch.setattr(type(environment), "get_template", lambda self, name: made)

    return make


def test_what_people_typed_is_text(ctx, kind):
    kind("<p>{{ text }}</p>", text="<img src=x> & {{ 7*7 }}")
    assert documents.compose(ctx, "core.test", None, "en").html == "<p>&lt;img src=x&gt; &amp; {{ 7*7 }}</p>"


def test_a_value_that_is_missing_is_an_error(ctx, kind):
    kind("{{ nobody_said }}")
    with pytest.raises(UndefinedError):
        documents.compose(ctx, "core.test", None, "en")


def test_it_speaks_the_documents_language_not_the_readers(ctx, kind, monkeypatch):
    from core.text import i18n

    monkeypatch.setattr(i18n, "translate", lambda text, *_whose: f"{i18n.current_locale()}:{text}")
    kind("{{ _('Hello {name}', name='Amy') }}")
    with locale_scope("en"):
        assert documents.compose(ctx, "core.test", None, "zh_Hans_CN") == Source(
            Markup("zh_Hans_CN:Hello Amy"), "zh_Hans_CN"
        )


@pytest.mark.parametrize(
    ("template", "language", "shown"),
    [
        (
            "{{ 1234567 | qty }} {{ d('1000.500000') | qty }} {{ d('1E+3') | qty }}",
            "en",
            "1,234,567 1,000.5 1,000",
        ),
        ("{{ d('6.8') | price }} {{ d('18.505') | price }}", "en", "6.80 18.505"),
        ("{{ d('17136') | money('USD') }} {{ d('17136') | money('TWD') }}", "en", "17,136.00 17,136"),
        ("{{ '2026-12-11' | date }}", "en", "11 December 2026"),
        ("{{ '2026-12-11' | date }}", "zh_Hant_TW", "2026年12月11日"),
        ("{{ d('74648') | words('CNY') }}", "zh_Hans_CN", "人民币柒万肆仟陆佰肆拾捌元整"),
        ("{{ none | qty }}{{ none | price }}{{ none | money('USD') }}{{ none | date }}", "en", ""),
    ],
)
def test_how_figures_look(ctx, kind, template, language, shown):
    from decimal import Decimal

    kind(template, d=Decimal)
    assert documents.compose(ctx, "core.test", None, language).html == shown


def test_unknown_kinds_and_languages(ctx, kind):
    kind("x")
    with pytest.raises(NotFound):
        documents.compose(ctx, "core.unheard_of", None, "en")
    with pytest.raises(Refused):
        documents.compose(ctx, "core.test", None, "fr")
