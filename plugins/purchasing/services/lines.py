"""Lines of a purchase order: what is typed becomes rows with snapshots of unit, factor, price and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Change, Ctx, EntityName, EntityRef, Problem, Refused, T, Text, check_version, record_save
from core.db import flush_rows, json_value
from core.money import currency_decimals, line_amount, round_half_up, too_much
from core.values import ZERO
from plugins.purchasing.models import LineStyle, PurchaseLine, PurchaseOrder
from plugins.purchasing.services import articles, inputs, purposes, quantities
from plugins.purchasing.services.articles import Sizes
from plugins.purchasing.services.inputs import LineInput

if TYPE_CHECKING:
    from plugins.purchasing.hookspecs import Purpose

ENTITY = EntityName("purchasing.order")
MOST = 2000


def purchase_lines(ctx: Ctx, order_id: int) -> list[PurchaseLine]:
    """Lines in order with all they refer to, as they are now; a fixed number of queries."""
    flush_rows(ctx.session)
    line = PurchaseLine
    return list(
        ctx.session.scalars(
            select(line)
            .where(line.order_id == order_id)
            .order_by(line.position, line.id)
            .options(
                selectinload(line.material), selectinload(line.style), selectinload(line.color), selectinload(line.size),
                selectinload(line.destination), selectinload(line.styles).selectinload(LineStyle.style),
            )
            .execution_options(populate_existing=True)
        )
    )  # fmt: skip


def save(ctx: Ctx, order: PurchaseOrder, inputs: Sequence[LineInput], *, version: int | None = None) -> None:
    """Make these the lines of a draft: with ``id`` a line is changed, without one it is new, those left out go.

    Prices left empty come from the supplier's price list. Raises Refused with every problem, Stale or Denied.
    """
    ctx.require(f"{ENTITY}.edit")
    check_version(ctx, ctx.registry.get(ENTITY), order, version)
    if order.state != "draft":
        raise Refused(T("{number} is issued: its lines change by revision.", number=order.number))
    have = {line.id: line for line in purchase_lines(ctx, order.id)}
    before = [summary(line) for line in have.values()]
    articles.fill_prices(ctx, order, inputs)
    problems = check(ctx, order, inputs)
    if any(i.id and i.id not in have for i in inputs):
        problems.append(Problem(T("A line was removed by somebody else. Open the document again.")))
    if problems:
        raise Refused(problems)
    sizes = articles.known_sizes(ctx, inputs)
    kept = []
    for position, given in enumerate(inputs, 1):
        line = have.get(given.id) or PurchaseLine(styles=[])
        identify(line, given, sizes)
        apply(ctx, order, line, given)
        line.position = position
        kept.append(line)
    order.lines = kept
    flush_rows(ctx.session)
    refresh(ctx, order)
    after = [summary(line) for line in kept]
    if before != after:
        record_save(ctx, order, "lines", [("lines", before, after)])
    purposes.write(
        ctx, order, {line.id: wanted(order, given) for line, given in zip(kept, inputs, strict=True)}
    )


def check(ctx: Ctx, order: PurchaseOrder, inputs: Sequence[LineInput]) -> list[Problem]:
    """What is wrong with lines beyond their single fields."""
    problems: list[Problem] = []
    if len(inputs) > MOST:
        problems.append(Problem(T("A purchase order has at most {n} lines.", n=MOST)))
    sizes = articles.known_sizes(ctx, inputs)
    dead = purposes.problems(ctx, (ref for i in inputs for ref in (i.allocations or {})))
    for given in inputs:
        name = given.name
        problems += articles.problems(order, given, sizes)
        if (given.material or given.style) is None:
            continue
        uom = articles.units(given.article).uom
        if given.uom and given.uom != uom:
            problems.append(
                Problem(
                    T("{material} is bought in {uom}.", material=given.article.code, uom=uom), f"{name}uom"
                )
            )
        problems += quantities.problem(given.qty, quantities.step(uom), uom, f"{name}qty")
        if given.qty is not None and (text := too_much(given.qty, given.price)) is not None:
            problems.append(Problem(text, f"{name}price"))
        problems += _check_allocations(given, dead)
    return problems


def _check_allocations(given: LineInput, dead: Mapping[EntityRef, Text]) -> list[Problem]:
    field = f"{given.name}allocations"
    problems = []
    for ref, qty in (given.allocations or {}).items():
        if ref in dead:
            problems.append(Problem(dead[ref], field))
        if qty <= 0:
            problems.append(Problem(T("A quantity is more than zero."), field))
    if sum((given.allocations or {}).values(), ZERO) > (given.qty or ZERO):
        problems.append(Problem(T("More is promised to factory orders than is ordered."), field))
    return problems


def identify(line: PurchaseLine, given: LineInput, sizes: Sizes) -> None:
    """Say which material or style, colour, size and destination a line is."""
    line.material, line.material_id = given.material, given.material.id if given.material else None
    line.style, line.style_id = given.style, given.style.id if given.style else None
    line.color, line.color_id = given.color, given.color.id if given.color else None
    line.size_id = articles.size_of(sizes, given)
    line.destination = given.destination
    line.destination_id = given.destination.id if given.destination else None
    bought = articles.units(given.article)
    line.uom, line.stock_uom, line.factor = bought.uom, bought.stock_uom, bought.factor


def apply(ctx: Ctx, order: PurchaseOrder, line: PurchaseLine, given: LineInput) -> None:
    """Write quantity, price, dates and styles of an input that was checked."""
    line.qty, line.price = given.qty, given.price
    line.stock_qty = quantities.stock_qty(given.qty, line.factor, articles.units(given.article).grain)
    line.amount = (
        line_amount(ctx, given.qty, given.price, order.currency) if given.price is not None else ZERO
    )
    line.required_date, line.availability = given.required_date, given.availability
    line.tolerance_pct, line.zero_reason, line.note = given.tolerance_pct, given.zero_reason, given.note
    line.short_closed, line.short_reason = bool(line.short_closed), line.short_reason or ""
    limit(ctx, order, line)
    have = {s.style_id: s for s in line.styles}
    line.styles = [have.get(s.id) or LineStyle(style_id=s.id, style=s) for s in given.styles]


def wanted(order: PurchaseOrder, given: LineInput) -> Mapping[EntityRef, Decimal]:
    """What a line is bought for: as typed, else wholly for the document that its order is for."""
    if given.allocations is not None:
        return given.allocations
    return {order.purpose: given.qty} if order.purpose is not None else {}


def limit(ctx: Ctx, order: PurchaseOrder, line: PurchaseLine) -> None:
    """Fix how much may be accepted and when the line is complete, from its tolerance or the settings of its class."""
    over = quantities.over_pct(ctx, order.material_class, line.tolerance_pct)
    line.max_qty, line.close_qty = quantities.limits(
        line.qty, over, quantities.under_pct(ctx, order.material_class), line.uom
    )


def refresh(ctx: Ctx, order: PurchaseOrder) -> None:
    """Total of the order: rounded line amounts, then tax on their sum."""
    decimals = currency_decimals(ctx, order.currency)
    found = ctx.session.scalars(select(PurchaseLine.amount).where(PurchaseLine.order_id == order.id))
    subtotal = sum(found, ZERO)
    order.total = subtotal + round_half_up(subtotal * (order.tax_pct or ZERO) / 100, decimals)


def reprice(ctx: Ctx, order: PurchaseOrder) -> None:
    """The header changed: amounts in its currency, lines of its class, total."""
    for line in ctx.session.scalars(select(PurchaseLine).where(PurchaseLine.order_id == order.id)):
        line.amount = (
            line_amount(ctx, line.qty, line.price, order.currency) if line.price is not None else ZERO
        )
    flush_rows(ctx.session)
    refresh(ctx, order)
    flush_rows(ctx.session)


def as_inputs(ctx: Ctx, order_id: int) -> list[LineInput]:
    """The lines of an order as they would be typed."""
    found = purchase_lines(ctx, order_id)
    served = purposes.of_lines(ctx, [line.id for line in found])
    return [inputs.as_input(line, served[line.id]) for line in found]


def label(line: PurchaseLine) -> str:
    """``FAB-OXF LBL``: the line's material or style with what tells it apart."""
    parts = (line.article, line.color, line.size, line.destination)
    return " ".join(part.code for part in parts if part is not None)


