"""Lines of BOMs before and after, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.api import Ctx, T, Text
from core.db import among
from core.values import decimal_text
from plugins.catalog.api import BOM_TABLE, Color, Material, Size
from plugins.engineering.services.line_values import LineValues, differences
from plugins.engineering.services.mass_change.preview import names_of
from plugins.engineering.services.mass_change.rules import Edit
from plugins.engineering.services.structures import Owner

CONSUMPTION = {field.name: field for field in BOM_TABLE.fields}
WORDS: Mapping[str, Text] = {
    **{name: field.label for name, field in CONSUMPTION.items()},
    "fixed_color": T("Colour"),
    **{
        name: table.label
        for name, table in zip(("sizes", "color_map", "wastage_breaks"), BOM_TABLE.tables, strict=True)
    },
}
RULES: Mapping[str, Mapping[str, Text | str]] = {
    name: dict(field.choices)
    for name, field in CONSUMPTION.items()
    if field.kind == "choice" and not callable(field.choices)
}
FIGURES = ("material", "consumption", "sizes", "uom", "wastage_pct")
"""What the figures of a line say already."""


@dataclass(frozen=True)
class ShownLine:
    """A line of a change in words; ``more`` is what its page knows beside it."""

    code: str
    name: str
    href: str
    material: str
    place: str
    figures: tuple[str, str]
    what: Text
    tone: str
    differences: tuple[tuple[Text, str, str], ...]
    more: Any = None


@dataclass(frozen=True)
class Names:
    """Codes by id, read once for all lines."""

    materials: Mapping[int, str]
    colors: Mapping[int, str]
    sizes: Mapping[int, str]

    def text(self, name: str, value: Any) -> str:
        """A value as people read it; "" for none."""
        if value in (None, "", ()):
            return ""
        match name:
            case "material":
                return self.materials.get(value, "")
            case "fixed_color":
                return self.colors.get(value, "")
            case "color_map":
                return " ".join(f"{self.colors.get(a, '')}={self.colors.get(b, '')}" for a, b in value)
            case "sizes":
                return " ".join(f"{self.sizes.get(size, '')} {decimal_text(qty)}" for size, qty in value)
            case "wastage_breaks":
                return " ".join(f"{decimal_text(least)}={decimal_text(pct)}" for least, pct in value)
            case name if name in RULES:
                return str(RULES[name].get(value, value))
            case "optional":
                return str(T("Yes") if value else T("No"))
            case "place" | "uom":
                return str(value)
            case _:
                return decimal_text(value)


def shown(ctx: Ctx, found: Sequence[tuple[Owner, Edit | None, Any]]) -> list[ShownLine]:
    """Edits of BOMs in words, with what belongs to each; those of BOMs that the person may not see are left out. A fixed number
    of statements."""
    values = [v for _o, edit, _m in found if edit for v in (edit.before, edit.after) if v is not None]
    called, names = names_of(ctx, [owner for owner, _e, _m in found]), _names(ctx, values)
    result = []
    for owner, edit, more in found:
        if owner not in called:
            continue
        code, name = called[owner]
        href = f"/catalog/{owner.kind}/{owner.id}"
        if edit is None:
            result.append(
                ShownLine(code, name, href, "", "", ("", ""), T("Cannot be changed"), "bad", (), more)
            )
            continue
        there = edit.before or edit.after
        assert there is not None
        what, tone = (
            (T("Comes"), "good")
            if edit.before is None
            else (T("Goes"), "bad")
            if edit.after is None
            else (T("Is changed"), "info")
        )
        differing = (
            ()
            if edit.before is None or edit.after is None
            else tuple(
                (WORDS[name], names.text(name, old), names.text(name, new))
                for name, old, new in differences(edit.before, edit.after)
                if name not in FIGURES
            )
        )
        result.append(
            ShownLine(
                code, name, href, names.text("material", there.material), there.place,
                (_figures(edit.before, names), _figures(edit.after, names)), what, tone, differing, more,
            )
        )  # fmt: skip
    return result


def _figures(values: LineValues | None, names: Names) -> str:
    """What a line takes: material, consumption, wastage."""
    if values is None:
        return ""
    sizes = names.text("sizes", values.sizes)
    common = decimal_text(values.consumption) if values.consumption is not None else ""
    amount = " ".join(part for part in (common, sizes, values.uom) if part)
    return f"{names.text('material', values.material)} {amount} +{decimal_text(values.wastage_pct)} %"


def _names(ctx: Ctx, values: Iterable[LineValues]) -> Names:
    every = list(values)
    colors = {v.fixed_color for v in every if v.fixed_color} | {
        i for v in every for pair in v.color_map for i in pair
    }
    sizes = {size for v in every for size, _qty in v.sizes}
    return Names(
        _codes(ctx, Material, {v.material for v in every}),
        _codes(ctx, Color, colors),
        _codes(ctx, Size, sizes),
    )


def _codes(ctx: Ctx, model: Any, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(ctx.session.execute(select(model.id, model.code).where(among(model.id, ids))).all())
