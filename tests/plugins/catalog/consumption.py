"""Consumption written shortly: rows with sizes as a mapping and colours as they are typed, saved by the action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.api import Ctx, run_action
from plugins.catalog.models import Style
from plugins.catalog.screens.bom import LINES, breaks_typed, colors_typed


def lines_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the payload."""
    found = []
    for row in rows:
        line = {
            name: value
            for name, value in row.items()
            if name not in ("id", "name", "sizes", "color_detail", "wastage_breaks")
        }
        if LINES.settle is not None and ":" in line.get("color_rule", ""):
            line = LINES.settle(line)
            row = {**row, "color_detail": line.pop("colors")}
        if row.get("sizes"):
            line["sizes"] = [
                {"size": code, "consumption": value} for code, value in row["sizes"].items() if value
            ]
        if row.get("color_detail"):
            line["colors"] = colors_typed(row["color_detail"])
        if row.get("wastage_breaks"):
            line["breaks"] = breaks_typed(row["wastage_breaks"])
        found.append(line)
    return found


def save_bom(ctx: Ctx, style: Style, rows: Iterable[Mapping[str, Any]], *, version: int | None = None) -> Any:
    """Replace the consumption of a style by these rows."""
    given = {"lines": lines_of(rows)}
    return run_action(ctx, ctx.registry.get("catalog.style"), style, "replace_bom", given, version=version)
