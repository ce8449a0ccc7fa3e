"""Words of stock: choices, kinds, states. Import them from here."""

from plugins.stock.words.documents import (
    CAUSE_LISTS,
    COUNT,
    COUNT_CAUSES,
    KINDS,
    LISTS,
    OWNED,
    QUALITIES,
    RELEASE,
    RELEASE_CAUSES,
    RESERVE,
    RETURN,
    RETURN_CAUSES,
    RETURN_MOVEMENTS,
    SURPLUS,
    TRANSFER,
    Kind,
)
from plugins.stock.words.shared import MOVEMENTS, PLACES, POSTED_STATES, register

__all__ = [
    "CAUSE_LISTS",
    "COUNT",
    "COUNT_CAUSES",
    "KINDS",
    "LISTS",
    "MOVEMENTS",
    "OWNED",
    "PLACES",
    "POSTED_STATES",
    "QUALITIES",
    "RELEASE",
    "RELEASE_CAUSES",
    "RESERVE",
    "RETURN",
    "RETURN_CAUSES",
    "RETURN_MOVEMENTS",
    "SURPLUS",
    "TRANSFER",
    "Kind",
    "register",
]
