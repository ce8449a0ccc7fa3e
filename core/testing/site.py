"""A real site for real browsers: a hub served on a free port of this machine, and what a browser does there."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress.server import create_server

from core.kernel.hub import Hub
from core.web.app import create_app
from core.work import jobs

SHELL, WHOLE = "/usr/bin/chromium-headless-shell", "/usr/bin/chromium"
CHROMIUM = os.environ.get("HUB_CHROMIUM") or (SHELL if os.path.exists(SHELL) else WHOLE)
"""The browser; where it is installed, the one without windows: those that nobody sees take a third of the time."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DESKTOP, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


@contextmanager
def served(hub: Hub, app: Flask | None = None) -> Iterator[str]:
    """The address of a hub; served, with its worker, until the block ends. ``app`` is its web application, where it is made
    already."""
    server = create_server(app or create_app(hub), host="127.0.0.1", port=0, threads=4)
    worker = jobs.Worker(hub)
    worker.start()
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        worker.stop()
        server.close()


def sign_in(page: Any, base: str, email: str, password: str, locale: str = "en") -> Any:
    """Sign in through the form and choose a language in the header."""
    page.goto(f"{base}/login")
    page.fill("#email", email)
    page.fill("#password", password)
    page.click("button.primary")
    page.wait_for_url(f"{base}/")
    return choose_language(page, locale)


def choose_language(page: Any, locale: str) -> Any:
    """Choose a language in the header, where the page has another."""
    if page.locator("html").get_attribute("lang") != locale.replace("_", "-"):
        page.select_option("select[name=locale]", locale)
        page.wait_for_selector(f"html[lang={locale.replace('_', '-')}]")
    return page


def violations(page: Any, without: tuple[str, ...] = ()) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it is now: rule, and the elements it is about.

    ``without``: rules not asked again, such as ``color-contrast`` (most of the time axe takes) at another width.
    """
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(axe.axe_script)
    left = {name: {"enabled": False} for name in without}
    asked = {"runOnly": WCAG, "resultTypes": ["violations"], "rules": left, "preload": False}
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", asked)
    return [f"{v['id']}: {' | '.join(n['html'][:160] for n in v['nodes'][:3])}" for v in found]
