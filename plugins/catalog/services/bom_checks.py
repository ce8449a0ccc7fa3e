"""Checks of a row of consumption: everything wrong with it is found at once, each at the cell where it was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.api import Ctx, Problem, T, Text
from core.values import ZERO, code_key, decimal_text
from plugins.catalog.entities.bom import TABLE
from plugins.catalog.models import Color, Material, Size, Style
from plugins.catalog.services.conversion import to_stock
from plugins.catalog.services.sizes import sizes_of
from plugins.catalog.services.spoken_names import colorways, find_size

Row = Mapping[str, Any]


@dataclass
class CheckedRow:
    """A row all of whose cells are right: columns of the line, and the consumption of sizes that have one of their own."""

    values: dict[str, Any]
    sizes: dict[int, Decimal]


def check_rows(ctx: Ctx, style: Style, rows: Sequence[Row]) -> tuple[list[CheckedRow], list[Problem]]:
    """Check rows of the payload; the checked ones count only where there is no problem. At most four queries."""
    sizes, own = ctx.memo.once(("catalog.bom", style.id), lambda: _of_style(ctx, style))
    checks = [RowCheck(f"{TABLE.name}.{index}", row, sizes, own) for index, row in enumerate(rows)]
    checked = [check.run() for check in checks]
    problems = [problem for check in checks for problem in check.problems]
    return checked, problems + same_use(list(enumerate(checked)))


def same_use(rows: Sequence[tuple[int, CheckedRow]]) -> list[Problem]:
    """The lines of one product, each with its place in the payload: a material stands there again for another part of the
    garment or in another colour, never twice for the same."""
    problems, seen = [], dict[tuple[Any, ...], int]()
    for index, row in rows:
        values = row.values
        material, fixed, table = values["material"], values["fixed_color"], values["color_map"]
        if material is None:
            continue
        colors = (values["color_rule"], fixed and fixed.id, tuple(sorted((table or {}).items())))
        first = seen.setdefault((material.id, code_key(values["place"]), *colors), index)
        if first != index:
            again = T("{material} stands in row {n} already, at the same part of the garment. Add the figures up, or say where "
                      "each is used.", material=material.code, n=first + 1)  # fmt: skip
            problems.append(Problem(again, f"{TABLE.name}.{index}.material"))
    return problems


def _of_style(ctx: Ctx, style: Style) -> tuple[Sequence[Size], Mapping[str, Color]]:
    return sizes_of(ctx, [style.id]).get(style.id, ()), colorways(style.colors)


class RowCheck:
    """Checks one row. A value that could not be read is not in it: that was told already, and nothing follows from it."""

    def __init__(self, at: str, row: Row, sizes: Sequence[Size], colors: Mapping[str, Color]) -> None:
        self.at = at
        self.row = row
        self.sizes = sizes
        self.colors = colors
        self.problems: list[Problem] = []

    def bad(self, cell: str, message: Text) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(Problem(message, f"{self.at}.{cell}"))

    def run(self) -> CheckedRow:
        """Check everything; the result counts only where ``problems`` stays empty."""
        row, material = self.row, self.row.get("material")
        values: dict[str, Any] = {
            "material": material,
            "place": row.get("place", ""),
            "uom": self._unit(material),
            "consumption": row.get("consumption"),
            "per_pieces": row.get("per_pieces") or 1,
            "wastage_pct": row.get("wastage_pct") or ZERO,
            "wastage_breaks": self._breaks(),
            "fixed_loss": row.get("fixed_loss") or ZERO,
            "size_rule": row.get("size_rule") or "none",
            "dest_rule": row.get("dest_rule") or "none",
            "stage": row.get("stage") or "",
            "optional": bool(row.get("optional")),
            **self._color(material),
        }
        if values["wastage_pct"] >= 100:
            self.bad("wastage_pct", T("Wastage is less than 100 %."))
        if material is not None and "size_rule" in row:
            self._size_rule(material, values["size_rule"])
        return CheckedRow(values, self._consumption())

    def _breaks(self) -> list[list[str]] | None:
        """Rising, each below 100 %; None for none."""
        given = self.row.get("breaks", ())
        found: dict[Decimal, Decimal] = {}
        for n, each in enumerate(given):
            least, pct = each.get("from_qty"), each.get("pct")
            if least is None or pct is None:
                continue
            if pct >= 100:
                self.bad(f"breaks.{n}.pct", T("Wastage is less than 100 %."))
            if least in found:
                self.bad(
                    f"breaks.{n}.from_qty", T("{qty} stands here more than once.", qty=decimal_text(least))
                )
            found[least] = pct
        return [[decimal_text(least), decimal_text(found[least])] for least in sorted(found)] or None

    def _unit(self, material: Material | None) -> str:
        if material is None:
            return ""
        uom: str = self.row.get("uom") or material.stock_uom
        if to_stock(material, uom) is None:
            self.bad(
                "uom",
                T("{source} does not convert to {target}, the stock unit of {material}.",
                  source=uom, target=material.stock_uom, material=material.code),
            )  # fmt: skip
        return uom

    def _color(self, material: Material | None) -> dict[str, Any]:
        default = "match" if material is not None and material.by_color else "none"
        rule = self.row.get("color_rule") or default
        found: dict[str, Any] = {"color_rule": rule, "fixed_color": None, "color_map": None}
        if "color_rule" not in self.row:
            return found
        if material is not None and rule != "none" and not material.by_color:
            self.bad("color_rule", T("{material} is not kept by colour.", material=material.code))
        if material is not None and rule == "none" and material.by_color:
            self.bad(
                "color_rule",
                T("{material} is kept by colour: say which colour is used.", material=material.code),
            )
        if rule == "fixed":
            found["fixed_color"] = self._one_color()
        elif rule == "map":
            found["color_map"] = self._color_map()
        return found

    def _one_color(self) -> Color | None:
        pairs = self.row.get("colors", ())
        if len(pairs) != 1 or pairs[0].get("garment"):
            self.bad("colors", T("Say which colour."))
            return None
        found: Color | None = pairs[0].get("color")
        return found

    def _color_map(self) -> dict[str, int]:
        before = len(self.problems)
        found: dict[str, int] = {}
        pairs = self.row.get("colors", ())
        for n, pair in enumerate(pairs):
            typed = pair.get("garment", "")
            garment = self.colors.get(code_key(typed))
            if not typed:
                self.bad(f"colors.{n}.garment", T("Write it as NVY=BLK WHT=IVO."))
            elif garment is None:
                self.bad(f"colors.{n}.garment", T("{color} is not a colourway of this style.", color=typed))
            elif "color" in pair:
                found[str(garment.id)] = pair["color"].id
        missing = {c.code for c in self.colors.values() if str(c.id) not in found}
        if missing and len(self.problems) == before and all("color" in pair for pair in pairs):
            self.bad("colors", T("No colour is given for {colors}.", colors=", ".join(sorted(missing))))
        return found

    def _size_rule(self, material: Material, rule: str) -> None:
        if rule == "track" and not material.by_size:
            self.bad("size_rule", T("{material} is not kept by size.", material=material.code))
        if rule == "none" and material.by_size:
            self.bad("size_rule", T("{material} is kept by size: choose “Yes”.", material=material.code))

    def _consumption(self) -> dict[int, Decimal]:
        """Of sizes that have their own; one figure for every size, or one for each. Those that are left out are told by their
        code (``lines.3.sizes.XL``)."""
        before, given = len(self.problems), self.row.get("sizes", ())
        found: dict[int, Decimal | None] = {}
        for n, cell in enumerate(given):
            size = find_size(self.sizes, cell.get("size", ""))
            if size is None:
                self.bad(
                    f"sizes.{n}.size", T("Size {size} is not in the size run.", size=cell.get("size", ""))
                )
                continue
            if size.id in found:
                self.bad(f"sizes.{n}.size", T("Size {size} stands here more than once.", size=size.code))
            found[size.id] = cell.get("consumption")
        common = self.row.get("consumption")
        if "consumption" in self.row and common is None and found:
            for size in self.sizes:
                if size.id not in found:
                    self.bad(f"sizes.{size.code}", T("This is needed."))
        if len(self.problems) == before and "consumption" in self.row and None not in found.values():
            if common is None and not found:
                self.bad("consumption", T("Give a figure for all sizes or one for each."))
            elif not (common or any(found.values())):
                self.bad("consumption", T("Consumption must be more than zero for at least one size."))
        return {size_id: value for size_id, value in found.items() if value is not None}
