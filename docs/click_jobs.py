"""The daily jobs whose clicks and keys are counted (docs/clicks.py): what is there before, and what a person does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Job:
    """A job: ``run(hand, person)`` does it with ``hand``; ``person(role)`` is anybody else who prepares it. ``before``: clicks
    and keys it took once."""

    name: str
    what: str
    who: str
    role: str
    before: tuple[int | None, int | None]
    run: Callable[[Any, Any], None]
    phone: bool = False


def take_order(hand: Any, customer_po: str, text: str) -> str:
    """A confirmed customer order, entered as text and not counted; its address."""
    page = hand.page
    page.goto(f"{hand.base}/orders/order/new")
    page.fill("[name=customer]", "C01")
    page.fill("[name=customer_po]", customer_po)
    page.click("h1")
    page.click("button[data-key=s]")
    page.wait_for_url("**/lines")
    page.fill("[name=destination]", "US-NYC")
    page.fill("[name=ship_date]", "2027-03-01")
    page.fill("[name=price]", "2.60")
    page.fill("#quick", text)
    page.click("button[data-key=s]")
    page.wait_for_url("**/orders/order/*")
    page.click(".next button")
    page.wait_for_load_state()
    return str(page.url)


def consolidate(hand: Any, person: Any) -> None:
    """Three confirmed orders, ticked in their list, become a factory order with a contract."""
    for n in (1, 2, 3):
        take_order(hand, f"HL-CLICK-{n}", "ST-2601 @NVY, S-100, M-200")
    hand.start("/orders/order/")
    for n in (1, 2, 3):
        hand.click(f"tr:has-text('HL-CLICK-{n}') td.tick input")
    hand.click("button[formaction$='/factory_order']")
    hand.click("button[name=_then]")
    hand.click(".next button")
    assert hand.page.locator("#contract a").filter(has_text="PDF").count() == 1


def buy(hand: Any, person: Any) -> None:
    """The material of a factory order, from its page to issued purchase orders."""
    merch = person("merch")
    order = take_order(merch, "HL-CLICK-BUY", "ST-2601 @NVY, S-100, M-200")
    merch.start(f"/orders/order/with/factory_order?row={order.rsplit('/', 1)[1]}")
    merch.click("button[name=_then]")
    hand.start(merch.page.url.removeprefix(merch.base))
    hand.click(".next a")
    hand.click("button[name=_then]")
    assert hand.page.locator("table.list tbody tr").count() >= 2, hand.page.locator("main").inner_text()


JOBS = (
    Job("contract", "three customer orders → one contract", "merchandiser", "merch", (14, None), consolidate),
    Job("buy", "material of a factory order → issued purchase orders", "purchaser", "purch", (16, 32), buy),
)
