"""Addresses of the programming interface: those for programs, and the pages for people."""

from __future__ import annotations

from core.api import Declare


def register(registry: Declare) -> None:
    """Declare the pages."""
    from plugins.rest.screens.api import ApiPage
    from plugins.rest.screens.guide import GuidePage
    from plugins.rest.screens.tokens import TokensPage

    registry.view(ApiPage(name="REST", endpoint="rest", url="/api/v1"))
    registry.view(GuidePage(name="API", endpoint="rest_guide", url="/api"))
    registry.view(TokensPage(name="Tokens", endpoint="rest_tokens", url="/me/tokens"))
