"""``make screenshots``: the pictures of the docs, taken in Chromium from a fresh demo tenant;
``python -m docs.screenshots bom`` takes those whose names begin so."""

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
    ("bom", "/engineering/bom/3", "zh_Hant_TW", "desktop"),
    ("bom-tree", "/engineering/bom/5/tree", "zh_Hant_TW", "desktop"),
    ("bom-tree-phone", "/engineering/bom/5/tree", "zh_Hant_TW", "phone"),
    ("bom-cost", "/engineering/queries/cost?style=ST-2602", "zh_Hant_TW", "desktop"),
    ("kits", "/planning/kits/?what=ST-2601+@NVY,+S-1,+M-2,+L-1&sets=500", "zh_Hant_TW", "desktop"),
    ("promises", "/planning/promises/?style=ST-2601", "zh_Hant_TW", "desktop"),
    ("shortages", "/planning/shortages/?document=FO-2026-0002", "zh_Hant_TW", "desktop"),
    ("plan", "/planning/run/1", "zh_Hant_TW", "desktop"),
    ("plan-phone", "/planning/run/1", "zh_Hant_TW", "phone"),
    ("plan-item", "/planning/suggestion/28", "zh_Hant_TW", "desktop"),
    ("what-if", "/planning/scenario/1/play", "zh_Hant_TW", "desktop"),
    ("change-lines", "/engineering/change/1/lines", "zh_Hant_TW", "desktop"),
    ("change", "/engineering/change/1", "zh_Hant_TW", "desktop"),
    ("features", "/admin/plugins/", "zh_Hant_TW", "desktop"),
    ("roles", "/admin/roles/", "zh_Hans_CN", "desktop"),
    ("factory-order-phone", "/outsourcing/order/1", "zh_Hant_TW", "phone"),
    ("trading-split", "/orders/order/11/do/split", "zh_Hant_TW", "desktop"),
    ("trading-fulfilment", "/fulfilment/progress/9", "zh_Hant_TW", "desktop"),
    ("trading-invoice", "/invoicing/invoice/2", "zh_Hant_TW", "desktop"),
    ("trading-bill", "/invoicing/bill/1", "zh_Hant_TW", "desktop"),
    ("trading-ageing", "/invoicing/ageing/", "zh_Hant_TW", "desktop"),
    ("trading-statistics", "/statistics/figures/sellers", "zh_Hant_TW", "desktop"),
)
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def main() -> int:
    """Take every picture, or those whose names begin as is said."""
    TARGET.mkdir(exist_ok=True)
    wanted = [page for page in PAGES if page[0].startswith(tuple(sys.argv[1:] or [""]))]
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_site(Path(folder)) as base,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, address, locale, kind in wanted:
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
