"""Kinds of stock documents, their numbers, and the reasons an administrator keeps."""

from __future__ import annotations

from dataclasses import dataclass

from core import ledger
from core.api import ListSpec, State, T, Text
from plugins.stock.words.shared import POSTED_STATES

COUNT, TRANSFER, RESERVE, RELEASE, SURPLUS, RETURN = (
    "count", "transfer", "reserve", "release", "surplus", "customer_return",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of stock document: its words, number series, and which header fields it has beyond day and store."""

    code: str
    label: Text
    plural: Text
    series: str
    pattern: str
    fields: tuple[str, ...] = ()
    garments: bool = True
    materials: bool = True


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(COUNT, T("Stock count"), T("Stock counts"), "stock_count", "CO-{YYYY}-{0000}", ("cause",)),
        Kind(TRANSFER, T("Transfer between stores"), T("Transfers between stores"), "stock_transfer",
             "TR-{YYYY}-{0000}", ("target_store",)),
        Kind(RESERVE, T("Reservation"), T("Reservations"), "stock_reserve", "RV-{YYYY}-{0000}",
             ("owner", "kept_until")),
        Kind(RELEASE, T("Release of a reservation"), T("Releases of reservations"), "stock_release", "RL-{YYYY}-{0000}",
             ("owner", "cause")),
        Kind(SURPLUS, T("Surplus to free stock"), T("Surplus to free stock"), "stock_surplus", "SP-{YYYY}-{0000}",
             ("owner",)),
        Kind(RETURN, T("Customer return"), T("Customer returns"), "customer_return", "CR-{YYYY}-{0000}",
             ("owner", "cause", "settlement", "quality"), materials=False),
    )
}  # fmt: skip
OWNED = (RESERVE, RELEASE, SURPLUS, RETURN)
"""Kinds about stock of one document: kept for it, or come back from where it went."""

QUALITIES: tuple[tuple[str, Text], ...] = (
    ("good", T("To free stock")),
    ("rejected", T("To rejected goods")),
)
EXPIRED = "expired"
STATES = (*POSTED_STATES, State(EXPIRED, T("Expired"), closed=True))
"""A reservation whose last day is over is expired, whether something of it was left or not."""
REPLACEMENT, CREDIT = "replacement", "credit"
SETTLEMENTS: tuple[tuple[str, Text], ...] = ((REPLACEMENT, T("Replacement")), (CREDIT, T("Credit")))
"""What a customer gets for what came back. Pieces to be replaced are open again, those paid back are not."""

COUNT_CAUSES, RELEASE_CAUSES, RETURN_CAUSES = (
    "stock.count_reasons",
    "stock.release_reasons",
    "stock.return_reasons",
)
CAUSE_LISTS = {COUNT: COUNT_CAUSES, RELEASE: RELEASE_CAUSES, RETURN: RETURN_CAUSES}
LISTS = (
    ListSpec(
        COUNT_CAUSES,
        T("Reasons for stock count differences"),
        (
            ("miscounted", "Counted wrongly before", "先前點錯", "先前点错"),
            ("damaged", "Damaged", "毀損", "毁损"),
            ("lost", "Lost", "遺失", "遗失"),
            ("found", "Found", "尋獲", "寻获"),
            ("measured", "Measured anew", "重新丈量", "重新丈量"),
            ("opening", "Opening stock", "期初庫存", "期初库存"),
        ),
    ),
    ListSpec(
        RELEASE_CAUSES,
        T("Reasons for releasing reservations"),
        (
            ("cancelled", "The order was cancelled or cut", "訂單取消或減量", "订单取消或减量"),
            ("expired", "The reservation expired", "保留逾期", "预留逾期"),
            ("priority", "Another order goes first", "其他訂單優先", "其他订单优先"),
        ),
    ),
    ListSpec(
        RETURN_CAUSES,
        T("Reasons for customer returns"),
        (
            ("defect", "Defects", "瑕疵", "疵点"),
            ("measure", "Measurements out of tolerance", "尺寸超差", "尺寸超差"),
            ("shade", "Off shade", "色差", "色差"),
            ("wrong", "Wrong article or size", "款式或尺碼錯誤", "款式或尺码错误"),
            ("late", "Too late", "逾期交貨", "逾期交货"),
            ("unsold", "Unsold goods taken back", "退回未售貨", "退回未售货"),
        ),
    ),
)
RETURN_MOVEMENTS = (ledger.MovementKind("customer_return", T("Customer return")),)
