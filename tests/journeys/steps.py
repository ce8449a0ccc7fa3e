"""What several journeys do over HTTP: send forms and read the answers, take an order, read tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

RECEIVING = "/receiving/sheet/"


def submit(client: Any, address: str, **data: Any) -> str:
    """Send a form; it must be accepted. Returns where it led."""
    reply = client.post(address, data=data)
    assert reply.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", reply.text)[-3000:]
    return str(reply.location)


def refused(client: Any, address: str, **data: Any) -> str:
    """Send a form that must be refused; returns the words of the page."""
    reply = client.post(address, data=data)
    assert reply.status_code in (409, 422), reply.status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.text))


def take_order(client: Any, customer: str, customer_po: str, quick: str, destination: str, price: str) -> str:
    """A confirmed order; returns its address."""
    lines = submit(
        client, "/orders/order/new", customer=customer, customer_po=customer_po, currency="USD",
        order_date="2026-11-20", incoterm="FOB", tax_pct="0",
    )  # fmt: skip
    address = submit(
        client, lines, quick=quick, destination=destination, ship_date="2027-02-26", price=price, do="save",
        _version=version_of(client, lines),
    )  # fmt: skip
    submit(client, f"{address}/do/confirm")
    return address


def version_of(client: Any, address: str) -> str:
    """The version in the form at an address."""
    found = re.search(r'name="_version" value="(\d+)"', client.get(address).text)
    assert found
    return found[1]


def inputs(html: str) -> dict[str, str]:
    """What a browser would send of a page's form: its inputs, but for ticks and the search of the header."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if (
            name
            and not re.search(r'type="(checkbox|radio|search|file)"', tag)
            and name[1] not in ("csrf_token", "_key", "q")
        ):
            found[name[1]] = unescape(value[1]) if value else ""
    return found


def words(html: str) -> str:
    """The words of a piece of a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def table(html: str, *heads: str) -> list[dict[str, str]]:
    """The rows of the first table with these headings, by heading: words of each cell."""
    rows = next(_tables(html, heads), None)
    assert rows is not None, f"no table with {heads}"
    return rows


def all_rows(html: str, *heads: str) -> list[dict[str, str]]:
    """The rows of every table with these headings."""
    return [row for rows in _tables(html, heads) for row in rows]


def _tables(html: str, heads: tuple[str, ...]) -> Iterator[list[dict[str, str]]]:
    for found in re.findall(r"<table.*?</table>", html, re.S):
        names = [words(h) for h in re.findall(r"<th[^>]*>(.*?)</th>", found.partition("</thead>")[0], re.S)]
        if set(heads) <= set(names):
            body = found.partition("<tbody>")[2].partition("</tbody>")[0]
            rows = [
                re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)
                for row in re.findall(r"<tr.*?</tr>", body, re.S)
            ]
            yield [dict(zip(names, map(words, row), strict=False)) for row in rows]


def link(html: str, text: str) -> str:
    """The address behind these words."""
    found = [
        unescape(href)
        for href, said in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', html, re.S)
        if words(said) == text
    ]
    assert found, f"nothing called {text!r} can be followed"
    return found[-1]


def bought(purch: Any, factory_order: str = "FO-2026-0001", required: str = "2026-11-20") -> str:
    """The address of an issued purchase order, its lines filled from the need; the goods are promised for ``required``."""
    order = submit(
        purch, "/purchasing/order/new", material_class="main", supplier="S01", order_date="2026-11-03",
        made_for=factory_order, required_date=required,
    )  # fmt: skip
    submit(purch, f"{order}/do/issue")
    return order


def line_id(sheet: str, label: str) -> str:
    """The id that inputs of a line of the receiving sheet carry."""
    row = next(r for r in re.findall(r"<tr data-scan-row.*?</tr>", sheet, re.S) if label in words(r))
    found = re.search(r'name="lines-(\d+)-received"', row)
    assert found
    return found[1]


def receive(wh: Any, day: str, note: str, **typed: str) -> str:
    """A delivery on the sheet of all suppliers; the address of its receipt."""
    return submit(wh, RECEIVING, store="MAIN", received_on=day, delivery_note=note, **typed)


def cell(page: str, label: str) -> str:
    """The name of the input of a size, by the end of what it is called."""
    found = re.search(rf'name="(lines-[^"]+)"[^>]*aria-label="[^"]*{label}"', page)
    assert found, label
    return found[1]
