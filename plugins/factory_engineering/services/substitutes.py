"""Substitutes of factory orders: whom and what their material is for, and the demand behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityName, Problem, Refused, T, note_changes
from core.db import among
from core.values import decimal_text
from plugins.catalog.api import BomLine
from plugins.engineering.api import confirmed_substitutes as confirmed
from plugins.orders.api import CustomerOrder
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine
from plugins.stock.api import demands, groups

ORDER = EntityName("outsourcing.order")
Uses = Mapping[int, tuple[Collection[int], Collection[int]]]


def recommended(ctx: Ctx, order: FactoryOrder) -> list[confirmed.Recommended]:
    """What may stand in for material that the factory order lacks. A fixed number of statements, once a page."""
    return ctx.memo.once(("factory_engineering.recommended", order.id), lambda: _recommended(ctx, order))


def _recommended(ctx: Ctx, order: FactoryOrder) -> list[confirmed.Recommended]:
    demand = demands.ids_of(ctx, ORDER, [order.id]).get(order.id)
    return confirmed.recommend(ctx, demand, uses_of(ctx, order)) if demand is not None else []


def uses_of(ctx: Ctx, order: FactoryOrder) -> Uses:
    """For each material of its styles: whose orders, and which styles, it is for. Two statements."""
    line, customer = FactoryOrderLine, CustomerOrder
    rows = ctx.session.execute(
        select(line.style_id, customer.customer_id)
        .join(customer, (customer.id == line.customer_order_id) & (customer.tenant_id == line.tenant_id))
        .where(line.order_id == order.id, line.qty > 0)
    ).all()
    found: dict[int, tuple[set[int], set[int]]] = {}
    taken = ctx.session.execute(
        select(BomLine.material_id, BomLine.style_id).where(
            among(BomLine.style_id, {style for style, _c in rows})
        )
    )
    for material, style in taken:
        customers, styles = found.setdefault(material, (set(), set()))
        styles.add(style)
        customers |= {customer_id for style_id, customer_id in rows if style_id == style}
    return found


def confirm(ctx: Ctx, order: FactoryOrder, data: Mapping[str, Any]) -> Any:
    """A person decides on substitutes: each row names one that is recommended, by the group and the substitute."""
    offered = {key_of(ctx, each): each for each in recommended(ctx, order)}
    chosen, problems = [], []
    for n, row in enumerate(data["substitutes"]):
        found = offered.get(row["what"])
        if found is None:
            problems.append(Problem(T("This is not recommended any more."), f"substitutes.{n}.what"))
        else:
            chosen.append(found)
    if problems:
        raise Refused(problems)
    if not chosen:
        raise Refused(T("Nothing is chosen."))
    confirmed.confirm(ctx, ORDER.ref(order.id), chosen, data["reason"])
    note_changes(
        ctx,
        order,
        *((f"{each.name}", None, f"{each.by_name} × {decimal_text(each.allowed.ratio)}") for each in chosen),
    )
    return T(
        "{n} substitutes are confirmed. What comes of them counts for the material they stand in for.",
        n=len(chosen),
    )


def key_of(ctx: Ctx, each: confirmed.Recommended) -> str:
    """What names a recommendation: the group and the substitute, in people's codes."""
    return f"{each.name} > {each.by_name}"


def in_force(ctx: Ctx, order: FactoryOrder) -> list[dict[str, Any]]:
    """Every decision, with names; those taken back last. A fixed number of statements."""
    rows = confirmed.of_document(ctx, ORDER.ref(order.id))
    names = groups.group_names(ctx, {key for row in rows for key in confirmed.keys_of(row)})
    found = []
    for row in sorted(rows, key=lambda each: (each.dropped_at is not None, each.id)):
        main, by = confirmed.keys_of(row)
        if main in names and by in names:
            found.append({"row": row, "main": names[main], "by": names[by]})
    return found


def drop(ctx: Ctx, order: FactoryOrder, data: Mapping[str, Any]) -> Any:
    """Take decisions back."""
    known = {each["row"].id: each for each in in_force(ctx, order)}
    ids = [row["decision"] for row in data["decisions"]]
    n = confirmed.drop(ctx, ORDER.ref(order.id), ids, data["reason"])
    note_changes(ctx, order, *((str(known[i]["main"]), str(known[i]["by"]), None) for i in ids))
    return T("{n} substitutes were taken back.", n=n)


def live(ctx: Ctx, order: FactoryOrder) -> Sequence[dict[str, Any]]:
    """Decisions that hold."""
    return [each for each in in_force(ctx, order) if each["row"].dropped_at is None]
