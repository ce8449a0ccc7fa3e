"""Timeline, material gate and claims on and off for one company, in every combination: what is off is nowhere, what is on
works, and switching either way takes effect at the next request.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from core.base_api import TenantInfo
from core.kernel import enablement
from core.kernel.hub import Hub
from tests.journeys.steps import bought, refused, submit, table, take_order, words

PLUGINS = ("tna", "material_gate", "claims")
EVERY = [
    frozenset(name for name, on in zip(PLUGINS, each, strict=True) if on)
    for each in itertools.product((True, False), repeat=3)
]
# any two of them on and off beside each other are among none and the pairs; all of them is how the other journeys work
DAILY = (frozenset({"tna", "claims"}),)
"""Two are on beside one that is off; none of them is on in the stories of trading and making (test_plugin_switches.py)."""
COMBINATIONS = [
    pytest.param(
        on, marks=[pytest.mark.thorough] if len(on) % 2 else [] if on in DAILY else [pytest.mark.more]
    )
    for on in EVERY
]
ALL = frozenset(PLUGINS)
OWN = {
    "tna": ("/tna/timeline/", "/tna/gantt/", "/tna/mine/", "/tna/milestone/", "/tna/template/",
            "/tna/timeline/export/csv", "/tna/milestone/export/xlsx"),
    "material_gate": ("/material_gate/kit/", "/material_gate/override/", "/material_gate/override/export/csv"),
    "claims": ("/claims/claim/", "/claims/claim/quick", "/claims/claim/new", "/claims/figures/", "/claims/claim/export/csv"),
}  # fmt: skip
"""Pages that are a plugin's own."""
SHOWN = {
    "tna": {"home": ("Timelines late", "Next to ship"), "menu": ("Mine this week",), "order": ("Whole timeline",),
            "orders": ("Timeline",), "orders.csv": ("Timeline",), "process": ("Timeline",), "process.csv": ("Timeline",)},
    "material_gate": {"home": ("HOLD (2 short)",), "menu": ("Material complete?",),
                      "order": ("HOLD (2 short)",),
                      "orders": ("HOLD (2 short)",), "orders.csv": ("HOLD (2 short)",), "process": ("Material gate", "HOLD"),
                      "process.csv": ("Material gate",)},
    "claims": {"home": ("Open claims",), "menu": ("Quick claim",), "order": ("Claims",), "purchase": ("Claims",),
               "search": ("CG-2026-0001",)},
}  # fmt: skip
"""Where a plugin shows itself on pages of others, and by what words."""
TRACES = {
    "tna": ("/tna/", "tna.css", "Timeline", "Production timeline"),
    "material_gate": ("/material_gate/", "gate.css", "Material gate", "HOLD ("),
    "claims": ("/claims/", "claims.css", "Quick claim"),
}
"""What must be found nowhere on them once it is off."""


@dataclass
class Office:
    """One company at work, with the switches in hand."""

    hub: Hub
    tenant: TenantInfo
    client_as: Callable[..., Any]

    def switch(self, on: frozenset[str]) -> None:
        """Have these of the three on, the others off."""
        with self.hub.context(self.tenant) as ctx:
            for name in PLUGINS:
                if (name in on) != (name in ctx.enabled):
                    (enablement.enable_plugin if name in on else enablement.disable_plugin)(ctx, name)

    def issued(self, customer_po: str) -> str:
        """The address of a factory order for an order of a hundred T-shirts, issued."""
        merch = self.client_as("merch")
        sold = take_order(merch, "C01", customer_po, "ST-2601 @NVY, S-50, M-50", "US-LAX", "2.55")
        number = words(merch.get(sold).text.partition("<h1>")[2].partition("</h1>")[0]).split()[0]
        made = submit(
            merch, "/outsourcing/order/new", factory="F01", currency="CNY", order_date="2026-11-02", terms="CMT-30-70",
            tax_pct="0",
        )  # fmt: skip
        order = made.split("/add-work")[0].split("/lines")[0]
        submit(merch, f"{order}/do/add_work", **{"work-0-order": number})
        submit(merch, f"{order}/do/issue")
        return order

    def pages(self, order: str, purchase: str) -> dict[str, str]:
        """The pages of others on which the three show themselves, each of which must answer."""
        mgr = self.client_as("mgr")
        addresses = {
            "home": "/", "outsourcing": "/?tab=outsourcing", "purchasing": "/?tab=purchasing", "gone tab": "/?tab=claims",
            "order": order, "orders": "/outsourcing/order/", "orders.csv": "/outsourcing/order/export/csv",
            "purchase": purchase, "purchases": "/purchasing/order/", "purchases.csv": "/purchasing/order/export/csv",
            "process": "/process/", "process.csv": "/process/export/csv", "search": "/search?q=2026-0001",
            "start": f"{order}/do/start",
        }  # fmt: skip
        found = {}
        for name, address in addresses.items():
            reply = mgr.get(address)
            assert reply.status_code == 200, (name, address, reply.status)
            assert "could not be shown" not in reply.text, name
            found[name] = reply.text
        found["menu"] = found["home"].partition('<nav class="side"')[2].partition("</nav>")[0]
        return found

    def check(self, on: frozenset[str], order: str, purchase: str) -> None:
        """What is on is shown and answers; what is off is nowhere."""
        pages = self.pages(order, purchase)
        mgr = self.client_as("mgr")
        for name in PLUGINS:
            states = {address: mgr.get(address).status_code for address in OWN[name]}
            assert set(states.values()) == ({200} if name in on else {404}), states
            if name in on:
                missing = [
                    (p, w) for p, said in SHOWN[name].items() for w in said if w not in words(main(pages[p]))
                ]
                assert missing == [], name
            else:
                traces = [(p, w) for p, html in pages.items() for w in TRACES[name] if w in html]
                assert traces == [], name


