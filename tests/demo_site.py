"""The demo tenant, served for real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from core.data import migrate
from core.kernel.config import load_config
from core.kernel.hub import Hub
from core.testing import site
from plugins.base_demo.demo import loader


def demo_hub(folder: Path) -> Hub:
    """A hub that keeps everything in ``folder``; its database is not there yet."""
    url = f"sqlite:///{folder / 'hub.db'}"
    return Hub(load_config(data=folder, database_url=url, owner_url=url, demo=True))


@contextmanager
def demo_site(folder: Path) -> Iterator[str]:
    """The address of a demo tenant that is loaded now; served, with its worker, until the block ends."""
    hub = demo_hub(folder)
    migrate.upgrade_database(hub)
    loader.load(hub, hub.config.pinned_today or date.today())
    try:
        with site.served(hub) as address:
            yield address
    finally:
        hub.engine.dispose()


def sign_in(page: Any, base: str, role: str, locale: str = "en") -> Any:
    """Sign in through the form as a demo role and choose a language in the header."""
    return site.sign_in(page, base, loader.email_of(role), loader.PASSWORD, locale)
