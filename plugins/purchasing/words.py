"""Fixed words of the plugin: states, availability, and the lists an administrator keeps."""

from __future__ import annotations

from core.api import EntityName, ListSpec, State, T, Text
from plugins.catalog.api import MATERIAL_CLASSES

PURCHASE_ORDER = EntityName("purchasing.order")
GOODS = "goods"
"""The class of orders for finished goods."""
CLASSES = (*MATERIAL_CLASSES, (GOODS, T("Finished goods")))

ORDER_STATES = (
    State("draft", T("Draft"), "neutral"),
    State("issued", T("Issued"), "info"),
    State("closed", T("Closed"), "done", closed=True),
    State("cancelled", T("Cancelled"), "bad", closed=True),
)
PROGRESS: dict[str, tuple[Text, str]] = {
    "draft": (T("Draft"), "neutral"),
    "issued": (T("Issued"), "info"),
    "partly": (T("Partly received"), "warn"),
    "received": (T("Received"), "good"),
    "closed": (T("Closed"), "done"),
    "cancelled": (T("Cancelled"), "bad"),
}
"""State of an order as people see it: partly received and received follow from the receipts."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DATELESS = ("unknown", "local")
"""Availabilities that say no day: the required date counts."""
AVAILABILITY: tuple[tuple[str, Text], ...] = (
    ("unknown", T("Unknown")),
    ("never", T("Never")),
    ("local", T("Local")),
    ("jan", T("January")),
    ("feb", T("February")),
    ("mar", T("March")),
    ("apr", T("April")),
    ("may", T("May")),
    ("jun", T("June")),
    ("jul", T("July")),
    ("aug", T("August")),
    ("sep", T("September")),
    ("oct", T("October")),
    ("nov", T("November")),
    ("dec", T("December")),
)
REPRICE: tuple[tuple[str, Text], ...] = (
    ("new", T("Receipts from now on")),
    ("all", T("All receipts, posted ones too")),
)
NOTES = "purchasing.notes"
LISTS = (
    ListSpec(
        NOTES, T("Notes on purchase orders"),
        (
            ("bulk_lot", "Ship only after written approval of the bulk lot",
             "大貨頭缸核可後始得出貨", "大货头缸核可后方可出货"),
            ("no_partial", "Partial delivery not allowed without consent", "未經同意不得分批交貨", "未经同意不得分批交货"),
            ("packing_list", "The packing list shows roll no., lot no., net kg and length",
             "裝箱單須列匹號、缸號、淨重及長度", "装箱单须列匹号、缸号、净重及长度"),
        ),
    ),
)  # fmt: skip
