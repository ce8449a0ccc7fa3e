"""A company some years old, made with bulk inserts: 20,000 customer orders, 3,340 factory orders of which 300 live, what was
bought, received, made, shipped and paid for them, and the audit trail. Movements come from :mod:`bench.ledger`.

Every number is chosen so that the parts fit together: 10 orders in 100 are open, a factory order makes seven of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.api import Ctx
from core.data.records import AuditEntry
from core.db import TenantRow
from kit.papers import Party
from plugins.catalog.models import (
    Color,
    Destination,
    Material,
    Partner,
    PaymentTerm,
    PaymentTermLine,
    Size,
    SizeRun,
    Style,
)
from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.outsourcing.models import (
    Contract,
    FactoryOrder,
    FactoryOrderLine,
    FactoryOrderSize,
    Payment,
    PaymentSplit,
)
from plugins.outsourcing.models.snapshot import (
    ColorSnapshot,
    LineSnapshot,
    MaterialSnapshot,
    OrderSnapshot,
    TermLine,
    Terms,
)
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.receiving.models import Receipt, ReceiptLine
from plugins.shipping.models import Shipment, ShipmentLine, ShipmentSize
from plugins.stock.models import Demand, DemandLine, SupplyCame, SupplyClaim

TODAY = date(2026, 11, 23)
PER, FACTORY_ORDERS, LIVE, DRAFTS = 6, 3_340, 300, 40
ORDERS = 20_000
MADE = FACTORY_ORDERS - DRAFTS
"""A factory order makes six customer orders; the newest are drafts, the 300 before them live."""
FIRST_OPEN = (MADE - LIVE) * PER + 1
"""The oldest customer order that is open."""
CUSTOMERS, FACTORIES, SUPPLIERS, STYLES, MATERIALS = 200, 60, 100, 1_500, 2_500
SIZES, COLORS, PLACES = 5, 8, 6
GROUPS, POS, LINES = 20, 2, 10
"""Material groups a factory order needs; purchase orders it is bought with, and lines of each."""
PIECES, BATCH = 100, 5_000
TERM_LINES = (
    {"pct": "30", "trigger": "contract_signed", "days": 7},
    {"pct": "70", "trigger": "shipment", "days": 30},
)
TERMS = Terms(
    code="30-70",
    name="30-70",
    lines=(
        TermLine(pct=Decimal(30), trigger="contract_signed", days=7),
        TermLine(pct=Decimal(70), trigger="shipment", days=30),
    ),
)
Rows = Iterator[dict[str, Any]]


def fill(ctx: Ctx) -> None:
    """Everything but the movements."""
    master_data(ctx)
    for model, rows in (
        (CustomerOrder, orders(ctx)), (OrderStyle, order_styles()), (OrderLine, order_lines()), (OrderSize, order_sizes()),
        (FactoryOrder, factory_orders(ctx)), (FactoryOrderLine, fo_lines()), (FactoryOrderSize, fo_sizes()),
        (Demand, needs(ctx)), (DemandLine, need_lines()), (Contract, contracts(ctx)), (Payment, payments(ctx)),
        (PaymentSplit, splits()), (PurchaseOrder, purchases(ctx)), (PurchaseLine, purchase_lines()),
        (SupplyClaim, supply_claims()), (Receipt, receipts(ctx)), (ReceiptLine, receipt_lines()), (SupplyCame, supplies_came()),
        (GoodsIn, goods(ctx)), (GoodsInLine, goods_lines()), (GoodsInSize, goods_sizes()),
        (Shipment, shipments(ctx)), (ShipmentLine, shipment_lines()), (ShipmentSize, shipment_sizes()),
        (AuditEntry, trail(ctx)),
    ):  # fmt: skip
        put(ctx, model, rows)


def put(ctx: Ctx, model: type[TenantRow], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert in batches."""
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            ctx.session.insert_many(model, batch)
            batch = []
    ctx.session.insert_many(model, batch)


