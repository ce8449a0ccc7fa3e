"""An order of three vendors over HTTP: received in parts, finalised in one click, one piece back, the rest settled."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from core.api import Ctx
from core.testing.scenes import stage
from plugins.fulfilment.models import Allocation, GoodsReturn, Settlement, Sheet
from plugins.orders.models import CustomerOrder
from plugins.orders.testing import make_order
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.testing import make_purchase_order
from tests.plugins.fulfilment.trade import buy, came, goods_alone, settled, sold


@stage
def order(ctx: Ctx) -> CustomerOrder:
    """30 pieces of three vendors."""
    styles = ("ST-1", "ST-2", "ST-3")
    return sold(ctx, *((style, "NVY", "US-LAX", {"S": 10}) for style in styles))


def inputs(html: str) -> dict[str, str]:
    """What a browser would send of inputs; what is chosen is left to the test."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if (
            name
            and not re.search(r'type="(checkbox|radio|search)"', tag)
            and name[1] not in ("csrf_token", "_key")
        ):
            found[name[1]] = value[1] if value else ""
    return found


def test_three_vendors_to_the_last_piece(
    client_as: Callable[..., Any], ctx: Ctx, order: CustomerOrder
) -> None:
    goods_alone(ctx)
    number, at = order.number, f"/orders/order/{order.id}"
    progress = f"/fulfilment/progress/{order.id}"
    ctx.session.commit()
    site = client_as("mgr")
    # all vendors on one page; two of them bring everything but one damaged piece
    lines = site.post(f"{at}/do/fulfil", data={}).location
    page = site.get(lines).text
    assert all(f"{vendor} Partner {vendor}" in page for vendor in ("V1", "V2", "V3"))
    form = inputs(page) | {"lines-0-sizes.received.S": "10", "lines-1-sizes.received.S": "10"}
    wrong = site.post(lines, data=form | {"lines-1-sizes.damaged.S": "11"})
    assert wrong.status_code == 422
    assert "More damaged (11) than received (10)" in wrong.text
    form |= {"lines-1-sizes.damaged.S": "1", "_then": "post", "_key": "k" * 24}
    done = site.post(lines, data=form)
    assert done.status_code == 302
    assert site.post(lines, data=form).status_code == 422  # sent again: it is posted already
    (sheet,) = ctx.session.query(Sheet).all()
    assert (sheet.state, sheet.place) == ("posted", "ours")
    # one click locks what was posted; then nothing of it is edited
    assert site.post(f"{at}/do/finalise", data={}).status_code == 302
    assert "Finalised" in site.get(done.location).text
    assert site.get(lines).status_code == 422
    assert "63.33" in site.get(progress).text  # 19 of 30
    # too much comes back: said at its input, nothing is saved
    new = {
        "customer_order": number,
        "bearer": "vendor",
        "remedy": "replacement",
        "fate": "vendor",
        "source": "store",
    }
    assert site.post("/fulfilment/return/new", data=new | {"remedy": "none"}).status_code == 422
    back = site.post("/fulfilment/return/new", data=new).location
    form = inputs(site.get(back).text) | {"lines-0-reason": "defect", "_then": "post"}
    wrong = site.post(back, data=form | {"lines-0-sizes.qty.S": "11"})
    assert (wrong.status_code, "10 were accepted finally" in wrong.text) == (422, True)
    assert (
        "Say why it comes back"
        in site.post(back, data=form | {"lines-0-sizes.qty.S": "1", "lines-0-reason": ""}).text
    )
    assert site.post(back, data=form | {"lines-0-sizes.qty.S": "1"}).status_code == 302
    assert ctx.session.query(GoodsReturn.state).scalar() == "posted"
    assert "60.00" in site.get(progress).text
    # in its place, and what was missing, on the next sheet: every row by its button
    lines = site.post(f"{at}/do/fulfil", data={}).location
    page = site.post(lines, data=inputs(site.get(lines).text) | {"_take": "all"}).text
    assert "(Replacement)" in page
    done = site.post(lines, data=inputs(page) | {"_then": "post"})
    assert done.status_code == 302
    assert number in site.get(f"{at}").text
    assert "100.00" in site.get(progress).text
    assert site.post(f"{done.location}/do/finalise", data={}).status_code == 302
    ctx.session.expire_all()
    assert order.state == "confirmed"
    assert "30 pieces are here and have not left" in site.get(at).text
    shipment = site.post(f"{at}/do/ship", data={"destination": "US-LAX"}).location
    for verb in ("confirm", "ship"):
        assert site.post(f"{shipment}/do/{verb}", data={}).status_code == 302
    ctx.session.expire_all()
    assert order.state == "closed"


