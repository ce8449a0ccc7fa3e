"""Can what a document says be printed? Asked when it is issued, so that nobody learns of it when a PDF is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any

from core.api import Ctx, Problem, Refused, T
from kit.printing import documents

ODD = re.compile(r"[^\s\x20-\x7e\xa0-\xff\u2010-\u2026\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5e]")
"""Characters that not every font for documents has. The others are not asked for: an issue costs no drawing."""
EXCERPT = 60
"""Characters of a text that are enough to find it by."""


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a dataclass, and in what it holds."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for name in value.__dataclass_fields__:
            yield from texts_of(getattr(value, name))
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_of(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from texts_of(each)


def check_glyphs(ctx: Ctx, snapshot: Any) -> None:
    """Raise Refused, with each text and the characters in it that the fonts lack, where a snapshot cannot be printed."""
    odd = {text: signs for text in texts_of(snapshot) if (signs := "".join(dict.fromkeys(ODD.findall(text))))}
    missing = documents.missing_characters(ctx, "".join(sorted({*"".join(odd.values())}))) if odd else ""
    problems = [
        Problem(
            T("“{text}” cannot be printed: the fonts for documents lack {signs}. Write it without them.",
              text=text if len(text) <= EXCERPT else f"{text[:EXCERPT]} …", signs=" ".join(c for c in signs if c in missing))
        )
        for text, signs in odd.items()
        if set(signs) & set(missing)
    ]  # fmt: skip
    if problems:
        raise Refused(problems)
