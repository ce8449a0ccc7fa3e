"""Words and lists of issues and goods in."""

from __future__ import annotations

from core.api import EntityName, ListSpec, T, Text

COLOR = EntityName("catalog.color")
DESTINATION = EntityName("catalog.destination")
MATERIAL = EntityName("catalog.material")
GOODS_IN = EntityName("factory_stock.goods_in")
ISSUE = EntityName("factory_stock.issue")
FACTORY_ORDER = EntityName("outsourcing.order")
STORE = EntityName("stock.store")

ISSUE_KINDS: dict[str, Text] = {
    "issue": T("Issue to the factory"),
    "return": T("Return from the factory"),
    "write_off": T("Write-off at the factory"),
    "count": T("Count at the factory"),
}
SLIPS: dict[str, Text] = {
    "issue": T("Issue slip"),
    "return": T("Slip of the return"),
    "write_off": T("Write-off slip"),
    "count": T("Count slip"),
}
"""What the printed document of each kind is called."""
GOODS_KINDS: dict[str, Text] = {
    "goods_in": T("Goods in"),
    "rework": T("Back to the factory for rework"),
    "seconds": T("Kept as seconds"),
}
PAYERS: dict[str, Text] = {
    "us": T("We"),
    "factory": T("Factory"),
    "supplier": T("Supplier"),
    "customer": T("Customer"),
}
EXTRA_REASONS = "factory_stock.extra_reason"
LISTS = (
    ListSpec(
        EXTRA_REASONS,
        T("Reasons for supplementary issues and write-offs"),
        (
            ("cutting_loss", "Cutting loss", "裁剪損耗", "裁剪损耗"),
            ("defect", "Defective material", "材料不良", "材料不良"),
            ("lost", "Lost", "遺失", "遗失"),
            ("over_cut", "Over-cut", "多裁", "多裁"),
        ),
    ),
)
