"""Materials and price lists as entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.api import Ctx, EntityType, Field, Problem, T
from plugins.catalog.models import FactoryPrice, GoodsPrice, Material, SupplierPrice
from plugins.catalog.services import units
from plugins.catalog.services.codes import both, capitals, check_code
from plugins.catalog.services.conversion import unit_ratio
from plugins.catalog.words import (
    ACTIVE,
    CODE,
    FACTORY_PRICES,
    MATERIAL_CLASSES,
    NAMES,
    NOTES,
    PROCESSES,
    STAGES,
    SUPPLIER_PRICES,
    currency_choices,
    unit_choices,
)


def check_material(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Any]) -> list[Problem]:
    """Step and factor are more than zero; content has a unit; units that convert by themselves agree with the factor."""
    problems = []

    def value(name: str) -> Any:
        return data[name] if name in data else getattr(row, name, None)

    for name in ("stock_step", "factor"):
        if value(name) is not None and value(name) <= 0:
            problems.append(Problem(T("This must be more than zero."), name))
    if bool(value("content")) != bool(value("content_uom")):
        problems.append(Problem(T("Content and its unit belong together."), "content_uom"))
    source, target, factor = value("purchase_uom"), value("stock_uom"), value("factor")
    if source and source == target and factor and factor != 1:
        problems.append(Problem(T("One {unit} is one {unit}: the factor is 1.", unit=source), "factor"))
    elif source and target and factor and factor > 0:
        fixed = unit_ratio(source, target, gsm=None, width_in=None)
        if fixed is not None and abs(float(fixed) / float(factor) - 1) > 0.001:
            problems.append(
                Problem(T("One {source} is {factor} {target}.", source=source, target=target,
                          factor=f"{float(fixed):.6g}"), "factor")
            )  # fmt: skip
    return problems


def check_validity(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Any]) -> list[Problem]:
    """A price ends no earlier than it begins and is more than zero."""
    problems = []
    start, end = data.get("valid_from"), data.get("valid_to")
    if start and end and end < start:
        problems.append(Problem(T("This is before “valid from”."), "valid_to"))
    if data.get("price") is not None and data["price"] <= 0:
        problems.append(Problem(T("A price must be more than zero."), "price"))
    return problems


def fill_empty(ctx: Ctx, row: Any, is_new: bool) -> None:
    """What was left empty counts as nothing; the step is the usual one of the stock unit."""
    capitals(ctx, row, is_new)
    if not row.stock_step:
        row.stock_step = units.UNITS[row.stock_uom].step
    for name in ("moq", "multiple", "safety_stock"):
        if getattr(row, name) is None:
            setattr(row, name, Decimal(0))
    row.lead_days = row.lead_days or 0


def no_break(ctx: Ctx, row: Any, is_new: bool) -> None:
    """A price without a quantity break holds from the first unit on."""
    row.min_qty = row.min_qty or 0


def usual_vendor(ctx: Ctx, row: Any, is_new: bool) -> None:
    """What was left empty: from the first piece on, at once, before others."""
    no_break(ctx, row, is_new)
    row.lead_days, row.priority = row.lead_days or 0, row.priority or 1


def _price_fields(start: Sequence[Field], least: Field, per: Any, sees: str) -> tuple[Field, ...]:
    return (
        *start,
        Field("currency", T("Currency"), "choice", required=True, choices=currency_choices),
        Field("price", T("Price"), "price", required=True, min=0, help=per, sees=sees),
        least,
        Field("valid_from", T("Valid from"), "date", required=True, default=lambda ctx: ctx.today()),
        Field("valid_to", T("Valid to"), "date"),
    )


MATERIAL = EntityType(
    name="catalog.material", model=Material, label=T("Material"), plural=T("Materials"),
    fields=(
        CODE,
        Field("name", T("Name"), required=True, max_length=200),
        NAMES,
        Field("material_class", T("Class"), "choice", required=True, choices=MATERIAL_CLASSES, default="main"),
        Field("composition", T("Composition"), max_length=200),
        Field("stock_uom", T("Stock unit"), "choice", required=True, choices=unit_choices),
        Field("stock_step", T("Smallest quantity"), "qty", places=3, min=0,
              help=T("Step of the stock unit; empty: the usual one.")),
        Field("purchase_uom", T("Purchase unit"), "choice", required=True, choices=unit_choices),
        Field("factor", T("Stock units in a purchase unit"), "rate", required=True, min=0, max=50_000, default=Decimal(1)),
        Field("gsm", T("Fabric weight"), "qty", places=2, min=0, suffix="g/m²",
              help=T("With the width it converts between kg and m.")),
        Field("width_in", T("Width"), "qty", places=2, min=0, suffix="in", help=T("Open width.")),
        Field("content", T("Content of a stock unit"), "qty", min=0, help=T("e.g. 5000 m on a cone")),
        Field("content_uom", T("Unit of the content"), "choice", choices=unit_choices),
        Field("supplier", T("Supplier"), "ref", ref="catalog.partner", where={"is_supplier": True}),
        Field("moq", T("Minimum order"), "qty", min=0, default=Decimal(0), help=T("In purchase units.")),
        Field("multiple", T("Order multiple"), "qty", min=0, default=Decimal(0), help=T("In purchase units.")),
        Field("lead_days", T("Lead time"), "int", min=0, max=3650, default=0, suffix="d"),
        Field("safety_stock", T("Safety stock"), "qty", min=0, default=Decimal(0), help=T("In stock units.")),
        Field("by_color", T("Kept by colour"), "bool"),
        Field("by_size", T("Kept by size"), "bool"),
        Field("gate_stage", T("Needed for"), "choice", required=True, choices=STAGES, default="cutting"),
        NOTES,
        ACTIVE,
    ),
    columns=(
        "code", "name", "material_class", "stock_uom", "purchase_uom", "supplier", "moq", "multiple", "lead_days",
        "gate_stage", "active",
    ),
    filters=("material_class", "supplier", "gate_stage", "by_color", "by_size", "active"),
    search=("code", "name", "composition"), aliases=("name", "names"), twins=(("name",),), default_sort="code",
    validate=both(check_code(Material), check_material), before_save=fill_empty, edit_roles=("purch", "mgr"),
    deletable=True, delete_roles=("mgr",), menu=("catalog", 30), icon="material",
)  # fmt: skip

SUPPLIER_PRICE = EntityType(
    name="catalog.supplier_price", model=SupplierPrice, label=T("Supplier price"), plural=T("Supplier prices"),
    key="id", title="",
    fields=_price_fields(
        (
            Field("supplier", T("Supplier"), "ref", ref="catalog.partner", where={"is_supplier": True}, required=True),
            Field("material", T("Material"), "ref", ref="catalog.material", required=True),
        ),
        Field("min_qty", T("From quantity"), "qty", min=0, default=Decimal(0), help=T("In purchase units.")),
        T("Per purchase unit."),
        SUPPLIER_PRICES,
    ),
    columns=("material", "supplier", "currency", "price", "min_qty", "valid_from", "valid_to"),
    filters=("material", "supplier", "currency"), default_sort="material", validate=check_validity, before_save=no_break,
    edit_roles=("purch", "mgr"), deletable=True, delete_roles=("mgr",), menu=("catalog", 50), needs=(SUPPLIER_PRICES,),
)  # fmt: skip

FACTORY_PRICE = EntityType(
    name="catalog.factory_price", model=FactoryPrice, label=T("Factory price"), plural=T("Factory prices"),
    key="id", title="",
    fields=_price_fields(
        (
            Field("factory", T("Factory"), "ref", ref="catalog.partner", where={"is_factory": True}, required=True),
            Field("style", T("Style"), "ref", ref="catalog.style", required=True),
            Field("process", T("Process"), "choice", required=True, choices=PROCESSES, default="CMT"),
        ),
        Field("min_qty", T("From quantity"), "int", min=0, default=0, suffix="pcs"),
        T("Per piece."),
        FACTORY_PRICES,
    ),
    columns=("factory", "style", "process", "currency", "price", "min_qty", "valid_from", "valid_to"),
    filters=("factory", "style", "process", "currency"), default_sort="factory", validate=check_validity, before_save=no_break,
    edit_roles=("merch", "mgr"), deletable=True, delete_roles=("mgr",), menu=("catalog", 40), needs=(FACTORY_PRICES,),
)  # fmt: skip

GOODS_PRICE = EntityType(
    name="catalog.goods_price", model=GoodsPrice, label=T("Vendor price"), plural=T("Vendor prices of finished goods"),
    key="id", title="",
    fields=(
        *_price_fields(
            (
                Field("vendor", T("Vendor"), "ref", ref="catalog.partner", where={"is_supplier": True}, required=True),
                Field("style", T("Style"), "ref", ref="catalog.style", required=True),
            ),
            Field("min_qty", T("From quantity"), "int", min=0, default=0, suffix="pcs"),
            T("Per piece."),
            SUPPLIER_PRICES,
        ),
        Field("lead_days", T("Lead time"), "int", min=0, max=3650, default=0, suffix="d"),
        Field("priority", T("Priority"), "int", min=1, max=99, default=1, help=T("Of several vendors, 1 comes first.")),
    ),
    columns=(
        "style", "vendor", "priority", "currency", "price", "min_qty", "lead_days", "valid_from", "valid_to",
    ),
    filters=("style", "vendor", "currency"), default_sort="style", validate=check_validity, before_save=usual_vendor,
    edit_roles=("purch", "mgr"), deletable=True, delete_roles=("mgr",), menu=("catalog", 55), needs=(SUPPLIER_PRICES,),
)  # fmt: skip

MATERIALS = (MATERIAL, SUPPLIER_PRICE, FACTORY_PRICE, GOODS_PRICE)
