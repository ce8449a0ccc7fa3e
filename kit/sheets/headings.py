"""Which column is which: headings in all our languages and in the trade's usual words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from core.api import LOCALE_NAMES, Text
from core.base_api import locale_scope
from core.values import fold
from kit.sheets.words import WORDS


@dataclass(frozen=True)
class Heading:
    """A column that a sheet may have.

    name   what the reader of the sheet calls it
    label  how our own pages call it: it is known in every language that they have
    kinds  rows of the trade's words (:mod:`kit.sheets.words`) that mean it
    words  more words for it
    number its cells are numbers
    sum    totals of it are compared with what stands above them
    """

    name: str
    label: Text | None = None
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    number: bool = False
    sum: bool = False


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """A heading as it is compared: ``N.W.(KGS)`` and ``n w kgs``, ``Style#`` and ``style``, ``Roll No.`` and ``roll no``."""
    return re.sub(r"[^\w%]|_", "", fold(text).casefold())


def match_headings(cells: Sequence[str], headings: Sequence[Heading]) -> list[str]:
    """The name of each cell's column; ``""`` for a cell that is none. A column stands once: the first is taken."""
    known = _known(tuple(headings))
    found: list[str] = []
    for cell in cells:
        name = known.get(heading_key(cell), "") if cell else ""
        found.append("" if name in found else name)
    return found


def unknown_headings(
    cells: Sequence[str], names: Sequence[str], other: Callable[[str], bool] | None = None
) -> list[str]:
    """Headings that are no column. ``other`` accepts further ones (a size); those of the trade's words that say nothing
    new (description, gross weight, remarks) are left out in silence."""
    silent = _words("description", "gross_kg", "remarks")
    return [
        cell
        for cell, name in zip(cells, names, strict=False)
        if cell and not name and heading_key(cell) not in silent and not (other and other(cell))
    ]


def quoted(names: Sequence[str]) -> str:
    """Names in a sentence: “PO#”, “Shade”."""
    return ", ".join(f"“{name}”" for name in names)


@lru_cache(maxsize=256)
def _known(headings: tuple[Heading, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading in headings:
        for word in [*_labels(heading), *heading.words, *_words(*heading.kinds), heading.name]:
            found.setdefault(heading_key(word), heading.name)
    return found


def _labels(heading: Heading) -> list[str]:
    labels = []
    for locale in LOCALE_NAMES if heading.label is not None else ():
        with locale_scope(locale):
            labels.append(str(heading.label))
    return labels


@cache
def _words(*kinds: str) -> frozenset[str]:
    return frozenset(heading_key(word) for kind in kinds for word in WORDS[kind].split(","))
