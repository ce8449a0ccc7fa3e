"""A trade in plain values, put into the tables as it is, and the same as people would add it up by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from core.api import Ctx
from core.data.records import Currency, ExchangeRate
from core.testing.scenes import stage
from plugins.catalog.models import Color, Destination, Partner, Size, SizeRun, Style
from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.shipping.models import Shipment, ShipmentLine, ShipmentSize
from plugins.stock.services import stores

STYLES, COLORS, PORTS, CUSTOMERS, FACTORIES = (
    ("A", "B", "C"),
    ("NVY", "RED"),
    ("LAX", "HAM"),
    ("C1", "C2"),
    ("F1", "F2"),
)
RATES = {"TWD": Decimal(1), "USD": Decimal("31.5837"), "EUR": Decimal("34.0067")}
"""The company counts in TWD, which has no decimals here."""
RUNS = {"A": "ALPHA", "B": "ALPHA", "C": "BETA"}
"""M is a size of both runs: one group."""
MASTERS: tuple[Any, ...] = (Style, Color, Destination, Partner)


@dataclass(frozen=True)
class Line:
    """A line of a customer order, with what was bought, came and left of it, all in size M or L."""

    style: str
    color: str
    port: str
    size: str
    qty: int
    price: Decimal | None
    bought: int = 0
    released: int = 0
    cost: Decimal | None = None
    came: int = 0
    rejected: int = 0
    came_on: date = date(2026, 11, 1)
    left: int = 0


@dataclass(frozen=True)
class Sale:
    """A customer order; ``factory`` makes all of it in one factory order."""

    customer: str
    factory: str
    season: str
    day: date
    state: str
    currency: str
    paid_in: str
    lines: tuple[Line, ...]
    due: date = date(2026, 11, 10)


@stage
def masters(ctx: Ctx) -> Ctx:
    """Styles, colours, sizes, partners, rates."""
    add = ctx.session.add_all
    add(
        SizeRun(code=run, name=run, sizes=[Size(code=c, position=i) for i, c in enumerate("ML")])
        for run in ("ALPHA", "BETA")
    )
    ctx.session.flush()
    runs = {run.code: run.id for run in ctx.session.scalars(select(SizeRun))}
    add(Style(code=code, name=f"Style {code}", size_run_id=runs[RUNS[code]]) for code in STYLES)
    add(Color(code=code, name=code) for code in COLORS)
    add(Destination(code=code, name=code) for code in PORTS)
    add(Partner(code=code, name=code, is_customer=True) for code in CUSTOMERS)
    add(Partner(code=code, name=code, is_factory=True) for code in FACTORIES)
    known = set(ctx.session.scalars(select(Currency.code)))
    add(Currency(code=code, decimals=2, active=True) for code in RATES if code not in known)
    ctx.session.execute(update(Currency).where(Currency.code == "TWD").values(decimals=0))
    for code, rate in RATES.items():
        if code != "TWD":
            add([ExchangeRate(currency=code, valid_from=date(2020, 1, 1), rate=rate)])
    ctx.session.flush()
    return ctx


def put(ctx: Ctx, sales: tuple[Sale, ...], first: int = 0) -> None:
    """The rows of these sales, as the services would have left them, numbered from ``first``."""
    add = Adder(ctx)
    for n, sale in enumerate(sales, first):
        order = add(
            CustomerOrder, number=f"S-{n}", state=sale.state, customer_id=add.ids["Partner", sale.customer],
            currency=sale.currency, order_date=sale.day, season=sale.season, qty=sum(line.qty for line in sale.lines),
        )  # fmt: skip
        made = add(
            FactoryOrder, number=f"F-{n}", state="issued", factory_id=add.ids["Partner", sale.factory],
            currency=sale.paid_in, order_date=sale.day,
        )  # fmt: skip
        for i, line in enumerate(sale.lines):
            style, color, port = (
                add.ids["Style", line.style],
                add.ids["Color", line.color],
                add.ids["Destination", line.port],
            )
            size = add.ids["Size", f"{RUNS[line.style]} {line.size}"]
            own = add(OrderStyle, order_id=order, position=i, style_id=style)
            row = add(OrderLine, order_id=order, order_style_id=own, position=i, color_id=color, destination_id=port,
                      ship_date=sale.due, price=line.price, qty=line.qty)  # fmt: skip
            add(OrderSize, line_id=row, size_id=size, qty=line.qty)
            if line.bought:
                work = add(FactoryOrderLine, order_id=made, position=i, customer_order_id=order, order_style_id=own,
                           style_id=style, destination_id=port, ship_date=sale.due, qty=line.bought,
                           price=line.cost)  # fmt: skip
                add(FactoryOrderSize, line_id=work, order_line_id=row, color_id=color, size_id=size, qty=line.bought,
                    released=line.released)  # fmt: skip
                if line.came:
                    came = add(GoodsIn, number=f"G-{n}-{i}", state="posted", kind="goods_in", factory_order_id=made,
                               factory_id=add.ids["Partner", sale.factory], store_id=add.store, day=line.came_on)  # fmt: skip
                    part = add(GoodsInLine, goods_in_id=came, fo_line_id=work, color_id=color)
                    add(GoodsInSize, line_id=part, size_id=size, received=line.came, rejected=line.rejected)
            if line.left:
                gone = add(Shipment, number=f"H-{n}-{i}", state="shipped", customer_order_id=order, destination_id=port,
                           store_id=add.store, day=sale.due)  # fmt: skip
                part = add(ShipmentLine, shipment_id=gone, order_line_id=row, style_id=style, color_id=color)
                add(ShipmentSize, line_id=part, size_id=size, qty=line.left)


class Adder:
    """``add(Model, …)``: a new row, and its id; ``ids``: master data by model and code."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx = ctx
        self.ids: dict[tuple[str, str], int] = {
            (model.__name__, row.code): row.id
            for model in MASTERS
            for row in ctx.session.scalars(select(model))
        }
        runs = {run.id: run.code for run in ctx.session.scalars(select(SizeRun))}
        self.ids |= {
            ("Size", f"{runs[s.size_run_id]} {s.code}"): s.id for s in ctx.session.scalars(select(Size))
        }
        self.store = stores.default(ctx).id

    def __call__(self, model: Any, **values: Any) -> int:
        if hasattr(model, "created_at"):
            values.setdefault("created_at", self.ctx.now())
        row = model(**values)
        self.ctx.session.add(row)
        self.ctx.session.flush()
        return int(row.id)


@contextmanager
def forgotten(ctx: Ctx) -> Iterator[None]:
    """What is written inside is taken back."""
    point = ctx.session.begin_nested()
    try:
        yield
    finally:
        point.rollback()
        ctx.session.expire_all()
