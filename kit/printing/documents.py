"""Documents as PDF: a registered kind, a row and a language give a file whose fonts are in it.

The HTML comes from the plugin's template in the *document's* language, whatever the reader's is. A separate process
(:mod:`kit.printing.worker`) makes the PDF; up to two are kept warm. Where something was blocked the document is refused rather
than issued with holes. A character that the fonts lack is an empty box: what people type and what is issued has been checked
(:mod:`kit.printing.glyphs`), and what is said already must not become impossible to print.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import escape

from core.api import Ctx, DocumentKind, NotFound, Refused, T
from core.base_api import DEFAULT_LOCALE, Hub, Unavailable, locale_scope, translate_templates
from core.money import currency_decimals, round_half_up
from core.values import shown_in
from kit.printing.blocks import Blocks
from kit.printing.pool import INLINE_SECONDS, WorkerError, WorkerGone, pool
from kit.printing.words import amount_in_words

log = logging.getLogger("hub.documents")
PAPER = Path(__file__).parent / "paper"
"""What every document shares: its frame and its styles."""
INLINE_PAGES = 5
"""Up to this many pages a document is made while the person waits; beyond it, in the background."""
JOB_SECONDS = 300
GRAM = Decimal("0.001")
"""What is weighed is said as scales show it."""
PAGE_HEIGHT = 262.0
"""Millimetres of a page that are written on."""


@dataclass(frozen=True)
class Rendered:
    """A finished document."""

    pdf: bytes
    pages: int
    sha256: str
    language: str


# --- HTML --------------------------------------------------------------------------------------------------------------


def _qty(value: Decimal | int | None, unit: str = "", step: Decimal | None = None) -> str:
    """1,234.5: thousands separated, no more decimals than there are, none finer than the ``unit`` (or the smaller ``step`` of
    the thing); kilograms to the gram."""
    if value is None:
        return ""
    number = shown_in(Decimal(value), unit, min(step or GRAM, GRAM) if unit == "kg" else step)
    number = number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    return f"{number:,f}"


@jinja2.pass_context
def _money(context: jinja2.runtime.Context, value: Decimal | None, currency: str) -> str:
    """17,136.00: the currency's decimals."""
    if value is None:
        return ""
    return f"{round_half_up(Decimal(value), currency_decimals(context['hub_ctx'], currency)):,f}"


def _price(value: Decimal | None, decimals: int = 2) -> str:
    """6.80, 2.355: at least two decimals, as many as there are."""
    if value is None:
        return ""
    number = Decimal(value).normalize()
    places = max(decimals, -int(number.as_tuple().exponent))
    return f"{number:,.{places}f}"


@jinja2.pass_context
def _date(context: jinja2.runtime.Context, value: date | str | None) -> str:
    """11 December 2026, 2026年12月11日."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if not day:
        return ""
    if context["language"].startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"


def _words(context: Mapping[str, Any], value: Decimal, currency: str) -> str:
    return amount_in_words(value, currency, context["language"])


@lru_cache(maxsize=8)
def _environment(folders: tuple[tuple[str, str, str], ...]) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PrefixLoader(
            {name: jinja2.FileSystemLoader(folder) for name, folder, _package in folders}
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "qty": _qty, "money": _money, "price": _price, "date": _date, "words": jinja2.pass_context(_words),
    }  # fmt: skip
    translate_templates(environment, {name: package for name, _folder, package in folders})
    return environment


def environment(ctx: Ctx) -> jinja2.Environment:
    """Templates of documents: ``kit/…`` and ``<plugin>/…`` from each plugin's ``documents`` folder."""
    return environment_of(ctx.hub)


def environment_of(hub: Hub) -> jinja2.Environment:
    """The same for a hub; templates of one set of plugins are compiled once."""
    folders = [("kit", str(PAPER), "kit")]
    for plugin in hub.plugins:
        package, folder = hub.packages[plugin.name]
        folders.append((plugin.name, str(folder / "documents"), package))
    return _environment(tuple(folders))


def kind(ctx: Ctx, name: str) -> DocumentKind:
    """The declared kind of document; NotFound where there is none or its plugin is off."""
    found = ctx.registry.documents.standing(name, ctx.enabled)
    if found is None:
        raise NotFound(T("There is nothing called {name}.", name=name))
    return found


@dataclass(frozen=True)
class Source:
    """A document ready to be drawn. ``foot`` is printed bottom left, ``edge`` along the right edge of longer documents;
    ``numbered``: its pages say which of how many they are."""

    html: str
    language: str
    foot: str = ""
    edge: str = ""
    watermark: str = ""
    numbered: bool = True


