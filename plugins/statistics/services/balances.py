"""Customer orders by what is still to be shipped, line by line, and vendors by what they delivered, size by size: what came
too much of one hides nothing of another. Both are told apart in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
    union_all,
)

from core.api import Ctx, T
from core.values import ZERO
from kit.facts import Facts
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.orders.api import CustomerOrder, OrderLine
from plugins.statistics.services.names import names_of
from plugins.statistics.services.sums import (
    Asked,
    Converter,
    Sum,
    columns_of,
    facts_of,
    narrowed,
    sees_value,
    sum_up,
)
from plugins.statistics.services.tables import Column, Row, Table, made, share_of
from plugins.statistics.words import ACCEPTED, BOUGHT, SETTLED, SHIPPED, SOLD

CELL = ("line", "color", "size")
"""What a vendor is held to: each size of each line."""


def orders(ctx: Ctx, asked: Asked) -> Table:
    """Confirmed orders of the span of which something is still to be shipped, the largest balance first: what came back to be
    replaced is, what was settled otherwise is not. One statement."""
    converter, seen = Converter(ctx, asked.until), ctx.can(CUSTOMER_PRICES)
    head, line = CustomerOrder, OrderLine
    left: SQLColumnExpression[Any] = line.qty
    stages = [left]
    rows: Any = select(line).join(head, (head.id == line.order_id) & (head.tenant_id == line.tenant_id))
    for figure in (SHIPPED, SETTLED):
        done = _by_key(facts_of(ctx, figure, {"ordered"}), ("ordered",))
        if done is not None:
            so_far = func.coalesce(done.c.qty, 0)
            left = case((left > so_far, left - so_far), else_=0)
            rows = rows.outerjoin(done, done.c.ordered == line.id)
        stages.append(left)
    unshipped = stages[1]
    group = (head.id, head.number, head.customer_id, head.customer_po, head.ship_date, head.currency)
    rows = (
        rows.with_only_columns(*group, func.sum(line.qty), func.sum(unshipped), func.sum(left), func.sum(line.price * left),
                               maintain_column_froms=True)
        .where(head.state == "confirmed", head.order_date.between(asked.since, asked.until))
        .group_by(*group)
        .having(func.sum(left) > 0)
    )  # fmt: skip
    if "customer" in asked.only:
        rows = rows.where(head.customer_id.in_(asked.only["customer"]))
    if "season" in asked.only:
        rows = rows.where(head.season.in_(asked.only["season"]))
    found = ctx.session.execute(rows).all()
    called = names_of(ctx, "customer", {row[2] for row in found})
    made_rows = []
    for order_id, number, customer, customer_po, due, currency, qty, unsent, balance, value in found:
        worth = converter.exact({currency: value if value is not None else ZERO}) if seen else None
        figures = {
            "customer": called[customer].code, "customer_po": customer_po, "due": due, "qty": int(qty),
            "settled": int(unsent) - int(balance), "balance": int(balance), "value": converter.rounded(worth),
            "pct": share_of(int(qty) - int(unsent), int(qty)),
        }  # fmt: skip
        made_rows.append(Row(number, called[customer].name, figures, f"/orders/order/{order_id}"))
    return made(
        (
            Column("customer_po", T("Customer PO"), "text"),
            Column("due", T("First ship date"), "date"),
            Column("qty", T("Ordered"), total=True),
            Column("settled", T("Settled"), total=True) if left is not unshipped else None,
            Column("balance", T("Still to ship"), total=True),
            Column("value", T("Amount of the balance"), "money", total=True) if seen else None,
            Column("pct", T("Shipped in %"), "pct"),
        ),
        made_rows,
        ("value",) if seen else ("balance",),
        converter,
        lambda row: (-(row.figures["value"] or ZERO), -row.figures["balance"], row.code),
    )


def customers(ctx: Ctx, asked: Asked) -> Table:
    """Customers by what they ordered, and what they owe at the end of the span, where somebody tells."""
    converter = Converter(ctx, asked.until)
    found, seen = sum_up(ctx, SOLD, ("customer",), asked)
    sold = {customer: own for (customer,), own in found.items()}
    answers = [debts for debts in ctx.hooks.customer_debts(on=converter.on) if debts is not None]
    owed = {customer: debt for debts in answers for customer, debt in debts.items()}
    if "customer" in asked.only:
        owed = {customer: debt for customer, debt in owed.items() if customer in asked.only["customer"]}
    names = names_of(ctx, "customer", {*sold, *owed})
    rows = []
    for customer, name in names.items():
        own, (debt, late, behind) = sold.get(customer, Sum()), owed.get(customer, (ZERO, ZERO, ""))
        value = converter.rounded(converter.exact(own.values)) if seen else None
        figures = {"qty": own.qty, "value": value, "owed": debt, "overdue": late}
        links = {"owed": behind, "overdue": behind} if behind else {}
        rows.append(Row(name.code, name.name, figures, f"/catalog/partner/{customer}", links))
    whole = sum((row.figures["value"] or ZERO for row in rows), ZERO)
    for row in rows:
        row.figures["share"] = share_of(row.figures["value"], whole)
    return made(
        (
            Column("qty", T("Pieces"), opens=SOLD, total=True),
            Column("value", T("Amount"), "money", opens=SOLD, total=True) if seen else None,
            Column("share", T("Proportion"), "pct") if seen else None,
            Column("owed", T("Owed"), "money", total=True) if answers else None,
            Column("overdue", T("Overdue"), "money", total=True) if answers else None,
        ),
        rows,
        ("value",) if seen else ("qty",),
        converter,
        lambda row: (-(row.figures["value"] or ZERO), -row.figures["qty"], row.code),
    )


def vendors(ctx: Ctx, asked: Asked) -> Table:
    """Vendors and factories by what was bought of them: how much of it was accepted (never more than was ordered of a size),
    and of what was due by today, how much came in time. One statement for each kind of document goods are bought with."""
    converter = Converter(ctx, asked.until)
    kinds = facts_of(ctx, BOUGHT, {"vendor", "due", *CELL, *asked.only})
    came = facts_of(ctx, ACCEPTED, {"due", *CELL})
    seen = sees_value(ctx, kinds)
    sums: dict[int, list[Any]] = defaultdict(lambda: [0, {}, 0, 0, 0, 0])
    for facts in kinds:
        arrived = _by_key([each for each in came if each.of == facts.entity], CELL)
        for vendor, currency, qty, value, done, due, timely in ctx.session.execute(
            _delivered(ctx, facts, arrived, asked)
        ):
            own = sums[vendor]
            own[0] += int(qty)
            if seen and value is not None:
                own[1][currency] = own[1].get(currency, ZERO) + value
            if arrived is not None:
                for at, more in ((2, qty), (3, done), (4, due), (5, timely)):
                    own[at] += int(more)
    names = names_of(ctx, "vendor", set(sums))
    rows = [
        Row(names[vendor].code, names[vendor].name, {
            "qty": qty, "value": converter.rounded(converter.exact(values)) if seen else None,
            "accepted": done if counted else None, "fulfilled": share_of(done, counted), "on_time": share_of(timely, due),
        }, f"/catalog/partner/{vendor}")
        for vendor, (qty, values, counted, done, due, timely) in sums.items()
    ]  # fmt: skip
    return made(
        (
            Column("qty", T("Pieces bought"), opens=BOUGHT, total=True),
            Column("value", T("Amount"), "money", opens=BOUGHT, total=True) if seen else None,
            *((
                Column("accepted", T("Accepted"), total=True),
                Column("fulfilled", T("Accepted in %"), "pct"),
                Column("on_time", T("In time in %"), "pct"),
            ) if came else ()),
        ),
        rows, ("value",) if seen else ("qty",), converter,
        lambda row: (-(row.figures["value"] or ZERO), -row.figures["qty"], row.code),
    )  # fmt: skip


def _delivered(ctx: Ctx, facts: Facts, arrived: Subquery | None, asked: Asked) -> Any:
    """By vendor and currency: pieces, value, accepted (at most what was ordered, by size), due by today, of these in time."""
    at = columns_of(facts)
    keys = [at[name].label(name) for name in (*CELL, "vendor", "currency", "due")]
    lines = (
        narrowed(facts, asked)
        .with_only_columns(
            *keys,
            func.sum(at["qty"]).label("qty"),
            func.sum(at["value"]).label("value"),
            maintain_column_froms=True,
        )
        .group_by(*(key.element for key in keys))
        .subquery()
    )
    done: ColumnElement[Any] = literal(0)
    timely: ColumnElement[Any] = literal(0)
    over = lines.c.due <= ctx.today()
    rows = select(lines)
    if arrived is not None:
        done = _at_most(func.coalesce(arrived.c.qty, 0), lines.c.qty)
        timely = _at_most(
            func.coalesce(arrived.c.timely, 0), done
        )  # what went back was not the late ones alone
        rows = rows.outerjoin(arrived, and_(*(arrived.c[name] == lines.c[name] for name in CELL)))
    return rows.with_only_columns(
        lines.c.vendor, lines.c.currency, func.sum(lines.c.qty), func.sum(lines.c.value), func.sum(done),
        func.sum(case((over, lines.c.qty), else_=0)), func.sum(case((over, timely), else_=0)), maintain_column_froms=True,
    ).group_by(lines.c.vendor, lines.c.currency)  # fmt: skip


def _at_most(value: ColumnElement[Any], bound: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((value > bound, bound), else_=value)


def _by_key(answers: Sequence[Facts], names: Sequence[str]) -> Subquery | None:
    """Pieces by what they count for, and of these what came no later than it was due; None where nobody tells."""
    parts = []
    for facts in answers:
        at = columns_of(facts)
        timely = case((at["day"] <= at["due"], at["qty"]), else_=0) if "due" in at else literal(0)
        keys = [at[name].label(name) for name in names]
        parts.append(
            facts.rows.with_only_columns(
                *keys, at["qty"].label("qty"), timely.label("timely"), maintain_column_froms=True
            )
        )
    if not parts:
        return None
    every = parts[0].subquery() if len(parts) == 1 else union_all(*parts).subquery()
    by = [every.c[name] for name in names]
    return (
        select(*by, func.sum(every.c.qty).label("qty"), func.sum(every.c.timely).label("timely"))
        .group_by(*by)
        .subquery()
    )