def master_data(ctx: Ctx) -> None:
    """Partners (customers first, then factories, then suppliers), styles, materials of which 300 have a safety stock."""
    put(ctx, PaymentTerm, [{"id": 1, "code": "30-70", "name": "30-70"}])
    put(ctx, PaymentTermLine, [
        {"id": i, "term_id": 1, "position": i, "pct": Decimal(str(line["pct"])), "trigger": line["trigger"],
         "days": line["days"]}
        for i, line in enumerate(TERM_LINES, 1)
    ])  # fmt: skip
    put(ctx, Partner, (
        {"id": n, "code": f"P{n:04}", "name": f"Company {n} of Taipei", "names": {"zh_Hant_TW": f"第{n}公司"},
         "is_customer": n <= CUSTOMERS, "is_factory": CUSTOMERS < n <= CUSTOMERS + FACTORIES,
         "is_supplier": n > CUSTOMERS + FACTORIES, "currency": "USD"}
        for n in range(1, CUSTOMERS + FACTORIES + SUPPLIERS + 1)
    ))  # fmt: skip
    put(ctx, SizeRun, [{"id": 1, "code": "RUN", "name": "Run"}])
    put(ctx, Size, [{"id": n, "size_run_id": 1, "position": n, "code": f"S{n}"} for n in range(1, SIZES + 1)])
    put(ctx, Color, [{"id": n, "code": f"K{n}", "name": f"Colour {n}"} for n in range(1, COLORS + 1)])
    put(ctx, Destination, [{"id": n, "code": f"D{n}", "name": f"Port {n}"} for n in range(1, PLACES + 1)])
    put(
        ctx,
        Style,
        (
            {"id": n, "code": f"ST-{n:04}", "name": f"Style {n}", "size_run_id": 1}
            for n in range(1, STYLES + 1)
        ),
    )
    put(ctx, Material, (
        {"id": n, "code": f"MAT-{n:04}", "name": f"Material {n}", "material_class": "main" if n % 3 == 0 else "trim",
         "stock_uom": "pcs", "stock_step": Decimal(1), "purchase_uom": "pcs", "factor": Decimal(1),
         "safety_stock": Decimal(500_000 if n <= 30 else 10) if n <= 300 else Decimal(0)}
        for n in range(1, MATERIALS + 1)
    ))  # fmt: skip


# --- what customers ordered ----------------------------------------------------------------------------------------------


def live(order: int) -> bool:
    """Is this customer order (1 …) still open? The newest are."""
    return order >= FIRST_OPEN


