"""A traded order that lives while plugins go off and on again: what disappears, what stays, and that it comes back right.

30 pieces at 5 (150), bought at 2.50. 20 came for good, were shipped and invoiced (100); 60 is paid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, run_action, save_row
from core.kernel import enablement
from core.testing.scenes import stage
from plugins.fulfilment.services import progress, rows
from plugins.invoicing.services import drafting, invoiceable
from plugins.invoicing.words import INVOICE, PAYMENT
from plugins.orders.models import CustomerOrder
from plugins.orders.services.clearing import missing
from plugins.statistics.services.sums import Asked
from plugins.statistics.services.views import table_of
from tests.plugins.factory_stock.conftest import shipped
from tests.plugins.fulfilment.trade import came, sold
from tests.plugins.stock.conftest import paper, st


@stage
def living(ctx: Ctx) -> CustomerOrder:
    """The order."""
    order = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 30}))
    came(ctx, order, ("ST-1", {"S": 20}), place="ours", final=True)
    sent = shipped(ctx, order, {"NVY": {"S": 20}})
    for verb in ("confirm", "ship"):
        run_action(ctx, ctx.registry.entity_for(sent), sent, verb)
    invoice = drafting.invoice_goods(ctx, [order], ctx.today())
    run_action(ctx, ctx.registry.get(INVOICE), invoice, "issue")
    paid = save_row(
        ctx, ctx.registry.get(PAYMENT), None,
        {"direction": "in", "partner": order.customer, "paid_on": ctx.today(), "currency": order.currency,
         "amount": Decimal(60), "bank_fee": Decimal(0), "rounding": Decimal(0)},
        {"parts": [{"document": invoice.number, "amount": Decimal(60)}]},
    )  # fmt: skip
    run_action(ctx, ctx.registry.get(PAYMENT), paid, "post")
    return order


@contextmanager
def off(ctx: Ctx, plugin: str) -> Iterator[None]:
    """Without the plugin; afterwards it is on again."""
    enablement.disable_plugin(ctx, plugin)
    ctx.session.commit()
    ctx.memo.clear()
    yield
    enablement.enable_plugin(ctx, plugin)
    ctx.session.commit()
    ctx.memo.clear()


def figures(ctx: Ctx, view: str) -> dict[str, Any]:
    """The one row of a view, as far as it has columns."""
    table = table_of(ctx, view, "", Asked(ctx.today().replace(month=1, day=1), ctx.today()))
    (row,) = table.rows
    return {column.name: row.figures[column.name] for column in table.columns}


def missed(ctx: Ctx, order: CustomerOrder) -> list[str]:
    ctx.memo.clear()
    return [str(each) for each in missing(ctx, [order.id]).get(order.id, [])]


def pieces(ctx: Ctx, order: CustomerOrder) -> tuple[int, ...]:
    """Accepted, settled, open."""
    ctx.memo.clear()
    found = progress.share(0, "", "", rows.of_orders(ctx, [order.id])).pieces
    return found["accepted"], found["settled"], found["open"]


GOODS, MONEY = "Goods: 10 pieces are open, 66.67 % are fulfilled.", "60.00 of 100.00 USD is paid."


@pytest.fixture
def pages(ctx: Ctx, living: CustomerOrder, client_as: Callable[..., Any]) -> Callable[[str], tuple[int, str]]:
    """``pages(address)``: the status and the text, for the manager."""
    ctx.session.commit()
    site = client_as("mgr")

    def get(address: str) -> tuple[int, str]:
        reply = site.get(address.format(order=living.id))
        return reply.status_code, reply.text

    return get


def test_without_fulfilment(ctx: Ctx, living: CustomerOrder, pages: Callable[[str], tuple[int, str]]) -> None:
    """Two pieces come back meanwhile and are paid back: they are settled as soon as somebody counts again."""
    assert (pieces(ctx, living), missed(ctx, living)) == ((20, 0, 10), [GOODS, MONEY])
    assert "Receive goods" in pages("/orders/order/{order}")[1]
    with off(ctx, "fulfilment"):
        status, page = pages("/orders/order/{order}")
        assert (status, "Receive goods" in page, "Split by vendor" in page) == (200, False, False)
        assert [pages(at)[0] for at in ("/fulfilment/progress/{order}", "/fulfilment/sheet/")] == [404, 404]
        told = figures(ctx, "balance")
        assert [told[name] for name in ("qty", "settled", "balance")] == [30, 0, 10]
        back = paper(
            ctx, "customer_return", st(ctx, "2"), owner=living.number, cause="defect", settlement="credit"
        )
        run_action(ctx, ctx.registry.entity_for(back), back, "post")
        ctx.session.commit()
        told = figures(ctx, "balance")
        assert [told[name] for name in ("qty", "settled", "balance")] == [30, 2, 10]
        ctx.memo.clear()
        assert [each.open for each in invoiceable.billable(ctx, [living.id])] == [-2]  # wants a credit note
        assert "Credit what came back" in pages("/orders/order/{order}")[1]
    assert pieces(ctx, living) == (18, 2, 10)
    told = figures(ctx, "balance")
    assert [told[name] for name in ("qty", "settled", "balance")] == [30, 2, 10]
    assert [each.open for each in invoiceable.billable(ctx, [living.id])] == [-2]
    assert pages("/fulfilment/progress/{order}")[0] == 200


def test_without_invoicing(ctx: Ctx, living: CustomerOrder, pages: Callable[[str], tuple[int, str]]) -> None:
    """Goods alone decide; the rest comes and leaves, and the order closes. It opens again with the money that is owed."""
    owed = Decimal(40 * 32)  # USD in the company's TWD
    assert (figures(ctx, "customers")["owed"], MONEY in pages("/orders/order/{order}")[1]) == (owed, True)
    with off(ctx, "invoicing"):
        assert missed(ctx, living) == [GOODS]
        status, page = pages("/orders/order/{order}")
        assert (status, "Make invoice" in page, MONEY in page) == (200, False, False)
        assert [pages(at)[0] for at in ("/invoicing/invoice/", "/invoicing/ageing/")] == [404, 404]
        assert "owed" not in figures(ctx, "customers")
        came(ctx, living, ("ST-1", {"S": 9}), place="ours", final=True)
        assert living.state == "confirmed"
    assert missed(ctx, living) == [
        "Goods: 1 pieces are open, 96.67 % are fulfilled.", "9 pieces are not invoiced.", MONEY,
        "Goods: 9 pieces are here and have not left.",
    ]  # fmt: skip
    assert figures(ctx, "customers")["owed"] == owed


def test_without_statistics(ctx: Ctx, living: CustomerOrder, pages: Callable[[str], tuple[int, str]]) -> None:
    """Nothing is kept for it: what happened meanwhile is in the figures at once."""
    before = figures(ctx, "sellers")
    assert (before["qty"], before["beside"]) == (30, 20)
    with off(ctx, "statistics"):
        assert pages("/statistics/figures/sellers")[0] == 404
        status, page = pages("/")
        assert (status, "/statistics/" in page) == (200, False)
        assert missed(ctx, living) == [GOODS, MONEY]
        came(ctx, living, ("ST-1", {"S": 4}), place="ours", final=True)
        sent = shipped(ctx, living, {"NVY": {"S": 4}})
        for verb in ("confirm", "ship"):
            run_action(ctx, ctx.registry.entity_for(sent), sent, verb)
        ctx.session.commit()
    assert figures(ctx, "sellers")["beside"] == 24
    assert (figures(ctx, "vendors")["accepted"], figures(ctx, "balance")["balance"]) == (24, 6)
    assert pages("/statistics/figures/sellers")[0] == 200
