"""HTML to PDF, inside the process of its own (:mod:`kit.printing.worker`): fonts, drawing, and what is put on every page."""

from __future__ import annotations

import hashlib
import html as markup
import io
import logging
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

from kit.printing import breaking, keeping
from kit.printing.fonts import Face, font_file

ASSETS = Path(__file__).parent / "paper"
FAMILY = "hub"


class Collector(logging.Handler):
    """Keeps warnings of the renderer: a blocked file or a missing glyph must not pass in silence."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage()[:300])


def drawable(text: str) -> str:
    """``text`` without control and formatting characters, which no font draws (and which can turn words around)."""
    return "".join(
        c
        for c in text
        if c in "\n\t"
        or (unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") and not "\ufe00" <= c <= "\ufe0f")
    )


MARKUP = re.compile(r"<style\b.*?</style>|<[^>]*>", re.S)


def characters(html: str, *texts: str) -> set[str]:
    """Every character of a document, and of further texts on its pages, that needs a glyph."""
    text = "".join((markup.unescape(MARKUP.sub("", html)), *texts))
    return {c for c in text if c not in "\n\r\t"} | set("0123456789•")


class Renderer:
    """Keeps libraries and fonts warm between documents."""

    def __init__(self) -> None:
        self.faces: dict[tuple[str, str], Any] = {}
        breaking.install()
        keeping.install()

    def fonts(self, request: dict[str, Any], wanted: set[str]) -> tuple[dict[str, bytes], set[str]]:
        """Weight → a TrueType font with the characters wanted; and those of them that it has no glyph for."""
        # a name of its own for each set of characters: the PDF libraries remember fonts by their names
        mark = hashlib.sha256("".join(sorted(wanted)).encode()).hexdigest()[:12]
        made: dict[str, bytes] = {}
        missing: set[str] = set()
        for weight in ("regular", "bold"):
            path = font_file(weight, request["fonts"].get(weight, ""))
            key = (str(path), request["language"])
            if key not in self.faces:
                self.faces[key] = Face(path, request["language"], Path(request["store"]))
            made[weight], boxes = self.faces[key].build(wanted, f"{FAMILY}-{weight}-{mark}")
            missing |= boxes
        return made, missing

    def render(self, request: dict[str, Any], tell: Any) -> tuple[bytes, int, str]:
        """PDF, number of pages, and the characters that are a box in it."""
        from reportlab import rl_config
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
        from reportlab.platypus.doctemplate import LayoutError
        from reportlab.platypus.tables import CellStyle
        from xhtml2pdf import pisa
        from xhtml2pdf.config.resources import ResourceAccessPolicy

        source = drawable(request["html"])
        place = str(request.get("footer", "")).replace("{page}", "").replace("{pages}", "")
        extras = [str(request.get(k, "")) for k in ("left", "watermark", "edge")]
        fonts, missing = self.fonts(request, characters(source, place, *extras))
        folder = Path(request["store"])
        folder.mkdir(parents=True, exist_ok=True)
        family = FAMILY + hashlib.sha256(fonts["regular"] + fonts["bold"]).hexdigest()[:12]
        files = {weight: folder / f"now-{os.getpid()}-{family}-{weight}.ttf" for weight in fonts}
        for weight, data in fonts.items():
            files[weight].write_bytes(data)
        faces = "".join(
            f"@font-face {{ font-family: {family}; src: url('{path}'); font-weight: {weight} }}\n"
            for weight, path in (("normal", files["regular"]), ("bold", files["bold"]))
        )
        source = source.replace("/* fonts */", f"{faces}html, body {{ font-family: {family} }}\n", 1)
        for weight, data in fonts.items():
            pdfmetrics.registerFont(TTFont(f"{family}-{weight}", io.BytesIO(data)))
        # canvas and tables name a font before the first word; left alone it would be one that is not embedded
        rl_config.canvas_basefontname = CellStyle.fontname = f"{family}-regular"
        collector = Collector()
        logger = logging.getLogger("xhtml2pdf")
        logger.handlers, logger.propagate = [collector], False
        watch(source.count("<table"), int(request.get("expected", 0)), tell)
        policy = ResourceAccessPolicy.server(
            ASSETS, allow_remote=False, extra_roots=(folder,), max_render_seconds=request["seconds"]
        )
        out = io.BytesIO()
        try:
            status = pisa.CreatePDF(
                source, dest=out, path=str(ASSETS / "document.html"), resource_policy=policy
            )
        except LayoutError as error:
            raise ValueError(f"something does not fit on a page: {str(error)[:300]}") from error
        finally:
            for path in files.values():
                path.unlink(missing_ok=True)
        if collector.found or status.err:
            raise ValueError("; ".join(collector.found) or "the document could not be converted")
        return *stamp(out.getvalue(), request, family), "".join(sorted(missing))


READING = 0.6
"""The share of the work that is done before the first page is drawn."""


def watch(tables: int, expected: int, tell: Any) -> None:
    """Tell of progress in pages: of ``expected`` ones while the tables are read, then of those that are drawn."""
    from xhtml2pdf.tables import pisaTagTABLE
    from xhtml2pdf.xhtml2pdf_reportlab import PmlBaseDoc

    original = getattr(pisaTagTABLE, "hub_end", pisaTagTABLE.end)
    seen = 0

    def end(tag: Any, context: Any) -> Any:
        nonlocal seen
        seen += 1
        if expected:
            tell({"page": int(expected * READING * seen / max(tables, 1))})
        return original(tag, context)

    pisaTagTABLE.hub_end, pisaTagTABLE.end = original, end
    PmlBaseDoc.afterPage = lambda doc: tell({"page": int(expected * READING + doc.page * (1 - READING))})


def stamp(pdf: bytes, request: dict[str, Any], family: str) -> tuple[bytes, int]:
    """Put the foot with page x of y, a mark at the edge and a watermark on every page.

    The number of pages is known only now; letting the renderer count them would cost a second pass.
    """
    import pikepdf
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    with pikepdf.open(io.BytesIO(pdf)) as document:
        total = len(document.pages)
        layer = io.BytesIO()
        canvas = Canvas(layer, pageCompression=1, initialFontName=f"{family}-regular")
        for number, page in enumerate(document.pages, 1):
            _, _, width, height = (float(v) for v in page.mediabox)
            canvas.setPageSize((width, height))
            canvas.setFont(f"{family}-regular", 7.5)
            canvas.setFillGray(0.35)
            canvas.drawString(15 * mm, 9 * mm, request.get("left", ""))
            place = request.get("footer", "").replace("{page}", str(number)).replace("{pages}", str(total))
            canvas.drawRightString(width - 15 * mm, 9 * mm, place)
            if request.get("edge") and total > 1:
                canvas.saveState()
                canvas.setFont(f"{family}-regular", 6.5)
                canvas.setFillGray(0.6)
                canvas.translate(width - 4 * mm, height / 2)
                canvas.rotate(90)
                canvas.drawCentredString(0, 0, request["edge"])
                canvas.restoreState()
            if request.get("watermark"):
                canvas.saveState()
                canvas.setFont(f"{family}-bold", 84)
                canvas.setFillColorRGB(0.75, 0.1, 0.1, alpha=0.13)
                canvas.translate(width / 2, height / 2)
                canvas.rotate(50)
                canvas.drawCentredString(0, -30, request["watermark"])
                canvas.restoreState()
            canvas.showPage()
        canvas.save()
        with pikepdf.open(io.BytesIO(layer.getvalue())) as foot:
            for page, over in zip(document.pages, foot.pages, strict=True):
                page.add_overlay(over, pikepdf.Rectangle(*page.mediabox))
            out = io.BytesIO()
            document.docinfo["/Producer"] = "OEM Hub"
            document.save(out, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue(), total
