"""Checks of a typed BOM row: everything wrong is found at once, each at the cell where it was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.api import Ctx, Field, Problem, T, Text, resolve_refs
from core.values import Unreadable, parse_decimal
from plugins.catalog import units
from plugins.catalog.convert import to_stock
from plugins.catalog.models import Color, Material, Size, Style

MATERIAL = Field("material", T("Material"), "ref", ref="catalog.material")
COLOR = Field("color", T("Colour"), "ref", ref="catalog.color")

COLOR_RULES = (
    ("match", T("As the garment")),
    ("map", T("By table")),
    ("fixed", T("Always the same")),
    ("none", T("No colour")),
)
TRACK_RULES = (("none", T("No")), ("track", T("Yes")))
PLACES = 6


@dataclass
class CheckedRow:
    """A BOM row whose cells are all valid."""

    id: int | None
    values: dict[str, Any]
    sizes: dict[int, Decimal] = field(default_factory=dict)


class RowCheck:
    """Checks one row; ``problems`` names cells as ``bom-<row>-<cell>`` and ``bom-<row>-size-<size code>``."""

    def __init__(
        self,
        index: int,
        raw: Mapping[str, Any],
        style: Style,
        sizes: Sequence[Size],
        materials: Mapping[str, Material | None],
        colors: Mapping[str, Color | None],
    ) -> None:
        self.index = index
        self.raw = raw
        self.style = style
        self.sizes = sizes
        self.materials = materials
        self.colors = colors
        self.problems: list[Problem] = []

    def bad(self, cell: str, message: Text | str) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(Problem(message, f"bom-{self.index}-{cell}"))

    def text(self, cell: str) -> str:
        """What was typed in a cell."""
        return _plain(self.raw.get(cell))

    def decimal(self, cell: str, typed: str, most: int = PLACES) -> Decimal | None:
        """A non-negative decimal, None where the cell is empty or wrong."""
        if not typed:
            return None
        try:
            value = parse_decimal(typed, most)
        except Unreadable as error:
            self.bad(cell, str(error))
            return None
        if value < 0:
            self.bad(cell, T("This cannot be negative."))
            return None
        return value

    def run(self) -> CheckedRow:
        """Check everything; the result counts only where ``problems`` stays empty."""
        material = self._material()
        values: dict[str, Any] = {
            "material": material,
            "place": self.text("place")[:80],
            "uom": self._uom(material),
            "wastage_pct": self._wastage(),
            "fixed_loss": self.decimal("fixed_loss", self.text("fixed_loss")) or Decimal(0),
            "optional": bool(self.raw.get("optional")),
            "stage": self._choice("stage", ("", "cutting", "sewing", "packing"), ""),
            "size_rule": self._choice("size_rule", ("none", "track"), "none"),
            "dest_rule": self._choice("dest_rule", ("none", "track"), "none"),
            **self._color(material),
        }
        if material is not None:
            self._size_rule(material, values["size_rule"])
        consumption, by_size = self._consumption()
        values["consumption"] = consumption
        row_id = self.raw.get("id")
        return CheckedRow(int(row_id) if row_id else None, values, by_size)

    def _material(self) -> Material | None:
        code = self.text("material")
        if not code:
            self.bad("material", T("This is needed."))
            return None
        material = self.materials.get(code.upper())
        if material is None:
            self.bad("material", T("There is no {what} “{code}”.", what=T("Material"), code=code))
        return material

    def _uom(self, material: Material | None) -> str:
        uom = self.text("uom") or (material.stock_uom if material else "")
        if uom and uom not in units.UNITS:
            self.bad("uom", T("There is no unit “{unit}”.", unit=uom))
        elif material is not None and to_stock(material, uom) is None:
            self.bad(
                "uom",
                T("{source} does not convert to {target}, the stock unit of {material}.",
                  source=uom, target=material.stock_uom, material=material.code),
            )  # fmt: skip
        return uom

    def _wastage(self) -> Decimal:
        value = self.decimal("wastage_pct", self.text("wastage_pct").rstrip("%％ "), 4) or Decimal(0)
        if value >= 100:
            self.bad("wastage_pct", T("Wastage is less than 100 %."))
        return value

    def _choice(self, cell: str, allowed: Sequence[str], default: str) -> str:
        value = self.text(cell).lower() or default
        if value not in allowed:
            self.bad(cell, T("“{value}” is not a choice here.", value=value))
        return value

    def _color(self, material: Material | None) -> dict[str, Any]:
        detail = self.text("color_detail")
        typed = self.text("color_rule")
        if ":" in typed:  # pasted as one cell: fixed:BLK, map:NVY=BLK
            typed, detail = (part.strip() for part in typed.split(":", 1))
        default = "match" if material is not None and material.by_color else "none"
        rule = typed.lower() or default
        found: dict[str, Any] = {"color_rule": rule, "fixed_color": None, "color_map": None}
        if rule not in ("match", "map", "fixed", "none"):
            self.bad("color_rule", T("“{value}” is not a choice here.", value=rule))
            return found
        if material is not None and rule != "none" and not material.by_color:
            self.bad("color_rule", T("{material} is not kept by colour.", material=material.code))
        if material is not None and rule == "none" and material.by_color:
            self.bad(
                "color_rule",
                T("{material} is kept by colour: say which colour is used.", material=material.code),
            )
        if rule == "fixed":
            found["fixed_color"] = self._known_color(detail)
        elif rule == "map":
            found["color_map"] = self._map(detail)
        return found

    def _known_color(self, code: str) -> Color | None:
        if not code:
            self.bad("color_detail", T("Say which colour."))
            return None
        color = self.colors.get(code.upper())
        if color is None:
            self.bad("color_detail", T("There is no {what} “{code}”.", what=T("Colour"), code=code))
        return color

    def _map(self, detail: str) -> dict[str, int]:
        own = {line.color.code.upper(): line.color for line in self.style.colors}
        found: dict[str, int] = {}
        for pair in detail.replace(",", " ").replace(";", " ").split():
            left, _, right = pair.partition("=")
            garment = own.get(left.upper())
            if garment is None:
                self.bad("color_detail", T("{color} is not a colourway of this style.", color=left))
            elif not right:
                self.bad("color_detail", T("Write it as NVY=BLK WHT=IVO."))
            elif (color := self._known_color(right)) is not None:
                found[str(garment.id)] = color.id
        missing = [code for code, color in own.items() if str(color.id) not in found]
        if missing and not any(p.field == f"bom-{self.index}-color_detail" for p in self.problems):
            self.bad("color_detail", T("No colour is given for {colors}.", colors=", ".join(missing)))
        return found

    def _size_rule(self, material: Material, rule: str) -> None:
        if rule == "track" and not material.by_size:
            self.bad("size_rule", T("{material} is not kept by size.", material=material.code))
        if rule == "none" and material.by_size:
            self.bad("size_rule", T("{material} is kept by size: choose “Yes”.", material=material.code))

    def _consumption(self) -> tuple[Decimal | None, dict[int, Decimal]]:
        """One figure for every size, or one for each; a size of its own goes before the common one."""
        before = len(self.problems)
        common = self.text("consumption")
        every_size = self.decimal("consumption", common)
        given = {str(code).upper(): _plain(value) for code, value in (self.raw.get("sizes") or {}).items()}
        typed = {size: given.pop(size.code.upper(), "") for size in self.sizes}
        by_size: dict[int, Decimal] = {}
        for size, text in typed.items():
            value = self.decimal(f"size-{size.code}", text)
            if value is not None:
                by_size[size.id] = value
            elif not text and not common and any(typed.values()):
                self.bad(f"size-{size.code}", T("This is needed."))
        for code, text in given.items():
            if text:
                self.bad(f"size-{code}", T("Size {size} is not in the size run.", size=code))
        if len(self.problems) == before and not common and not by_size:
            self.bad("consumption", T("Give a figure for all sizes or one for each."))
        elif len(self.problems) == before and not (every_size or any(by_size.values())):
            self.bad("consumption", T("Consumption must be more than zero for at least one size."))
        return every_size, by_size


def _plain(value: Any) -> str:
    """A typed value without blanks around it, and without the zero byte that PostgreSQL refuses."""
    return str(value or "").replace("\x00", "").strip()


def check_rows(
    ctx: Ctx, style: Style, sizes: Sequence[Size], rows: Sequence[Mapping[str, Any]]
) -> tuple[list[CheckedRow], list[Problem]]:
    """Check all rows; two queries for all materials and colours together."""
    materials = resolve_refs(ctx, MATERIAL, [_plain(r.get("material")) for r in rows])
    codes = []
    for row in rows:
        detail = _plain(row.get("color_detail")) or _plain(row.get("color_rule")).partition(":")[2]
        for pair in detail.replace(",", " ").replace(";", " ").split():
            codes += pair.split("=")
    colors = resolve_refs(ctx, COLOR, codes)
    checked, problems = [], []
    for index, row in enumerate(rows):
        check = RowCheck(index, row, style, sizes, materials, colors)
        checked.append(check.run())
        problems += check.problems
    return checked, problems
