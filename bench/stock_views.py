"""Pages of stock at a million movements over ten thousand keys, through the whole web stack.

``HUB_BENCH_MOVEMENTS`` sets another number of movements.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from bench.common import Result, browser, fresh_hub, measure, settle
from bench.receiving import bought, came, furnish, receive
from core import ledger
from core.api import Ctx, EntityRef
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from core.ledger import Item, Move, Place
from plugins.catalog.models import Color, Material, Partner, Size, Style
from plugins.stock.services import stores

D = Decimal
SIZE = int(os.environ.get("HUB_BENCH_MOVEMENTS", "1000000"))
BATCH = 1000
TODAY = date(2026, 11, 23)
START = TODAY - timedelta(730)
MAIN, TRIMS, STYLES, SIZES = 500, 500, 100, 8
dice = random.Random(11)


def things(ctx: Ctx) -> list[Item]:
    """Main materials in 4 colours, trims, garments in 3 colours and 8 sizes: 4,900 items; their safety stocks."""
    mill = ctx.session.scalars(select(Partner).where(Partner.code == "MILL")).one()
    ctx.session.add_all(
        Material(code=f"TRM-{n:04}", name=f"Trim {n}", material_class="trim", stock_uom="pcs", purchase_uom="pcs",
                 factor=D(1), stock_step=D(1), gate_stage="sewing", supplier_id=mill.id, supplier=mill,
                 safety_stock=D(500_000) if n % 5 == 0 else D(100))
        for n in range(TRIMS)
    )  # fmt: skip
    run = ctx.session.scalars(select(Style.size_run_id)).first()
    ctx.session.add_all(
        Style(code=f"GMT-{n:03}", name=f"Garment {n}", size_run_id=run) for n in range(STYLES)
    )
    ctx.session.flush()
    colors = ctx.session.scalars(select(Color.id).where(Color.code.startswith("K")).order_by(Color.id)).all()
    sizes = ctx.session.scalars(select(Size.id).where(Size.size_run_id == run).order_by(Size.position)).all()
    mains = ctx.session.scalars(select(Material.id).where(Material.code.startswith("FAB-"))).all()
    trims = ctx.session.scalars(select(Material.id).where(Material.code.startswith("TRM-"))).all()
    styles = ctx.session.scalars(select(Style.id).where(Style.code.startswith("GMT-"))).all()
    return [
        *(Item("material", m, color_id=c) for m in mains for c in colors[:4]),
        *(Item("material", m) for m in trims),
        *(Item("garment", s, color_id=c, size_id=z) for s in styles for c in colors[:3] for z in sizes),
    ]


def history(items: list[Item], store: Place, second: Place, size: int) -> Iterator[tuple[date, list[Move]]]:
    """Two years of postings of BATCH lines; every item comes in at a price before any of it goes on."""
    supplier, factory, customer = (
        Place("supplier", 1),
        Place("factory", 1, EntityRef("outsourcing.order", 1)),
        Place("customer", 1),
    )
    rounds = -(-len(items) // BATCH)
    for n in range(size // BATCH):
        day = START + timedelta(n * 729 * BATCH // size)
        turn = 0 if n < rounds or n % 4 == 0 else 1 + n % 2
        moves = []
        for i in range(BATCH):
            item = items[(n * BATCH + i) % len(items)]
            cloth = item.kind == "material"
            if turn == 0:
                source, what = (supplier, "receipt") if cloth else (Place("supplier", 2), "goods_in")
                moves.append(Move(what, item, source, store, D(1000), n, D(2350), "USD"))
            elif turn == 1:
                moves.append(
                    Move("issue" if cloth else "goods_out", item, store, factory if cloth else customer, D(3))
                )
            else:
                moves.append(Move("transfer", item, store, second, D(2)))
        yield day, moves


def fill(hub: Hub, tenant: TenantInfo, engine: str, size: int) -> Item:
    """A million movements, 2,000 open purchase lines, 100 of them received; the item that the card is looked at of."""
    person = furnish(hub, tenant)
    with hub.context(tenant) as ctx:
        items = things(ctx)
        main = stores.default(ctx)
        store, second = Place("store", main.id), Place("reserved", main.id, EntityRef("orders.order", 1))
    dice.shuffle(items)
    month = START.replace(day=1)
    for n, (day, moves) in enumerate(history(items, store, second, size), 1):
        with hub.context(tenant) as ctx:
            ledger.post(ctx, moves, entity="bench.doc", entity_id=n, on=day)
            if (day.year, day.month) > (month.year, month.month):
                month = day.replace(day=1)
                ledger.close_period(ctx, month - timedelta(1))
        if n == 10:
            settle(hub, engine)
    with hub.context(tenant) as ctx:
        lines = bought(ctx, 2000)
    receive(hub, tenant, person, came(lines[:100]))
    settle(hub, engine, "VACUUM ANALYZE")
    return next(i for i in items if i.kind == "material" and i.color_id)


def pages(item: Item) -> list[tuple[str, str]]:
    """Every page that looks at stock."""
    base, ago = "/inventory/stock", (TODAY - timedelta(365)).isoformat()
    card = f"{base}/card?kind=material&id={item.id}&color={item.color_id}"
    return [
        ("main materials", f"{base}/main"), ("main materials, a search", f"{base}/main?q=FAB-01"),
        ("main materials, page 9", f"{base}/main?page=9"), ("main materials of a store", f"{base}/main?store=1"),
        ("main materials a year ago", f"{base}/main?on={ago}"), ("trims", f"{base}/trim"),
        ("trims a year ago", f"{base}/trim?on={ago}"), ("below safety stock", f"{base}/low"),
        ("finished goods", f"{base}/garments"), ("finished goods a year ago", f"{base}/garments?on={ago}"),
        ("stock card", card), ("stock card, this year", f"{card}&since={TODAY.year}-01-01"),
        ("on order of an item", f"{base}/expected?kind=material&id={item.id}&color={item.color_id}"),
        ("ageing of main materials", f"{base}/ageing?group=main"), ("ageing of trims", f"{base}/ageing?group=trim"),
        ("ageing of finished goods", f"{base}/ageing?group=garment"), ("periods and proof", f"{base}/periods"),
        ("a material, with its stock", f"/catalog/material/{item.id}"), ("Hub page", "/"),
    ]  # fmt: skip


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ["HUB_TODAY"] = TODAY.isoformat()
    with fresh_hub(engine) as (hub, tenant):
        item = fill(hub, tenant, engine, SIZE)
        client = browser(hub, tenant, "clock@example.org")
        for what, address in pages(item):
            reply = client.get(address)
            assert reply.status_code == 200, (address, reply.status_code, reply.text[-1500:])
            timing = measure(partial(client.get, address), calls=9, warm=2)
            goal = "200 ms" if address == "/" else "100 ms"  # the Hub page has a goal of its own
            yield Result(f"stock, {SIZE:,} movements: {what}", engine, *timing, goal)