@pytest.fixture
def at_work(office: TenantInfo, hub: Hub, client_as: Callable[..., Any]) -> Office:
    """The company; only cutting waits for material: jersey and rib."""
    with hub.context(office) as ctx:
        ctx.set_setting("material_gate.stages", ["cutting"])
    submit(client_as("fin"), "/base_company/currency/new", code="CNY", decimals="2", active="1")
    return Office(hub, office, client_as)


@pytest.mark.parametrize("on", COMBINATIONS, ids=lambda on: "+".join(sorted(on)) or "none")
def test_every_combination(on: frozenset[str], at_work: Office, client_as: Callable[..., Any]) -> None:
    mgr, prod, qc = client_as("mgr"), client_as("prod"), client_as("qc")
    at_work.switch(on)
    order = at_work.issued("HL-1")
    purchase = bought(client_as("purch"))
    quick = {"kind": "garment", "number": "FO-2026-0001", "text": "skipped stitches"}
    claim = qc.post("/claims/claim/quick", data=quick)
    assert claim.status_code == (302 if "claims" in on else 404)
    at_work.check(on, order, purchase)

    # production is held only where the gate is on
    if "material_gate" in on:
        assert "2 groups of material short" in refused(prod, f"{order}/do/start")
    else:
        submit(prod, f"{order}/do/start")
        assert mgr.post(f"{order}/do/override_gate", data={"explanation": "x" * 20}).status_code == 404

    # all on: everything is there; an order issued meanwhile is given its timeline by hand, with what has happened to it
    at_work.switch(ALL)
    if "claims" not in on:
        assert qc.post("/claims/claim/quick", data=quick).status_code == 302
    if "tna" not in on:
        assert table(mgr.get(order).text, "Required", "Received", "ETA")
        assert "Whole timeline" not in words(mgr.get(order).text)
        submit(client_as("merch"), f"{order}/do/tna_create")
    found = timeline(mgr, order)
    assert found["Factory order issued"] == "2026-11-23 by itself"
    started = "" if "material_gate" in on else "2026-11-23 by itself"
    assert found["Cutting start (production start, PCD)"] == started
    if "material_gate" in on:
        at_work.check(ALL, order, purchase)
    else:  # what runs already is not held any more
        assert "2 short, in production" in words(mgr.get(order).text)

    # off again, at once; then back to what it was, with nothing lost
    at_work.switch(frozenset())
    at_work.check(frozenset(), order, purchase)
    at_work.switch(ALL)
    assert timeline(mgr, order) == found
    assert "CG-2026-0001" in mgr.get("/claims/claim/?kind=garment").text
    assert ("HOLD (2 short)" if "material_gate" in on else "2 short, in production") in words(
        mgr.get(order).text
    )


def main(html: str) -> str:
    """A page without its menu; anything else as it is."""
    return html.partition("<main")[2] or html


def timeline(mgr: Any, order: str) -> dict[str, str]:
    """Actual days by milestone on the timeline of a factory order."""
    found = re.search(r'href="(/tna/timeline/\d+)"', mgr.get(order).text)
    assert found
    rows = table(mgr.get(found[1]).text, "Milestone", "Projected", "Actual")
    return {
        r["Milestone"].removesuffix(" customer order").removesuffix(" critical"): r["Actual"] for r in rows
    }
