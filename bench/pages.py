"""Pages of the demo tenant, and a customer order of 40 lines × 8 sizes: opened and saved, through the whole web stack."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from bench.common import Result, browser, fresh_hub, measure
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from plugins.base_demo.demo import loader
from plugins.catalog.models import Color, Size, SizeRun, Style, StyleColor

PAGES = (
    ("Hub page", "/"),
    ("list of factory orders", "/outsourcing/order/"),
    ("factory order with contract and payments", "/outsourcing/order/1"),
    ("customer order", "/orders/order/1"),
    ("style", "/catalog/style/1"),
    ("consumption of a style", "/catalog/style/1/bom"),
    ("search over all documents", "/search?q=HL-88"),
)
COLORS, SIZES, BLOCKS = 10, 8, 4


def big_style(hub: Hub, tenant: TenantInfo) -> None:
    """A style with 10 colours and 8 sizes."""
    with hub.context(tenant) as ctx:
        run = SizeRun(code="RUN8", name="Eight sizes", active=True)
        run.sizes = [Size(code=f"Z{n}", position=n) for n in range(SIZES)]
        ctx.session.add(run)
        colors = [Color(code=f"K{n:02}", name=f"Colour {n}", active=True) for n in range(COLORS)]
        ctx.session.add_all(colors)
        ctx.session.flush()
        style = Style(code="BIG", name="Big", size_run_id=run.id, active=True)
        style.colors = [StyleColor(color_id=c.id, position=n) for n, c in enumerate(colors)]
        ctx.session.add(style)


def lines_form(version: str) -> dict[str, Any]:
    """4 blocks of 10 colours with 8 sizes each, as the browser sends them."""
    form: dict[str, Any] = {"do": "save", "_version": version}
    for block, destination in enumerate(("US-LAX", "US-NYC", "DE-HAM", "SE-GOT")[:BLOCKS]):
        form |= {
            f"blocks-{block}-style": "BIG",
            f"blocks-{block}-destination": destination,
            f"blocks-{block}-ship_date": "2027-03-01",
            f"blocks-{block}-price": "3.25",
        }
        for color in range(COLORS):
            row = block * COLORS + color
            form |= {f"lines-{row}-block": str(block), f"lines-{row}-color": f"K{color:02}"}
            form |= {f"lines-{row}-sizes.pcs.Z{n}": str(10 + n) for n in range(SIZES)}
    return form


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ["HUB_TODAY"] = "2026-11-23"
    with fresh_hub(engine) as (hub, _tenant):
        tenant = loader.load(hub, date(2026, 11, 23))
        big_style(hub, tenant)
        client = browser(hub, tenant, "mgr@demo.example")
        for what, address in PAGES:
            assert client.get(address).status_code == 200, address
            timing = measure(partial(client.get, address), calls=9)
            yield Result(f"demo: {what}", engine, *timing, "150 ms")
        timing = measure(lambda: new_order(client), calls=5, warm=1)
        yield Result("customer order of 40 lines × 8 sizes: made and saved", engine, *timing, "1 s")
        last = new_order(client)
        for what, tail in (("opened", ""), ("opened for entry", "/lines")):
            timing = measure(partial(client.get, last + tail), calls=7)
            yield Result(f"customer order of 40 lines × 8 sizes: {what}", engine, *timing, "300 ms")


def new_order(client: Any) -> str:
    """Make an order and save its 40 lines; returns its address."""
    head = {
        "customer": "C01", "customer_po": "BENCH", "currency": "USD", "order_date": "2026-11-20", "tax_pct": "0",
    }  # fmt: skip
    made = client.post("/orders/order/new", data=head)
    assert made.status_code == 302, made.text[-2000:]
    saved = client.post(made.location, data=lines_form("1"))
    assert saved.status_code == 302, saved.text[-2000:]
    return str(saved.location)
