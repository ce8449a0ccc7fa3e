"""出貨: the states of a shipment, draft → confirmed → shipped → closed, and what each of them asks."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityName, Problem, Refused, T, Text, note_changes
from core.values import decimal_text
from kit.papers import future_problems, stamp_posted
from plugins.catalog.api import Partner
from plugins.orders.api import CustomerOrder
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping_lines, wanted
from plugins.stock.api import garment, keepers, on_hand, stamps, taking_back

ENTITY = EntityName("shipping.shipment")


def _problems(ctx: Ctx, row: Shipment) -> list[Problem]:
    """All that is against it: the order is not confirmed, nothing is on it, more than is kept for the order or free."""
    found = []
    order = ctx.session.scalars(select(CustomerOrder).where(CustomerOrder.id == row.customer_order_id)).one()
    if order.state != "confirmed":
        entity = ctx.registry.get(shipping_lines.ORDER)
        state = entity.state(order.state).label
        said = T("{number} is {state}: nothing can be shipped.", number=order.number, state=state)
        found.append(Problem(said, "customer_order"))
    if not row.lines:
        found.append(Problem(T("There is no line yet.")))
    wanted: dict[ledger.Item, Decimal] = defaultdict(Decimal)
    cells: dict[ledger.Item, str] = {}
    for line in row.lines:
        for size in line.sizes:
            item = garment(line.style_id, line.color_id, size.size_id)
            wanted[item] += size.qty
            cells[item] = f"cell-{line.order_line_id}-{size.size_id}"
    there = on_hand.of_store(
        ctx, row.store_id, shipping_lines.ORDER, order.id, "garment", {i.id for i in wanted}
    )
    return found + on_hand.missing(ctx, there, wanted, cells)


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
    for (line_id, _size), qty in shipping_lines.supplied(ctx, [row.customer_order_id], row.id).items():
        gone[line_id] += qty
    found = []
    for line in row.lines:
        ordered, total = line.order_line.qty, gone[line.order_line_id] + sum(s.qty for s in line.sizes)
        if total * 100 > ordered * (100 + tolerance):
            found.append(
                T("{style} {color}: {total} shipped of {ordered} ordered, tolerance {pct} %.",
                  style=line.style.code, color=line.color.code, total=total, ordered=ordered,
                  pct=decimal_text(tolerance))
            )  # fmt: skip
    return found


def confirm(ctx: Ctx, row: Shipment) -> Text | None:
    """Packed: what is on it can no longer be changed. See :func:`_problems` for what is refused."""
    if problems := _problems(ctx, row):
        raise Refused(problems)
    found = warnings(ctx, row)
    return T("Confirmed. Mind the tolerance: {what}", what=" ".join(map(str, found))) if found else None


def ship(ctx: Ctx, row: Shipment) -> None:
    """The goods leave: kept pieces first, then free ones. Refused as for confirming, and for a closed or future date."""
    if problems := [*future_problems(ctx, row.day, "day"), *_problems(ctx, row)]:
        raise Refused(problems)
    customer = ctx.session.scalars(
        select(CustomerOrder.customer_id).where(CustomerOrder.id == row.customer_order_id)
    ).one()
    there = on_hand.of_store(
        ctx,
        row.store_id,
        shipping_lines.ORDER,
        row.customer_order_id,
        "garment",
        {line.style_id for line in row.lines},
    )
    target = ledger.Place("customer", customer)
    moves = [
        move
        for line in row.lines
        for size in line.sizes
        for move in there.take(
            "goods_out",
            garment(line.style_id, line.color_id, size.size_id),
            target,
            Decimal(size.qty),
            line.id,
        )
    ]
    with stamps.said_at("day"):
        ledger.post(ctx, moves, entity=ENTITY, entity_id=row.id, on=row.day, key=f"{ENTITY}:{row.id}:ship")
    stamp_posted(ctx, row)


def reverse(ctx: Ctx, row: Shipment, reason: str) -> None:
    """Take a shipment back. Only before it is invoiced: afterwards the customer returns the goods; nor once they did, or the
    same pieces would come back twice."""
    if row.invoice_no:
        raise Refused(
            T("Invoice {invoice} is out: take the goods back as a customer return.", invoice=row.invoice_no)
        )
    others = wanted.delivered(ctx, row.customer_order_id, row.id).items
    back = keepers.returned(ctx, shipping_lines.ORDER.ref(row.customer_order_id))
    twice = [item for item, qty in back.items() if qty > others.get(item, 0)]
    if twice:
        called = ledger.names(ctx, twice)
        raise Refused([
            Problem(T("{item}: {n} came back from the customer. Take that return back first.", item=called[item].name,
                      n=int(back[item])))
            for item in twice
        ])  # fmt: skip
    taking_back.reverse(ctx, ENTITY.ref(row.id), on=max(ctx.today(), row.day), reason=reason)


def close(ctx: Ctx, row: Shipment) -> None:
    """Invoiced and done. Refused without an invoice number."""
    if not row.invoice_no:
        raise Refused(T("Write down the invoice number first."), "invoice_no")


def invoice(ctx: Ctx, row: Shipment, number: str) -> None:
    """Write down the invoice number of what was shipped."""
    note_changes(ctx, row, ("invoice_no", row.invoice_no or None, number))
    row.invoice_no = number
