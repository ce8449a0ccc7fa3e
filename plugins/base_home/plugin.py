"""Wiring of the Hub page and of the full-process table."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Ctx, Declare, Manifest, NavItem, T, hookimpl
from plugins.base_home.services import process

manifest = Manifest(
    name="base_home",
    title=T("Hub page"),
    version="0.1.0",
    summary=T("What a person sees first: figures, what waits, what is late, and how far every document is."),
    category="platform",
    base=True,
)


@hookimpl
def register_screens(registry: Declare) -> None:
    """The full-process table on a page of its own."""
    from plugins.base_home.screens.first_steps import FirstStepsPage
    from plugins.base_home.screens.process import ProcessPage

    registry.view(FirstStepsPage(name="First steps", endpoint="first_steps", url="/first-steps"))
    registry.view(ProcessPage(name="Full-process table", endpoint="process", url="/process"))


@hookimpl
def start_page(ctx: Ctx) -> str:
    """The Hub page."""
    from plugins.base_home.screens.start import home

    return home(ctx)


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """A full-process table stands behind the list of its documents."""
    return process.menu(ctx)