def test_goods_are_received_from_their_purchase_order(
    client_as: Callable[..., Any], ctx: Ctx, order: CustomerOrder
) -> None:
    """On the sheet of the customer order that it buys for; one that buys for stock is on the sheet of everything."""
    mine, *others = ctx.session.query(PurchaseOrder).order_by(PurchaseOrder.id)
    stock = buy(ctx, make_order(ctx, ("ST-1", "WHT", "US-LAX", {"S": 5})), "V1")
    ctx.session.query(Allocation).filter(Allocation.purchase_line_id == stock.lines[0].id).delete()
    material = make_purchase_order(ctx)
    ctx.session.commit()
    site = client_as("wh")
    pages = [f"/purchasing/order/{po.id}" for po in (mine, stock, material)]
    assert [f"{page}/do/fulfil" in site.get(page).text for page in pages] == [True, True, False]
    first, everything = (site.post(f"{page}/do/fulfil", data={}).location for page in pages[:2])
    assert site.post(f"/orders/order/{order.id}/do/fulfil", data={}).location == first
    assert all(po.number in site.get(first).text for po in (mine, *others))
    assert stock.number not in site.get(first).text
    assert stock.number in site.get(everything).text
    came(ctx, order, ("ST-1", {"S": 10}))
    ctx.session.commit()
    assert f"{pages[0]}/do/fulfil" not in site.get(pages[0]).text


def test_the_rest_is_settled_on_a_page(client_as: Callable[..., Any], ctx: Ctx, order: CustomerOrder) -> None:
    goods_alone(ctx)
    came(ctx, order, ("ST-1", {"S": 10}), ("ST-2", {"S": 10}), ("ST-3", {"S": 7}), final=True)
    ctx.session.commit()
    site = client_as("mgr")
    lines = site.post(f"/orders/order/{order.id}/do/settle", data={}).location
    form = inputs(site.get(lines).text) | {"lines-0-sizes.qty.S": "3", "_then": "post"}
    assert "How is it closed?" in site.post(lines, data=form).text
    assert site.post(lines, data=form | {"lines-0-kind": "agreement"}).status_code == 302
    ctx.session.expire_all()
    assert (ctx.session.query(Settlement.state).scalar(), order.state) == ("posted", "closed")
    assert "100.00" in site.get(f"/fulfilment/progress/{order.id}").text


def test_the_agreed_price_is_for_those_who_see_prices(
    client_as: Callable[..., Any], ctx: Ctx, order: CustomerOrder
) -> None:
    other = {"style": "ST-2", "color": "NVY", "price": "4.75"}
    made = settled(ctx, order, "ST-1", {"S": 2}, "substitution", **other)
    ctx.session.commit()
    for role, sees in (("mgr", True), ("wh", False)):
        page = client_as(role).get(f"/fulfilment/settlement/{made.id}").text
        assert ("4.75" in page, "Substitution" in page) == (sees, True)


def test_as_many_statements_for_many_lines(
    ctx: Ctx, client_as: Callable[..., Any], count_queries: Any
) -> None:
    found = []
    sheets = []
    for n in (2, 12):
        order = sold(ctx, *(("ST-1", f"C{i:02}", "US-LAX", {"S": 10, "M": 5}) for i in range(n)))
        came(ctx, order, ("ST-1", {"S": 1}), final=True)
        sheets.append((came(ctx, order, ("ST-1", {"S": 1}), post=False).id, order.id))
    ctx.session.commit()
    site = client_as("mgr")
    site.get(f"/orders/order/{sheets[0][1]}")  # what is remembered of a process is read once
    for sheet, order_id in sheets:
        counts = []
        for address in (
            f"/fulfilment/sheet/{sheet}/lines",
            f"/fulfilment/progress/{order_id}",
            f"/orders/order/{order_id}",
        ):
            with count_queries() as log:
                assert site.get(address).status_code == 200
            counts.append(log.count)
        form = inputs(site.get(f"/fulfilment/sheet/{sheet}/lines").text)
        everything = {name: "1" for name in form if ".received." in name}
        with count_queries() as log:
            assert (
                site.post(
                    f"/fulfilment/sheet/{sheet}/lines", data=form | everything | {"_then": "post"}
                ).status_code
                == 302
            )
        found.append([*counts, log.count])
    assert found[0] == found[1]
