"""Fonts for documents: a TrueType font with exactly the characters of one document.

The Chinese fonts that pip can install have PostScript outlines, which the PDF writer cannot embed, and converting all of
their 65,000 glyphs takes minutes. So only the glyphs a document needs are redrawn as TrueType, and kept: in memory for
the next document of this process, on disk for the next process. Runs inside the PDF worker; knows nothing of the hub.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import struct
from collections.abc import Iterable
from importlib import util
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError

PACKAGES = {
    "regular": ("cvttf_NotoSansCJK_Regular", "NotoSansCJKtc-Regular.otf"),
    "bold": ("cvttf_NotoSansCJK_Bold", "NotoSansCJKtc-Bold.otf"),
}
MAX_ERROR = 1.0
"""Font units (thousandths of the em) that a redrawn curve may stray: invisible in print."""
EPOCH = 3_786_912_000
"""The date in every font, in seconds since 1904 as fonts count them."""
KEEP = 12_000
"""Glyphs kept at most; beyond it the store starts afresh."""
FEATURES = {
    # language → (script, language system, feature): the font's own forms for that language
    "zh_Hans_CN": (("hani", "ZHS ", "locl"), ("latn", "ZHS ", "locl")),
    "en": (("latn", None, "pwid"),),
}
PROPORTIONAL = frozenset("“”‘’…—–·")
"""Signs that Chinese fonts draw full-width; English text needs them narrow."""


def font_file(weight: str, configured: str = "") -> Path:
    """The font of a weight: the configured file, else the one its package ships. FileNotFoundError where missing."""
    if configured:
        path = Path(configured)
    else:
        package, name = PACKAGES[weight]
        spec = util.find_spec(package)
        if spec is None or spec.origin is None:
            raise FileNotFoundError(f"the font package {package} is not installed")
        path = Path(spec.origin).parent / name
    if not path.is_file():
        raise FileNotFoundError(f"there is no font file {path}")
    return path


def box(upm: int) -> Any:
    """An empty box: what is drawn for a character that the font has no glyph for."""
    pen = TTGlyphPen(None)
    left, right, low, high, line = upm // 10, upm * 9 // 10, -upm // 20, upm * 3 // 4, upm // 25
    inner = (
        (left + line, low + line),
        (right - line, low + line),
        (right - line, high - line),
        (left + line, high - line),
    )
    for corners in (((left, low), (left, high), (right, high), (right, low)), inner):
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


class Face:
    """One font file in one language's glyph forms. ``build`` makes a TrueType font of some characters."""

    def __init__(self, path: Path, language: str, store: Path) -> None:
        self.path = path
        self.language = language
        stat = path.stat()
        mark = f"{path}:{stat.st_size}:{stat.st_mtime_ns}:{language}:1"
        self.file = store / f"{path.stem}-{language}-{hashlib.sha256(mark.encode()).hexdigest()[:16]}.ttf"
        self.glyphs: dict[str, tuple[Any, int]] = {}
        self._source: TTFont | None = None
        self._variants: dict[str, str] = {}
        self._metrics: dict[str, int] = {}
        self._load()

    def _load(self) -> None:
        if not self.file.is_file():
            return
        with contextlib.suppress(OSError, TTLibError, KeyError, struct.error):
            kept = TTFont(self.file)
            outlines, widths = kept["glyf"], kept["hmtx"]
            self._metrics = metrics(kept)
            self.glyphs = {chr(code): (outlines[n], widths[n][0]) for code, n in kept.getBestCmap().items()}

    def _save(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_suffix(f".{os.getpid()}")
        part.write_bytes(self._font(sorted(self.glyphs), self.path.stem))
        part.replace(self.file)  # at once or not at all: another process may be reading

    def _open(self) -> TTFont:
        if self._source is None:
            font = TTFont(self.path, lazy=True, fontNumber=0)
            self._variants = variants(font, self.language)
            self._metrics = metrics(font)
            self._source = font
        return self._source

    def add(self, characters: Iterable[str]) -> set[str]:
        """Make sure that these characters are there; returns those that the font has no glyph for."""
        wanted = {c for c in characters if c not in self.glyphs}
        if not wanted:
            return set()
        font = self._open()
        if len(self.glyphs) + len(wanted) > KEEP:
            self.glyphs = {}
        cmap = font.getBestCmap()
        missing = {c for c in wanted if ord(c) not in cmap}
        if wanted == missing:
            return missing
        glyphs, widths = font.getGlyphSet(), font["hmtx"]
        reverse = "glyf" not in font  # PostScript contours run the other way round
        for character in sorted(wanted - missing):
            name = cmap[ord(character)]
            if self.language != "en" or character in PROPORTIONAL:
                name = self._variants.get(name, name)
            drawing = DecomposingRecordingPen(glyphs)
            glyphs[name].draw(drawing)
            pen = TTGlyphPen(None)
            drawing.replay(Cu2QuPen(pen, MAX_ERROR, reverse_direction=reverse))
            self.glyphs[character] = (pen.glyph(), widths[name][0])
        self._save()
        return missing

    def build(self, characters: Iterable[str], family: str) -> tuple[bytes, set[str]]:
        """A TrueType font with these characters, and those of them that are an empty box in it, for want of a glyph."""
        wanted = sorted(set(characters) | {" "})
        missing = self.add(wanted)
        return self._font(wanted, family), missing

    def _font(self, wanted: list[str], family: str) -> bytes:
        names = {c: f"u{ord(c):X}" for c in wanted}
        upm = self._metrics["upm"]
        builder = FontBuilder(upm, isTTF=True)
        builder.setupGlyphOrder([".notdef", *names.values()])
        builder.setupCharacterMap({ord(c): n for c, n in names.items()})
        empty = (box(upm), upm)
        drawn = {c: self.glyphs.get(c, empty) for c in wanted}
        builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), **{n: drawn[c][0] for c, n in names.items()}})
        table = builder.font["glyf"]
        widths = {".notdef": (upm, 0)}
        for c, n in names.items():
            glyph = table[n]
            widths[n] = (drawn[c][1], getattr(glyph, "xMin", 0) or 0)
        builder.setupHorizontalMetrics(widths)
        builder.setupHorizontalHeader(ascent=self._metrics["ascent"], descent=self._metrics["descent"])
        ps_name = family.replace(" ", "")
        builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": ps_name})
        builder.setupOS2(
            sTypoAscender=self._metrics["ascent"], sTypoDescender=self._metrics["descent"],
            usWinAscent=self._metrics["ascent"], usWinDescent=-self._metrics["descent"],
            sCapHeight=self._metrics["cap"], usWeightClass=self._metrics["weight"], fsType=0,
        )  # fmt: skip
        builder.setupPost(keepGlyphNames=False)
        out = io.BytesIO()
        builder.font.recalcTimestamp = False  # the same glyphs always give the same bytes
        builder.font["head"].created = builder.font["head"].modified = EPOCH
        builder.save(out)
        return out.getvalue()


