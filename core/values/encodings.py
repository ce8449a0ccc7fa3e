"""The text in the bytes of a file: UTF-8, UTF-16, and what Chinese spreadsheets save, GBK and Big5."""

from __future__ import annotations

import codecs
import contextlib
import re

from core.errors import Unreadable
from core.text.i18n import T

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# the first bytes of the characters that the makers of each table ranked as common
_COMMON = {"gb18030": (0xB0, 0xD7), "big5hkscs": (0xA4, 0xC6)}


def decode_text(content: bytes) -> str:
    """The text of a file, whatever its encoding. Raises Unreadable where it is none: a picture, a workbook, a program."""
    for mark, name in _BOMS:
        if content.startswith(mark):
            return _decoded(content, name)
    if b"\0" in content:
        if len(content) % 2 == 0 and 0 not in content[::2]:  # every plain letter is followed by one
            return _decoded(content, "utf-16-le")
        raise Unreadable(T("This file is not text. Save the sheet as CSV or as text."))
    with contextlib.suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    ranked = sorted(_COMMON, key=lambda name: _common(content, *_COMMON[name]), reverse=True)
    for name in ranked:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    raise Unreadable(T("The letters of this file cannot be made out. Save it as UTF-8."))


def _decoded(content: bytes, name: str) -> str:
    try:
        text = content.decode(name)
    except UnicodeDecodeError as error:
        raise Unreadable(T("The letters of this file cannot be made out. Save it as UTF-8.")) from error
    if _CONTROL.search(text):
        raise Unreadable(T("This file is not text. Save the sheet as CSV or as text."))
    return text


def _common(content: bytes, first: int, last: int) -> int:
    """How many characters of two bytes are among the common ones of a table."""
    found = at = 0
    while at < len(content):
        if content[at] < 0x80:
            at += 1
            continue
        found += first <= content[at] <= last
        at += 2
    return found
