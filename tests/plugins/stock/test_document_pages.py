"""Stock documents over HTTP: forms of each kind, posting, reserving from the page of an order."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx
from core.kernel.hub import Hub
from plugins.orders.models import CustomerOrder
from plugins.stock.models.documents import StockDocument
from tests.plugins.stock.conftest import fabric, put, shirt, take

DOC = "/stock/document"


@pytest.fixture
def full(depot: Ctx) -> Ctx:
    """100 yd of navy came in September, 30 were issued in October; 5 shirts; committed."""
    put(depot, fabric(depot, lot="A"), "100", on=date(2026, 9, 1))
    take(depot, fabric(depot, lot="A"), "30", on=date(2026, 10, 1))
    put(depot, shirt(depot), "5", kind="goods_in", on=date(2026, 11, 2))
    depot.session.commit()
    return depot


def links(html: str) -> dict[str, str]:
    """Text of each link → its address (the last one wins)."""
    return {
        text: unescape(href) for href, text in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>([^<]+)</a>', html)
    }


def test_a_transfer_through_the_form(full: Ctx, client_as: Callable[..., Any], hub: Hub) -> None:
    wh = client_as("wh")
    form = wh.get(f"{DOC}/new?kind=transfer")
    assert "To store" in form.text
    assert "Customer order" not in form.text.split("page-form")[1]
    data = {
        "kind": "transfer", "day": "2026-11-23", "store": "MAIN", "target_store": "EAST", "notes": "",
        "lines-0-material": "FAB", "lines-0-color": "NVY", "lines-0-lot": "A", "lines-0-qty": "12,5x",
    }  # fmt: skip
    wrong = wh.post(f"{DOC}/new?kind=transfer", data=data)
    assert wrong.status_code == 422
    assert 'value="12,5x"' in wrong.text
    reply = wh.post(f"{DOC}/new?kind=transfer", data={**data, "lines-0-qty": "12.5"})
    assert reply.status_code == 302
    assert "TR-2026-0001" in wh.get(reply.location).text
    key = {"_key": "t" * 24}
    assert wh.post(f"{reply.location}/do/post", data=key).status_code == 302
    assert wh.post(f"{reply.location}/do/post", data=key).status_code == 302  # the same attempt, one posting
    with hub.context(full.tenant, write=False) as ctx:
        (row,) = ctx.session.scalars(select(StockDocument))
        assert (row.kind, row.state) == ("transfer", "posted")
        assert len(ledger.movements(ctx, entity="stock.document", entity_id=row.id)) == 1
    late = wh.post(f"{reply.location}/edit", data={**data, "lines-0-qty": "1"})
    assert late.status_code == 422
    assert "can no longer be edited" in late.text
    back = wh.post(f"{reply.location}/do/reverse", data={"reason": "wrong lot"})
    assert back.status_code == 302
    assert "Reversed" in wh.get(reply.location).text


def test_a_count_is_made_filled_edited_and_posted(full: Ctx, client_as: Callable[..., Any]) -> None:
    wh = client_as("wh")
    made = wh.post(
        f"{DOC}/new?kind=count",
        data={"kind": "count", "day": "2026-11-23", "store": "MAIN", "cause": "damaged"},
    )
    address = made.location
    assert wh.post(f"{address}/do/fill", data={"what": "main"}).status_code == 302
    page = wh.get(f"{address}/edit").text
    form = {
        m[1]: m[2]
        for m in re.finditer(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
        if m[1] not in ("csrf_token", "_key")
    }
    assert form["lines-0-material"] == "FAB"
    version = re.search(r'name="_version" value="(\d+)"', page)
    assert version is not None
    saved = wh.post(
        f"{address}/edit",
        data={
            "day": "2026-11-23", "store": "MAIN", "cause": "damaged", "lines-0-id": form["lines-0-id"],
            "lines-0-material": "FAB", "lines-0-color": "NVY", "lines-0-lot": "A", "lines-0-qty": "68.5",
            "_version": version[1],
        },
    )  # fmt: skip
    assert saved.status_code == 302, saved.text
    assert wh.post(f"{address}/do/post").status_code == 302
    shown = wh.get(address).text
    for part in ("68.5", "-1.5", "Damaged", "1 of 1 items differ"):
        assert part in shown, part


def test_reserving_from_the_page_of_an_order(
    full: Ctx, so: CustomerOrder, client_as: Callable[..., Any]
) -> None:
    full.session.commit()
    wh = client_as("wh")
    page = wh.get(f"/orders/order/{so.id}")
    assert "Reserve stock" in page.text
    form = wh.get(links(page.text)["Reserve stock"])
    assert f'value="{so.number}"' in form.text
    made = wh.post(f"{DOC}/new?kind=reserve", data={"kind": "reserve", "store": "MAIN", "owner": so.number})
    assert wh.post(f"{made.location}/do/fill").status_code == 302
    assert wh.post(f"{made.location}/do/post").status_code == 302
    again = wh.get(f"/orders/order/{so.id}").text
    assert "5 pcs" in wh.get(links(again)["5"]).text
