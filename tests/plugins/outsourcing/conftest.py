"""Two factories, a customer with confirmed orders, and a stand-in for a plugin that records goods-in."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, hookimpl, run_action
from core.data.records import ExchangeRate
from core.entities import crud
from core.entities.recording import flush_rows
from core.kernel import enablement
from core.kernel.hub import Hub
from core.testing.scenes import stage
from plugins.catalog.models import (
    Color,
    Destination,
    FactoryPrice,
    Partner,
    PaymentTerm,
    PaymentTermLine,
    Size,
    SizeRun,
    Style,
    StyleColor,
)
from plugins.orders.models import CustomerOrder
from plugins.orders.services import lines as order_lines
from plugins.orders.services.inputs import LineInput
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import rows

ENTITY = "outsourcing.order"
SHIP = date(2026, 12, 18)


def do(ctx: Ctx, row: Any, action: str, **given: Any) -> Any:
    """Carry out an action the way screens, jobs and the command line do."""
    return run_action(ctx, ctx.registry.entity_for(row), row, action, given)


def picked(order: str, style: str = "", destination: str = "") -> list[dict[str, Any]]:
    """What goes onto a factory order: an order, one style of it, one destination of that."""
    return [{"order": order, "style": style, "destination": destination}]


def sized(color: str, **pieces: int) -> list[dict[str, Any]]:
    """Pieces of one colour: ``sized("NVY", S=10, M=20)``."""
    return [{"color": color, "size": size, "pcs": pcs} for size, pcs in pieces.items()]


def priced(**prices: str) -> list[dict[str, Any]]:
    """New prices of styles: ``priced(ST_1="2.60")``."""
    return [{"style": code.replace("_", "-"), "price": price} for code, price in prices.items()]


@contextmanager
def attempt(ctx: Ctx) -> Iterator[None]:
    """Whatever happens inside leaves no trace, so that one tenant serves a whole table of cases."""
    savepoint = ctx.session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
        ctx.session.expire_all()
        ctx.memo.clear()


def catalogue(ctx: Ctx) -> None:
    """Factories F1 (USD, 30/70, price list) and F2, customer C1, ST-1 in two colours, ST-2; sizes S M L; two places."""
    from core.data.records import Currency

    terms = PaymentTerm(code="T3070", name="30/70", lines=[
        PaymentTermLine(position=0, pct=Decimal(30), trigger="contract_signed", days=0),
        PaymentTermLine(position=1, pct=Decimal(70), trigger="fg_accepted", days=20),
    ])  # fmt: skip
    run = SizeRun(code="RUN", name="S-L", sizes=[Size(code=c, position=i) for i, c in enumerate("SML")])
    colors = {code: Color(code=code, name=code.title()) for code in ("NVY", "WHT")}
    ctx.session.add_all([terms, run, *colors.values()])
    ctx.session.add_all([Currency(code="CNY", decimals=2), Currency(code="JPY", decimals=0)])
    ctx.session.add_all([Destination(code=c, name=c) for c in ("US-LAX", "DE-HAM")])
    for code, rate in (("USD", "32"), ("CNY", "4.40"), ("JPY", "0.21")):
        ctx.session.add(ExchangeRate(currency=code, valid_from=date(2026, 1, 1), rate=Decimal(rate)))
    flush_rows(ctx.session)
    f1 = Partner(
        code="F1", name="Factory one", is_factory=True, currency="USD", terms_id=terms.id, mode="CMT"
    )
    f2 = Partner(code="F2", name="Factory two", is_factory=True, currency="CNY")
    ctx.session.add_all([f1, f2, Partner(code="C1", name="Harbor", is_customer=True, currency="USD")])
    flush_rows(ctx.session)
    for code, price in (("ST-1", "2.50"), ("ST-2", None)):
        style = Style(code=code, name=f"Style {code}", size_run_id=run.id, size_run=run, unit="pcs")
        style.colors = [StyleColor(color_id=c.id, color=c, position=i) for i, c in enumerate(colors.values())]
        ctx.session.add(style)
        flush_rows(ctx.session)
        if price:
            ctx.session.add(
                FactoryPrice(factory_id=f1.id, style_id=style.id, currency="USD", price=Decimal(price),
                             valid_from=date(2026, 1, 1))
            )  # fmt: skip
    flush_rows(ctx.session)


def sold(
    ctx: Ctx, *wanted: tuple[str, str, str, dict[str, int]], po: str = "PO-1", confirm: bool = True
) -> CustomerOrder:
    """A customer order: (style, colour, destination, pieces by size) for each line."""
    entity = ctx.registry.get("orders.order")
    customer = crud.get_row(ctx, ctx.registry.get("catalog.partner"), "C1")
    order: CustomerOrder = crud.save_row(
        ctx,
        entity,
        None,
        {"customer": customer, "customer_po": po, "order_date": date(2026, 9, 1), "tax_pct": Decimal(0)},
    )
    order_lines.save_lines(
        ctx,
        order,
        [
            LineInput(
                style=s,
                color=c,
                destination=d,
                ship_date=SHIP,
                price="5",
                sizes=tuple(q.items()),
                name=f"lines-{i}",
            )
            for i, (s, c, d, q) in enumerate(wanted)
        ],
    )
    if confirm:
        run_action(ctx, entity, order, "confirm")
    return order


def made(ctx: Ctx, factory: str = "F1", **data: Any) -> FactoryOrder:
    """An empty draft, as the form makes it."""
    partner = crud.get_row(ctx, ctx.registry.get("catalog.partner"), factory)
    order: FactoryOrder = crud.save_row(ctx, ctx.registry.get(ENTITY), None, {"factory": partner, **data})
    return order


def pieces(ctx: Ctx, order: FactoryOrder) -> dict[int, int]:
    """Pieces by line number."""
    return {line.position: line.qty for line in rows.lines(ctx, order)}


@stage
def shop(ctx: Ctx) -> Ctx:
    """The system's context with the catalogue in it."""
    catalogue(ctx)
    return ctx


