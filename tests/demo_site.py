"""The demo tenant, served for real browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from core.data import migrate
from core.kernel.config import load_config
from core.kernel.hub import Hub
from core.testing import site
from plugins.base_demo import loader


@contextmanager
def demo_site(folder: Path, put: Callable[[Path, Path], None] | None = None) -> Iterator[str]:
    """The address of a demo tenant; served, with its worker, until the block ends.

    It is loaded, or ``put(file, folder)`` puts its database and its stored files into place.
    """
    file = folder / "hub.db"
    url = f"sqlite:///{file}"
    hub = Hub(load_config(data=folder, database_url=url, owner_url=url, demo=True))
    if put is not None:
        put(file, folder)
    else:
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
