"""Words of shipments."""

from __future__ import annotations

from core.api import EntityName, State, T, Text

CUSTOMER_ORDER = EntityName("orders.order")
SHIPMENT = EntityName("shipping.shipment")

SHIPMENT_STATES = (
    State("draft", T("Draft")),
    State("confirmed", T("Confirmed"), "info"),
    State("shipped", T("Shipped"), "good"),
    State("closed", T("Closed"), "done", closed=True),
    State("reversed", T("Reversed"), "bad", closed=True),
    State("cancelled", T("Cancelled"), "bad", closed=True),
)
GONE = ("shipped", "closed")
"""States in which its pieces are with the customer."""
MODES: dict[str, Text] = {
    "sea": T("Sea"),
    "air": T("Air"),
    "truck": T("Truck"),
    "rail": T("Rail"),
    "courier": T("Courier"),
}
