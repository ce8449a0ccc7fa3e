"""The consumption (BOM) of a style as the payload of the action "replace_bom"."""

from __future__ import annotations

from core.api import Field, PayloadTable, T
from plugins.catalog.words import STAGES, unit_choices

COLOR_RULES = (
    ("match", T("As the garment")),
    ("map", T("By table")),
    ("fixed", T("Always the same")),
    ("none", T("No colour")),
)
TRACK_RULES = (("none", T("No")), ("track", T("Yes")))

SIZES = PayloadTable(
    "sizes",
    T("Sizes"),
    (
        Field("size", T("Size"), required=True, max_length=20),
        Field("consumption", T("Consumption"), "qty", required=True, min=0),
    ),
)
COLORS = PayloadTable(
    "colors",
    T("Which colour"),
    (
        Field(
            "garment", T("Garment colour"), max_length=120, help=T("Empty: whatever colour the garment has.")
        ),
        Field("color", T("Colour"), "ref", ref="catalog.color", required=True),
    ),
)
BREAKS = PayloadTable(
    "breaks",
    T("Wastage from a quantity on"),
    (
        Field("from_qty", T("From quantity"), "qty", required=True, min=1),
        Field("pct", T("Wastage %"), "pct", required=True, min=0),
    ),
)
TABLE = PayloadTable(
    "lines",
    T("Consumption (BOM)"),
    (
        Field("material", T("Material"), "ref", ref="catalog.material", required=True),
        Field("place", T("Part of the garment"), max_length=80),
        Field("uom", T("Unit"), "choice", choices=unit_choices, help=T("Empty: the stock unit.")),
        Field("wastage_pct", T("Wastage %"), "pct", min=0),
        Field("consumption", T("All sizes"), "qty", min=0, help=T("A size of its own goes before it.")),
        Field(
            "per_pieces",
            T("Per pieces"),
            "pieces",
            min=1,
            max=10_000,
            help=T("12 where the figures are for a dozen. Empty: for one piece."),
        ),
        Field(
            "color_rule",
            T("Colour of the material"),
            "choice",
            choices=COLOR_RULES,
            help=T("Empty: as the garment where the material is kept by colour."),
        ),
        Field("size_rule", T("Per size"), "choice", choices=TRACK_RULES),
        Field("dest_rule", T("Per destination"), "choice", choices=TRACK_RULES),
        Field("fixed_loss", T("Fixed loss"), "qty", min=0),
        Field("stage", T("Needed for"), "choice", choices=STAGES),
        Field("optional", T("optional"), "bool"),
    ),
    tables=(SIZES, COLORS, BREAKS),
)
