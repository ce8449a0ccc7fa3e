"""What a file is, by its content; what of it is kept; and what its name may be."""

from __future__ import annotations

import io
import math
import re
import threading
import unicodedata
import warnings
from collections.abc import Collection
from contextlib import nullcontext
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from core.api import Refused, T, Text
from core.base_api import Unavailable
from kit.printing.pool import INLINE_SECONDS, WorkerError, WorkerGone, pool
from plugins.base_files.services.kinds import DRAWN, KINDS, kind_of

MAX_PIXELS = 25_000_000
"""Dots of a picture that is kept; a larger one is made smaller (a scan of A4 at 600 dots to the inch has 35 million)."""
MOST_PIXELS = 80_000_000
"""Dots of a picture that is looked at at all: A3 at 600 dots to the inch."""
MOST_DECODED = 160_000_000
"""Bytes that the dots of one picture may take in memory."""
_large = threading.Lock()
"""One large picture at a time: several at once would take the server's memory."""
HEIC_WORDS = T(
    "This is a HEIC picture, which cannot be read here. On an iPhone choose Settings, Camera, Formats, Most Compatible; or "
    "send it as JPEG."
)
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.I)
NAME_LENGTH = 150
PDF_PROBLEMS: dict[str, Text] = {
    "encrypted": T("The PDF is locked with a password. Save it without one."),
    "script": T("The PDF holds a program or opens something else. Print it to a new PDF and upload that."),
    "embedded": T("The PDF holds other files. Print it to a new PDF and upload that."),
    "pages": T("The PDF has no pages."),
    "broken": T("The file cannot be read as a PDF."),
}


def inspect(data: bytes, allow: Collection[str], field: str) -> tuple[str, bytes]:
    """(kind, the bytes to keep) of a file. Raises Refused at ``field`` for anything that is not welcome or not safe."""
    kind = _welcome(data, allow, field)
    if kind == "pdf":
        _check_pdf(data, field)
    return kind, data if kind == "pdf" or kind not in DRAWN else _redraw(data, kind, field)


def _welcome(data: bytes, allow: Collection[str], field: str) -> str:
    kind = kind_of(data)
    if kind == "heic" and kind not in allow:
        raise Refused(HEIC_WORDS, field)
    if kind is None or kind not in allow:
        welcome = ", ".join(str(KINDS[k].label) for k in allow)
        raise Refused(T("This kind of file is not accepted. Accepted are: {kinds}.", kinds=welcome), field)
    return kind


def photo(data: bytes, longest: int, field: str) -> bytes:
    """A picture somebody brought as a plain JPEG with at most ``longest`` dots on its longer side: nothing hidden in it,
    the right way up, white where it was transparent. Raises Refused at ``field`` like :func:`inspect`."""
    kind = _welcome(data, [k for k in DRAWN if k != "pdf"], field)
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


def _open(data: bytes, kind: str, field: str) -> Image.Image:
    """The picture of a file, the right way up, with at most ``MAX_PIXELS`` dots. Its size is known, and refused, before any of
    it is drawn."""
    broken = Refused(T("The picture cannot be read."), field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked right below
            picture: Image.Image = Image.open(io.BytesIO(data), formats=[kind.upper()])
        dots = picture.width * picture.height
        if dots > MOST_PIXELS or dots * len(picture.getbands()) > MOST_DECODED:
            most = min(MOST_PIXELS, MOST_DECODED // len(picture.getbands())) // 1_000_000
            raise Refused(
                T(
                    "The picture is too large: {w} × {h}. At most {n} million dots.",
                    w=picture.width,
                    h=picture.height,
                    n=most,
                ),
                field,
            )
        # phones put a second picture (depth, brightness) behind a JPEG; a JPEG never moves, and only the first is drawn
        if kind != "jpeg" and getattr(picture, "n_frames", 1) != 1:
            raise Refused(T("The picture moves. Upload a still one."), field)
        with _large if dots > MAX_PIXELS else nullcontext():
            picture = _within(picture, dots)
        return ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise broken from error


def _within(picture: Image.Image, dots: int) -> Image.Image:
    """The picture with its dots, at most ``MAX_PIXELS`` of them: made smaller, in grey or colour, where it has more."""
    if dots <= MAX_PIXELS:
        picture.load()
        return picture
    scale = math.sqrt(MAX_PIXELS / dots)
    size = (int(picture.width * scale), int(picture.height * scale))
    mode = {"1": "L", "P": "RGBA" if "transparency" in picture.info else "RGB"}.get(picture.mode)
    if mode is not None:
        picture = picture.convert(mode)
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.info = {k: v for k, v in picture.info.items() if k == "exif"}
    return small


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
    except WorkerGone as error:
        raise Unavailable(
            T("The file could not be looked at just now. Try again in a moment."), field
        ) from error
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
    fitting = {end for kind in KINDS.values() if suffix in kind.ends for end in kind.ends}
    if suffix and end.lower() not in fitting:
        stem, end = name, suffix
    stem = stem.strip(" .-") or "file"
    if RESERVED.match(stem):
        stem = f"_{stem}"
    return stem[: NAME_LENGTH - len(end)] + end


def check_name(filename: str, kind: str, field: str) -> None:
    """Raise Refused where the name says that the file is something else than its content."""
    end = PurePosixPath(clean_name(filename)).suffix.lower()
    if end and end not in KINDS[kind].ends:
        raise Refused(
            T(
                "“{name}” is not what its name says: it is a {kind}.",
                name=clean_name(filename),
                kind=KINDS[kind].label,
            ),
            field,
        )
