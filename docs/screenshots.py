"""``make screenshots``: the pictures of the docs, taken in Chromium from a fresh demo tenant."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from waitress.server import create_server

from core import migrate
from core.config import load_config
from core.demo import loader
from core.hub import Hub
from core.web.app import create_app

TARGET = Path(__file__).parent / "pictures"
CHROMIUM = os.environ.get("HUB_CHROMIUM", "/usr/bin/chromium")
PAGES = (
    ("hub", "/", "zh_Hant_TW", "desktop"),
    ("factory-orders", "/outsourcing/order/", "zh_Hant_TW", "desktop"),
    ("factory-order", "/outsourcing/order/1", "zh_Hant_TW", "desktop"),
    ("factory-order-en", "/outsourcing/order/1", "en", "desktop"),
    ("add-work", "/outsourcing/order/3/work", "zh_Hant_TW", "desktop"),
    ("customer-order", "/orders/order/1", "zh_Hant_TW", "desktop"),
    ("order-entry", "/orders/order/1/lines", "zh_Hant_TW", "desktop"),
    ("style", "/catalog/style/1", "zh_Hant_TW", "desktop"),
    ("consumption", "/catalog/style/1/bom", "zh_Hant_TW", "desktop"),
    ("features", "/admin/plugins/", "zh_Hant_TW", "desktop"),
    ("roles", "/admin/roles/", "zh_Hans_CN", "desktop"),
    ("factory-order-phone", "/outsourcing/order/1", "zh_Hant_TW", "phone"),
)
SIZES = {"desktop": {"width": 1360, "height": 900}, "phone": {"width": 390, "height": 844}}


def serve(folder: Path) -> tuple[str, object]:
    """A fresh demo tenant on a free port; returns its address and the server."""
    url = f"sqlite:///{folder}/hub.db"
    hub = Hub(load_config(data=folder, database_url=url, owner_url=url, demo=True))
    migrate.upgrade(hub)
    loader.load(hub, hub.config.pinned_today or date.today())
    server = create_server(create_app(hub), host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.effective_port}", server


def sign_in(page: Page, base: str, role: str) -> None:
    """Sign in as a demo role."""
    page.goto(f"{base}/login")
    page.fill("#email", loader.email_of(role))
    page.fill("#password", loader.PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"{base}/")


def main() -> int:
    """Take every picture."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        base, _server = serve(Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, address, locale, kind in PAGES:
            page = browser.new_context(viewport=SIZES[kind]).new_page()  # type: ignore[arg-type]
            sign_in(page, base, "admin")
            page.select_option("select[name=locale]", locale)
            page.wait_for_load_state("networkidle")
            reply = page.goto(base + address)
            if reply is None or reply.status != 200:
                print(f"{address} answered {reply.status if reply else 'nothing'}", file=sys.stderr)
                return 1
            page.screenshot(path=TARGET / f"{name}.png")
            page.context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
