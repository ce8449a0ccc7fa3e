"""Pictures for the demo tenant's claims, drawn: rolls of fabric off shade, a pocket with skipped stitches, a tape measure."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (1200, 900)
Pixels = tuple[int, int, int]
INK: Pixels = (30, 30, 34)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _cloth(base: Pixels, seed: int, bands: int = 1, drift: int = 0) -> Image.Image:
    """Knitted cloth: fine ribs with a little noise, in bands that drift in shade."""
    rng = random.Random(seed)  # noqa: S311 - a drawing, the same every time
    width, height = SIZE[0] // 4, SIZE[1] // 4
    ribs = Image.new("RGB", (width, 1))
    for x in range(width):
        shade = drift * (x * bands // width) + (8 if x % 3 else -6)
        ribs.putpixel((x, 0), tuple(c + shade for c in base))
    noise = Image.frombytes("L", (width, height), rng.randbytes(width * height)).point(
        [v * 17 // 256 for v in range(256)]
    )
    cloth = ribs.resize((width, height), Image.Resampling.NEAREST)
    small = ImageChops.add(cloth, Image.merge("RGB", (noise, noise, noise)), offset=-8)
    return small.resize(SIZE, Image.Resampling.BICUBIC)


def shade_bands() -> bytes:
    """Three lots side by side, each lighter than the one before."""
    picture = _cloth((38, 38, 44), 1, bands=3, drift=17)
    draw = ImageDraw.Draw(picture)
    for n in range(1, 3):
        x = SIZE[0] * n // 3
        draw.line((x, 0, x, SIZE[1]), fill=(15, 15, 18), width=5)
    return _jpeg(picture)


def rolls() -> bytes:
    """Rolls seen from their ends; the middle one is off shade."""
    picture = Image.new("RGB", SIZE, (196, 188, 176))
    draw = ImageDraw.Draw(picture)
    for n, tone in enumerate((36, 62, 38, 36)):
        cx, cy = 170 + n * 290, 520
        for ring in range(130, 20, -7):
            edge = tone + (ring % 3) * 5
            draw.ellipse(
                (cx - ring, cy - ring, cx + ring, cy + ring),
                fill=(edge, edge, edge + 5),
                outline=(20, 20, 24),
            )
        draw.ellipse((cx - 26, cy - 26, cx + 26, cy + 26), fill=(170, 130, 86))
        draw.rectangle((cx - 60, cy + 150, cx + 60, cy + 196), fill=(250, 250, 246), outline=INK, width=2)
        draw.line((cx - 44, cy + 166, cx + 44, cy + 166), fill=INK, width=3)
        draw.line((cx - 44, cy + 180, cx + 16, cy + 180), fill=INK, width=3)
    return _jpeg(picture.filter(ImageFilter.SMOOTH))


def pocket(gap: tuple[int, int], seed: int) -> bytes:
    """A kangaroo pocket on heather cloth; stitches are missing between the two numbers."""
    picture = _cloth((150, 152, 156), seed)
    draw = ImageDraw.Draw(picture)
    outline = [(260, 250), (940, 250), (1060, 640), (1060, 800), (140, 800), (140, 640), (260, 250)]
    draw.polygon(outline, fill=(138, 140, 146))
    draw.line(outline, fill=(96, 98, 104), width=6)
    stitch = 0
    for (x1, y1), (x2, y2) in itertools.pairwise(outline):
        length = max(abs(x2 - x1), abs(y2 - y1))
        for at in range(10, length - 10, 26):
            stitch += 1
            if gap[0] <= stitch <= gap[1]:
                continue
            t, u = at / length, min(1.0, (at + 15) / length)
            start = (x1 + (x2 - x1) * t, y1 + (y2 - y1) * t + 14)
            end = (x1 + (x2 - x1) * u, y1 + (y2 - y1) * u + 14)
            draw.line((start, end), fill=(236, 236, 238), width=5)
    return _jpeg(picture)


def close_up() -> bytes:
    """The seam from near by: a loose loop where three stitches were skipped."""
    picture = _cloth((146, 148, 152), 9)
    draw = ImageDraw.Draw(picture)
    for n in range(12):
        x = 60 + n * 96
        if n in (5, 6, 7):
            continue
        draw.rounded_rectangle(
            (x, 420, x + 70, 448), 14, fill=(240, 240, 242), outline=(120, 122, 128), width=3
        )
    draw.arc((500, 300, 860, 560), 20, 165, fill=(240, 240, 242), width=14)
    draw.ellipse((470, 260, 890, 610), outline=(200, 40, 36), width=9)
    return _jpeg(picture)


def tape() -> bytes:
    """A tape measure across a navy chest: it ends two centimetres short of the mark."""
    picture = _cloth((30, 40, 74), 5)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 420, 1140, 520), fill=(244, 208, 70), outline=INK, width=3)
    for mm in range(0, 541):
        x = 60 + mm * 2
        if x > 1140:
            break
        tall = 46 if mm % 50 == 0 else 34 if mm % 10 == 0 else 14 if mm % 5 == 0 else 0
        if tall:
            draw.line((x, 420, x, 420 + tall), fill=INK, width=3 if mm % 10 == 0 else 1)
    for cm in range(5, 54, 5):
        draw.text((60 + cm * 20, 476), str(cm), fill=INK, anchor="mm", font_size=34)
    draw.line((1060, 340, 1060, 600), fill=(240, 240, 244), width=8)
    draw.line((1100, 340, 1100, 600), fill=(220, 52, 46), width=8)
    return _jpeg(picture)


OF_CLAIM: dict[str, tuple[tuple[str, str, Callable[[], bytes]], ...]] = {
    "CM-2026-0001": (
        ("rolls.jpg", "第 2 匹偏淺 second roll lighter", rolls),
        ("shade-bands.jpg", "三缸並排 three lots side by side", shade_bands),
    ),
    "CG-2026-0001": (
        ("pocket-left.jpg", "左袋口 left opening", lambda: pocket((3, 7), 3)),
        ("pocket-right.jpg", "右袋口 right opening", lambda: pocket((30, 33), 4)),
        ("close-up.jpg", "跳針近照 three stitches skipped", close_up),
    ),
    "CG-2026-0002": (("tape.jpg", "胸圍 -2.0 cm chest", tape),),
}
"""Claim → (file name, caption, picture)."""
