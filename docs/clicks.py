"""``python -m docs.clicks``: the daily jobs done in Chromium on a fresh demo tenant, each with its clicks and keys counted.

Writes docs/clicks.md. What comes before a job (orders that wait, goods that have come) is made without being counted. A
click is a press of the mouse or a tap; a key is a press of a key, Tab and Enter too.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, sync_playwright

from core.testing.site import CHROMIUM, DESKTOP, FLAGS, PHONE
from docs.click_jobs import JOBS
from tests.demo_site import demo_site, sign_in

TARGET = Path(__file__).parent / "clicks.md"
HEAD = """# Clicks and keys

Written by `python -m docs.clicks`, which does each job in a browser on a fresh demo tenant and counts. *Before* is what
the same job took before it was looked at for this; a dash where nobody counted.

| job | who | clicks before | keys before | clicks | keys |
|---|---|---:|---:|---:|---:|
"""


@dataclass
class Hand:
    """A person at a page: what is clicked and typed is counted."""

    page: Any
    base: str
    clicks: int = 0
    keys: int = 0
    seen: list[str] = field(default_factory=list)

    def click(self, what: str, nth: int = 0) -> None:
        """Click what a selector finds, and wait for the page it leads to."""
        self.page.locator(what).nth(nth).click()
        self.page.wait_for_load_state("networkidle")
        self.clicks += 1

    def type(self, text: str) -> None:
        """Type where the cursor stands."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, *keys: str) -> None:
        """Press keys where the cursor stands."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1
        self.page.wait_for_load_state()

    def start(self, address: str) -> None:
        """The page where the job begins; not counted."""
        self.page.goto(self.base + address)
        self.page.wait_for_load_state()


def main() -> int:
    """Do every job; the exit code says whether all of them could be done."""
    only = sys.argv[1:]
    rows, failed = [], 0
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_site(Path(folder)) as base,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def person(role: str, phone: bool = False) -> Hand:
            size = PHONE if phone else DESKTOP
            page = browser.new_context(viewport=size, has_touch=phone).new_page()  # type: ignore[arg-type]
            return Hand(sign_in(page, base, role), base)

        for job in JOBS:
            if only and job.name not in only:
                continue
            hand = person(job.role, job.phone)
            try:
                job.run(hand, person)
            except (Error, AssertionError) as error:
                print(f"{job.name}: {error}", file=sys.stderr)
                hand.page.screenshot(path=Path(tempfile.gettempdir()) / f"clicks-{job.name}.png")
                failed += 1
            before = (str(n) if n is not None else "–" for n in job.before)
            rows.append(f"| {job.what} | {job.who} | {' | '.join(before)} | {hand.clicks} | {hand.keys} |")
            print(rows[-1])
            hand.page.context.close()
        browser.close()
    if not only and not failed:
        TARGET.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return int(failed > 0)


Person = Callable[..., Hand]

if __name__ == "__main__":
    sys.exit(main())
