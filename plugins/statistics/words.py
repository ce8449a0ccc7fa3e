"""Names of figures, of what they may be grouped by, and of the rights."""

from __future__ import annotations

from core.api import EntityName, T

ORDER = EntityName("orders.order")
VIEW = "statistics.view"

SOLD, BOUGHT, SHIPPED, ACCEPTED, SETTLED = "sold", "bought", "shipped", "accepted", "settled"
FIGURES = {
    SOLD: T("Sold"),
    BOUGHT: T("Pieces bought"),
    SHIPPED: T("Shipped"),
    ACCEPTED: T("Accepted"),
    SETTLED: T("Settled"),
}
"""What documents tell of goods: ordered by customers, ordered from vendors, gone to customers, accepted from vendors; ordered
by customers and closed without goods."""

GROUPS = {
    "style": T("Style"),
    "color": T("Colour"),
    "size": T("Size"),
    "customer": T("Customer"),
    "vendor": T("Vendor"),
    "destination": T("Destination"),
    "season": T("Season"),
    "month": T("Month"),
}
"""What figures may be grouped by."""

VIEWS = {
    "sellers": T("Top sellers"),
    "profit": T("Most profitable"),
    "bought": T("Most bought"),
    "stale": T("Bought and not sold"),
    "balance": T("Largest balances"),
    "customers": T("Customers"),
    "vendors": T("Vendors"),
}
"""The views, in the order of their tabs."""

GROUPED = {
    "sellers": ("style", "color", "size", "customer", "destination", "season", "month"),
    "profit": ("style", "color", "size", "customer", "destination", "season", "month"),
    "bought": ("style", "color", "size", "vendor", "customer", "destination", "season", "month"),
    "stale": ("style", "color", "size", "season"),
    "balance": (),
    "customers": ("customer",),
    "vendors": ("vendor",),
}
"""What each view may be grouped by; the first unless somebody chooses."""
