"""The page of a version with its whole tree and costs, and the table in which the tree is built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Field, T
from kit.lines import ActionTable, LineRow, LineTable, Nested, Shown, Spread, TableView, Together, Typed
from plugins.catalog.api import (
    FACTORY_PRICES,
    SUPPLIER_PRICES,
    breaks_typed,
    colors_typed,
    size_key,
    sizes_of,
)
from plugins.engineering.entities.tree import TREE
from plugins.engineering.models import EngineeringBom
from plugins.engineering.services.figures import money_text
from plugins.engineering.services.tree_reading import tree_of
from plugins.engineering.shown.alternatives import alternatives
from plugins.engineering.words import SOURCES

TREE_COLORS = next(spec for spec in TREE.fields if spec.name == "color_rule")
SAME = (
    "material", "place", "uom", "wastage_pct", "consumption", "color_rule", "size_rule", "dest_rule", "fixed_loss", "stage",
)  # fmt: skip


def sees_cost(ctx: Ctx) -> bool:
    """Costs are for those who may see what suppliers and factories are paid."""
    return ctx.can(SUPPLIER_PRICES) and ctx.can(FACTORY_PRICES)


def _rows(ctx: Ctx, bom: EngineeringBom) -> list[LineRow]:
    tree, costs = tree_of(ctx, bom), sees_cost(ctx)
    found = []
    for node in tree.nodes:
        row: Any = node.row
        typed = {name: str(row[name]) for name in SAME}
        typed |= {name: "" for name in ("size_rule", "dest_rule") if row[name] == "none"}
        typed |= {"level": str(node.level), "colors": row["color_detail"], "breaks": row["wastage_breaks"]}
        typed |= {"per_pieces": "" if row["per_pieces"] == 1 else str(row["per_pieces"])}
        typed |= {f"sizes.{code}": text for code, text in row["sizes"].items()}
        typed |= {"optional": "1" if row["optional"] else "", "source": node.source}
        shown = {"cost": money_text(node.cost)} if costs else {}
        found.append(LineRow(typed=typed, shown=shown))
    return found


def _sizes(ctx: Ctx, bom: EngineeringBom) -> Sequence[tuple[str, str]]:
    if bom.style_id is None:
        return []
    return [(size.code, size.code) for size in sizes_of(ctx, [bom.style_id]).get(bom.style_id, ())]


def _colors(text: str, line: LineRow, bom: EngineeringBom) -> list[dict[str, Any]]:
    return colors_typed(text)


def _breaks(text: str, line: LineRow, bom: EngineeringBom) -> list[dict[str, Any]]:
    return breaks_typed(text)


def _settle(typed: dict[str, str]) -> dict[str, str]:
    """A colour rule may be given in one cell: ``fixed:BLK``; an outline's level as ``1.2.3`` or ``..3``."""
    level = typed.get("level", "").strip(". ")
    if "." in level:
        typed = {**typed, "level": str(len([part for part in level.split(".") if part]))}
    elif level != typed.get("level", ""):
        typed = {**typed, "level": level}
    rule, colon, colors = typed.get("color_rule", "").partition(":")
    return {**typed, "color_rule": rule.strip(), "colors": colors.strip()} if colon else typed


def _table(ctx: Ctx, bom: EngineeringBom) -> LineTable:
    columns = (
        Typed("level", words=("lv", "lvl", "階", "阶", "層", "层", "階層", "阶层")),
        Typed("material", kinds=("material",), named=True),
        Typed("place", words=("place", "部位")),
        Typed("consumption", words=("usage", "單耗", "单耗", "用量")),
        Spread("sizes", "size", "consumption", across=_sizes, alike=size_key, hint="consumption", sum=False),
        Typed("uom", kinds=("unit",)),
        Typed("wastage_pct", kinds=("wastage",), words=("損耗率", "损耗率")),
        Typed("color_rule", kinds=("color",), words=("color rule", "colour rule", "顏色規則", "颜色规则")),
        Typed("source", words=("source", "來源", "来源")),
        Together(
            T("More"),
            (),
            behind=(
                Nested(Field("colors", T("Which colour"), max_length=400), _colors),
                Nested(Field("breaks", T("Wastage from a quantity on"), max_length=200), _breaks),
                Typed("fixed_loss", words=("固定損耗", "固定损耗")),
                Typed("per_pieces", words=("用量件數", "用量件数")),
                Typed("size_rule"),
                Typed("dest_rule"),
                Typed("stage", words=("stage", "階段", "阶段")),
                Typed("optional"),
            ),
            folded=T("More"),
        ),
    )
    cost = (Shown("cost", T("Cost per piece"), numeric=True),) if sees_cost(ctx) else ()
    return LineTable(
        TREE,
        (*columns[:2], *cost, *columns[2:]),
        _rows,
        starts={"level": "1"},
        spare=3,
        cards=True,
        settle=_settle,
        help=T(
            "A row one level deeper belongs to the row above it: what that material is made of, for one of its stock units. "
            "Alt+Right and Alt+Left move a row with all below it a level down or up. A made material without rows below "
            "it keeps the BOM it has. Wastage from a quantity on: 500=6 2000=4. Which colour: a code, or a table such as "
            "NVY=BLK WHT=IVO."
        ),
    )


class BomView(TableView):
    """Versions of BOMs."""

    document_template = "engineering/bom.html"
    tables = {"tree": ActionTable(_table, template="engineering/tree.html")}

    def document_values(self, context: Ctx, row: EngineeringBom) -> dict[str, Any]:
        """The whole tree, with costs for those who may see them."""
        tree = tree_of(context, row)
        return {"tree": tree, "alternatives": alternatives(context, {n.component.material_id for n in tree.nodes}),
                "sees_cost": sees_cost(context), "money_text": money_text,
                "sources": dict(SOURCES), "color_rules": dict(TREE_COLORS.options(context))}  # fmt: skip

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new version goes straight on to its tree."""
        return self.url_for_row(row, "/tree" if is_new else "")
