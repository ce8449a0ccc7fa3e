"""What a change of BOMs reaches: open customer orders and factory orders with its styles; purchases, stock and stock at
factories of the materials that go. Worth: at the average price of what was received, in base currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core import ledger
from core.api import Ctx, EntityName, EntityRef, Refused, T, Text
from core.db import among
from core.money import base_currency, currency_decimals, rate_to_base, round_half_up
from core.values import ZERO
from plugins.catalog.api import Material, Style
from plugins.engineering.api import ChangeImpact
from plugins.orders.api import CustomerOrder, OrderLine, OrderStyle
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine
from plugins.stock.api import groups

SALE, MADE = EntityName("orders.order"), EntityName("outsourcing.order")
INTO = ("receipt", "opening")
STATES: Mapping[str, Text] = {
    "draft": T("Draft"),
    "confirmed": T("Confirmed"),
    "issued": T("Issued"),
    "in_production": T("In production"),
}
PLACES = (
    (("store", "reserved"), T("Stock"), T("Our stores")),
    (("factory",), T("Stock at factories"), None),
)
"""Kinds of places, what their stock is called, and the name of all of them together where it is added up."""


def of_change(ctx: Ctx, material_ids: Collection[int], style_ids: Collection[int]) -> list[ChangeImpact]:
    """Everything, in the order in which it is shown. A fixed number of statements."""
    return [*_documents(ctx, style_ids), *_materials(ctx, material_ids)]


def _documents(ctx: Ctx, style_ids: Collection[int]) -> list[ChangeImpact]:
    found = []
    if ctx.can(f"{SALE}.view"):
        line, order, style = OrderLine, CustomerOrder, OrderStyle
        rows = ctx.session.execute(
            select(order.id, order.number, order.state, order.ship_date, Style.code, func.sum(line.qty))
            .join(style, (style.order_id == order.id) & (style.tenant_id == order.tenant_id))
            .join(line, (line.order_style_id == style.id) & (line.tenant_id == style.tenant_id))
            .join(Style, (Style.id == style.style_id) & (Style.tenant_id == style.tenant_id))
            .where(among(style.style_id, style_ids), order.state.in_(("draft", "confirmed")))
            .group_by(order.id, order.number, order.state, order.ship_date, Style.code)
            .order_by(order.ship_date, order.number, Style.code)
        )
        found += [_document(T("Open orders"), SALE, *row) for row in rows]
    if ctx.can(f"{MADE}.view"):
        part, made = FactoryOrderLine, FactoryOrder
        rows = ctx.session.execute(
            select(made.id, made.number, made.state, made.ship_date, Style.code, func.sum(part.qty))
            .join(part, (part.order_id == made.id) & (part.tenant_id == made.tenant_id))
            .join(Style, (Style.id == part.style_id) & (Style.tenant_id == part.tenant_id))
            .where(among(part.style_id, style_ids), made.state.in_(("draft", "issued", "in_production")))
            .group_by(made.id, made.number, made.state, made.ship_date, Style.code)
            .order_by(made.ship_date, made.number, Style.code)
        )
        found += [_document(T("Factory orders"), MADE, *row) for row in rows]
    return found


def _document(
    kind: Text, entity: EntityName, id: int, number: str, state: str, due: object, style: str, qty: int
) -> ChangeImpact:
    return ChangeImpact(
        kind, number, f"/{entity.replace('.', '/')}/{id}", T("{style} · {state}", style=style, state=STATES[state]),
        Decimal(qty), "pcs", due=due, document=EntityRef(entity, id),  # type: ignore[arg-type]
    )  # fmt: skip


def _materials(ctx: Ctx, material_ids: Collection[int]) -> list[ChangeImpact]:
    materials = {
        m.id: m for m in ctx.session.scalars(select(Material).where(among(Material.id, material_ids)))
    }
    if not materials:
        return []
    supplies = [
        each
        for answer in ctx.hooks.expected_supply(material_ids=sorted(materials), demand_ids=None)
        for each in answer or ()
        if ctx.can(f"{each.source.entity}.view")
    ]
    stock = _stock(ctx, materials)
    called = _names(ctx, {each.item for each in supplies} | {item for _label, _where, item, _qty in stock})
    prices = _Prices(ctx, materials)

    def impact(
        label: Text, number: str, href: str, item: ledger.Item, qty: Decimal, **more: Any
    ) -> ChangeImpact:
        value = prices.value(item.id, qty)
        return ChangeImpact(
            label, number, href, called.get(item) or materials[item.id].code, qty, materials[item.id].stock_uom, value,
            prices.currency if value is not None else "", **more,
        )  # fmt: skip

    return [
        impact(
            T("Purchase orders"), each.number, f"/{each.source.entity.replace('.', '/')}/{each.source.id}", each.item,
            each.qty, due=each.due, document=each.source,
        )
        for each in supplies
    ] + [impact(label, where, "", item, qty) for label, where, item, qty in stock]  # fmt: skip


def _stock(ctx: Ctx, materials: Mapping[int, Material]) -> list[tuple[Text, str, ledger.Item, Decimal]]:
    """What lies in our stores, added up, and at each factory by its name; of nobody else, without lots."""
    found = []
    for kinds, label, together in PLACES:
        sums: dict[tuple[ledger.Place | None, ledger.Item], Decimal] = defaultdict(lambda: ZERO)
        there = ledger.balances(ctx, item_kind="material", item_ids=list(materials), place_kinds=kinds)
        for (item, at), qty in there.items():
            if not item.owner_id:
                bare = ledger.Item("material", item.id, item.color_id, item.size_id, item.dest_id)
                sums[None if together else ledger.Place(at.kind, at.id), bare] += qty
        places = {place for place, _item in sums if place is not None}
        called = ledger.names(ctx, (), places) if places else {}
        for (place, item), qty in sums.items():
            where = str(together) if place is None else called[place].name
            found.append((label, where, item, qty))
    return sorted(
        found,
        key=lambda row: (row[0] is not PLACES[0][1], row[1], materials[row[2].id].code, row[2].color_id),
    )


def _names(ctx: Ctx, items: Collection[ledger.Item]) -> dict[ledger.Item, str]:
    """What the groups of these items are called. Two queries."""
    codes = groups.size_codes(ctx, {item.size_id for item in items if item.size_id})
    keys = {item: groups.key_of(item, codes) for item in items}
    called = groups.group_names(ctx, set(keys.values()))
    return {item: str(called[key]) for item, key in keys.items() if key in called}


class _Prices:
    """The average price of what was received of materials, in base currency at today's rates."""

    def __init__(self, ctx: Ctx, material_ids: Collection[int]) -> None:
        self.currency = base_currency(ctx)
        self.decimals = currency_decimals(ctx, self.currency)
        paid: dict[int, tuple[Decimal, Decimal]] = {}
        rates: dict[str, Decimal | None] = {}
        for item, flow in ledger.flows(ctx, "material", into=INTO, out=(), since=ctx.today()).items():
            for currency, (qty, value) in flow.paid.items() if item.id in material_ids else ():
                if currency not in rates:
                    rates[currency] = _rate(ctx, currency)
                rate = rates[currency]
                if rate is not None:
                    before = paid.get(item.id, (ZERO, ZERO))
                    paid[item.id] = (before[0] + qty, before[1] + value * rate)
        self.paid = paid

    def value(self, material_id: int, qty: Decimal) -> Decimal | None:
        """What so much is worth; None where no price is known."""
        part, worth = self.paid.get(material_id, (ZERO, ZERO))
        return round_half_up(qty * worth / part, self.decimals) if part else None


def _rate(ctx: Ctx, currency: str) -> Decimal | None:
    try:
        return rate_to_base(ctx, currency, ctx.today())
    except Refused:
        return None
