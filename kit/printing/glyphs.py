"""Can what a document says be printed? Asked where it is typed and when it is issued, not when a PDF is wanted."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from typing import Any

from core.api import Ctx, Problem, Refused, T, Text
from kit.printing import documents

log = logging.getLogger("hub.documents")
ODD = re.compile(r"[^\s\x20-\x7e\xa0-\xff\u2010-\u2026\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5e]")
"""Characters that not every font for documents has. The others are not asked for: an issue costs no drawing."""
EXCERPT = 60
"""Characters of a text that are enough to find it by."""
PLACES: dict[str, Text] = {
    "number": T("Number"), "notes": T("Notes"), "note": T("Notes"), "lines": T("Line"), "materials": T("Material"),
    "supplier": T("Supplier"), "factory": T("Factory"), "buyer": T("Our company"), "terms": T("Payment terms"),
    "incoterm": T("Trade terms"), "delivery_place": T("Place of delivery"), "name": T("Name"), "names": T("Name"),
    "style_name": T("Style"), "style_names": T("Style"), "style": T("Style"), "color": T("Colour"), "colors": T("Colour"),
    "color_name": T("Colour"), "color_names": T("Colour"), "details": T("Details"), "material": T("Material"),
    "customer_po": T("Customer PO"), "destination_name": T("Destination"), "destination": T("Destination"),
    "address": T("Address"), "addresses": T("Address"), "bank": T("Bank account"), "contact": T("Contact person"),
    "representative": T("Representative"), "phone": T("Phone"), "email": T("E-mail"), "tax_id": T("Tax ID"),
    "place": T("Where it is used"),
}  # fmt: skip
"""What people call the parts of a document that is issued. A part that has no name here is left out of the place."""
Place = tuple[str | int, ...]


def texts_of(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """(where, text) of every text in a dataclass, and in what it holds: names of its parts and positions counted from 1."""
    if isinstance(value, str):
        yield place, value
    elif is_dataclass(value):
        for name in value.__dataclass_fields__:
            yield from texts_of(getattr(value, name), (*place, name))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from texts_of(each, (*place, str(key)))
    elif isinstance(value, tuple | list):
        for position, each in enumerate(value, 1):
            yield from texts_of(each, (*place, position))


def unprintable(ctx: Ctx, texts: Iterable[str]) -> dict[str, str]:
    """Text → the characters in it that the fonts for documents lack, of those texts that have any.

    Where nothing can be asked at this moment, nothing is lacking: what slips through is printed as a box.
    """
    odd = {text: "".join(dict.fromkeys(signs)) for text in texts if text and (signs := ODD.findall(text))}
    if not odd:
        return {}
    try:
        missing = documents.missing_characters(ctx, "".join(sorted({*"".join(odd.values())})))
    except Refused:
        log.exception("the fonts could not be asked")
        return {}
    lacking = {text: "".join(c for c in signs if c in missing) for text, signs in odd.items()}
    return {text: signs for text, signs in lacking.items() if signs}


def unprintable_words(text: str, signs: str, place: str = "") -> Text:
    """What is said of a text that cannot be printed."""
    excerpt, shown = text if len(text) <= EXCERPT else f"{text[:EXCERPT]} …", " ".join(signs)
    if place:
        return T("{place}: “{text}” cannot be printed: the fonts for documents lack {signs}. Write it without them.",
                 place=place, text=excerpt, signs=shown)  # fmt: skip
    return T(
        "“{text}” cannot be printed: the fonts for documents lack {signs}. Write it without them.",
        text=excerpt,
        signs=shown,
    )


def check_glyphs(ctx: Ctx, snapshot: Any) -> None:
    """Raise Refused, with each text, its place and the characters that the fonts lack, where a snapshot cannot be printed."""
    found: dict[str, Place] = {}
    for place, text in texts_of(snapshot):
        found.setdefault(text, place)
    if lacking := unprintable(ctx, found):
        raise Refused(
            Problem(unprintable_words(text, signs, _words(found[text]))) for text, signs in lacking.items()
        )


def _words(place: Place) -> str:
    """``("lines", 2, "style_name")`` as people say it: Line 2, Style."""
    said: list[str] = []
    for part in place:
        if isinstance(part, int) and said:
            said[-1] += f" {part}"
        elif part in PLACES:
            said.append(str(PLACES[str(part)]))
    return ", ".join(said)
