"""Settings of a tenant about the material need of factory orders."""

from __future__ import annotations

from core.api import Field, T

SETTINGS = (
    Field("overcut_pct", T("Over-cut"), "pct", default=0, min=0, max=50, places=2, suffix="%",
          help=T("Pieces cut above the order; they need material too.")),
    Field("yield_mode", T("Wastage is a share of what is cut"), "bool", default=False,
          help=T("On: net ÷ (1 − wastage). Off: net × (1 + wastage).")),
    Field("carton_material", T("Material code of export cartons"), default="CTN", max_length=40,
          help=T("Their need follows from the pieces per carton of each style, by destination. Empty: not counted.")),
)  # fmt: skip
