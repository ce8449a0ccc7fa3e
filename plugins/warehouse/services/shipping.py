"""出貨: pieces that go to the customer. Lines, what may be shipped, the states draft → confirmed → shipped → closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.api import Ctx, Problem, Refused, T, Text, crud, ledger, note_changes
from plugins.catalog.models import Partner
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.warehouse.models import Shipment, ShipmentLine, ShipmentSize
from plugins.warehouse.services import stamps, stock
from plugins.warehouse.services.goods import item_of

ENTITY = "warehouse.shipment"
ORDER = "orders.order"
GONE = ("shipped", "closed")


@dataclass
class Cell:
    """Pieces of one size of an order line. ``available``: kept for the order plus free stock."""

    ordered: int = 0
    shipped: int = 0
    available: int = 0

    @property
    def open(self) -> int:
        """Ordered and not shipped."""
        return max(0, self.ordered - self.shipped)

    @property
    def ready(self) -> int:
        """What could go now."""
        return min(self.open, self.available)


@dataclass
class Row:
    """A line of the customer order with its sizes."""

    line: OrderLine
    cells: dict[int, Cell] = field(default_factory=dict)

    @property
    def style_id(self) -> int:
        """The style of the line."""
        return self.line.order_style.style_id


def order_lines(ctx: Ctx, order_id: int, destination_id: int | None = None) -> list[OrderLine]:
    """Lines of a customer order (to one destination) with style, colour and sizes; a fixed number of queries."""
    query = (
        select(OrderLine)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position, OrderLine.id)
        .options(
            selectinload(OrderLine.order_style).selectinload(OrderStyle.style),
            selectinload(OrderLine.color),
            selectinload(OrderLine.sizes).selectinload(OrderSize.size),
        )
    )
    if destination_id is not None:
        query = query.where(OrderLine.destination_id == destination_id)
    return list(ctx.session.scalars(query))


def shipped(ctx: Ctx, order_ids: Iterable[int], without: int = 0) -> dict[tuple[int, int], int]:
    """Pieces that went out, by (order line, size); ``without`` leaves one shipment out. One query."""
    size, line, head = ShipmentSize, ShipmentLine, Shipment
    rows = ctx.session.execute(
        select(line.order_line_id, size.size_id, func.sum(size.qty))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.shipment_id) & (head.tenant_id == line.tenant_id))
        .where(head.customer_order_id.in_(list(order_ids)), head.state.in_(GONE), head.id != without)
        .group_by(line.order_line_id, size.size_id)
    )
    return {(line_id, size_id): int(qty) for line_id, size_id, qty in rows}


def sheet(ctx: Ctx, row: Shipment) -> list[Row]:
    """The order's lines to the destination of the shipment: ordered, shipped before, available now."""
    found = [Row(line) for line in order_lines(ctx, row.customer_order_id, row.destination_id)]
    there = stock.of_store(
        ctx, row.store_id, ORDER, row.customer_order_id, "garment", {each.style_id for each in found}
    )
    gone = shipped(ctx, [row.customer_order_id], row.id)
    left: dict[ledger.Item, int] = {}
    for each in found:
        for size in each.line.sizes:
            item = item_of(each.style_id, each.line.color_id, size.size_id)
            have = left.setdefault(item, int(there.of(item)))
            cell = Cell(size.qty, gone.get((each.line.id, size.size_id), 0), have)
            left[item] -= cell.ready  # two lines of the same colour share what is there
            each.cells[size.size_id] = cell
    return found


def save(ctx: Ctx, row: Shipment, typed: Mapping[tuple[int, int], int], version: int | None = None) -> None:
    """Replace the lines of a draft: (order line, size) → pieces. Refused where a line is not of the order, Stale."""
    crud.check_version(ctx, ctx.registry.of(row), row, version)
    if row.state != "draft":
        raise Refused(T("{number} is confirmed and can no longer be changed.", number=row.number))
    lines = {line.id: line for line in order_lines(ctx, row.customer_order_id, row.destination_id)}
    sizes: dict[int, list[ShipmentSize]] = defaultdict(list)
    problems = []
    for (line_id, size_id), qty in typed.items():
        at = f"cell-{line_id}-{size_id}"
        line = lines.get(line_id)
        if line is None or size_id not in {s.size_id for s in line.sizes}:
            problems.append(Problem(T("This is not on the customer order."), at))
        elif qty < 0:
            problems.append(Problem(T("A quantity must be more than zero."), at))
        elif qty:
            sizes[line_id].append(ShipmentSize(size_id=size_id, qty=qty))
    if problems:
        raise Refused(problems)
    before = pieces(row)
    row.lines = []
    crud.flush(ctx.session)
    row.lines = [
        ShipmentLine(
            position=n, order_line_id=line_id, style_id=lines[line_id].order_style.style_id,
            color_id=lines[line_id].color_id, sizes=sizes[line_id],
        )
        for n, line_id in enumerate(line_id for line_id in lines if line_id in sizes)
    ]  # fmt: skip
    crud.touch(row)
    note_changes(ctx, row, ("pieces", before, pieces(row)))
    crud.flush(ctx.session)


def default_cells(ctx: Ctx, row: Shipment) -> dict[tuple[int, int], int]:
    """Everything open that is there."""
    return {
        (each.line.id, size_id): cell.ready
        for each in sheet(ctx, row)
        for size_id, cell in each.cells.items()
        if cell.ready
    }


