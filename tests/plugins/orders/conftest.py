"""A small catalogue, orders on it, and a stand-in for the plugin that gives work to factories."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from core.api import Ctx, hookimpl
from core.entities import crud
from core.entities.recording import flush_rows
from core.kernel import enablement
from core.kernel.hub import Hub
from core.testing.scenes import stage
from plugins.catalog.models import Color, Destination, Partner, PaymentTerm, Size, SizeRun, Style, StyleColor
from plugins.orders.models import CustomerOrder
from plugins.orders.services import lines
from plugins.orders.services.inputs import LineInput

DAY = date(2026, 12, 18)


def catalogue(ctx: Ctx) -> None:
    """Style 234 in one colour, ST-1 in two, KID with other sizes, OLD out of use; two destinations; customer C1."""
    terms = PaymentTerm(code="NET60", name="Net 60 days")
    colors = {code: Color(code=code, name=code.title()) for code in ("NVY", "WHT", "RED")}
    run = SizeRun(
        code="ALPHA",
        name="S-XL",
        sizes=[Size(code=c, position=i) for i, c in enumerate(["S", "M", "L", "XL"])],
    )
    kids = SizeRun(
        code="KIDS",
        name="110-130",
        sizes=[Size(code=c, position=i) for i, c in enumerate(["110", "120", "130"])],
    )
    rows: list[Any] = [terms, *colors.values(), run, kids]
    rows += [Destination(code=code, name=code) for code in ("US-LAX", "JP-TYO")]
    rows += [Partner(code="C1", name="Harbor", is_customer=True, currency="USD", incoterm="FOB", terms=terms)]
    ctx.session.add_all(rows)
    flush_rows(ctx.session)
    rows[-1].terms_id = terms.id
    for code, its_run, its_colors, active in (
        ("234", run, "NVY", True),
        ("ST-1", run, "NVY WHT", True),
        ("KID", kids, "RED NVY", True),
        ("OLD", run, "NVY", False),
    ):
        style = Style(
            code=code,
            name=f"Style {code}",
            size_run_id=its_run.id,
            size_run=its_run,
            unit="pcs",
            active=active,
        )
        style.colors = [
            StyleColor(color_id=colors[c].id, color=colors[c], position=i)
            for i, c in enumerate(its_colors.split())
        ]
        ctx.session.add(style)
    flush_rows(ctx.session)


def make_order(ctx: Ctx, **data: Any) -> CustomerOrder:
    """A draft of customer C1, made as the form makes it."""
    entity = ctx.registry.get("orders.order")
    customer = crud.get_row(ctx, ctx.registry.get("catalog.partner"), "C1")
    order: CustomerOrder = crud.save_row(
        ctx, entity, None, {"customer": customer, "order_date": date(2026, 11, 2), "tax_pct": 0, **data}
    )
    return order


def line(
    style: str = "ST-1",
    color: str = "NVY",
    sizes: Sequence[tuple[str, Any]] = (("S", "1"), ("M", "2")),
    **data: Any,
) -> LineInput:
    """A line as typed, right unless told otherwise."""
    given: dict[str, Any] = {
        "destination": "US-LAX",
        "ship_date": DAY,
        "price": "2.50",
        "name": "lines-0",
        **data,
    }
    return LineInput(style=style, color=color, sizes=tuple(sizes), **given)


def facts(ctx: Ctx, order: CustomerOrder) -> list[tuple[Any, ...]]:
    """What is stored, in order."""
    return [
        (row.order_style.style.code, row.color.code, row.destination.code, row.ship_date, row.price, row.qty,
         tuple((s.size.code, s.qty) for s in row.sizes))
        for row in lines.order_lines(ctx, order)
    ]  # fmt: skip


@stage
def shop(ctx: Ctx) -> Ctx:
    """The system's context with the catalogue in it."""
    catalogue(ctx)
    return ctx


@stage
def order(shop: Ctx) -> CustomerOrder:
    """An empty draft."""
    return make_order(shop)


class Factories:
    """Stands for the plugin that keeps factory orders: says what they hold."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, int], int] = {}
        self.calls = 0

    def hold(self, row: Any, **pieces: int) -> None:
        """``hold(line, S=3)``: factory orders hold 3 pieces of size S of this line."""
        ids = {s.size.code: s.size_id for s in row.sizes}
        self.held |= {(row.id, ids[size]): qty for size, qty in pieces.items()}


@pytest.fixture
def factories(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Factories]:
    """The stand-in, switched on for every tenant of the test. It must come before the contexts that shall see it."""
    keeper = Factories()

    @hookimpl
    def order_allocations(ctx: Ctx, order_ids: Sequence[int]) -> dict[tuple[int, int], int]:
        keeper.calls += 1
        return keeper.held

    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) | {"factories"})
    plugin = type(sys)("factories")
    plugin.order_allocations = order_allocations  # type: ignore[attr-defined]
    hub.manager.register(plugin, name="factories")
    yield keeper
    hub.manager.unregister(plugin)
