"""What was planned to be made by others becomes draft factory orders: one for each factory that usually makes the styles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import (
    Ctx,
    EntityName,
    EntityRef,
    Problem,
    Refused,
    T,
    hookimpl,
    note_changes,
    run_action,
    save_row,
)
from core.db import among
from plugins.catalog.api import Garment, Style
from plugins.orders.api import CustomerOrder
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import rows
from plugins.outsourcing.services.consolidate import proposed_factory
from plugins.outsourcing.words import FACTORY_ORDER

CUSTOMER_ORDER = EntityName("orders.order")


@hookimpl(optionalhook=True)
def plan_release(ctx: Ctx, released: Sequence[Any]) -> dict[str, EntityRef]:
    """Drafts with the work of the customer orders that are served, no more pieces of a size than were planned. Refused where no
    customer ordered it (what is made for a forecast is ordered by hand), and where no factory is known."""
    mine = [
        each for each in released if each.kind == "outsource" and isinstance(next(iter(each.pieces)), Garment)
    ]
    if not mine:
        return {}
    ctx.require(f"{FACTORY_ORDER}.add_work")
    served = {ref.id for each in mine for ref, _qty in each.serves if ref.entity == CUSTOMER_ORDER}
    orders = {
        o.id: o for o in ctx.session.scalars(select(CustomerOrder).where(among(CustomerOrder.id, served)))
    }
    styles = {next(iter(each.pieces)).style for each in mine}
    codes = dict(
        ctx.session.execute(select(Style.id, Style.code).where(among(Style.id, styles))).tuples().all()
    )
    groups: dict[int, list[Any]] = defaultdict(list)
    problems = []
    for each in mine:
        factory = proposed_factory(ctx, [next(iter(each.pieces)).style])
        if not any(ref.entity == CUSTOMER_ORDER for ref, _qty in each.serves):
            problems.append(Problem(T("{number}: no customer ordered it yet.", number=each.number)))
        elif factory is None:
            problems.append(Problem(T("{number}: no factory is known for it.", number=each.number)))
        else:
            groups[factory.id].append((factory, each))
    if problems:
        raise Refused(problems)
    made: dict[str, EntityRef] = {}
    for _id, found in sorted(groups.items()):
        order: FactoryOrder = save_row(
            ctx, ctx.registry.get(FACTORY_ORDER), None, {"factory": found[0][0], "order_date": ctx.today()}
        )
        picks = {
            (orders[ref.id].number, codes[next(iter(each.pieces)).style])
            for _factory, each in found
            for ref, _qty in each.serves
            if ref.entity == CUSTOMER_ORDER
        }
        wanted = [{"order": number, "style": style} for number, style in sorted(picks)]
        run_action(ctx, ctx.registry.get(FACTORY_ORDER), order, "add_work", {"work": wanted})
        _no_more(ctx, order, [each.pieces for _factory, each in found])
        for _factory, each in found:
            made[each.number] = EntityRef(FACTORY_ORDER, order.id)
        for id in {ref.id for _f, each in found for ref, _q in each.serves if ref.id in orders}:
            note_changes(ctx, orders[id], ("factory order", None, order.number))
    return made


def _no_more(ctx: Ctx, order: FactoryOrder, planned: Sequence[Mapping[Garment, Decimal]]) -> None:
    """What stock covers is not made: lines that come last give way."""
    left: dict[Garment, int] = defaultdict(int)
    for pieces in planned:
        for item, qty in pieces.items():
            left[item] += int(qty)
    cells = rows.by_line(rows.cells(ctx, [order.id]))
    for line in rows.lines(ctx, order):
        less = []
        for cell in cells.get(line.id, ()):
            item = Garment(line.style_id, cell.color_id, cell.size_id)
            keeps = min(cell.qty, left[item])
            left[item] -= keeps
            if keeps != cell.qty:
                less.append({"cell": cell.id, "pcs": keeps})
        if less:
            data = {"line": line.position, "sizes": less}
            run_action(ctx, ctx.registry.get(FACTORY_ORDER), order, "set_quantities", data)