def summary(line: PurchaseLine) -> dict[str, Any]:
    """A line as the audit trail keeps it."""
    plain: dict[str, Any] = json_value(
        {
            "line": line.position,
            "material": label(line),
            "qty": line.qty,
            "uom": line.uom,
            "price": line.price,
        }
    )
    return plain


def diff(line: PurchaseLine, served: Sequence[Purpose], given: LineInput) -> list[Change]:
    """What an input changes on a line that is bought for ``served``."""
    pairs: list[tuple[str, Any, Any]] = [
        ("qty", line.qty, given.qty),
        ("price", line.price, given.price),
        ("required date", line.required_date, given.required_date),
        ("availability", line.availability, given.availability),
        ("tolerance %", line.tolerance_pct, given.tolerance_pct),
        ("note", line.note, given.note),
        ("reason for price 0", line.zero_reason, given.zero_reason),
        ("styles", sorted(s.style.code for s in line.styles), sorted(s.code for s in given.styles)),
    ]
    if given.allocations is not None:
        old = {p.ref: p.qty for p in served}
        if old != dict(given.allocations):
            names = {p.ref: p.number for p in served}
            pairs.append(
                (
                    "factory orders",
                    {names[k]: q for k, q in old.items()},
                    {names.get(k, k.id): q for k, q in given.allocations.items()},
                )
            )
    return [(f"{line.position} {label(line)}: {name}", old, new) for name, old, new in pairs if old != new]
