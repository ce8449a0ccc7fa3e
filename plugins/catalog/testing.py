"""Master data for tests, of this plugin's and others': each function gives what is there under the code, or makes it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from core.api import Ctx
from core.base_api import Currency, ExchangeRate
from core.db import flush_rows
from plugins.catalog.models import (
    Color,
    Destination,
    GoodsPrice,
    Material,
    Partner,
    Size,
    SizeRun,
    Style,
    StyleColor,
)

Row = TypeVar("Row", Color, Destination, Material, Partner, SizeRun, Style)
RATES = {"USD": "32", "CNY": "4.40"}
"""What a unit costs in the currency of the books."""


def make_color(ctx: Ctx, code: str = "NVY") -> Color:
    """A colour."""
    return _there(ctx, Color, code) or _kept(ctx, Color(code=code, name=code.title()))


def make_destination(ctx: Ctx, code: str = "US-LAX") -> Destination:
    """A place that goods are shipped to."""
    return _there(ctx, Destination, code) or _kept(ctx, Destination(code=code, name=code))


def make_partner(
    ctx: Ctx, code: str = "C1", *, customer: bool = False, factory: bool = False, supplier: bool = False,
    currency: str = "USD",
) -> Partner:  # fmt: skip
    """A partner with these parts, whose currency is known with a rate; one that is there gets the parts that it lacks."""
    _currency(ctx, currency)
    found: Partner = _there(ctx, Partner, code) or _kept(
        ctx, Partner(code=code, name=f"Partner {code}", currency=currency)
    )
    found.is_customer = bool(found.is_customer or customer)
    found.is_factory = bool(found.is_factory or factory)
    found.is_supplier = bool(found.is_supplier or supplier)
    flush_rows(ctx.session)
    return found


def make_style(
    ctx: Ctx, code: str = "ST-1", colors: tuple[str, ...] = ("NVY", "WHT"), sizes: str = "SML"
) -> Style:
    """A style in these colours; one that is there gets those it lacks. ``sizes`` are the letters of its run."""
    style = _there(ctx, Style, code)
    if style is None:
        run = _there(ctx, SizeRun, sizes) or _kept(
            ctx,
            SizeRun(code=sizes, name=sizes, sizes=[Size(code=c, position=i) for i, c in enumerate(sizes)]),
        )
        style = _kept(
            ctx, Style(code=code, name=f"Style {code}", size_run_id=run.id, size_run=run, unit="pcs")
        )
    known = {each.color.code for each in style.colors}
    for name in colors:
        if name not in known:
            color = make_color(ctx, name)
            style.colors.append(StyleColor(color_id=color.id, color=color, position=len(style.colors)))
    flush_rows(ctx.session)
    return style


def make_material(ctx: Ctx, code: str = "FAB", **more: Any) -> Material:
    """A main material in yards; ``more`` are other columns (``stock_uom="pcs"``)."""
    if (there := _there(ctx, Material, code)) is not None:
        return there
    unit = more.setdefault("stock_uom", "yd")
    more = {"material_class": "main", "purchase_uom": unit, "factor": Decimal(1), **more}
    step = Decimal(1) if unit == "pcs" else Decimal("0.01")
    return _kept(ctx, Material(code=code, name=f"Material {code}", stock_step=step, **more))


def make_goods_price(
    ctx: Ctx, style: str, vendor: str, price: str, *, priority: int = 1, min_qty: int = 0, currency: str = "USD",
    lead_days: int = 30,
) -> GoodsPrice:  # fmt: skip
    """What a vendor asks for a finished piece from 2026 on; style and vendor are made where they are not there."""
    seller, made = make_partner(ctx, vendor, supplier=True, currency=currency), make_style(ctx, style)
    row = GoodsPrice(
        vendor_id=seller.id, vendor=seller, style_id=made.id, style=made, currency=currency, price=Decimal(price),
        min_qty=min_qty, priority=priority, lead_days=lead_days, valid_from=date(2026, 1, 1),
    )  # fmt: skip
    ctx.session.add(row)
    flush_rows(ctx.session)
    return row


def _currency(ctx: Ctx, code: str) -> None:
    if ctx.session.scalar(select(Currency.id).where(Currency.code == code)) is None:
        ctx.session.add(Currency(code=code, decimals=2))
    if ctx.session.scalar(select(ExchangeRate.id).where(ExchangeRate.currency == code).limit(1)) is None:
        rate = Decimal(RATES.get(code, "1"))
        ctx.session.add(ExchangeRate(currency=code, valid_from=date(2026, 1, 1), rate=rate))
    flush_rows(ctx.session)


def _there(ctx: Ctx, model: type[Row], code: str) -> Row | None:
    return ctx.session.scalars(select(model).where(model.code == code)).one_or_none()


def _kept(ctx: Ctx, row: Row) -> Row:
    ctx.session.add(row)
    flush_rows(ctx.session)
    return row
