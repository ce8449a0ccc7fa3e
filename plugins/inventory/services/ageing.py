"""呆滯料: how long stock has been idle, what it is worth and what might be done with it.

Idle days count from the last outbound movement (issue or shipment), or from the first receipt where there was none; a
transfer, a count or a return to the supplier is no outbound. What is kept for an order or needed by open orders is not
idle. Lots of one item count together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select

from core import ledger
from core.api import Ctx, Field, Refused, T, pick
from core.money import base_currency, currency_decimals, rate_to_base, round_half_up
from core.values import ZERO
from plugins.catalog.api import BomLine, Material, Partner, Style
from plugins.inventory.services.balances import Words
from plugins.inventory.words import CLASSES
from plugins.stock.api import keepers, without_lot

INTO, OUT = ("receipt", "goods_in"), ("issue", "goods_out")
LIMITS = {"slow": 90, "stagnant": 180, "dead": 365}
GROUPS = ("main", "trim", "garment")
COVER = 90
SETTINGS = tuple(
    Field(f"{code}_days_{group}", T("{what}: {name} from idle days", what=what, name=CLASSES[code][0]), "int",
          min=1, max=9999, default=LIMITS[code])
    for group, what in (("main", T("Main material")), ("trim", T("Trims")), ("garment", T("Finished goods")))
    for code in LIMITS
)  # fmt: skip


@dataclass(slots=True)
class Idle:
    """One item. ``qty`` is what lies in stores, ``idle`` the part nobody needs; ``value`` in base currency (None where
    no price is known); ``lately`` what left in the last 90 days."""

    item: ledger.Item
    code: str
    name: str
    color: str
    size: str
    destination: str
    unit: str
    step: Decimal | None
    qty: Decimal
    idle: Decimal
    value: Decimal | None
    last_in: date | None
    last_out: date | None
    days: int
    group: str
    lately: Decimal
    customer: str

    @property
    def cover(self) -> Decimal | None:
        """How many days the stock lasts at the pace of the last 90; None where nothing left then."""
        return (self.qty * COVER / self.lately).quantize(Decimal(1), ROUND_HALF_UP) if self.lately else None


def group_of(days: int, limits: Mapping[str, int]) -> str:
    """The class of stock that has been idle for ``days``: active, slow, stagnant or dead."""
    for code in ("dead", "stagnant", "slow"):
        if days >= limits[code]:
            return code
    return "active"


def limits(ctx: Ctx, group: str) -> dict[str, int]:
    """Idle days from which main material, trims or garments count as slow, stagnant and dead here."""
    return {code: int(ctx.setting(f"inventory.{code}_days_{group}", days)) for code, days in LIMITS.items()}


def idle_stock(ctx: Ctx, group: str) -> list[Idle]:
    """Stock of ``group`` (main, trim or garment) with idle days, the longest idle first. About twenty statements."""
    kind = "garment" if group == "garment" else "material"
    known = _garments(ctx) if kind == "garment" else _materials(ctx, group)
    today = ctx.today()
    stock: dict[ledger.Item, Decimal] = defaultdict(lambda: ZERO)
    free: dict[ledger.Item, Decimal] = defaultdict(lambda: ZERO)
    there = ledger.balances(ctx, item_kind=kind, place_kinds=("store", "reserved"))
    for (item, place), qty in there.items():
        if item.id in known:
            whole = without_lot(item)
            stock[whole] += qty
            if place.kind == "store":
                free[whole] += qty
    if not stock:
        return []
    flows = _merged(ledger.flows(ctx, kind, into=INTO, out=OUT, since=today - timedelta(days=COVER - 1)))
    demand = _demand(ctx, kind, there)
    bound, words = limits(ctx, group), Words(ctx, stock)
    prices = _Prices(ctx)
    found = []
    for item, qty in stock.items():
        code, name, unit, step, customer = known[item.id]
        idle = max(ZERO, free[item] - demand.get(item, ZERO))
        flow = flows.get(item)
        if flow is None:  # the last of it left while this was being read
            continue
        days = (today - (flow.last_out or flow.first_in or flow.first)).days
        color, size, port = words.labels(item)
        found.append(
            Idle(item, code, name, color, size, port, unit, step, qty, idle, prices.value(flow, idle), flow.last_in,
                 flow.last_out, days, group_of(days, bound), flow.out_qty, customer)
        )  # fmt: skip
    return sorted(found, key=lambda f: (-f.days, f.code, f.color, f.size))


def summary(found: Iterable[Idle]) -> dict[str, tuple[int, Decimal]]:
    """By class: how many items, and what their idle part is worth in base currency."""
    sums = dict.fromkeys(CLASSES, (0, ZERO))
    for each in found:
        count, value = sums[each.group]
        sums[each.group] = (count + 1, value + (each.value or ZERO))
    return sums


def _merged(flows: Mapping[ledger.Item, ledger.Flow]) -> dict[ledger.Item, ledger.Flow]:
    """Flows of all lots of an item together."""
    found = {item: flow for item, flow in flows.items() if not item.lot}
    lots: dict[ledger.Item, list[ledger.Flow]] = defaultdict(list)
    for item, flow in flows.items():
        if item.lot:
            lots[without_lot(item)].append(flow)
    for item, parts in lots.items():
        if item in found:
            parts.append(found[item])
        paid: dict[str, tuple[Decimal, Decimal]] = {}
        for part in parts:
            for currency, (qty, value) in part.paid.items():
                before = paid.get(currency, (ZERO, ZERO))
                paid[currency] = (before[0] + qty, before[1] + value)

        def dates(name: str, parts: list[ledger.Flow] = parts) -> list[date]:
            return [day for part in parts if (day := getattr(part, name)) is not None]

        found[item] = ledger.Flow(
            min(dates("first")), min(dates("first_in"), default=None), max(dates("last_in"), default=None),
            max(dates("last_out"), default=None), sum((part.out_qty for part in parts), ZERO), paid,
        )  # fmt: skip
    return found


class _Prices:
    """What was paid on average, in base currency at today's rates."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx, self.rates = ctx, dict[str, Decimal | None]()
        self.decimals = currency_decimals(ctx, base_currency(ctx))

    def value(self, flow: ledger.Flow, qty: Decimal) -> Decimal | None:
        """``qty`` at the average price of all receipts; None without a price or a rate."""
        worth = paid = ZERO
        for currency, (part, value) in flow.paid.items():
            rate = self._rate(currency)
            if rate is None:
                return None
            worth, paid = worth + value * rate, paid + part
        return round_half_up(qty * worth / paid, self.decimals) if paid else None

    def _rate(self, currency: str) -> Decimal | None:
        if currency not in self.rates:
            try:
                self.rates[currency] = rate_to_base(self.ctx, currency, self.ctx.today())
            except Refused:
                self.rates[currency] = None
        return self.rates[currency]


