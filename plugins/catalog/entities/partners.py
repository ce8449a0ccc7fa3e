"""Partners, payment terms, destinations as entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.api import ChildTable, Column, Ctx, EntityType, Field, Filter, Problem, T, Text
from plugins.catalog.models import (
    Destination,
    Partner,
    PartnerAddress,
    PartnerContact,
    PaymentTerm,
    PaymentTermLine,
)
from plugins.catalog.services.codes import both, capitals, check_code
from plugins.catalog.words import (
    ACTIVE,
    ADDRESS_KINDS,
    CODE,
    KINDS,
    MATERIAL_CLASSES,
    MODES,
    NAMES,
    NOTES,
    TRIGGERS,
    currency_choices,
)


def _kind_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return list(KINDS)


def _of_kind(ctx: Ctx, found: Any, value: str) -> Any:
    if value not in dict(KINDS):
        return found.where(False)
    return found.where(getattr(Partner, f"is_{value}"))


def kinds_of(ctx: Ctx, rows: Sequence[Partner]) -> dict[int, str]:
    """What each partner is to us, in words."""
    return {r.id: ", ".join(str(label) for kind, label in KINDS if getattr(r, f"is_{kind}")) for r in rows}


def check_partner(
    ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Problem]:
    """A partner is at least one of customer, factory, supplier, forwarder; a country is two letters."""
    problems = []
    kinds = [data.get(f"is_{k}", getattr(row, f"is_{k}", False)) for k, _ in KINDS]
    if not any(kinds):
        problems.append(
            Problem(T("Choose at least one: customer, factory, supplier or forwarder."), "is_customer")
        )
    if data.get("country") and not (len(data["country"]) == 2 and data["country"].isalpha()):
        problems.append(Problem(T("A country is two letters, e.g. TW."), "country"))
    for i, line in enumerate(children.get("contacts", ())):
        if line.get("email") and "@" not in line["email"]:
            problems.append(Problem(T("This is not an e-mail address."), f"contacts-{i}-email"))
    return problems


def check_terms(
    ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Problem]:
    """The instalments of payment terms add up to 100 %; each is more than nothing."""
    lines = children.get("lines")
    if lines is None and row is not None:
        return []
    problems = [
        Problem(T("A share must be more than zero."), f"lines-{i}-pct")
        for i, line in enumerate(lines or ())
        if line.get("pct") is None or line["pct"] <= 0
    ]
    total = sum((line.get("pct") or Decimal(0) for line in lines or ()), Decimal(0))
    if total != 100:
        problems.append(Problem(T("The shares add up to {total} %, not 100 %.", total=f"{total:f}"), "lines"))
    return problems


def _upper(ctx: Ctx, row: Any, is_new: bool) -> None:
    capitals(ctx, row, is_new)
    row.country = (row.country or "").upper()


PARTNER = EntityType(
    name="catalog.partner", model=Partner, label=T("Partner"), plural=T("Partners"),
    fields=(
        CODE,
        Field("name", T("Name"), required=True, max_length=200),
        NAMES,
        Field("is_customer", T("Customer"), "bool"),
        Field("is_factory", T("Factory"), "bool"),
        Field("is_supplier", T("Supplier"), "bool"),
        Field("is_forwarder", T("Forwarder"), "bool"),
        Field("country", T("Country"), max_length=2, help=T("Two letters, e.g. TW.")),
        Field("currency", T("Currency"), "choice", choices=currency_choices),
        Field("incoterm", T("Incoterm"), max_length=40, help=T("e.g. FOB Shenzhen")),
        Field("terms", T("Payment terms"), "ref", ref="catalog.payment_term"),
        Field("tax_id", T("Tax ID"), max_length=40),
        Field("representative", T("Legal representative"), max_length=120),
        Field("bank", T("Bank account"), "long", wide=True, max_length=1000,
              help=T("As it is printed on contracts: bank, account holder, account number, SWIFT.")),
        Field("material_class", T("Supplies"), "choice", choices=MATERIAL_CLASSES, help=T("For suppliers.")),
        Field("mode", T("Way of working"), "choice", choices=MODES, help=T("For factories.")),
        Field("capacity_pcs_per_day", T("Capacity a day"), "int", min=0, suffix="pcs", help=T("For factories.")),
        Field("calendar", T("Working calendar"), "ref", ref="catalog.calendar",
              help=T("The working days it follows. Empty: the company's.")),
        Field("ship_tol_pct", T("Shipment tolerance"), "pct", min=0, max=100, places=2, suffix="%",
              help=T("How much more or less this customer accepts.")),
        NOTES,
        ACTIVE,
    ),
    children=(
        ChildTable(
            "addresses", T("Addresses"), PartnerAddress,
            (
                Field("kind", T("Kind"), "choice", required=True, choices=ADDRESS_KINDS, default="office"),
                Field("address", T("Address"), required=True, max_length=400, wide=True),
                Field("phone", T("Telephone"), max_length=60),
            ),
            help=T("Contracts print the first office address."),
        ),
        ChildTable(
            "contacts", T("Contacts"), PartnerContact,
            (
                Field("name", T("Contact person"), required=True, max_length=120),
                Field("role", T("Job title"), max_length=80),
                Field("email", T("E-mail"), "email", max_length=255),
                Field("phone", T("Telephone"), max_length=60),
            ),
        ),
    ),
    columns=(
        "code", "name", Column("kinds", T("Kind"), load=kinds_of, sort=False), "country", "currency", "terms",
        "incoterm", "active",
    ),
    filters=(Filter("kind", T("Kind"), _kind_choices, _of_kind), "country", "currency", "terms", "active"),
    search=("code", "name", "tax_id"), twins=(("name",), ("tax_id",)), default_sort="code",
    validate=both(check_code(Partner), check_partner),
    before_save=_upper, edit_roles=("merch", "purch", "fin", "mgr"), deletable=True,
    delete_roles=("mgr",), menu=("catalog", 10), icon="partner",
)  # fmt: skip

PAYMENT_TERM = EntityType(
    name="catalog.payment_term", model=PaymentTerm, label=T("Payment terms"), plural=T("Payment terms"),
    fields=(CODE, Field("name", T("Name"), required=True, max_length=200, wide=True), NAMES, ACTIVE),
    children=(
        ChildTable(
            "lines", T("Instalments"), PaymentTermLine,
            (
                Field("pct", T("Share"), "pct", required=True, places=2, min=0, max=100, suffix="%"),
                Field("trigger", T("Falls due after"), "choice", required=True, choices=TRIGGERS),
                Field("days", T("Days"), "int", required=True, min=0, max=3650, default=0),
            ),
            help=T("The shares add up to 100 %."),
        ),
    ),
    columns=("code", "name", "active"), filters=("active",), search=("code", "name"), default_sort="code",
    validate=both(check_code(PaymentTerm), check_terms), before_save=capitals, edit_roles=("fin", "mgr"),
    deletable=True, delete_roles=("mgr",), menu=("catalog", 90),
)  # fmt: skip

DESTINATION = EntityType(
    name="catalog.destination", model=Destination, label=T("Destination"), plural=T("Destinations"),
    fields=(
        CODE,
        Field("name", T("Port or place"), required=True, max_length=120),
        Field("country", T("Country"), max_length=2, help=T("Two letters, e.g. TW.")),
        ACTIVE,
    ),
    columns=("code", "name", "country", "active"), filters=("country", "active"), search=("code", "name"),
    aliases=("name",), default_sort="code", validate=check_code(Destination), before_save=_upper, edit_roles=("merch", "mgr"),
    deletable=True, delete_roles=("mgr",), menu=("catalog", 80),
)  # fmt: skip

PARTNERS = (PAYMENT_TERM, DESTINATION, PARTNER)