def compose(ctx: Ctx, kind_name: str, row: Any, language: str) -> Source:
    """The document as HTML in ``language``, with a watermark where its state is void. Quick: nothing is drawn yet.

    Every value is escaped; a value the template lacks is an error. The kind's context may name ``foot`` and ``edge``.
    Raises NotFound for an unknown kind.
    """
    declared = kind(ctx, kind_name)
    if language not in declared.languages:
        raise Refused(T("Choose one of the languages."), "language")
    state = getattr(row, "state", "")
    with locale_scope(language):
        watermark = (
            str(ctx.registry.entity_for(row).state(state).label).upper() if state in declared.void else ""
        )
        values = declared.context(ctx, row)
        template = environment(ctx).get_template(declared.template)
        around = {"hub_ctx": ctx, "language": language, "watermark": watermark}
        parts = ctx.hooks.printed_blocks(kind=declared, row=row) or ()
        text = template.render({**values, **around, "blocks": Blocks(environment(ctx), parts, around)})
    return Source(text, language, str(values.get("foot", "")), str(values.get("edge", "")), watermark)


def estimate_pages(source: str) -> int:
    """About how many A4 pages an HTML document will have, without drawing it: rows and paragraphs by their usual height."""
    height = sum(map(_row_height, re.findall(r"<tr\b.*?(?=<tr\b|</table>)", source, re.S)))
    text = re.sub(r"<(style|head)\b.*?</\1>|<tr\b.*?(?=<tr\b|</table>)", " ", source, flags=re.S)
    for paragraph in re.findall(r"<(?:p|h1|h2|li)\b.*?</", text, re.S):
        height += 2 + 4.5 * (1 + _width(paragraph) // 112) + (4 if paragraph.startswith("<h") else 0)
    breaks = source.count("<pdf:nextpage")
    return max(1, round(height / PAGE_HEIGHT + 0.5 + breaks * 0.5))


def _row_height(row: str) -> float:
    cells = re.split(r"<t[dh]\b", row)[1:] or [row]
    room = 150 / max(3, len(cells))  # half-width characters on a line of a cell, more or less
    lines = max(
        max(1 + cell.count("<br") + max(0, cell.count("<p") - 1), _width(cell) / room) for cell in cells
    )
    return 1.9 + 3.6 * lines


def _width(markup: str) -> int:
    text = re.sub(r"^[^<>]*>|<[^>]*>?|\s+", " ", markup)
    return len(text) + sum(1 for c in text if ord(c) > 0x2E7F)


# --- PDF ---------------------------------------------------------------------------------------------------------------


def draw(
    ctx: Ctx, source: Source, *, seconds: int = INLINE_SECONDS, page: Callable[[int], None] | None = None
) -> Rendered:
    """The PDF of a composed document; ``page`` hears how many are about done.

    Raises Refused where it cannot be drawn or not in time, Unavailable where a worker ended under it twice.
    """
    made, answer = _ask(ctx, source, seconds, page)
    if answer["missing"]:
        log.warning("a document was printed with boxes: the fonts lack %s", answer["missing"])
    return Rendered(made, int(answer["pages"]), hashlib.sha256(made).hexdigest(), source.language)


def missing_characters(ctx: Ctx, characters: str) -> str:
    """Those of these characters that the fonts for documents lack."""
    html = f"<html><head><style>/* fonts */</style></head><body><p>{escape(characters)}</p></body></html>"
    _made, answer = _ask(ctx, Source(html, DEFAULT_LOCALE), INLINE_SECONDS, None)
    return "".join(c for c in answer["missing"] if c in characters)


def _ask(
    ctx: Ctx, source: Source, seconds: int, page: Callable[[int], None] | None
) -> tuple[bytes, dict[str, Any]]:
    """The PDF and what the worker says of it. Refused where it fails."""
    regular, bold = ctx.hub.config.pdf_fonts
    with locale_scope(source.language):
        place = str(T("Page {page} of {pages}", page="{page}", pages="{pages}")) if source.numbered else ""
    request = {
        "html": source.html, "language": source.language, "fonts": {"regular": regular, "bold": bold or regular},
        "store": str(ctx.hub.config.data / "fonts"), "seconds": seconds, "footer": place, "left": source.foot,
        "watermark": source.watermark, "edge": source.edge,
        "expected": estimate_pages(source.html) if page is not None else 0,
    }  # fmt: skip
    try:
        return pool.ask(lambda worker: worker.render(request, seconds + 5, page))
    except WorkerGone as error:
        log.exception("a document could not be made: %s", error)
        raise Unavailable(
            T("What makes documents was interrupted. Nothing was lost; try again in a moment.")
        ) from error
    except WorkerError as error:
        log.exception("a document could not be made: %s", error)
        raise Refused(
            T("The document could not be made. The administrator finds the cause in the log.")
        ) from error


def render(ctx: Ctx, kind_name: str, row: Any, language: str) -> Rendered:
    """The document of ``row`` in ``language``: :func:`compose`, then :func:`draw`."""
    return draw(ctx, compose(ctx, kind_name, row, language))