def _demand(
    ctx: Ctx, kind: str, there: Mapping[tuple[ledger.Item, ledger.Place], Decimal]
) -> dict[ledger.Item, Decimal]:
    """What documents that are decided still need beyond what is kept for them (of ``there``, the stock), over all of them."""
    needs = keepers.firm_needs(ctx, kind)
    kept: dict[tuple[Any, ledger.Item], Decimal] = defaultdict(lambda: ZERO)
    for (item, place), qty in there.items():
        if place.kind == "reserved" and place.document in needs:
            kept[place.document, without_lot(item)] += qty
    found: dict[ledger.Item, Decimal] = defaultdict(lambda: ZERO)
    for owner, wanted in needs.items():
        for item, qty in wanted.items():
            found[item] += max(ZERO, qty - kept[owner, item])
    return found


Known = dict[int, tuple[str, str, str, Decimal | None, str]]
"""Code, name, unit, its own smallest quantity, and the customer whose styles alone use it."""


def _materials(ctx: Ctx, material_class: str) -> Known:
    rows = ctx.session.execute(
        select(
            Material.id, Material.code, Material.name, Material.names, Material.stock_uom, Material.stock_step
        ).where(Material.material_class == material_class)
    ).all()
    users: dict[int, set[str | None]] = defaultdict(set)
    for material_id, customer in ctx.session.execute(
        select(BomLine.material_id, Partner.code)
        .join(Style, (Style.id == BomLine.style_id) & (Style.tenant_id == BomLine.tenant_id))
        .outerjoin(Partner, (Partner.id == Style.customer_id) & (Partner.tenant_id == Style.tenant_id))
        .distinct()
    ):
        users[material_id].add(customer)
    return {
        row_id: (code, pick(names, name), unit, step, _only(users[row_id]))
        for row_id, code, name, names, unit, step in rows
    }


def _garments(ctx: Ctx) -> Known:
    rows = ctx.session.execute(
        select(Style.id, Style.code, Style.name, Style.names, Style.unit, Partner.code).outerjoin(
            Partner, (Partner.id == Style.customer_id) & (Partner.tenant_id == Style.tenant_id)
        )
    )
    return {
        row_id: (code, pick(names, name), unit, None, customer or "")
        for row_id, code, name, names, unit, customer in rows
    }


def _only(users: set[str | None]) -> str:
    """The one customer of all styles that use a material; "" where there are several, or none is named."""
    return next(iter(users)) or "" if len(users) == 1 else ""
