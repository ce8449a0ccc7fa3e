"""Fixed words of proforma invoices: states, shipment modes, and the fields of the dialog."""

from __future__ import annotations

from datetime import timedelta

from core.api import Ctx, EntityName, Field, PayloadTable, State, T, Text
from plugins.catalog.api import SUPPLIER_PRICES

PURCHASE_ORDER = EntityName("purchasing.order")

STATES = (
    State("current", T("Current"), "good"),
    State("superseded", T("Superseded"), "neutral", closed=True),
)
MODES: tuple[tuple[str, Text | str], ...] = (
    ("", "–"), ("sea", T("Sea")), ("air", T("Air")), ("truck", T("Truck")), ("rail", T("Rail")), ("courier", T("Courier")),
)  # fmt: skip
ALLOWED: tuple[tuple[str, Text | str], ...] = (("", "–"), ("yes", T("Allowed")), ("no", T("Not allowed")))
VALID_DAYS = 14


def _valid(ctx: Ctx) -> object:
    return ctx.today() + timedelta(days=int(ctx.setting("proforma.valid_days", VALID_DAYS)))


HEADER: tuple[Field, ...] = (
    Field("number", T("PI number"), max_length=40, help=T("Empty: the next number of the series.")),
    Field("pi_date", T("Date"), "date", required=True, default=lambda ctx: ctx.today()),
    Field("valid_until", T("Valid until"), "date", default=_valid),
    Field("ship_date", T("Ship date"), "date"),
    Field("ship_days", T("Or days after the deposit"), "int", min=1, max=999),
    Field("incoterm", T("Trade terms and place"), max_length=120),
    Field("loading", T("Port of loading"), max_length=120),
    Field("discharge", T("Port of discharge"), max_length=120),
    Field("origin", T("Country of origin"), max_length=120),
    Field("mode", T("Shipped by"), "choice", choices=MODES),
    Field("partial", T("Partial shipment"), "choice", choices=ALLOWED),
    Field("transhipment", T("Transhipment"), "choice", choices=ALLOWED),
    Field("tolerance_pct", T("Tolerance ±"), "pct", min=0, max=100, places=2, suffix="%"),
    Field("freight", T("Freight"), "money", min=0, sees=SUPPLIER_PRICES),
    Field("insurance", T("Insurance"), "money", min=0, sees=SUPPLIER_PRICES),
    Field("packages", T("Rolls or cartons"), "int", min=0),
    Field("net_kg", T("Net weight"), "qty", min=0, places=3, suffix="kg"),
    Field("gross_kg", T("Gross weight"), "qty", min=0, places=3, suffix="kg"),
    Field("cbm", T("Volume"), "qty", min=0, places=3, suffix="m³"),
    Field("bank", T("Bank of the seller"), "long", wide=True, max_length=1000,
          help=T("Bank, SWIFT code, account.")),
    Field("charges", T("Bank charges borne by"), max_length=120),
    Field("notify", T("Notify party"), "long", wide=True, max_length=500),
    Field("remarks", T("Remarks"), "long", wide=True, max_length=2000),
)  # fmt: skip
"""What the dialog asks for beside the lines."""

TABLE = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line"), "int", required=True, min=1, help=T("The number of the order's line.")),
        Field("qty", T("PI quantity"), "qty", min=0, help=T("0 leaves the line out.")),
        Field("price_note", T("Note on the price"), max_length=400),
        Field("hs", T("HS code"), max_length=20),
    ),
    key="line",
    help=T("Lines that are not named keep the order's quantity."),
)
