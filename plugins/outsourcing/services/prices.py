"""Factory prices: one per style and factory order, proposed by the price list; a line may override it with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select

from core.api import Ctx, Problem, Refused, T, note_changes
from core.db import among
from plugins.catalog.api import FactoryPrice, Partner, Style
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderPrice
from plugins.outsourcing.services import amounts, rows


def of_order(ctx: Ctx, order: FactoryOrder) -> dict[int, FactoryOrderPrice]:
    """The style prices of a factory order, by style id."""
    found = ctx.session.scalars(select(FactoryOrderPrice).where(FactoryOrderPrice.order_id == order.id))
    return {row.style_id: row for row in found}


def proposed(ctx: Ctx, order: FactoryOrder, pieces: Mapping[int, int]) -> dict[int, Decimal]:
    """What the price list of the factory says for styles and pieces, in the order's currency, on the order date.

    The highest quantity break reached wins, then the newest price. The process that the factory works in (CMT, FOB) goes
    before others. One query; styles without a price are left out.
    """
    return listed(ctx, order.factory, order.currency, order.order_date, pieces)


def listed(
    ctx: Ctx, factory: Partner, currency: str, on: date, pieces: Mapping[int, int]
) -> dict[int, Decimal]:
    """The same for a factory order that is not there yet."""
    if not pieces:
        return {}
    mode = factory.mode or "CMT"
    found = ctx.session.execute(
        select(
            FactoryPrice.style_id,
            FactoryPrice.process,
            FactoryPrice.min_qty,
            FactoryPrice.valid_from,
            FactoryPrice.price,
        ).where(
            FactoryPrice.factory_id == factory.id,
            among(FactoryPrice.style_id, pieces),
            FactoryPrice.currency == currency,
            FactoryPrice.process.in_(("CMT", "FOB")),
            FactoryPrice.valid_from <= on,
            or_(FactoryPrice.valid_to.is_(None), FactoryPrice.valid_to >= on),
        )
    ).all()
    best: dict[int, tuple[tuple[object, ...], Decimal]] = {}
    for style, process, least, start, price in found:
        rank = (process == mode, least, start)
        if least <= pieces[style] and (style not in best or rank > best[style][0]):
            best[style] = (rank, price)
    return {style: price for style, (_rank, price) in best.items()}


def ensure(ctx: Ctx, order: FactoryOrder, pieces: Mapping[int, int]) -> dict[int, Decimal | None]:
    """A price row for each style, new ones filled from the price list; returns the price by style id."""
    have = of_order(ctx, order)
    missing = {style: qty for style, qty in pieces.items() if style not in have}
    found = proposed(ctx, order, missing)
    ctx.session.insert_many(
        FactoryOrderPrice,
        [{"order_id": order.id, "style_id": s, "price": found.get(s), "zero_reason": ""} for s in missing],
    )
    return {style: have[style].price if style in have else found.get(style) for style in pieces}


def set_style_price(ctx: Ctx, order: FactoryOrder, style: Style, price: Decimal, reason: str = "") -> None:
    """Set the price of a style on this factory order and of its lines without an override.

    Raises Refused where the order has no line of the style, or a zero price comes without a reason.
    """
    row = of_order(ctx, order).get(style.id)
    lines = [line for line in rows.lines(ctx, order) if line.style_id == style.id]
    if row is None or not lines:
        raise Refused(
            T("{number} has no line of style {style}.", number=order.number, style=style.code), "style"
        )
    check_price(price, reason)
    note_changes(ctx, order, (f"price {style.code}", row.price, price))
    row.price, row.zero_reason = price, reason if not price else ""
    for line in lines:
        if line.override_price is None:
            line.price = price
    amounts.reprice(ctx, order, lines)
    amounts.refresh(ctx, order)


def set_line_price(
    ctx: Ctx, order: FactoryOrder, line: FactoryOrderLine, price: Decimal | None, reason: str
) -> None:
    """Override the price of one line, with a reason; None goes back to the style's price."""
    if price is not None:
        if not reason:
            raise Refused(T("Say why this line has a price of its own."), "reason")
        check_price(price, reason)
    note_changes(ctx, order, (f"price line {line.position}", line.price, price))
    line.override_price, line.override_reason = price, reason if price is not None else ""
    line.price = price if price is not None else of_order(ctx, order)[line.style_id].price
    amounts.reprice(ctx, order, [line])
    amounts.refresh(ctx, order)


def check_price(price: Decimal, reason: str, field: str = "price") -> None:
    """Raise Refused for a negative price, more than 6 decimals, or zero without a reason."""
    if price < 0:
        raise Refused(T("A price is not negative."), field)
    exponent = price.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        raise Refused(T("At most {places} decimals.", places=6), field)
    if not price and not reason:
        raise Refused(T("A price of zero needs a reason."), "reason")


def missing(
    lines: Iterable[FactoryOrderLine], prices: Mapping[int, FactoryOrderPrice], styles: Mapping[int, str]
) -> list[Problem]:
    """Why the prices do not let a factory order be issued: none yet, or zero without a reason."""
    found = []
    for line in lines:
        style = styles.get(line.style_id, "?")
        reason = line.override_reason if line.override_price is not None else ""
        if line.override_price is None and line.style_id in prices:
            reason = prices[line.style_id].zero_reason
        if line.price is None:
            message = T("Line {line}: {style} has no factory price.", line=line.position, style=style)
        elif line.price < 0 or (line.price == 0 and not reason):
            message = T(
                "Line {line}: {style} has a price of zero without a reason.", line=line.position, style=style
            )
        else:
            continue
        found.append(Problem(message, f"lines-{line.position}-price"))
    return found
