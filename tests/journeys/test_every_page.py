"""Every page of the hub, found by following its links, at desktop and phone width: readable by everybody (WCAG 2.2 AA), and
nothing sticks out of the window.

Pages are read without a browser first; of those that are made alike (same address but for numbers, same kind) the one with
the most on it is opened in Chromium. So a new page is looked at as soon as something leads to it.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest

from core.testing.site import DESKTOP, PHONE, violations

pytestmark = [pytest.mark.browser, pytest.mark.thorough]
Visit = Callable[..., Any]
ALIKE = 3
"""How many pages that are made alike are read to find what they lead to."""
MEANT = ("kind", "tab", "of", "material_class", "role")
"""What in an address makes another page of it, not only other rows."""
NO_PAGE = re.compile(r"/(pdf|slip|export|files|static|logout|thumb|full)\b|\.(csv|xlsx|pdf)$")
STARTS = ("/", "/search?q=HL-88", "/tna/milestone/")
"""Where the crawl begins: the start page, and what is typed or comes from the menu of somebody else."""
KNOWN = (
    "/admin/plugins/", "/admin/roles/", "/admin/users/", "/catalog/style/{n}/bom", "/claims/claim/quick", "/claims/claim/{n}",
    "/material_gate/kit/", "/orders/order/{n}/lines", "/outsourcing/order/new", "/outsourcing/order/{n}",
    "/outsourcing/order/{n}/do/start", "/process/", "/receiving/sheet/", "/tna/gantt/", "/tna/timeline/{n}",
    "/tna/template/{n}/edit", "/tna/timeline/{n}/actuals", "/tna/timeline/{n}/do/set_actual", "/tna/mine/",
    "/tna/milestone/", "/catalog/partner/{n}", "/outsourcing/order/{n}/lines", "/outsourcing/payment/{n}",
    "/search", "/?tab=claims", "/?tab=inventory", "/?tab=purchasing", "/factory_stock/statement/{n}",
)  # fmt: skip
"""Some pages that must be among those found; the crawl would be blind without them."""


DRAWN = (
    "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
)
"""Until the page has been drawn at its new size: only then does its script know which boxes scroll."""


def shape(address: str) -> str:
    """What pages that are made alike have in common."""
    parts = urlsplit(address)
    if parts.path.endswith("/delete"):
        return "delete"  # one question for everything
    rows = parts.path.endswith("/") and parts.path != "/"  # a list is made alike whatever is in it
    said = [(k, v) for k, v in parse_qsl(parts.query) if k in MEANT and not (rows and k == "kind")]
    path = re.sub(r"/\d+(?=/|$)", "/{n}", parts.path)
    return path + ("?" + "&".join(f"{k}={v}" for k, v in sorted(said)) if said else "")


def pages_of(
    page: Any, start: Sequence[str], known: Collection[str] = ()
) -> tuple[dict[str, str], list[str]]:
    """The page of each shape with the most on it, by shape, found by following links from ``start``; and links that lead
    nowhere, with the page they are on. Of a ``known`` shape one page is read, to go on from there."""
    waiting, seen = deque(start), dict.fromkeys(start, "")
    broken = []
    read: dict[str, int] = defaultdict(int)
    longest: dict[str, tuple[int, str]] = {}
    base = page.url
    while waiting:
        address = waiting.popleft()
        kind = shape(address)
        if read[kind] >= (1 if kind in known else ALIKE):
            continue
        reply = page.request.get(urljoin(base, address), max_redirects=0)
        if reply.status != 200 or "text/html" not in reply.headers.get("content-type", ""):
            if reply.status >= 400:
                broken.append(f"{seen[address]} → {address}: {reply.status}")
            continue
        read[kind] += 1
        html = reply.text()
        longest[kind] = max(longest.get(kind, (0, "")), (len(html), address))
        for href in re.findall(r'<a\b[^>]*?\bhref="([^"#]+)', html):
            found = urljoin(address, unescape(href))
            if found.startswith("/") and not NO_PAGE.search(urlsplit(found).path) and found not in seen:
                seen[found] = address
                waiting.append(found)
    return {kind: address for kind, (_size, address) in longest.items()}, broken


def test_every_page_is_for_everybody_and_fits(visit: Visit) -> None:
    manager, administrator = visit("mgr"), visit("admin", "zh_Hant_TW")
    plain, broken = pages_of(manager, STARTS)
    every, more = pages_of(administrator, STARTS, plain)
    others = {kind: address for kind, address in every.items() if kind not in plain}
    assert [kind for kind in KNOWN if kind not in {**plain, **others}] == []
    assert sorted({*broken, *more}) == []
    wrong: dict[str, list[str]] = {}
    for page, addresses in ((manager, plain), (administrator, others)):
        for address in addresses.values():
            page.set_viewport_size(DESKTOP)
            page.goto(address)
            for name, size, without in (("desk", DESKTOP, ()), ("phone", PHONE, ("color-contrast",))):
                page.set_viewport_size(size)
                page.evaluate("scrollTo(0, 0)")
                page.evaluate(DRAWN)
                found = violations(page, without)
                wide = page.evaluate("document.documentElement.scrollWidth") - size["width"]
                if wide > 0:
                    found.append(f"{wide} px too wide")
                if found:
                    wrong[f"{address} {name}"] = found
    assert wrong == {}, "\n".join(f"{where}\n    " + "\n    ".join(what) for where, what in wrong.items())
