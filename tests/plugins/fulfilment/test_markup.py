"""Prices are proposed by the mark-up of the order's context on the vendor's price, shown, and typed by people."""

from __future__ import annotations

from decimal import Decimal

from plugins.catalog.testing import make_goods_price
from plugins.fulfilment.services import markup
from tests.plugins.fulfilment.conftest import in_context
from tests.plugins.fulfilment.test_pages import form_of
from tests.plugins.fulfilment.test_sync import change


def test_prices_by_mark_up(ctx, sold, client_as):
    address = f"/orders/order/{sold.id}"
    assert markup.by_style(ctx, sold) == []
    in_context(ctx, sold).markup_pct = Decimal(60)
    make_goods_price(ctx, "CAP", "V9", "1.333", priority=0)
    change(ctx, sold, 0, price="2")
    tee, polo, cap = markup.by_style(ctx, sold)
    assert [(e.first.vendor.code, e.proposed, e.below) for e in (tee, polo, cap)] == [
        ("V1", Decimal("6.40"), True),
        ("V2", Decimal("9.60"), True),
        ("V9", Decimal("2.13"), False),
    ]
    ids = {each.style.code: each.style.id for each in (tee, polo, cap)}
    ctx.session.commit()
    client = client_as("admin")
    assert f"{address}/price" in client.get(address).text
    page = client.get(f"{address}/price").text
    assert ("V1 4 USD" in page, "6.4" in page, "60 %" in page) == (True, True, True)
    form = form_of(page) | {f"styles-{ids['TEE']}-price": "6.40", f"styles-{ids['POLO']}-price": "9.95"}
    assert client.post(f"{address}/price", data=form).status_code == 302
    ctx.session.expire_all()
    prices = [(line.order_style.style.code, line.price) for line in sold.lines]
    assert [p for style, p in prices if style == "TEE"] == [Decimal("6.40")] * 2  # every line of the style
    assert dict(prices)["POLO"] == Decimal("9.95")
    assert not markup.by_style(ctx, sold)[1].below
    assert client_as("wh").get(f"{address}/price").status_code == 403  # sees no prices