@stage
def so(shop: Ctx) -> CustomerOrder:
    """ST-1 navy and white to the US, navy to Germany; ST-2 to the US. 100 of each size."""
    full = {"S": 100, "M": 100, "L": 100}
    return sold(
        shop,
        ("ST-1", "NVY", "US-LAX", full),
        ("ST-1", "WHT", "US-LAX", full),
        ("ST-1", "NVY", "DE-HAM", full),
        ("ST-2", "NVY", "US-LAX", full),
    )


@stage
def fo(shop: Ctx, so: CustomerOrder) -> FactoryOrder:
    """A draft with both ST-1 lines: 600 to the US, 300 to Germany, USD 2.50."""
    order = made(shop)
    do(shop, order, "add_work", work=picked(so.number, "ST-1"))
    return order


@stage
def issued(shop: Ctx, fo: FactoryOrder) -> FactoryOrder:
    """The same, issued: USD 2,250.00."""
    do(shop, fo, "issue")
    return fo


class GoodsIn:
    """Stands for the plugin that records goods-in."""

    def __init__(self) -> None:
        self.came: dict[tuple[int, int, int], int] = {}

    def accept(self, ctx: Ctx, order: FactoryOrder, share: float = 1.0, line: int | None = None) -> None:
        """Accept this share of every size (of one line)."""
        positions = {x.id: x.position for x in rows.lines(ctx, order)}
        for cell in rows.cells(ctx, [order.id]):
            if line is None or positions[cell.line_id] == line:
                self.came[cell.line_id, cell.color_id, cell.size_id] = int(cell.qty * share)


@pytest.fixture
def unrecorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody records goods-in: the plugins built upon this one are off. It must come before the contexts."""
    known = enablement.enabled_plugins
    above = {"stock", "factory_stock", "shipping", "purchasing", "proforma", "inventory", "material_gate"}
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) - above)


@pytest.fixture
def goods(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[GoodsIn]:
    """The stand-in, switched on. It must come before the contexts that shall see it."""
    keeper = GoodsIn()

    @hookimpl
    def goods_in(ctx: Ctx, order_ids: Sequence[int]) -> dict[tuple[int, int, int], int]:
        asked = {cell.line_id for cell in rows.cells(ctx, order_ids)}
        return {key: qty for key, qty in keeper.came.items() if key[0] in asked}

    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) | {"goods"})
    plugin = type(sys)("goods")
    plugin.goods_in = goods_in  # type: ignore[attr-defined]
    hub.manager.register(plugin, name="goods")
    yield keeper
    hub.manager.unregister(plugin)
