"""What a PDF that somebody brought holds; looked at inside the process of its own (:mod:`kit.printing.worker`)."""

from __future__ import annotations

import io
from typing import Any

import pikepdf


def problem_of(data: bytes) -> str:
    """What is wrong with a PDF that somebody brought (``encrypted``, ``script``, …); "" for nothing."""
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
        if key in ("/JS", "/JavaScript", "/RichMedia", "/XFA"):
            return "script"
        if key in ("/EmbeddedFiles", "/EF", "/EmbeddedFile"):
            return "embedded"
        value = found[key]
        if key == "/S" and value in (pikepdf.Name.JavaScript, pikepdf.Name.Launch, pikepdf.Name.SubmitForm):
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
