"""Kinds of files: what each is called, how it begins, what its name ends in. A kind comes from the content alone.

``DRAWN`` kinds are looked at and may be shown; all others are kept as they are and only ever given out as a download.
"""

from __future__ import annotations

import io
import zipfile
from typing import NamedTuple

from core.api import T, Text


class Kind(NamedTuple):
    """``media`` is what a download says it is; ``ends`` what its name may end in, the usual one first."""

    media: str
    label: Text
    ends: tuple[str, ...]


OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", T("PDF"), (".pdf", ".ai")),
    "jpeg": Kind("image/jpeg", T("JPEG picture"), (".jpg", ".jpeg", ".jpe")),
    "png": Kind("image/png", T("PNG picture"), (".png",)),
    "webp": Kind("image/webp", T("WebP picture"), (".webp",)),
    "xlsx": Kind(f"{OFFICE}spreadsheetml.sheet", T("Excel sheet"), (".xlsx",)),
    "docx": Kind(f"{OFFICE}wordprocessingml.document", T("Word document"), (".docx",)),
    "pptx": Kind(f"{OFFICE}presentationml.presentation", T("PowerPoint presentation"), (".pptx",)),
    "ole": Kind("application/x-ole-storage", T("older Office file"), (".xls", ".doc", ".ppt", ".msg")),
    "zip": Kind("application/zip", T("ZIP archive"), (".zip", ".ods", ".odt", ".odp")),
    "7z": Kind("application/x-7z-compressed", T("7z archive"), (".7z",)),
    "rar": Kind("application/vnd.rar", T("RAR archive"), (".rar",)),
    "ps": Kind("application/postscript", T("Illustrator or PostScript file"), (".ai", ".eps", ".ps")),
    "psd": Kind("image/vnd.adobe.photoshop", T("Photoshop file"), (".psd",)),
    "tiff": Kind("image/tiff", T("TIFF picture"), (".tif", ".tiff")),
    "heic": Kind("image/heic", T("HEIC picture"), (".heic", ".heif", ".avif")),
    "video": Kind("video/mp4", T("video"), (".mp4", ".mov", ".m4v")),
    "text": Kind("text/plain", T("text"), (".txt", ".csv", ".tsv", ".eml", ".dxf", ".plt", ".rul")),
}
DRAWN = ("pdf", "jpeg", "png", "webp")
"""Kinds that are opened and checked by content."""
HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis", b"avif")
VIDEO = (b"isom", b"iso2", b"mp41", b"mp42", b"M4V ", b"qt  ", b"avc1")
BEGINNINGS = (
    (b"%PDF-", "pdf"), (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"),
    (b"%!PS-Adobe", "ps"), (b"\xc5\xd0\xd3\xc6", "ps"), (b"8BPS\0\x01", "psd"), (b"II*\0", "tiff"), (b"MM\0*", "tiff"),
)  # fmt: skip
PACKED = (("xl/", "xlsx"), ("word/", "docx"), ("ppt/", "pptx"))
MACROS = "vbaproject.bin"


def kind_of(data: bytes) -> str | None:
    """The kind of a file by its content; None for one that is not welcome: a program, a web page, what is not known."""
    for beginning, kind in BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return "heic" if data[8:12] in HEIC else "video" if data[8:12] in VIDEO else None
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(data)
    return "text" if _is_text(data) else None


def _packed(data: bytes) -> str | None:
    """What a ZIP is; nothing in it is unpacked. None where it cannot be read, or where an Office file holds macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.lower() for name in archive.namelist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if "[content_types].xml" not in names:
        return "zip"
    if any(name.endswith(MACROS) for name in names):
        return None
    return next((kind for folder, kind in PACKED if any(n.startswith(folder) for n in names)), "zip")


def _is_text(data: bytes) -> bool:
    """Plain text that no browser takes for a page and no system for a script."""
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    begin = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").lower()
    if not begin or begin.startswith((b"<", b"#!", b"mz", b"\x7felf", b"@echo")):
        return False
    control = sum(1 for sign in data[:65536] if sign < 32 and sign not in b"\t\n\r\x0c\x1b\x1a\0")
    return control * 200 <= len(data[:65536])
