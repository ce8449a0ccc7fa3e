"""What a PDF that somebody brought holds; looked at inside the process of its own (:mod:`kit.printing.worker`)."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf

DOING = tuple(
    pikepdf.Name(name)
    for name in (
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/RichMediaExecute",
    )
)  # fmt: skip
"""Actions that run something, send something or open another file."""
PLAYING = tuple(pikepdf.Name(name) for name in ("/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"))
"""Annotations that hold more than paper can show."""
ADDRESSES = ("http:", "https:", "mailto:", "tel:")


def _odd_address(value: Any) -> bool:
    """Does a link lead elsewhere than to a page, a mailbox or a phone?"""
    if not isinstance(value, pikepdf.String):
        return False
    text = "".join(sign for sign in str(value) if sign > " ").lower()
    scheme = text.split(":", 1)[0] + ":" if ":" in text else ""
    return bool(scheme) and scheme.isascii() and scheme[:-1].isalnum() and scheme not in ADDRESSES


def _is_pdf(data: bytes) -> bool:
    """Is it a PDF from its first byte to its last? What else is made to look like one may be read as something else."""
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:] and MARKUP.search(data[:1024]) is None


MARKUP = re.compile(rb"<(!doctype|html|script|svg)\b", re.I)


def problem_of(data: bytes) -> str:
    """What is wrong with a PDF that somebody brought (``encrypted``, ``script``, …); "" for nothing."""
    if not _is_pdf(data):
        return "broken"
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            if document.is_encrypted:
                return "encrypted"
            if not len(document.pages):
                return "pages"
            for found in document.objects:
                if isinstance(found, pikepdf.Stream):
                    found = found.stream_dict
                if isinstance(found, pikepdf.Dictionary):
                    problem = _trouble(found)
                    if problem:
                        return problem
            return ""
    except pikepdf.PasswordError:
        return "encrypted"
    except (pikepdf.PdfError, MemoryError, RecursionError, ValueError, TypeError, RuntimeError):
        return "broken"


def _trouble(found: Any, depth: int = 0) -> str:
    """A program or another file in a dictionary or in what is written inside it (references are objects of their own)."""
    for key in found:
        if key in ("/JS", "/JavaScript", "/RichMedia", "/RichMediaContent", "/XFA"):
            return "script"
        if key in ("/EmbeddedFiles", "/EF", "/EmbeddedFile"):
            return "embedded"
        value = found[key]
        if key == "/S" and value in DOING:
            return "script"
        if key == "/Subtype" and value in PLAYING:
            return "script"
        if key == "/URI" and _odd_address(value):
            return "script"
        if key == "/Type" and value == pikepdf.Name.EmbeddedFile:
            return "embedded"
        if depth < 20 and not getattr(value, "is_indirect", False):
            inner = [value] if isinstance(value, pikepdf.Dictionary) else []
            if isinstance(value, pikepdf.Array):
                inner = [v for v in value if isinstance(v, pikepdf.Dictionary) and not v.is_indirect]
            for each in inner:
                problem = _trouble(each, depth + 1)
                if problem:
                    return problem
    return ""
