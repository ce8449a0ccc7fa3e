"""``make screenshots``: the pictures of the docs, taken in Chromium from a fresh demo tenant."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from core.testing.site import CHROMIUM, DESKTOP, FLAGS, PHONE
from tests.demo_site import demo_site, sign_in

TARGET = Path(__file__).parent / "pictures"
PAGES = (
    ("hub", "/", "zh_Hant_TW", "desktop"),
    ("hub-phone", "/", "zh_Hant_TW", "phone"),
    ("full-process", "/process/", "zh_Hant_TW", "desktop"),
    ("timeline", "/tna/timeline/2", "zh_Hant_TW", "desktop"),
    ("timelines", "/tna/gantt/", "zh_Hant_TW", "desktop"),
    ("timeline-phone", "/tna/timeline/2", "zh_Hant_TW", "phone"),
    ("gate", "/outsourcing/order/2/do/start", "zh_Hant_TW", "desktop"),
    ("claim", "/claims/claim/2", "zh_Hant_TW", "desktop"),
    ("claim-phone", "/claims/claim/quick", "zh_Hant_TW", "phone"),
    ("receiving-phone", "/receiving/sheet/", "zh_Hant_TW", "phone"),
    ("stock", "/inventory/stock/main", "zh_Hant_TW", "desktop"),
    ("calendar", "/catalog/calendar/1", "zh_Hant_TW", "desktop"),
    ("factory-orders", "/outsourcing/order/", "zh_Hant_TW", "desktop"),
    ("factory-order", "/outsourcing/order/1", "zh_Hant_TW", "desktop"),
    ("factory-order-en", "/outsourcing/order/1", "en", "desktop"),
    ("customer-order", "/orders/order/1", "zh_Hant_TW", "desktop"),
    ("order-entry", "/orders/order/1/lines", "zh_Hant_TW", "desktop"),
    ("style", "/catalog/style/1", "zh_Hant_TW", "desktop"),
    ("consumption", "/catalog/style/1/bom", "zh_Hant_TW", "desktop"),
    ("features", "/admin/plugins/", "zh_Hant_TW", "desktop"),
    ("roles", "/admin/roles/", "zh_Hans_CN", "desktop"),
    ("factory-order-phone", "/outsourcing/order/1", "zh_Hant_TW", "phone"),
)
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def main() -> int:
    """Take every picture."""
    TARGET.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_site(Path(folder)) as base,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, address, locale, kind in PAGES:
            page = browser.new_context(viewport=SIZES[kind]).new_page()  # type: ignore[arg-type]
            sign_in(page, base, "admin", locale)
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
