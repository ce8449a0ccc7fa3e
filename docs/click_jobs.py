"""The daily jobs whose clicks and keys are counted (docs/clicks.py): what is there before, and what a person does."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image


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
    order = take_order(merch, "HL-CLICK-BUY", "ST-2602 @BLK, S-100, M-200")
    merch.start(f"/orders/order/with/factory_order?row={order.rsplit('/', 1)[1]}")
    merch.click("button[name=_then]")
    hand.start(merch.page.url.removeprefix(merch.base))
    hand.click(".next a")
    hand.click("button[name=_then]")
    assert hand.page.locator("table.list tbody tr").count() >= 2, hand.page.locator("main").inner_text()


def in_making(hand: Any, person: Any, customer_po: str, text: str) -> tuple[str, str]:
    """A customer order on an issued factory order whose material is bought; addresses of both. Nothing of it is counted."""
    merch, purch = person("merch"), person("purch")
    order = take_order(merch, customer_po, text)
    merch.start(f"/orders/order/with/factory_order?row={order.rsplit('/', 1)[1]}")
    merch.click("button[name=_then]")
    factory_order = merch.page.url
    purch.start(factory_order.removeprefix(purch.base))
    purch.click("main a[href$='/do/buy']")
    purch.click("button[name=_then]")
    return order, factory_order


def receive(hand: Any, person: Any) -> None:
    """Six lines of trims arrive as they were ordered."""
    _order, factory_order = in_making(hand, person, "HL-CLICK-RECEIVE", "ST-2601 @NVY, S-100, M-200, L-100")
    number = number_of(hand, factory_order)
    hand.start(f"/purchasing/order/?made_for={number}&material_class=trim&supplier=S05")
    hand.page.locator("table.list tbody tr a").first.click()
    hand.page.wait_for_load_state()
    assert hand.page.locator("table.po-lines tbody tr").count() == 6
    hand.click(".next a")
    hand.click("button[value=all]")
    assert "/receiving/receipt/" in hand.page.url


def number_of(hand: Any, address: str) -> str:
    """The number of the document at an address."""
    hand.page.goto(address)
    return str(hand.page.locator("h1").inner_text()).split()[0]


def everything_came(person: Any) -> None:
    """All that is on order is received, from every supplier; not counted."""
    keeper = person("wh")
    keeper.start("/receiving/sheet/")
    suppliers = keeper.page.eval_on_selector_all(
        "select[name=supplier] option", "all => all.map(o => o.value)"
    )
    for supplier in filter(None, suppliers):
        keeper.start(f"/receiving/sheet/?supplier={supplier}")
        if keeper.page.locator("button[value=all]").count():
            keeper.click("button[value=all]")


def issue(hand: Any, person: Any) -> None:
    """What the store has for a factory order goes to the factory."""
    _order, factory_order = in_making(hand, person, "HL-CLICK-ISSUE", "ST-2601 @NVY, S-100, M-200")
    everything_came(person)
    hand.start(factory_order.removeprefix(hand.base))
    hand.click("form[action$='/do/issue_material'] button")
    hand.click(".next button")
    assert "Posted" in hand.page.locator(".chip").first.inner_text()


LINES = "\n".join(
    f"{style} @{color} #{place}, S-10, M-20, L-10"
    for style, place, colors in (
        ("ST-2601", "US-NYC", ("NVY", "WHT")),
        ("ST-2601", "US-LAX", ("NVY", "WHT")),
        ("ST-2601", "DE-HAM", ("NVY", "WHT")),
        ("ST-2602", "US-NYC", ("BLK", "HGR")),
        ("ST-2602", "DE-HAM", ("BLK", "HGR")),
    )
    for color in colors
)


def goods(hand: Any, person: Any) -> None:
    """Ten rows of colours come back from the factory, all that was ordered."""
    _order, factory_order = in_making(hand, person, "HL-CLICK-GOODS", LINES)
    everything_came(person)
    start_production(person, factory_order)
    hand.start(factory_order.removeprefix(hand.base))
    hand.click("form[action$='/do/goods_in'] button")
    hand.click("button[name=_take][value=all]")
    hand.click("button[value=post]")
    assert "Posted" in hand.page.locator(".chip").first.inner_text()


def start_production(person: Any, factory_order: str) -> None:
    """Cutting begins; not counted."""
    head = person("prod")
    head.start(factory_order.removeprefix(head.base))
    head.click("main a[href$='/do/start']")
    head.click("main button.primary")


def ship(hand: Any, person: Any) -> None:
    """What is ready of a customer order goes out."""
    order, factory_order = in_making(hand, person, "HL-CLICK-SHIP", "ST-2601 @NVY, S-100, M-200")
    everything_came(person)
    start_production(person, factory_order)
    keeper = person("wh")
    keeper.start(factory_order.removeprefix(keeper.base))
    keeper.click("form[action$='/do/goods_in'] button")
    keeper.click("button[name=_take][value=all]")
    keeper.click("button[value=post]")
    hand.start(order.removeprefix(hand.base))
    hand.click(".next button")
    hand.click(".next button")
    hand.click(".next a")
    hand.click("main button.primary")
    assert "Shipped" in hand.page.locator(".chip").first.inner_text()


def claim(hand: Any, person: Any) -> None:
    """A claim about what came last, with a photo, from the Hub page of a phone."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        Image.new("RGB", (900, 1200), "grey").save(photo)
        hand.start("/")
        hand.click(".tile[href='/claims/claim/quick']")
        hand.click(".recent label")
        hand.page.locator("[name=photos]").first.set_input_files(str(photo))
        hand.clicks += 1
        hand.page.wait_for_selector("[data-previews] img")
        hand.click("button[data-key=s]")
        hand.page.wait_for_selector("#photos img")


