"""收料: a delivery against order lines. Writing it down (draft) and the checks it must pass.

Made for large deliveries: lines are read and written in bulk, whatever their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, EntityName, Problem, Refused, T, next_number, record_save
from core.db import flush_rows
from core.values import ZERO, decimal_text
from kit.papers import future_problems
from plugins.catalog.api import Partner
from plugins.purchasing.api import quantities
from plugins.receiving.models import Receipt
from plugins.receiving.services import targets
from plugins.receiving.services.receipt_lines import totals, write
from plugins.receiving.services.targets import Target
from plugins.receiving.words import PURCHASE_ORDER
from plugins.stock.api import Store

ENTITY = EntityName("receiving.receipt")


@dataclass(frozen=True)
class Roll:
    """A roll or lot: ``qty`` in purchase units; ``stock_qty`` measured in stock units, None = by the order's factor."""

    roll: str = ""
    lot: str = ""
    qty: Decimal = ZERO
    stock_qty: Decimal | None = None
    net_kg: Decimal | None = None
    length_m: Decimal | None = None
    width_in: Decimal | None = None
    rejected: bool = False


@dataclass
class Received:
    """What came against a line. ``received``/``rejected`` in its purchase unit, ``stock_qty`` as measured in stock units.

    With ``rolls`` the quantities follow from them. ``uom`` (optional) must be the line's. ``free``: given for nothing.
    ``over_reason``: why more than the tolerance is taken. ``deviation_ok``: yes, the measured quantity is right.
    ``name`` is the prefix of its inputs for messages.
    """

    line_id: int
    received: Decimal | None = None
    rejected: Decimal = ZERO
    stock_qty: Decimal | None = None
    uom: str = ""
    free: bool = False
    reject_reason: str = ""
    over_reason: str = ""
    deviation_ok: bool = False
    note: str = ""
    rolls: Sequence[Roll] = field(default_factory=tuple)
    name: str = ""


def draft(
    ctx: Ctx,
    supplier: Partner,
    store: Store,
    given: Sequence[Received],
    *,
    received_on: date | None = None,
    delivery_note: str = "",
    inspect: bool | None = None,
    notes: str = "",
    key: str = "",
    number: str = "",
) -> Receipt:
    """Write a delivery down; nothing is in stock yet. The same ``key`` a second time gives the first receipt.

    Refused with every problem: unknown, foreign, closed or short-closed line, wrong unit, a quantity that is missing,
    negative, zero or too fine, more rejected than received, rolls that do not add up, a future date.
    """
    ctx.require(f"{ENTITY}.create")
    if key:
        first = ctx.session.scalars(select(Receipt).where(Receipt.key == key)).one_or_none()
        if first is not None:
            return first
    day = received_on or ctx.today()
    known = targets.of_lines(ctx, {g.line_id for g in given})
    problems: list[Problem] = []
    if not given:
        problems.append(Problem(T("Nothing was received.")))
    problems += future_problems(ctx, day, "received_on")
    if not store.active:
        problems.append(Problem(T("{store} is no longer active.", store=store.code), "store"))
    for each in given:
        problems += check_line(each, known.get(each.line_id), supplier)
    if problems:
        raise Refused(problems)
    row = Receipt(
        state="draft", supplier_id=supplier.id, supplier=supplier, store_id=store.id, store=store, received_on=day,
        delivery_note=delivery_note.strip(), notes=notes, key=key or None, created_at=ctx.now(), posted_by="",
        inspect=bool(ctx.setting("receiving.inspection", False)) if inspect is None else inspect,
        number=number or next_number(ctx, "receipt", day),
    )  # fmt: skip
    ctx.session.add(row)
    flush_rows(ctx.session)
    write(ctx, row, given, known)
    changes = [("lines", None, len(given)), ("delivery note", None, row.delivery_note)]
    record_save(ctx, row, "create", changes, is_new=True)
    return row


def check_line(given: Received, target: Target | None, supplier: Partner) -> list[Problem]:
    """What is wrong with one line of a delivery, apart from tolerance and deviation."""
    name = given.name
    if target is None:
        return [Problem(T("There is no such order line."), f"{name}received")]
    where = target.label
    if target.supplier_id != supplier.id:
        return [
            Problem(
                T("{line} was not ordered from {supplier}.", line=where, supplier=supplier.code),
                f"{name}received",
            )
        ]
    closed = targets.closed_reason(target)
    if closed is not None:
        return [Problem(closed, f"{name}received")]
    if given.uom and given.uom != target.uom:
        return [
            Problem(
                T("{line} is ordered in {uom}, not in {wrong}.", line=where, uom=target.uom, wrong=given.uom),
                f"{name}received",
            )
        ]
    problems: list[Problem] = []
    received, rejected, measured = totals(given)
    for roll in given.rolls:
        problems += quantities.came_problem(roll.qty, target.uom, f"{name}rolls")
        if roll.stock_qty is not None:
            problems += quantities.problem(
                roll.stock_qty, targets.stock_grain(target), target.stock_uom, f"{name}rolls"
            )
    if given.rolls and given.received is not None and given.received != received:
        problems.append(
            Problem(
                T(
                    "The rolls add up to {sum} {uom}, not {typed}.",
                    sum=decimal_text(received),
                    typed=decimal_text(given.received),
                    uom=target.uom,
                ),
                f"{name}rolls",
            )
        )
    problems += quantities.came_problem(received, target.uom, f"{name}received")
    problems += quantities.came_problem(rejected, target.uom, f"{name}rejected", zero=True)
    if (
        not problems
        and measured is None
        and not quantities.stock_qty(received, target.factor, targets.stock_grain(target))
    ):
        problems.append(
            Problem(
                T("Too little to be counted in {uom}: type the stock quantity.", uom=target.stock_uom),
                f"{name}stock_qty",
            )
        )
    if received is not None and rejected > received:
        problems.append(Problem(T("More was rejected than received."), f"{name}rejected"))
    if measured is not None:
        problems += quantities.problem(
            measured, targets.stock_grain(target), target.stock_uom, f"{name}stock_qty"
        )
        if target.uom == target.stock_uom and received is not None and measured != received:
            problems.append(
                Problem(
                    T("Ordered and stocked in {uom}: the two quantities are one.", uom=target.uom),
                    f"{name}stock_qty",
                )
            )
    return problems


def by_supplier(ctx: Ctx, given: Sequence[Received]) -> dict[int, list[Received]]:
    """Lines of a sheet by the supplier of their orders; Refused where a line does not exist for this person."""
    known = targets.of_lines(ctx, {g.line_id for g in given})
    seen = ctx.scope.visible(ctx.registry.get(PURCHASE_ORDER), {t.order_id for t in known.values()})
    known = {line_id: target for line_id, target in known.items() if target.order_id in seen}
    lost = [
        Problem(T("There is no such order line."), f"{g.name}received")
        for g in given
        if g.line_id not in known
    ]
    if lost:
        raise Refused(lost)
    found: dict[int, list[Received]] = defaultdict(list)
    for each in given:
        found[known[each.line_id].supplier_id].append(each)
    return found
