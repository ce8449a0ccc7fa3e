"""The fixed choices of master data, and the fields that several entities share."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Ctx, EntityName, Field, T, Text
from core.money import active_currencies
from plugins.catalog.services import units

STYLE, MATERIAL = EntityName("catalog.style"), EntityName("catalog.material")

CUSTOMER_PRICES = "catalog.customer_prices"
"""Whoever has it sees what customers pay."""
FACTORY_PRICES = "catalog.factory_prices"
"""Whoever has it sees what factories are paid: prices, contract amounts, payments."""
SUPPLIER_PRICES = "catalog.supplier_prices"
"""Whoever has it sees what suppliers are paid."""
SEERS = ("merch", "purch", "prod", "fin", "mgr")
"""Roles that start with these: not those that count and look at goods."""
PRICE_RIGHTS = (
    (CUSTOMER_PRICES, T("See prices and amounts of customers"), ("orders.order.view",)),
    (FACTORY_PRICES, T("See prices, contract amounts and payments of factories"),
     ("outsourcing.order.view", "catalog.factory_price.view")),
    (SUPPLIER_PRICES, T("See prices and amounts of suppliers"), ("purchasing.order.view", "catalog.supplier_price.view")),
)  # fmt: skip
"""The rights, and those that went as far before these were told apart."""

MATERIAL_CLASSES = (("main", T("Main material")), ("trim", T("Trim")))
MODES = (("CMT", T("CMT (labour only)")), ("FOB", T("FOB (full package)")))
PROCESSES = (
    *MODES,
    ("cutting", T("Cutting")),
    ("sewing", T("Sewing")),
    ("printing", T("Screen printing")),
    ("embroidery", T("Embroidery")),
    ("washing", T("Washing")),
    ("packing", T("Packing")),
)
STAGES = (("cutting", T("Cutting")), ("sewing", T("Sewing")), ("packing", T("Packing")))
KINDS = (
    ("customer", T("Customer")),
    ("factory", T("Factory")),
    ("supplier", T("Supplier")),
    ("forwarder", T("Forwarder")),
)
ADDRESS_KINDS = (("office", T("Office")), ("ship_to", T("Ship to")), ("bill_to", T("Bill to")))
TRIGGERS = (
    ("contract_signed", T("Contract signed")),
    ("shipment", T("Shipment")),
    ("bl_date", T("Date of the bill of lading")),
    ("fg_accepted", T("Finished goods accepted")),
    ("month_end_of_receipt", T("End of the month of receipt")),
    ("before_delivery", T("Before delivery")),
)
WEEKDAYS = (
    ("0", T("Monday")),
    ("1", T("Tuesday")),
    ("2", T("Wednesday")),
    ("3", T("Thursday")),
    ("4", T("Friday")),
    ("5", T("Saturday")),
    ("6", T("Sunday")),
)
DAY_KINDS = (("off", T("Day off")), ("working", T("Working day")))


def currency_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    """The tenant's active currencies."""
    return [(code, code) for code in active_currencies(ctx)]


def unit_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    """All units of measure."""
    return units.choices(ctx)


CODE = Field("code", T("Code"), required=True, max_length=40)
NAMES = Field("names", T("Name in other languages"), "names", wide=True)
ACTIVE = Field(
    "active", T("Active"), "bool", default=True, help=T("Off: no longer offered; documents that use it stay.")
)
NOTES = Field("notes", T("Notes"), "long", wide=True, max_length=4000)