def until(hand: Any, name: str) -> None:
    """Press Tab until the cursor stands in an input whose name ends so."""
    for _n in range(8):
        hand.press("Tab")
        hand.page.wait_for_timeout(400)
        if hand.page.evaluate(f"document.activeElement.name?.endsWith('{name}')"):
            return
    raise AssertionError(f"Tab does not lead to {name}")


def enter(hand: Any, person: Any) -> None:
    """An order of three styles in two colours and five sizes, typed into the grid; pieces of two digits."""
    hand.start("/orders/order/new")
    hand.type("C01")
    hand.press("Tab")
    hand.type("HL-KEYS")
    hand.click("button[data-key=s]")
    for n, style in enumerate(("ST-2601", "ST-2602", "ST-2604")):
        if n:
            hand.click("button[data-add=block]")
            hand.page.wait_for_timeout(600)
        hand.type(style)
        if not n:
            until(hand, "-destination")
            hand.type("US-NYC")
            until(hand, "-ship_date")
            hand.type("03012027")
        until(hand, "-price")
        hand.type("2.60")
        until(hand, hand.page.locator(".block").last.locator("input[data-size]").first.get_attribute("name"))
        for _cell in range(10):
            hand.type("20")
            hand.press("Tab")
    hand.click("button[data-key=s]")
    assert "600" in hand.page.locator("main").inner_text()


JOBS = (
    Job("enter", "an order of 3 styles × 2 colours × 5 sizes", "merchandiser", "merch", (9, 207), enter),
    Job("receive", "six lines received as ordered", "warehouse", "wh", (12, None), receive),
    Job("contract", "three customer orders → one contract", "merchandiser", "merch", (14, None), consolidate),
    Job("buy", "material of a factory order → issued purchase orders", "purchaser", "purch", (16, 32), buy),
    Job("issue", "material issued to the factory", "warehouse", "wh", (5, None), issue),
    Job("goods", "goods in, ten rows of colours, all that was left", "warehouse", "wh", (None, 270), goods),
    Job("ship", "a shipment of what is ready", "warehouse", "wh", (8, None), ship),
    Job("claim", "a claim with a photo, on a phone (taps)", "quality", "qc", (8, None), claim, phone=True),
)
