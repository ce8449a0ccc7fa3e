"""What a change of BOMs reaches: open customer orders and factory orders with its styles; purchases, stock and stock at
factories of the materials that go. Worth: at the average price of what was received, in base currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

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
    (("factory",), T("Stock at factories"), T("Factories")),
)


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
    prices = _Prices(ctx, materials)
    found = []
    for answer in ctx.hooks.expected_supply(material_ids=sorted(materials), demand_ids=None):
        for each in answer or ():
            if ctx.can(f"{each.source.entity}.view"):
                value = prices.value(each.item.id, each.qty)
                found.append(
                    ChangeImpact(
                        T("Purchase orders"), each.number, f"/{each.source.entity.replace('.', '/')}/{each.source.id}",
                        _item(ctx, each.item, materials), each.qty, materials[each.item.id].stock_uom, value,
                        prices.currency if value is not None else "", each.due, each.source,
                    )
                )  # fmt: skip
    for kinds, label, where in PLACES:
        sums: dict[ledger.Item, Decimal] = defaultdict(lambda: ZERO)
        for (item, _place), qty in ledger.balances(
            ctx, item_kind="material", item_ids=list(materials), place_kinds=kinds
        ).items():
            if not item.owner_id:
                sums[ledger.Item("material", item.id, item.color_id, item.size_id, item.dest_id)] += qty
        for item, qty in sorted(
            sums.items(), key=lambda each: (materials[each[0].id].code, each[0].color_id)
        ):
            value = prices.value(item.id, qty)
            found.append(
                ChangeImpact(
                    label, str(where), "", _item(ctx, item, materials), qty, materials[item.id].stock_uom, value,
                    prices.currency if value is not None else "",
                )
            )  # fmt: skip
    return found


def _item(ctx: Ctx, item: ledger.Item, materials: Mapping[int, Material]) -> str:
    codes = groups.size_codes(ctx, {item.size_id} if item.size_id else set())
    key = groups.key_of(item, codes)
    return str(groups.group_names(ctx, [key]).get(key, materials[item.id].code))


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