def ship_date(order: int) -> date:
    """Of a customer order: twelve orders a working day, the newest months ahead."""
    return TODAY + timedelta(days=(order - FIRST_OPEN) // 12 - 20)


def number(order: int) -> str:
    """Of a customer order."""
    return f"SO-{2021 + (order - 1) * 6 // ORDERS}-{order:05}"


def orders(ctx: Ctx) -> Rows:
    """Customer orders."""
    for n in range(1, ORDERS + 1):
        state = "closed" if not live(n) else "draft" if n % 40 == 0 else "confirmed"
        yield {"id": n, "number": number(n), "state": state, "customer_id": 1 + n % CUSTOMERS,
               "customer_po": f"CPO-{n * 7919 % 1_000_000:06}", "currency": "USD",
               "order_date": ship_date(n) - timedelta(days=90), "ship_date": ship_date(n), "qty": 2 * SIZES * PIECES,
               "created_at": ctx.now()}  # fmt: skip


def order_styles() -> Rows:
    """One style an order."""
    for n in range(1, ORDERS + 1):
        yield {"id": n, "order_id": n, "position": 0, "style_id": 1 + n % STYLES}


def order_lines() -> Rows:
    """Two colours of it."""
    for n in range(1, ORDERS + 1):
        for i in (0, 1):
            yield {"id": 2 * n - 1 + i, "order_id": n, "order_style_id": n, "position": i, "color_id": 1 + (n + i) % COLORS,
                   "destination_id": 1 + n % PLACES, "ship_date": ship_date(n), "price": Decimal("5.5"),
                   "qty": SIZES * PIECES}  # fmt: skip


def order_sizes() -> Rows:
    """Five sizes a line."""
    for line in range(1, 2 * ORDERS + 1):
        for size in range(1, SIZES + 1):
            yield {"line_id": line, "position": size, "size_id": size, "qty": PIECES}


# --- factory orders ------------------------------------------------------------------------------------------------------


def fo_state(fo: int) -> str:
    """State of a factory order."""
    if fo > MADE:
        return "draft"
    if fo <= MADE - LIVE:
        return "closed"
    return ("completed", "in_production", "in_production", "issued")[(fo - (MADE - LIVE) - 1) * 4 // LIVE]


def fo_number(fo: int) -> str:
    """Of a factory order."""
    return f"FO-{2021 + (fo - 1) * 6 // FACTORY_ORDERS}-{fo:04}"


def factory(fo: int) -> int:
    """Who makes it."""
    return CUSTOMERS + 1 + fo % FACTORIES


def supplier(po: int) -> int:
    """Who delivers a purchase order."""
    return CUSTOMERS + FACTORIES + 1 + po % SUPPLIERS


def makers() -> Iterator[tuple[int, int]]:
    """(factory order, customer order) pairs."""
    return (((order - 1) // PER + 1, order) for order in range(1, ORDERS + 1))


def factory_orders(ctx: Ctx) -> Rows:
    """Factory orders with what was issued."""
    for n in range(1, FACTORY_ORDERS + 1):
        state, first = fo_state(n), min(ORDERS, (n - 1) * PER + 1)
        day = ship_date(first)
        yield {"id": n, "number": fo_number(n), "state": state,
               "contract_status": "none" if state == "draft" else "generated" if state == "issued" else "signed",
               "factory_id": factory(n), "currency": "USD",
               "order_date": day - timedelta(days=80), "issue_date": None if state == "draft" else day - timedelta(days=75),
               "terms_id": 1, "ship_date": day, "qty": PER * 2 * SIZES * PIECES, "total": Decimal(21_000),
               "snapshot": None if state == "draft" else snapshot(n),
               "agreed_terms": None if state == "draft" else list(TERM_LINES), "created_at": ctx.now()}  # fmt: skip


def snapshot(fo: int) -> OrderSnapshot:
    """What was issued, in the size a snapshot has."""
    sizes = tuple((f"S{s}", PIECES) for s in range(1, SIZES + 1))
    colors = tuple(
        ColorSnapshot(color=f"K{c}", name="Colour", names=None, qty=500, sizes=sizes) for c in (1, 2)
    )
    lines = tuple(
        LineSnapshot(
            line_id=order, position=order, order=number(order), customer="P0001", customer_po=f"CPO-{order}",
            style_id=1 + order % STYLES, style=f"ST-{order % STYLES:04}", style_name="Style",
            style_names={"zh_Hant_TW": "款式"}, unit="pcs", destination="D1", destination_name="Port",
            ship_date=ship_date(order), qty=1000, price=Decimal(3), amount=Decimal(3000), parts=(), override=False,
            override_reason="", flag="", short_closed=False, colors=colors,
        )
        for order in range((fo - 1) * PER + 1, fo * PER + 1)
    )  # fmt: skip
    materials = tuple(
        MaterialSnapshot(
            style=line.style, bom_version=1, material=f"MAT-{i:04}", name="Material", names=None, color="", color_names=None,
            place="body", uom="pcs", per_piece="1.2", pieces=1, wastage_pct=Decimal(5),
        )
        for line in lines
        for i in range(8)
    )  # fmt: skip
    day, total = ship_date((fo - 1) * PER + 1), Decimal(21_000)
    return OrderSnapshot(
        number=str(fo), revision=0, issue_date=day - timedelta(days=75), order_date=day - timedelta(days=80), currency="USD",
        decimals=2, incoterm="FOB", delivery_place="", notes="", tax_pct=Decimal(0), factory=Party(code="F", name="Factory"),
        mode=None, terms=TERMS, lines=lines, materials=materials, qty=PER * 2 * SIZES * PIECES, subtotal=total,
        tax=Decimal(0), total=total,
    )  # fmt: skip


def fo_lines() -> Rows:
    """A line for each customer order."""
    for fo, order in makers():
        yield {"id": order, "order_id": fo, "position": order, "customer_order_id": order, "order_style_id": order,
               "style_id": 1 + order % STYLES, "destination_id": 1 + order % PLACES,
               "customer_po": f"CPO-{order * 7919 % 1_000_000:06}", "ship_date": ship_date(order), "qty": 2 * SIZES * PIECES,
               "price": Decimal(3), "amount": Decimal(3000)}  # fmt: skip


def fo_sizes() -> Rows:
    """Every size of both colours."""
    for _fo, order in makers():
        for i in (0, 1):
            for size in range(1, SIZES + 1):
                yield {"line_id": order, "order_line_id": 2 * order - 1 + i, "color_id": 1 + (order + i) % COLORS,
                       "size_id": size, "qty": PIECES}  # fmt: skip


def issued() -> Iterator[int]:
    """Factory orders that were issued."""
    return (n for n in range(1, FACTORY_ORDERS + 1) if fo_state(n) != "draft")


def needs(ctx: Ctx) -> Rows:
    """Factory orders as demands; need as it was at issue."""
    for fo in range(1, FACTORY_ORDERS + 1):
        state = {"draft": "draft", "closed": "closed"}.get(fo_state(fo), "open")
        yield {"id": fo, "entity": "outsourcing.order", "owner_id": fo, "number": fo_number(fo), "state": state,
               "due": ship_date((fo - 1) * PER + 1), "taken_at": None if state == "draft" else ctx.now(), "basis": {},
               "problem": ""}  # fmt: skip


def group(fo: int, i: int) -> int:
    """Material of a group."""
    return 1 + (fo * 13 + i * 31) % MATERIALS


def need_lines() -> Rows:
    """Groups of each need."""
    for fo in issued():
        for i in range(GROUPS):
            yield {"demand_id": fo, "position": i, "material_id": group(fo, i), "color_id": 1 + i % COLORS,
                   "net": Decimal(950), "gross": Decimal(1000), "required": Decimal(1000), "stage": "cutting"}  # fmt: skip


def contracts(ctx: Ctx) -> Rows:
    """Signed contracts."""
    for fo in issued():
        signed = fo_state(fo) != "issued"
        yield {"order_id": fo, "number": f"CT-{fo}", "revision": 0, "language": "en",
               "status": "signed" if signed else "generated", "at": ctx.now(), "user_name": "Bench",
               "signed_on": ship_date((fo - 1) * PER + 1) - timedelta(days=70) if signed else None}  # fmt: skip


def payments(ctx: Ctx) -> Rows:
    """A deposit for four in five."""
    for fo in issued():
        if fo % 5:
            yield {"id": fo, "number": f"PY-{fo:05}", "state": "posted", "factory_id": factory(fo),
                   "paid_on": TODAY, "kind": "deposit", "currency": "USD", "amount": Decimal(6300),
                   "created_at": ctx.now()}  # fmt: skip


def splits() -> Rows:
    """Each for one factory order."""
    for fo in issued():
        if fo % 5:
            yield {
                "payment_id": fo,
                "order_id": fo,
                "amount": Decimal(6300),
                "rate": Decimal(1),
                "applied": Decimal(6300),
            }


# --- what was bought for them --------------------------------------------------------------------------------------------


def purchased() -> Iterator[tuple[int, int, int]]:
    """(purchase order, factory order, which of its orders)."""
    for fo in issued():
        for i in range(POS):
            yield (fo - 1) * POS + i + 1, fo, i


def purchases(ctx: Ctx) -> Rows:
    """Purchase orders; those of closed factory orders are closed."""
    for po, fo, i in purchased():
        day = ship_date((fo - 1) * PER + 1)
        yield {"id": po, "number": f"P{'MT'[i % 2]}-{po:05}", "material_class": "main" if i % 2 == 0 else "trim",
               "state": "closed" if fo_state(fo) == "closed" else "issued",
               "supplier_id": supplier(po), "currency": "USD",
               "order_date": day - timedelta(days=70), "issue_date": day - timedelta(days=70),
               "required_date": day - timedelta(days=35), "made_for": fo_number(fo),
               "made_for_entity": "outsourcing.order", "made_for_id": fo, "created_at": ctx.now()}  # fmt: skip


def bought() -> Iterator[tuple[int, int, int, int]]:
    """(line, purchase order, factory order, group)."""
    for po, fo, i in purchased():
        for n in range(LINES):
            yield (po - 1) * LINES + n + 1, po, fo, i * LINES + n


def purchase_lines() -> Rows:
    """A line for each group."""
    for line, po, fo, i in bought():
        yield {"id": line, "order_id": po, "position": i, "material_id": group(fo, i), "color_id": 1 + i % COLORS,
               "qty": Decimal(1000), "uom": "pcs", "factor": Decimal(1), "stock_uom": "pcs", "stock_qty": Decimal(1000),
               "price": Decimal(1), "amount": Decimal(1000), "max_qty": Decimal(1050), "close_qty": Decimal(980)}  # fmt: skip


def supply_claims() -> Rows:
    """Each line for its factory order's demand."""
    for line, po, fo, _i in bought():
        yield {
            "demand_id": fo,
            "supply": "purchasing.order",
            "supply_id": po,
            "supply_line": line,
            "qty": Decimal(1000),
        }


def received() -> Iterator[tuple[int, int]]:
    """(purchase order, factory order) of what came: everything of the closed, two in three of the live."""
    return ((po, fo) for po, fo, _i in purchased() if fo_state(fo) == "closed" or po % 3)


def receipts(ctx: Ctx) -> Rows:
    """A receipt for each."""
    for po, _fo in received():
        yield {"id": po, "number": f"RC-{po:05}", "state": "posted", "store_id": 1, "received_on": TODAY,
               "supplier_id": supplier(po), "delivery_note": f"DN{po}",
               "created_at": ctx.now()}  # fmt: skip


def receipt_lines() -> Rows:
    """Each line in full, but one in ten of the live orders short."""
    for po, fo in received():
        for n in range(LINES):
            came = arrived(fo, n)
            yield {"receipt_id": po, "position": n, "line_id": (po - 1) * LINES + n + 1, "received": came, "accepted": came,
                   "rejected": Decimal(0), "stock_received": came, "stock_accepted": came, "stock_rejected": Decimal(0),
                   "price": Decimal(1)}  # fmt: skip


def arrived(fo: int, n: int) -> Decimal:
    """Pieces received on line ``n`` of a purchase order for this factory order."""
    return Decimal(600 if n == 0 and fo_state(fo) != "closed" else 1000)


def supplies_came() -> Rows:
    """What came of each claim."""
    for po, fo in received():
        for n in range(LINES):
            line = (po - 1) * LINES + n + 1
            yield {"demand_id": fo, "supply": "purchasing.order", "supply_line": line, "entity": "receiving.receipt",
                   "entity_id": po, "line_id": line, "qty": arrived(fo, n)}  # fmt: skip


# --- what came from the factories and went to customers ------------------------------------------------------------------


def finished() -> Iterator[tuple[int, int]]:
    """(factory order, customer order) of what was made."""
    return ((fo, order) for fo, order in makers() if fo_state(fo) in ("closed", "completed"))


def goods(ctx: Ctx) -> Rows:
    """One delivery of each factory order."""
    for fo in issued():
        if fo_state(fo) in ("closed", "completed"):
            yield {"id": fo, "number": f"GI-{fo:05}", "state": "posted", "factory_order_id": fo,
                   "factory_id": factory(fo), "store_id": 1, "day": TODAY,
                   "created_at": ctx.now()}  # fmt: skip


def goods_lines() -> Rows:
    """Both colours of each line."""
    for fo, order in finished():
        for i in (0, 1):
            yield {"id": 2 * order - 1 + i, "goods_in_id": fo, "position": i, "fo_line_id": order,
                   "color_id": 1 + (order + i) % COLORS}  # fmt: skip


def goods_sizes() -> Rows:
    """Every size."""
    for _fo, order in finished():
        for i in (0, 1):
            for size in range(1, SIZES + 1):
                yield {"line_id": 2 * order - 1 + i, "size_id": size, "received": PIECES, "rejected": 0}


def gone() -> Iterator[int]:
    """Customer orders that were shipped."""
    return (order for order in range(1, ORDERS + 1) if not live(order))


def shipments(ctx: Ctx) -> Rows:
    """A shipment of each."""
    for order in gone():
        yield {"id": order, "number": f"SH-{order:05}", "state": "closed", "customer_order_id": order,
               "destination_id": 1 + order % PLACES, "store_id": 1, "day": ship_date(order),
               "invoice_no": f"INV{order}", "created_at": ctx.now()}  # fmt: skip


def shipment_lines() -> Rows:
    """Both lines."""
    for order in gone():
        for i in (0, 1):
            yield {"id": 2 * order - 1 + i, "shipment_id": order, "position": i, "order_line_id": 2 * order - 1 + i,
                   "style_id": 1 + order % STYLES, "color_id": 1 + (order + i) % COLORS}  # fmt: skip


def shipment_sizes() -> Rows:
    """Every size."""
    for order in gone():
        for i in (0, 1):
            for size in range(1, SIZES + 1):
                yield {"line_id": 2 * order - 1 + i, "size_id": size, "qty": PIECES}


def trail(ctx: Ctx) -> Rows:
    """Five entries an order."""
    moment: datetime = ctx.now()
    for n in range(5 * ORDERS):
        yield {"at": moment, "user_name": "Bench", "entity": "orders.order", "entity_id": 1 + n // 5,
               "number": number(1 + n // 5), "action": "edit", "to_state": "confirmed"}  # fmt: skip
