"""Fixed words of receiving: states, kinds of return, and the reasons an administrator keeps."""

from __future__ import annotations

from core.api import EntityName, ListSpec, State, T, Text

PURCHASE_ORDER = EntityName("purchasing.order")
RECEIPT = EntityName("receiving.receipt")
RETURN = EntityName("receiving.return")
STORE = EntityName("stock.store")

RECEIPT_STATES = (
    State("draft", T("Draft"), "neutral"),
    State("posted", T("Posted"), "good"),
    State("reversed", T("Reversed"), "bad", closed=True),
)
RETURN_KINDS: tuple[tuple[str, Text], ...] = (("replacement", T("Replacement")), ("credit", T("Credit")))
SOURCES: tuple[tuple[str, Text], ...] = (("stock", T("From stock")), ("rejected", T("From rejected goods")))
REASONS = "receiving.return_reasons"
LISTS = (
    ListSpec(
        REASONS,
        T("Reasons for rejecting and returning material"),
        (
            ("shade", "Off shade", "色差", "色差"),
            ("defect", "Defects", "瑕疵", "疵点"),
            ("width", "Wrong width or weight", "幅寬或克重不符", "门幅或克重不符"),
            ("wrong", "Wrong article", "送錯貨", "送错货"),
            ("surplus", "Surplus", "多送", "多送"),
            ("late", "Too late", "逾期交貨", "逾期交货"),
        ),
    ),
)
