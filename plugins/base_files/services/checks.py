"""What a file is, by its content; what of it is kept; and what its name may be."""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from core.api import Refused, T, Text
from kit.printing.pool import INLINE_SECONDS, WorkerError, pool

TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
EXTENSIONS = {"pdf": (".pdf",), "jpeg": (".jpg", ".jpeg", ".jpe"), "png": (".png",), "webp": (".webp",)}
LABELS: dict[str, Text] = {
    "pdf": T("PDF"), "jpeg": T("JPEG picture"), "png": T("PNG picture"), "webp": T("WebP picture"),
}  # fmt: skip
MAX_PIXELS = 25_000_000
HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis", b"avif")
HEIC_WORDS = T(
    "This is a HEIC picture, which cannot be read here. On an iPhone choose Settings, Camera, Formats, Most Compatible; or "
    "send it as JPEG."
)
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.I)
NAME_LENGTH = 150
PDF_PROBLEMS: dict[str, Text] = {
    "encrypted": T("The PDF is locked with a password. Save it without one."),
    "script": T("The PDF holds a program. Print it to a new PDF and upload that."),
    "embedded": T("The PDF holds other files. Print it to a new PDF and upload that."),
    "pages": T("The PDF has no pages."),
    "broken": T("The file cannot be read as a PDF."),
}


def inspect(data: bytes, allow: Collection[str], field: str) -> tuple[str, bytes]:
    """(kind, the bytes to keep) of a file. Raises Refused at ``field`` for anything that is not welcome or not safe."""
    kind = _welcome(data, allow, field)
    if kind == "pdf":
        _check_pdf(data, field)
        return kind, data
    return kind, _redraw(data, kind, field)


def _welcome(data: bytes, allow: Collection[str], field: str) -> str:
    kind = _kind(data)
    if kind is None and data[4:8] == b"ftyp" and data[8:12] in HEIC:
        raise Refused(HEIC_WORDS, field)
    if kind is None or kind not in allow:
        welcome = ", ".join(str(LABELS[k]) for k in allow)
        raise Refused(T("This kind of file is not accepted. Accepted are: {kinds}.", kinds=welcome), field)
    return kind


def photo(data: bytes, longest: int, field: str) -> bytes:
    """A picture somebody brought as a plain JPEG with at most ``longest`` dots on its longer side: nothing hidden in it,
    the right way up, white where it was transparent. Raises Refused at ``field`` like :func:`inspect`."""
    kind = _welcome(data, [k for k in TYPES if k != "pdf"], field)
    return _jpeg(_open(data, kind, field), longest)


def smaller(data: bytes, longest: int) -> bytes:
    """A stored picture as a JPEG with at most ``longest`` dots on its longer side."""
    return _jpeg(Image.open(io.BytesIO(data)), longest)


def _jpeg(picture: Image.Image, longest: int) -> bytes:
    if picture.mode not in ("RGB", "L"):
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture).convert("RGB")
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def _kind(data: bytes) -> str | None:
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return None


def _open(data: bytes, kind: str, field: str) -> Image.Image:
    """The picture of a file, the right way up. Its size is known, and refused, before any of it is drawn."""
    broken = Refused(T("The picture cannot be read."), field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked right below
            picture: Image.Image = Image.open(io.BytesIO(data), formats=[kind.upper()])
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise Refused(
                T("The picture is too large: {w} × {h}. At most {n} million dots.", w=width, h=height, n=25),
                field,
            )
        # phones put a second picture (depth, brightness) behind a JPEG; a JPEG never moves, and only the first is drawn
        if kind != "jpeg" and getattr(picture, "n_frames", 1) != 1:
            raise Refused(T("The picture moves. Upload a still one."), field)
        picture.load()
        return ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise broken from error


def _redraw(data: bytes, kind: str, field: str) -> bytes:
    """The picture drawn again: without metadata, programs or a second file behind it."""
    picture = _open(data, kind, field)
    if kind == "jpeg" and picture.mode not in ("RGB", "L"):
        picture = picture.convert("RGB")
    elif kind != "jpeg" and picture.mode not in ("RGB", "RGBA", "L", "LA", "P", "1"):
        picture = picture.convert("RGBA" if "A" in picture.mode else "RGB")
    fresh = Image.new(picture.mode, picture.size)
    if picture.mode == "P":
        palette = picture.getpalette("RGBA") if "transparency" in picture.info else picture.getpalette("RGB")
        fresh.putpalette(palette or [], "RGBA" if "transparency" in picture.info else "RGB")
    fresh.paste(picture)
    out = io.BytesIO()
    options: dict[str, Any] = {} if kind == "png" else {"quality": 90}
    fresh.save(out, kind.upper(), **options)
    return out.getvalue()


def _check_pdf(data: bytes, field: str) -> None:
    """Opened in the limited process that also makes PDFs: a hostile one costs that process, not the server."""
    try:
        answer = pool.ask(lambda worker: worker.inspect(data, INLINE_SECONDS))
    except WorkerError as error:
        raise Refused(PDF_PROBLEMS["broken"], field) from error
    if answer["problem"]:
        raise Refused(PDF_PROBLEMS[answer["problem"]], field)


def clean_name(filename: str, suffix: str = "") -> str:
    """A file name as it may be shown and offered for download: no folders, control or direction characters.

    ``suffix`` is added where the name has none that fits.
    """
    name = unicodedata.normalize("NFC", filename.encode("utf-8", "replace").decode("utf-8"))
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r'[<>:"|?*]', "_", name)
    name = re.sub(r"\s+", " ", name).strip(" .-")
    stem, end = PurePosixPath(name).stem, PurePosixPath(name).suffix
    kind = next((k for k, ends in EXTENSIONS.items() if suffix in ends), "")
    if suffix and end.lower() not in EXTENSIONS.get(kind, ()):
        stem, end = name, suffix
    stem = stem.strip(" .-") or "file"
    if RESERVED.match(stem):
        stem = f"_{stem}"
    return stem[: NAME_LENGTH - len(end)] + end


def check_name(filename: str, kind: str, field: str) -> None:
    """Raise Refused where the name says that the file is something else than its content."""
    end = PurePosixPath(clean_name(filename)).suffix.lower()
    if end and end not in EXTENSIONS[kind]:
        raise Refused(
            T(
                "“{name}” is not what its name says: it is a {kind}.",
                name=clean_name(filename),
                kind=LABELS[kind],
            ),
            field,
        )
