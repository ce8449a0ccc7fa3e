"""The pages over HTTP: a merchandiser's way from nothing to issued, wrong input, query counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from core.api import Ctx
from core.kernel.hub import Hub
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder, Payment
from plugins.outsourcing.screens.lines import DRAFT
from plugins.outsourcing.services import rows
from tests.plugins.outsourcing.conftest import do, made, picked, sold

BASE = "/outsourcing/order"


def inputs(html: str) -> dict[str, str]:
    """What a browser would send of a form: names and values of its text inputs."""
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


def again(ctx: Ctx, row: Any) -> Any:
    """The row as others left it."""
    ctx.session.expire_all()
    return ctx.session.scalars(select(type(row)).where(type(row).id == row.id)).one()


def test_from_nothing_to_issued(
    shop: Ctx, so: CustomerOrder, client_as: Callable[..., Any], hub: Hub
) -> None:
    number, tenant = so.number, shop.tenant
    shop.session.commit()
    merch = client_as("merch")
    reply = merch.post(f"{BASE}/new", data={"factory": "F1", "order_date": "2026-11-23"})
    assert reply.status_code == 302
    assert reply.location.endswith("/add-work")
    page = merch.get(reply.location)
    assert page.status_code == 200
    assert f'value="{number}/ST-1/US-LAX"' in page.text
    reply = merch.post(
        reply.location, data={"pick": f"{number}/ST-1/US-LAX", "_version": inputs(page.text)["_version"]}
    )
    assert reply.location.endswith("/lines")
    page = merch.get(reply.location)
    form = inputs(page.text)
    cell = next(name for name in form if ".pcs." in name)
    price = next(name for name in form if name.startswith("style_prices-") and name.endswith("-price"))
    assert (form[cell], form[price]) == ("100", "2.50")
    wrong = merch.post(reply.location, data={**form, cell: "1.5", price: "abc"})
    assert wrong.status_code == 422
    assert "whole pieces" in wrong.text
    assert "is not a number" in wrong.text
    assert 'value="abc"' in wrong.text  # what was typed stays
    over = merch.post(reply.location, data={**form, cell: "104"})
    assert over.status_code == 422
    assert "more than the 100 ordered" in over.text
    reply = merch.post(reply.location, data={**form, cell: "90", price: "2.55"})
    assert reply.status_code == 302
    address = reply.location
    issue = merch.post(f"{address}/do/issue", data={})
    assert issue.status_code == 302
    with hub.context(tenant, write=False) as ctx:
        (order,) = ctx.session.scalars(select(FactoryOrder))
        assert (order.state, order.qty, f"{order.total:f}") == ("issued", 590, "1504.5000")
    document = merch.get(address).text
    for part in ("1,504.50", "PO-1", "US-LAX", "590", "waiting for: Contract signed"):
        assert part in document
    assert merch.get(f"{address}/lines").status_code in (409, 422)
    assert merch.get(f"{address}/revise").status_code == 200


def test_a_revision_through_the_page(shop: Ctx, issued: FactoryOrder, client_as: Callable[..., Any]) -> None:
    address = f"{BASE}/{issued.id}/revise"
    shop.session.commit()
    merch = client_as("merch")
    form = inputs(merch.get(address).text)
    assert merch.post(address, data={**form, "reason": "none"}).status_code == 422  # nothing changed
    price = next(name for name in form if name.startswith("style_prices-") and name.endswith("-price"))
    assert merch.post(address, data={**form, price: "3", "reason": ""}).status_code == 422
    cell = next(name for name in form if ".pcs." in name)
    reply = merch.post(
        address, data={**form, price: "3", cell: "80", "reason": "agreed by phone", "reprice": "all"}
    )
    assert reply.status_code == 302
    order = again(shop, issued)
    assert (order.revision, order.qty, f"{order.total:f}") == (1, 880, "2640.0000")
    assert "agreed by phone" in merch.get(reply.location).text


def test_the_same_form_twice_is_one_change_and_a_stale_one_none(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    address = f"{BASE}/{fo.id}/lines"
    shop.session.commit()
    merch, other = client_as("merch"), client_as("mgr")
    form = inputs(merch.get(address).text)
    cell = next(name for name in form if ".pcs." in name)
    data = {**form, cell: "70", "_key": "k" * 24}
    assert merch.post(address, data=data).status_code == 302
    assert merch.post(address, data=data).status_code == 302
    stale = other.post(address, data={**form, cell: "60"})
    assert stale.status_code == 409
    assert "Merch" in stale.text
    assert again(shop, fo).qty == 870


def test_removing_a_line_and_an_own_price(shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]) -> None:
    address = f"{BASE}/{fo.id}/lines"
    assert len(rows.lines(shop, fo)) == 2
    shop.session.commit()
    merch = client_as("merch")
    form = inputs(merch.get(address).text)
    reply = merch.post(address, data={**form, "lines-0-price": "3.10"})
    assert reply.status_code == 422
    assert "Say why this line has a price of its own" in reply.text
    ok = merch.post(
        address,
        data={**form, "lines-0-price": "3.10", "lines-0-price_reason": "lined", "lines-1-remove": "1"},
    )
    assert ok.status_code == 302
    order = again(shop, fo)
    assert (order.qty, f"{order.total:f}") == (600, "1860.0000")


def test_payment_from_the_factory_order(
    shop: Ctx, issued: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    number, address = issued.number, f"{BASE}/{issued.id}"
    shop.session.commit()
    fin = client_as("fin")
    page = fin.get(f"/outsourcing/payment/new?order={number}")
    form = inputs(page.text)
    assert (form["factory"], form["splits-0-order"]) == ("F1", number)
    data = {**form, "kind": "deposit", "currency": "USD", "amount": "675", "splits-0-amount": "600"}
    wrong = fin.post("/outsourcing/payment/new", data=data)
    assert wrong.status_code == 422
    assert "add up to 600, not to 675" in wrong.text
    reply = fin.post("/outsourcing/payment/new", data={**data, "splits-0-amount": ""})
    assert reply.status_code == 302
    assert fin.post(f"{reply.location}/do/post", data={}).status_code == 302
    assert fin.get(reply.location).status_code == 200
    document = fin.get(address).text
    assert "30.00%" in document
    assert "1,575.00" in document
    assert fin.get("/outsourcing/payment/").status_code == 200
    assert fin.get(f"/outsourcing/adjustment/new?order={number}").status_code == 200


ADDRESSES = (
    "",
    "/add-work",
    "/lines",
    "/revise",
    "/edit",
    "/do/issue",
    "/contract/1",
    "/pdf/outsourcing.contract",
)


def test_another_tenant_sees_nothing(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any], other_tenant: Any
) -> None:
    number = fo.id
    shop.session.commit()
    stranger = client_as("mgr", of=other_tenant)
    assert {tail: stranger.get(f"{BASE}/{number}{tail}").status_code for tail in ADDRESSES} == dict.fromkeys(
        ADDRESSES, 404
    )


def test_pages_are_closed_to_those_without_the_right(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    number = fo.id
    shop.session.commit()
    qc = client_as("qc")
    assert qc.get(f"{BASE}/{number}").status_code == 200
    for tail in ("/add-work", "/lines", "/revise", "/do/issue"):
        assert qc.get(f"{BASE}/{number}{tail}").status_code == 403


def test_queries_do_not_grow_with_rows(shop: Ctx, count_queries: Callable[..., Any]) -> None:
    """Figures, list columns, issuing and the editor send as many statements for 2 lines as for 24."""
    counts: dict[str, list[int]] = {}
    entity = shop.registry.get("outsourcing.order")
    for n in (1, 12):
        orders = [
            sold(
                shop,
                ("ST-1", "NVY", "US-LAX", {"S": 10, "M": 10}),
                ("ST-1", "NVY", "DE-HAM", {"S": 10}),
                po=f"P{n}{i}",
            )
            for i in range(n)
        ]
        order = made(shop)
        shop.session.flush()
        shop.memo.clear()  # each is counted by itself
        with count_queries() as log:
            do(shop, order, "add_work", work=[row for o in orders for row in picked(o.number)])
        counts.setdefault("add_work", []).append(log.count)
        shop.memo.clear()  # each is counted by itself
        with count_queries() as log:
            do(shop, order, "issue")
        counts.setdefault("issue", []).append(log.count)
        shop.session.flush()
        shop.session.expunge_all()
        order = shop.session.scalars(select(FactoryOrder).where(FactoryOrder.number == order.number)).one()
        shop.memo.clear()  # each is counted by itself
        with count_queries() as log:
            entity.figures(shop, order)  # type: ignore[misc]
        counts.setdefault("figures", []).append(log.count)
        shop.memo.clear()  # each is counted by itself
        with count_queries() as log:
            DRAFT.blocks(shop, order)
        counts.setdefault("editor", []).append(log.count)
        found = shop.session.scalars(select(FactoryOrder)).all()
        shop.memo.clear()  # each is counted by itself
        with count_queries() as log:
            for column in entity.columns:
                if not isinstance(column, str) and column.load:
                    column.load(shop, found)
        counts.setdefault("columns", []).append(log.count)
        payments = shop.session.scalars(select(Payment)).all()
        assert payments == []
    assert all(many <= few for few, many in counts.values()), counts


def test_document_and_list_pages_send_few_queries(
    shop: Ctx, so: CustomerOrder, client_as: Callable[..., Any], count_queries: Callable[..., Any]
) -> None:
    one = made(shop)
    do(shop, one, "add_work", work=picked(so.number, "ST-1", "DE-HAM"))
    first = one.id
    shop.session.commit()
    merch = client_as("merch")

    def measured() -> tuple[int, int, int]:
        found = []
        for address in (f"{BASE}/", f"{BASE}/{first}", f"{BASE}/{first}/lines"):
            merch.get(address)
            with count_queries() as log:
                assert merch.get(address).status_code == 200
            found.append(log.count)
        return found[0], found[1], found[2]

    before = measured()
    for _ in range(4):
        other = made(shop, "F2")
        do(shop, other, "add_work", work=picked(so.number), share=30)
    do(shop, one, "add_work", work=picked(so.number, "ST-1", "US-LAX"))
    shop.session.commit()
    assert measured() == before
