"""Entering lines over HTTP: three ways in one form, messages at the inputs, nothing typed is lost."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from core.api import Ctx
from core.entities.recording import flush_rows
from plugins.catalog.models import Color, Size, SizeRun, Style, StyleColor
from plugins.orders.models import CustomerOrder
from plugins.orders.services.lines import save_lines
from tests.plugins.orders.conftest import facts, line, make_order

GRID = {
    "blocks-0-style": "ST-1", "blocks-0-destination": "US-LAX", "blocks-0-ship_date": "2026-12-18", "blocks-0-price": "2.5",
    "lines-0-block": "0", "lines-0-color": "NVY", "lines-0-sizes.pcs.S": "1", "lines-0-sizes.pcs.M": "2",
    "lines-1-block": "0", "lines-1-color": "WHT", "lines-1-sizes.pcs.S": "",
}  # fmt: skip


@pytest.fixture
def page(shop: Ctx, order: CustomerOrder, client_as: Any) -> tuple[Any, str]:
    """A merchandiser's browser and the address of the order's entry page."""
    return client_as("merch"), f"/orders/order/{order.id}/lines"


def inputs(reply: Any) -> dict[str, str]:
    """Names and values of the inputs of a page, as a browser would send them."""
    text = reply.get_data(as_text=True)
    found = {}
    for tag in re.findall(r"<input [^>]*>", text):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            found[html.unescape(name[1])] = html.unescape(value[1]) if value else ""
    for name, value in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>', text, re.S):
        found[name] = html.unescape(value)
    return found


def message_at(reply: Any, name: str) -> str:
    found = re.search(rf'id="e-{re.escape(name)}">([^<]*)<', reply.get_data(as_text=True))
    return html.unescape(found[1]) if found else ""


def test_an_empty_order_opens_with_an_empty_block(page: tuple[Any, str]) -> None:
    client, url = page
    reply = client.get(url)
    assert reply.status_code == 200
    assert inputs(reply)["blocks-0-style"] == ""
    assert " style=" not in reply.get_data(as_text=True)
    assert "onclick" not in reply.get_data(as_text=True)


def test_grid_table_and_quick_entry_are_saved_together(
    page: tuple[Any, str], shop: Ctx, order: CustomerOrder
) -> None:
    client, url = page
    reply = client.post(url, data={
        **GRID, "_version": "1", "quick": "234, L-7", "table": "style\tcolor\t110\nKID\tRED\t5",
        "destination": "JP-TYO", "ship_date": "2026-12-25", "price": "9",
    })  # fmt: skip
    assert (reply.status_code, reply.location) == (302, f"/orders/order/{order.id}")
    assert [(f[0], f[1], f[2], f[5]) for f in facts(shop, order)] == [
        ("ST-1", "NVY", "US-LAX", 3),
        ("234", "NVY", "JP-TYO", 7),
        ("KID", "RED", "JP-TYO", 5),
    ]
    document = client.get(f"/orders/order/{order.id}").get_data(as_text=True)
    assert "SO-2026-0001" in document
    again = inputs(client.get(url))
    assert again["lines-0-sizes.pcs.M"] == "2"
    assert [again[f"blocks-{b}-style"] for b in range(3)] == ["ST-1", "234", "KID"]


BAD = [
    ({"lines-0-sizes.pcs.S": "1.5"}, "lines-0-sizes.pcs.S", "whole pieces"),
    ({"lines-0-sizes.pcs.S": "-1"}, "lines-0-sizes.pcs.S", "negative"),
    ({"lines-0-sizes.pcs.110": "4"}, "lines-0-sizes.pcs.110", "not in the run"),
    ({"lines-0-sizes.pcs.S": "0", "lines-0-sizes.pcs.M": "0"}, "lines-0-color", "needs pieces"),
    ({"blocks-0-style": "NOPE"}, "blocks-0-style", "no style “NOPE”"),
    ({"blocks-0-price": "0.1234567"}, "blocks-0-price", "At most 6 decimals"),
    ({"blocks-0-ship_date": "18.12."}, "blocks-0-ship_date", "not a date"),
    ({"lines-0-color": "RED"}, "lines-0-color", "not a colour of ST-1"),
    ({"lines-1-color": "nvy", "lines-1-sizes.pcs.S": "4"}, "lines-1-color", "Twice the same"),
    ({"quick": "234"}, "quick", "Line 1: No sizes"),
    ({"table": "a\tb"}, "table", "must name the columns"),
    (
        {"quick": "234, S-1", "destination": "MARS", "ship_date": "2026-12-18"},
        "destination",
        "no destination “MARS”",
    ),
]


@pytest.mark.parametrize(("change", "at", "message"), BAD)
def test_bad_input_shows_its_message_and_keeps_what_was_typed(
    page: tuple[Any, str], shop: Ctx, order: CustomerOrder, change: dict[str, str], at: str, message: str
) -> None:
    client, url = page
    typed = {**GRID, "_version": "1", **change}
    reply = client.post(url, data=typed)
    assert reply.status_code == 422
    assert message in message_at(reply, at)
    shown = inputs(reply)
    assert {name: shown.get(name) for name in typed} == typed
    assert facts(shop, order) == []


def test_a_style_without_pieces_is_not_dropped_silently(page: tuple[Any, str]) -> None:
    client, url = page
    reply = client.post(url, data={"blocks-0-style": "ST-1", "blocks-0-destination": "US-LAX",
                                   "blocks-0-ship_date": "2026-12-18", "_version": "1"})  # fmt: skip
    assert reply.status_code == 422


def test_without_scripts_buttons_draw_columns_rows_and_blocks(
    page: tuple[Any, str], shop: Ctx, order: CustomerOrder
) -> None:
    client, url = page
    shown = inputs(
        client.post(url, data={"do": "show", "blocks-0-style": "kid", "blocks-0-destination": "US-LAX"})
    )
    assert [shown[f"lines-{n}-color"] for n in (0, 1)] == ["RED", "NVY"]
    assert "lines-0-sizes.pcs.130" in shown
    shown = inputs(client.post(url, data={**GRID, "do": "row:0"}))
    assert shown["lines-2-block"] == "0"
    shown = inputs(client.post(url, data={**GRID, "do": "block"}))
    assert (shown["blocks-1-style"], shown["blocks-1-destination"], shown["blocks-1-ship_date"]) == (
        "",
        "US-LAX",
        "2026-12-18",
    )
    shown = inputs(
        client.post(
            url, data={**GRID, "do": "spread", "quick": "234 #JP-TYO, L-7", "ship_date": "2026-12-25"}
        )
    )
    assert (shown["blocks-1-style"], shown["lines-2-sizes.pcs.L"], shown["quick"]) == ("234", "7", "")
    assert facts(shop, order) == []
    reply = client.post(url, data={**GRID, "do": "spread", "quick": "234"})
    assert (reply.status_code, inputs(reply)["quick"]) == (422, "234")


def test_a_row_is_removed(page: tuple[Any, str], shop: Ctx, order: CustomerOrder) -> None:
    client, url = page
    client.post(url, data={**GRID, "lines-1-sizes.pcs.S": "4", "_version": "1"})
    shown = inputs(client.get(url))
    assert client.post(url, data={**shown, "lines-0-_delete": "1"}).status_code == 302
    assert [f[1] for f in facts(shop, order)] == ["WHT"]


def test_a_block_alone_is_drawn_for_the_script(page: tuple[Any, str]) -> None:
    client, url = page
    reply = client.post(f"{url}/block", data={"blocks-4-style": "KID", "first_row": "12"})
    shown = inputs(reply)
    assert shown["lines-12-color"] == "RED"
    assert shown["lines-13-block"] == "4"
    assert "<html" not in reply.get_data(as_text=True)
    assert "no style" in message_at(
        client.post(f"{url}/block", data={"blocks-0-style": "X"}), "blocks-0-style"
    )


def test_a_second_persons_stale_edit_is_shown_the_difference(
    page: tuple[Any, str], shop: Ctx, order: CustomerOrder
) -> None:
    client, url = page
    assert client.post(url, data={**GRID, "_version": "1"}).status_code == 302
    mine = {**GRID, "lines-0-sizes.pcs.S": "77", "_version": "1"}
    reply = client.post(url, data=mine)
    assert reply.status_code == 409
    text = html.unescape(reply.get_data(as_text=True))
    assert "was changed by Merch at" in text
    assert "ST-1 NVY US-LAX 2026-12-18" in text
    assert inputs(reply)["lines-0-sizes.pcs.S"] == "77"
    assert facts(shop, order)[0][5] == 3
    reply = client.post(url, data={**mine, "_mine": "1"})
    assert client.post(url, data=inputs(reply)).status_code == 302
    shop.session.expire_all()
    assert facts(shop, order)[0][5] == 79


def test_the_same_form_twice_is_one_change(page: tuple[Any, str], shop: Ctx, order: CustomerOrder) -> None:
    client, url = page
    form = {**GRID, "_version": "1", "_key": "k" * 24}
    assert client.post(url, data=form).status_code == 302
    assert client.post(url, data=form).status_code == 302
    assert len(facts(shop, order)) == 1
    shop.session.expire_all()
    assert order.version == 2


def test_who_may_and_when(
    page: tuple[Any, str], shop: Ctx, order: CustomerOrder, client_as: Any, other_tenant: Any
) -> None:
    _client, url = page
    assert client_as("fin").get(url).status_code == 403
    assert client_as("merch", of=other_tenant).get(url).status_code == 404
    assert client_as("merch", of=other_tenant).post(url, data=GRID).status_code == 404
    order.state = "closed"
    flush_rows(shop.session)
    shop.session.commit()
    assert client_as("merch").get(url).status_code == 422


def big_order(shop: Ctx) -> tuple[CustomerOrder, dict[str, str]]:
    """Ten styles in four colours with eight sizes: 40 lines of 8 sizes."""
    run = SizeRun(code="EIGHT", name="8", sizes=[Size(code=f"{30 + n}", position=n) for n in range(8)])
    colors = [Color(code=f"C{n}", name=f"Colour {n}") for n in range(4)]
    shop.session.add_all([run, *colors])
    flush_rows(shop.session)
    form: dict[str, str] = {"_version": "1"}
    for s in range(10):
        style = Style(
            code=f"BIG-{s}", name=f"Big {s}", size_run_id=run.id, size_run=run, unit="pcs", active=True
        )
        style.colors = [StyleColor(color_id=c.id, color=c, position=i) for i, c in enumerate(colors)]
        shop.session.add(style)
        form |= {f"blocks-{s}-style": style.code, f"blocks-{s}-destination": "US-LAX",
                 f"blocks-{s}-ship_date": "2026-12-18", f"blocks-{s}-price": "3.25"}  # fmt: skip
        for c in range(4):
            n = s * 4 + c
            form |= {f"lines-{n}-block": str(s), f"lines-{n}-color": f"C{c}"}
            form |= {f"lines-{n}-sizes.pcs.{30 + i}": str(i + 1) for i in range(8)}
    flush_rows(shop.session)
    return make_order(shop), form


def test_40_lines_of_8_sizes_open_and_save_with_as_many_queries_as_one_line(
    shop: Ctx, client_as: Any, count_queries: Any
) -> None:
    order, form = big_order(shop)
    small = make_order(shop)
    save_lines(shop, small, [line()])
    client = client_as("merch")
    url = f"/orders/order/{order.id}"
    assert client.post(f"{url}/lines", data=form).status_code == 302
    client.get(url), client.get(f"{url}/lines")
    counts = []
    for each in (order, small):
        for tail in ("", "/lines"):
            with count_queries() as log:
                assert client.get(f"/orders/order/{each.id}{tail}").status_code == 200
            counts.append(log.count)
    assert counts[:2] == counts[2:]
    shop.session.expire_all()
    assert order.qty == 40 * 36
