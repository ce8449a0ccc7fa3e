"""A trading customer of the demo tenant: six vendors and their prices, two contexts, an order split, goods bought in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from core.api import Ctx, record_save, run_action, save_row
from core.db import flush_rows
from plugins.catalog.api import Color, GoodsPrice, Partner, SizeRun, Style, StyleColor
from plugins.fulfilment.demo import deliveries
from plugins.fulfilment.models import Context, OrderContext
from plugins.fulfilment.services.allocations import allocations
from plugins.fulfilment.words import CUSTOMER_ORDER, PURCHASE_ORDER
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import PurchaseOrder

FILE = Path(__file__).parent / "trading.yaml"
SPLIT = "SO-26101"
LATE, MORE = ("V02", date(2027, 2, 10)), 20
ISSUED = ("V01", "V02", "V03", "V05")


def load(ctx: Ctx, shift: int) -> None:
    """Everything of trading.yaml, then what was delivered of it; dates move by ``shift`` days. Twice is harmless. Needs the
    catalog's demo data."""
    if ctx.session.scalar(select(Context.id).limit(1)) is None:
        Trading(ctx, timedelta(days=shift)).load()
    deliveries.load(ctx, shift)


class Trading:
    """Makes it part by part, through the actions that people use."""

    def __init__(self, ctx: Ctx, shift: timedelta) -> None:
        self.ctx, self.shift = ctx, shift
        self.file: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))

    def load(self) -> None:
        """Master data, orders, what is bought for them, and what happened since."""
        for each in (self.file["customer"], *self.file["vendors"]):
            self.add(Partner(**self.named(each), country=each["country"], currency=each["currency"],
                             is_customer=each["code"].startswith("C"), is_supplier=each["code"].startswith("V")))  # fmt: skip
        for each in self.file["contexts"]:
            shares = {name: Decimal(each[name]) for name in ("deposit_pct", "tolerance_pct", "markup_pct")}
            self.add(
                Context(
                    **self.named(each), reference=each["reference"], ships_via=each["ships_via"], **shares
                )
            )
        self.styles()
        orders = {each["number"]: self.order(each) for each in self.file["orders"]}
        for each in self.file["bulk"]:
            self.bulk(each)
        self.split(orders[SPLIT])

    def add(self, row: Any) -> Any:
        """Keep a row."""
        self.ctx.session.add(row)
        flush_rows(self.ctx.session)
        return row

    def named(self, each: Mapping[str, Any]) -> dict[str, Any]:
        """Code and names of an entry."""
        names = {code: each[code] for code in ("zh_Hant_TW", "zh_Hans_CN")}
        return {"code": each["code"], "name": each["name"], "names": names}

    def by_code(self, model: Any) -> dict[str, Any]:
        """Rows of master data."""
        return {row.code: row for row in self.ctx.session.scalars(select(model))}

    def day(self, text: str | date) -> date:
        """A date of the file, moved."""
        return date.fromisoformat(str(text)) + self.shift

    def styles(self) -> None:
        """Styles, and what vendors ask for them."""
        runs, colors, vendors = self.by_code(SizeRun), self.by_code(Color), self.by_code(Partner)
        for each in self.file["styles"]:
            run = runs[each["run"]]
            own = [
                StyleColor(position=i, color_id=colors[c].id, color=colors[c])
                for i, c in enumerate(each["colors"])
            ]
            style = self.add(
                Style(**self.named(each), season="SS27", size_run_id=run.id, size_run=run, colors=own)
            )
            for vendor, currency, price, priority, lead in each["prices"]:
                self.add(GoodsPrice(
                    vendor_id=vendors[vendor].id, style_id=style.id, currency=currency, price=Decimal(price),
                    priority=priority, lead_days=lead, valid_from=self.day("2026-01-01"),
                ))  # fmt: skip

    def order(self, each: Mapping[str, Any]) -> CustomerOrder:
        """A confirmed order in its context."""
        ctx, customer = self.ctx, self.by_code(Partner)[self.file["customer"]["code"]]
        order = CustomerOrder(
            number=each["number"], state="draft", customer_id=customer.id, customer=customer, season="SS27",
            customer_po=each["customer_po"], currency=customer.currency, order_date=self.day(each["ordered"]),
            created_at=ctx.now(),
        )  # fmt: skip
        self.add(order)
        self.add(OrderContext(row_id=order.id, business_context_id=self.by_code(Context)[each["context"]].id))
        record_save(ctx, order, "create", is_new=True)
        lines = [
            {"style": style, "color": color, "destination": place, "ship_date": self.day(ships), "price": price,
             "sizes": sizes_of(pieces)}
            for style, color, place, ships, price, pieces in each["lines"]
        ]  # fmt: skip
        entity = ctx.registry.get(CUSTOMER_ORDER)
        run_action(ctx, entity, order, "lines", {"lines": lines})
        run_action(ctx, entity, order, "confirm")
        order.confirmed_on = order.order_date
        return order

    def bulk(self, each: Mapping[str, Any]) -> None:
        """An issued order that was made before anybody bought, allotted to the oldest need."""
        ctx, entity = self.ctx, self.ctx.registry.get(PURCHASE_ORDER)
        vendor = self.by_code(Partner)[each["vendor"]]
        order: PurchaseOrder = save_row(
            ctx, entity, None,
            {"material_class": "goods", "supplier": vendor, "order_date": self.day(each["ordered"]),
             "required_date": self.day(each["required"])},
        )  # fmt: skip
        lines = [
            {"style": style, "color": color, "size": size, "qty": str(pieces)}
            for style, color, sizes in each["lines"]
            for size, pieces in sizes.items()
        ]
        run_action(ctx, entity, order, "lines", {"lines": lines})
        order.issue_date = order.order_date
        run_action(ctx, entity, order, "issue")
        run_action(ctx, entity, order, "allot_all")

    def split(self, order: CustomerOrder) -> None:
        """One order to six vendors, four of them asked; then the customer wants more, and a vendor is late."""
        ctx = self.ctx
        customers, entity = ctx.registry.get(CUSTOMER_ORDER), ctx.registry.get(PURCHASE_ORDER)
        run_action(ctx, customers, order, "split")
        ids = sorted({each.purchase_order_id for each in allocations(ctx, [order.id])})
        for po in ctx.session.scalars(
            select(PurchaseOrder).where(PurchaseOrder.id.in_(ids)).order_by(PurchaseOrder.id)
        ):
            if po.supplier.code in ISSUED:
                run_action(ctx, entity, po, "issue")
            if po.supplier.code == LATE[0]:
                rows = [{"line": 1, "required_date": self.day(LATE[1])}]
                run_action(
                    ctx, entity, po, "revise", {"lines": rows, "reason": "麻料延遲到貨 / Linen arrives late"}
                )
        first = self.file["orders"][0]["lines"][0][-1]
        rows = [{"line": 1, "sizes": sizes_of({**first, "L": first["L"] + MORE})}]
        run_action(
            ctx, customers, order, "lines", {"lines": rows, "reason": "客戶加單 / The customer wants more"}
        )


def sizes_of(pieces: Mapping[str, int]) -> Sequence[dict[str, Any]]:
    """Pieces as an order's lines take them."""
    return [{"size": size, "pcs": qty} for size, qty in pieces.items()]
