"""What a factory order says now, as it is kept when it is issued or revised."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from core.money import currency_decimals
from core.values import ZERO
from kit.papers import plain_values
from kit.printing.glyphs import check_glyphs
from plugins.catalog.api import Color, Destination, Partner, PaymentTermLine, Size, Style
from plugins.orders.api import CustomerOrder
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.models.snapshot import ColorSnapshot, LineSnapshot, OrderSnapshot, TermLine, Terms
from plugins.outsourcing.services import amounts, rows, supply


def keep_snapshot(ctx: Ctx, order: FactoryOrder) -> None:
    """What the order says now is what was issued. Refused where it cannot be printed."""
    said = build_snapshot(ctx, order)
    check_glyphs(ctx, said)
    order.snapshot = said
    order.agreed_terms = plain_values(said.terms.lines) if said.terms else None


def drop(order: FactoryOrder) -> None:
    """Nothing is issued any more."""
    order.snapshot = order.agreed_terms = None


def build_snapshot(ctx: Ctx, order: FactoryOrder) -> OrderSnapshot:
    """A factory order as it stands. A fixed number of queries."""
    decimals = currency_decimals(ctx, order.currency)
    lines = _lines(ctx, order)
    sums = amounts.sums(sum((line.amount for line in lines), ZERO), order.tax_pct, decimals)
    return OrderSnapshot(
        number=order.number, revision=order.revision, issue_date=order.issue_date, order_date=order.order_date,
        currency=order.currency, decimals=decimals, incoterm=order.incoterm, delivery_place=order.delivery_place,
        notes=order.notes, tax_pct=order.tax_pct, factory=order.factory.party(), mode=order.factory.mode,
        terms=_terms(ctx, order), lines=lines, materials=supply.listed(ctx, (line.style for line in lines)),
        qty=sum(line.qty for line in lines), subtotal=sums.subtotal, tax=sums.tax, total=sums.total,
    )  # fmt: skip


def _terms(ctx: Ctx, order: FactoryOrder) -> Terms | None:
    terms = order.terms
    if terms is None:
        return None
    found = ctx.session.scalars(
        select(PaymentTermLine).where(PaymentTermLine.term_id == terms.id).order_by(PaymentTermLine.position)
    )
    lines = tuple(TermLine(pct=t.pct, trigger=t.trigger, days=t.days) for t in found)
    return Terms(code=terms.code, name=terms.name, names=terms.names, lines=lines)


def _lines(ctx: Ctx, order: FactoryOrder) -> tuple[LineSnapshot, ...]:
    line, customer = FactoryOrderLine, CustomerOrder
    heads = ctx.session.execute(
        select(
            line.id, line.position, customer.number, Partner.code, line.customer_po, Style.code, Style.name, Style.names,
            Style.unit, Destination.code, Destination.name, line.ship_date, line.qty, line.price, line.amount, line.parts,
            line.override_price, line.flag, line.style_id, line.override_reason, line.short_closed,
        )
        .join(customer, (customer.id == line.customer_order_id) & (customer.tenant_id == line.tenant_id))
        .join(Partner, (Partner.id == customer.customer_id) & (Partner.tenant_id == customer.tenant_id))
        .join(Style, (Style.id == line.style_id) & (Style.tenant_id == line.tenant_id))
        .join(Destination, (Destination.id == line.destination_id) & (Destination.tenant_id == line.tenant_id))
        .where(line.order_id == order.id)
        .order_by(line.position, line.id)
    ).all()  # fmt: skip
    cells = rows.by_line(rows.cells(ctx, [order.id]))
    everything = [cell for found in cells.values() for cell in found]
    colors = {
        row.id: row
        for row in ctx.session.execute(
            select(Color.id, Color.code, Color.name, Color.names).where(
                among(Color.id, {c.color_id for c in everything})
            )
        )
    }
    sizes = {
        row.id: row
        for row in ctx.session.execute(
            select(Size.id, Size.code, Size.position).where(among(Size.id, {c.size_id for c in everything}))
        )
    }
    result = []
    for (lid, position, number, buyer, po, style, name, names, unit, destination, port, ship, qty, price, amount, parts,
         override, flag, style_id, why, short_closed) in heads:  # fmt: skip
        grid: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for cell in cells.get(lid, []):
            grid[cell.color_id][cell.size_id] += cell.qty
        by_color = tuple(
            ColorSnapshot(
                color=colors[c].code,
                name=colors[c].name,
                names=colors[c].names,
                qty=sum(found.values()),
                sizes=tuple(
                    (sizes[s].code, q) for s, q in sorted(found.items(), key=lambda i: sizes[i[0]].position)
                ),
            )
            for c, found in grid.items()
        )
        result.append(
            LineSnapshot(
                line_id=lid, position=position, order=number, customer=buyer, customer_po=po, style_id=style_id, style=style,
                style_name=name, style_names=names, unit=unit, destination=destination, destination_name=port,
                ship_date=ship, qty=qty, price=price, amount=amount,
                parts=tuple((int(pieces), Decimal(earlier)) for pieces, earlier in parts or ()),
                override=override is not None, override_reason=why, flag=flag, short_closed=short_closed, colors=by_color,
            )
        )  # fmt: skip
    return tuple(result)
