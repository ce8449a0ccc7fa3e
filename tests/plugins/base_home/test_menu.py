"""The menu by role: what a person works in is open, the rest is folded; entries kept at its top; the sheet of keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.hub_pages import enter as enter
from tests.hub_pages import office as office


def menu(page: str) -> str:
    return page.partition('<nav class="side"')[2].partition("</nav>")[0]


def opened(text: str) -> list[str]:
    """Groups that are open, by code."""
    return re.findall(r'<details data-fold="(\w+)" open', text)


def entries(text: str) -> int:
    """How many entries are seen: those of open groups, and the Hub page."""
    return 1 + sum(
        part.partition("</details>")[0].count("<a ")
        for part in re.split(r'<details data-fold="\w+" open', text)[1:]
    )


def test_each_role_sees_what_it_works_in(enter: Callable[[str], Any]) -> None:
    seen = {role: menu(enter(role).get("/").text) for role in ("merch", "purch", "wh", "fin", "qc")}
    # first what they do all day; what they folded open stays so
    assert opened(seen["merch"]) == ["orders", "outsourcing"]
    assert entries(seen["merch"]) <= 14
    assert {"orders", "stock"} <= set(opened(seen["wh"]))  # sheets of what came in are with the orders
    assert "purchasing" in opened(seen["purch"])
    for role, text in seen.items():
        assert "catalog" not in opened(text), role
        assert "/catalog/partner/" in text, role  # folded, not gone
    assert "catalog" in opened(menu(enter("merch").get("/catalog/partner/").text))


def test_entries_are_kept_at_the_top(enter: Callable[[str], Any]) -> None:
    client, kept = enter("qc"), 'class="kept" href="/catalog/style/"'
    page = client.get("/catalog/style/").text
    assert kept not in page
    assert 'value="/catalog/style/"' in menu(page)
    sent = {"entry": "/catalog/style/", "back": "/catalog/style/"}
    assert client.post("/menu", data=sent).status_code == 302
    assert kept in menu(client.get("/").text)
    for entry in ("/nowhere/", "https://example.com/", "", "/admin/plugins/"):
        assert client.post("/menu", data={"entry": entry}).status_code == 302
    assert menu(client.get("/").text).count('class="kept"') == 1
    assert kept not in enter("fin").get("/").text
    client.post("/menu", data=sent)
    assert kept not in client.get("/").text


def test_the_keys_are_written_down(enter: Callable[[str], Any]) -> None:
    page = enter("qc").get("/").text
    assert '<dialog id="keys"' in page
    assert page.count("<kbd>") >= 12


def test_what_is_zero_steps_back(enter: Callable[[str], Any]) -> None:
    tiles = re.findall(r'class="tile tone-\w+( zero)?"', enter("mgr").get("/").text)
    assert " zero" in tiles
    assert tiles == sorted(tiles)