def pieces(row: Shipment) -> int:
    """Pieces of a shipment."""
    return sum(size.qty for line in row.lines for size in line.sizes)


def _check(ctx: Ctx, row: Shipment) -> None:
    """Refused: nothing on it, the order is not confirmed, more than is kept for the order or free."""
    order = ctx.session.scalars(select(CustomerOrder).where(CustomerOrder.id == row.customer_order_id)).one()
    if order.state != "confirmed":
        entity = ctx.registry.get(ORDER)
        raise Refused(
            T(
                "{number} is {state}: nothing can be shipped.",
                number=order.number,
                state=entity.state(order.state).label,
            ),
            "customer_order",
        )
    if not row.lines:
        raise Refused(T("There is no line yet."))
    wanted: dict[ledger.Item, int] = defaultdict(int)
    cells: dict[ledger.Item, str] = {}
    for line in row.lines:
        for size in line.sizes:
            item = item_of(line.style_id, line.color_id, size.size_id)
            wanted[item] += size.qty
            cells[item] = f"cell-{line.order_line_id}-{size.size_id}"
    there = stock.of_store(ctx, row.store_id, ORDER, order.id, "garment", {i.id for i in wanted})
    short = [item for item, qty in wanted.items() if qty > there.of(item)]
    if short:
        called = ledger.names(ctx, short)
        raise Refused(
            [
                Problem(
                    T("{item}: {qty} to ship, {kept} kept for this order and {free} free are there.",
                      item=called[item].name, qty=wanted[item], kept=int(there.kept.get(item, 0)),
                      free=int(there.free.get(item, 0))),
                    cells[item],
                )
                for item in short
            ]
        )  # fmt: skip


def warnings(ctx: Ctx, row: Shipment) -> list[Text]:
    """Order lines that go out beyond the customer's tolerance, this shipment included. Three queries; warns only."""
    if row.state in ("cancelled", "reversed"):
        return []
    tolerance = ctx.session.scalar(
        select(Partner.ship_tol_pct)
        .join(
            CustomerOrder,
            (CustomerOrder.customer_id == Partner.id) & (CustomerOrder.tenant_id == Partner.tenant_id),
        )
        .where(CustomerOrder.id == row.customer_order_id)
    ) or Decimal(0)
    gone: dict[int, int] = defaultdict(int)
    for (line_id, _size), qty in shipped(ctx, [row.customer_order_id], row.id).items():
        gone[line_id] += qty
    found = []
    for line in row.lines:
        ordered, total = line.order_line.qty, gone[line.order_line_id] + sum(s.qty for s in line.sizes)
        if total * 100 > ordered * (100 + tolerance):
            found.append(
                T("{style} {color}: {total} shipped of {ordered} ordered, tolerance {pct} %.",
                  style=line.style.code, color=line.color.code, total=total, ordered=ordered,
                  pct=f"{tolerance.normalize():f}")
            )  # fmt: skip
    return found


def confirm(ctx: Ctx, row: Shipment) -> Text | None:
    """Packed: what is on it can no longer be changed. See :func:`_check` for what is refused."""
    _check(ctx, row)
    row.state = "confirmed"
    found = warnings(ctx, row)
    return T("Confirmed. Mind the tolerance: {what}", what=" ".join(map(str, found))) if found else None


def ship(ctx: Ctx, row: Shipment) -> None:
    """The goods leave: kept pieces first, then free ones. Refused as for confirming, and for a closed or future date."""
    problems = stamps.check_day(ctx, row.day)
    if problems:
        raise Refused(problems)
    _check(ctx, row)
    customer = ctx.session.scalars(
        select(CustomerOrder.customer_id).where(CustomerOrder.id == row.customer_order_id)
    ).one()
    there = stock.of_store(
        ctx, row.store_id, ORDER, row.customer_order_id, "garment", {line.style_id for line in row.lines}
    )
    target = ledger.Place("customer", customer)
    moves = [
        move
        for line in row.lines
        for size in line.sizes
        for move in there.take(
            "goods_out",
            item_of(line.style_id, line.color_id, size.size_id),
            target,
            Decimal(size.qty),
            line.id,
        )
    ]
    ledger.post(ctx, moves, entity=ENTITY, entity_id=row.id, on=row.day, key=f"{ENTITY}:{row.id}:ship")
    stamps.posted(ctx, row, "shipped")


def reverse(ctx: Ctx, row: Shipment, reason: str) -> None:
    """Take a shipment back. Only before it is invoiced: afterwards the customer returns the goods."""
    if row.invoice_no:
        raise Refused(
            T("Invoice {invoice} is out: take the goods back as a customer return.", invoice=row.invoice_no)
        )
    ledger.reverse(ctx, entity=ENTITY, entity_id=row.id, on=max(ctx.today(), row.day), reason=reason)
    row.state = "reversed"


def close(ctx: Ctx, row: Shipment) -> None:
    """Invoiced and done. Refused without an invoice number."""
    if not row.invoice_no:
        raise Refused(T("Write down the invoice number first."), "invoice_no")
    row.state = "closed"


def invoice(ctx: Ctx, row: Shipment, number: str) -> None:
    """Write down the invoice number of what was shipped."""
    note_changes(ctx, row, ("invoice_no", row.invoice_no or None, number))
    row.invoice_no = number