def metrics(font: TTFont) -> dict[str, int]:
    """What a font says about its lines, in font units."""
    head, hhea, os2 = font["head"], font["hhea"], font["OS/2"]
    return {
        "upm": head.unitsPerEm,
        "ascent": hhea.ascent,
        "descent": hhea.descent,
        "cap": getattr(os2, "sCapHeight", 0) or int(head.unitsPerEm * 0.73),
        "weight": os2.usWeightClass,
    }


def variants(font: TTFont, language: str) -> dict[str, str]:
    """Glyph → the glyph that the font itself has in its place for ``language`` (single substitutions only)."""
    found: dict[str, str] = {}
    if "GSUB" not in font:
        return found
    table = font["GSUB"].table
    for script_tag, system_tag, feature_tag in FEATURES.get(language, ()):
        for script in table.ScriptList.ScriptRecord:
            if script.ScriptTag != script_tag:
                continue
            systems = {record.LangSysTag: record.LangSys for record in script.Script.LangSysRecord}
            system = systems.get(system_tag) if system_tag else script.Script.DefaultLangSys
            for index in system.FeatureIndex if system else ():
                record = table.FeatureList.FeatureRecord[index]
                if record.FeatureTag == feature_tag:
                    for lookup in record.Feature.LookupListIndex:
                        for part in table.LookupList.Lookup[lookup].SubTable:
                            part = getattr(part, "ExtSubTable", part)
                            found.update(getattr(part, "mapping", None) or {})
    return found
