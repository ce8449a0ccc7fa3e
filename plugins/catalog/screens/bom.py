"""The table in which the consumption (BOM) of a style is typed: materials down, sizes across."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Field, T
from kit.lines import LineRow, LineTable, Nested, Spread, Typed
from plugins.catalog.entities.bom import TABLE
from plugins.catalog.models import Style
from plugins.catalog.services.bom import bom_of
from plugins.catalog.services.bom_typed import breaks_typed, colors_typed
from plugins.catalog.services.sizes import sizes_of
from plugins.catalog.services.spoken_names import size_key

OWN = (
    "material",
    "place",
    "uom",
    "wastage_pct",
    "consumption",
    "per_pieces",
    "color_rule",
    "size_rule",
    "dest_rule",
    "fixed_loss",
    "stage",
)


def _rows(ctx: Ctx, style: Style) -> list[LineRow]:
    found = []
    for row in bom_of(ctx, style).rows:
        typed = {name: row[name] for name in OWN} | {
            "colors": row["color_detail"],
            "breaks": row["wastage_breaks"],
        }
        typed["per_pieces"] = "" if row["per_pieces"] == 1 else str(row["per_pieces"])
        typed |= {f"sizes.{code}": text for code, text in row["sizes"].items()}
        found.append(LineRow(typed=typed | {"optional": "1" if row["optional"] else ""}))
    return found


def _sizes(ctx: Ctx, style: Style) -> Sequence[tuple[str, str]]:
    return [(size.code, size.code) for size in sizes_of(ctx, [style.id]).get(style.id, ())]


def _colors(text: str, line: LineRow, style: Style) -> list[dict[str, Any]]:
    return colors_typed(text)


def _breaks(text: str, line: LineRow, style: Style) -> list[dict[str, Any]]:
    return breaks_typed(text)


PACK = re.compile(
    r"\s*(?:[/／]|\bper\b|每)\s*(?:(?P<pieces>\d{1,5})\s*(?:pcs?|pieces|件|個|个)?|(?P<dozen>doz(?:en)?|dzn?|打)"
    r"|(?P<gross>gross|羅|罗)|(?P<piece>pcs?|piece|件))\.?\s*$",
    re.IGNORECASE,
)


def _settle(typed: dict[str, str]) -> dict[str, str]:
    """A colour rule may be given in one cell: ``fixed:BLK``, ``map:NVY=BLK``; so may what figures are for: ``2.6/dz``."""
    rule, colon, colors = typed.get("color_rule", "").partition(":")
    settled = {**typed, "color_rule": rule.strip(), "colors": colors.strip()} if colon else typed
    figures = [n for n, text in typed.items() if text and (n == "consumption" or n.startswith("sizes."))]
    packs = {name: pack for name in figures if (pack := PACK.search(typed[name]))}
    told = {pieces_told(pack) for pack in packs.values()}
    if not packs or len(packs) < len(figures) or len(told) > 1 or typed.get("per_pieces"):
        return settled  # what is left where it stands is told to be no number
    bare = {name: PACK.sub("", typed[name]).strip() for name in packs}
    return {**settled, **bare, "per_pieces": str(told.pop())}


def pieces_told(pack: re.Match[str]) -> int:
    """How many pieces ``/dz``, ``per gross``, ``/ 100 pcs`` are."""
    if pack["pieces"]:
        return int(pack["pieces"])
    return 12 if pack["dozen"] else 144 if pack["gross"] else 1


LINES = LineTable(
    TABLE,
    (
        Typed("material", kinds=("material",), named=True),
        Typed("place", words=("place", "部位")),
        Typed("uom", kinds=("unit",)),
        Typed("wastage_pct", kinds=("wastage",), words=("損耗率", "损耗率")),
        Typed("consumption", words=("usage", "單耗", "单耗", "用量", "全部尺碼", "全部尺码")),
        Typed(
            "per_pieces",
            words=(
                "per pcs",
                "pieces per figure",
                "pcs per figure",
                "per n pieces",
                "用量件數",
                "用量件数",
                "每件數",
                "每件数",
                "件數",
                "件数",
            ),
        ),
        Spread("sizes", "size", "consumption", across=_sizes, alike=size_key, hint="consumption", sum=False),
        Typed("color_rule", kinds=("color",), words=("color rule", "colour rule", "顏色規則", "颜色规则")),
        Nested(Field("colors", T("Which colour"), max_length=400), _colors),
        Typed("size_rule", words=("size rule", "尺碼規則", "尺码规则")),
        Typed("dest_rule", words=("destination rule", "dest rule", "目的地規則", "目的地规则")),
        Nested(Field("breaks", T("Wastage from a quantity on"), max_length=200), _breaks),
        Typed("fixed_loss", words=("固定損耗", "固定损耗")),
        Typed("stage", words=("stage", "階段", "阶段")),
        Typed("optional"),
    ),
    _rows,
    starts={"size_rule": "none", "dest_rule": "none"},
    spare=3,
    settle=_settle,
    help=T(
        "Per piece, in the unit of the row; an empty unit is the stock unit. By the dozen: 2.6/dz, or 12 under “Per pieces”. "
        "A size without a figure of its own takes the one "
        "for all sizes. Which colour: a code for “always the same”, or a table such as NVY=BLK WHT=IVO. Per size: the material "
        "itself comes in sizes, like size labels."
    ),
)
