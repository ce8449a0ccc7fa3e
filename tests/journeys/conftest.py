"""A browser and a site for the journeys: real Chromium, a demo tenant of its own for each file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.kernel import enablement
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.testing.databases import engine_name
from core.testing.scenes import stage
from core.testing.site import CHROMIUM, DESKTOP, FLAGS, choose_language, served
from core.testing.states import States
from plugins.catalog.demo import loader
from tests.demo_site import demo_hub, sign_in
from tests.journeys.steps import submit, take_order


@pytest.fixture(scope="session")
def served_app(
    tmp_path_factory: pytest.TempPathFactory,
    make_app: Callable[..., Any],
    share_glyphs: Callable[[Path], Path],
) -> Iterator[tuple[Hub, Any]]:
    """The hub behind the browser's sites and its web application: started once, each site begins with another database."""
    hub = demo_hub(share_glyphs(tmp_path_factory.mktemp("site") / "data"))
    yield hub, make_app(hub)
    hub.engine.dispose()


@pytest.fixture(scope="module")
def site(served_app: tuple[Hub, Any], hub_states: States) -> Iterator[str]:
    if engine_name() != "sqlite":
        pytest.skip("the browser's site runs on the embedded engine")
    hub_states.put_demo(served_app[0])
    with served(*served_app) as base:
        yield base


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; name one in HUB_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def sessions(site: str) -> dict[str, Any]:
    """What the browser keeps of those who have signed in to this site, by role."""
    return {}


@pytest.fixture
def visit(chromium: Any, site: str, sessions: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """``visit("merch")``: a window in which that role has signed in: through the form the first time, later windows go on
    from there. What the browser's console said fails the test."""
    contexts: list[Any] = []
    said: list[str] = []

    def open_window(role: str, locale: str = "en", viewport: Any = DESKTOP) -> Any:
        context = chromium.new_context(
            viewport=viewport, base_url=site, accept_downloads=True, storage_state=sessions.get(role)
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: said.append(str(e)))
        if role in sessions:
            page.goto("/")
        else:
            sign_in(page, site, role)
            sessions[role] = context.storage_state()
        return choose_language(page, locale)

    yield open_window
    for context in contexts:
        context.close()
    # an answer of 4xx to a form is said in the console too, and is meant
    assert [s for s in said if "Failed to load resource" not in s] == []


@stage
def office(hub: Hub, tenant: TenantInfo) -> TenantInfo:
    """A company with the demo's master data and no document yet."""
    with hub.context(tenant) as ctx:
        loader.load(ctx, 0)
    return tenant


@pytest.fixture
def ordered(office: TenantInfo, hub: Hub, client_as: Callable[..., Any]) -> str:
    """The address of a factory order for a thousand T-shirts, issued. Whether it may start is another plugin's matter."""
    with hub.context(office) as ctx:
        if "material_gate" in ctx.enabled:
            enablement.disable_plugin(ctx, "material_gate")
    merch = client_as("merch")
    submit(client_as("fin"), "/base_company/currency/new", code="CNY", decimals="2", active="1")
    take_order(merch, "C01", "HL-1", "ST-2601 @NVY, S-200, M-400, L-300, XL-100", "US-LAX", "2.55")
    made = submit(
        merch, "/outsourcing/order/new", factory="F01", currency="CNY", order_date="2026-11-02", terms="CMT-30-70",
        tax_pct="0",
    )  # fmt: skip
    order = made.split("/add-work")[0].split("/lines")[0]
    submit(merch, f"{order}/do/add_work", **{"work-0-order": "SO-2026-0001"})
    submit(merch, f"{order}/do/issue")
    return order
