"""A list page of 50 rows out of 100,000, through the whole web stack: sign-in, gate, query, template."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bench.common import Result, browser, fresh_hub, measure, settle
from core.kernel import accounts
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from plugins.catalog.models import Partner

ROWS = 100_000
PASSWORD = "measured, not asserted"


def fill(hub: Hub, tenant: TenantInfo) -> None:
    """100,000 partners in one tenant."""
    with hub.context(tenant) as ctx:
        for start in range(0, ROWS, 10_000):
            ctx.session.insert_many(
                Partner,
                [
                    {
                        "code": f"P{n:06}", "name": f"Partner number {n}", "is_customer": n % 2 == 0,
                        "is_factory": n % 3 == 0, "is_supplier": n % 5 == 0, "is_forwarder": False, "country": "TW",
                        "currency": "USD", "active": True, "version": 1, "incoterm": "FOB", "tax_id": "",
                        "representative": "", "bank": "", "notes": "",
                    }
                    for n in range(start, start + 10_000)
                ],
            )  # fmt: skip


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    with fresh_hub(engine) as (hub, tenant):
        accounts.create_user(hub, "clock@example.org", "Bench", PASSWORD, locale="en")
        accounts.add_member(hub, tenant, "clock@example.org", ["mgr"])
        fill(hub, tenant)
        settle(hub, engine)
        client = browser(hub, tenant, "clock@example.org")
        for what, address, goal in (
            ("list page, 50 of 100,000 rows", "/catalog/partner/", "15 ms CPU"),
            ("list page, sorted by code, page 20", "/catalog/partner/?sort=code&page=20", "15 ms CPU"),
            ("list page, search by code", "/catalog/partner/?q=P0500", ""),
            ("document page", "/catalog/partner/500", ""),
            ("new-document form", "/catalog/partner/new", ""),
        ):
            assert client.get(address).status_code == 200, address
            timing = measure(partial(client.get, address))
            yield Result(what, engine, *timing, goal)
