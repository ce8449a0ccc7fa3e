"""Fixed words of the plugin."""

from __future__ import annotations

from core.api import EntityName, State, T, Text

CUSTOMER_ORDER = EntityName("orders.order")
PURCHASE_ORDER = EntityName("purchasing.order")
CONTEXT = EntityName("fulfilment.context")

REFERENCES: tuple[tuple[str, Text], ...] = (
    ("required", T("Required: nothing leaves without a purchase line")),
    ("optional", T("Optional: from stock too")),
)
SHIPPING: tuple[tuple[str, Text], ...] = (
    ("own", T("Own warehouse")),
    ("vendor", T("Direct from the vendor")),
)

SHEET = EntityName("fulfilment.sheet")
RETURN = EntityName("fulfilment.return")
SETTLEMENT = EntityName("fulfilment.settlement")

PLACES: tuple[tuple[str, Text], ...] = (
    ("ours", T("In our store")),
    ("vendor", T("At the vendor's")),
    ("customer", T("Reported by the customer")),
)
SHEET_STATES = (
    State("draft", T("Draft")),
    State("posted", T("Posted"), "info"),
    State("finalised", T("Finalised"), "good"),
    State("reversed", T("Reversed"), "bad", closed=True),
    State("cancelled", T("Cancelled"), "bad", closed=True),
)
BEARERS: tuple[tuple[str, Text], ...] = (
    ("seller", T("We: credit or replacement")),
    ("buyer", T("The customer: what he owes is unchanged")),
    ("vendor", T("The vendor: debit note to him")),
    ("carrier", T("The carrier: claim against him")),
)
REMEDIES: tuple[tuple[str, Text], ...] = (
    ("replacement", T("Replacement")),
    ("credit", T("Credit")),
    ("none", T("Nothing")),
)
FATES: tuple[tuple[str, Text], ...] = (
    ("restock", T("Into stock")),
    ("scrap", T("Scrapped")),
    ("vendor", T("Back to the vendor")),
)
SOURCES: tuple[tuple[str, Text], ...] = (
    ("customer", T("From the customer")),
    ("store", T("From our store: not sent yet")),
)
SETTLEMENTS: tuple[tuple[str, Text], ...] = (
    ("credit", T("Credit")),
    ("agreement", T("Agreement")),
    ("substitution", T("Substitution")),
)
