"""What screens of default plugins (``Manifest.base``) may import beside :mod:`core.web.api`: the hub where nobody has signed
in, what signing in is made of, and lists beside those of entities."""

from __future__ import annotations

from typing import cast

from flask import current_app, request

from core.kernel.hub import Hub
from core.web.auth import renew_session, told_to_wait
from core.web.frame.nav import entity_url
from core.web.frame.source import source
from core.web.frame.throttle import Attempt, begin_attempt
from core.web.screens.form_page import Errors
from core.web.screens.listing import list_address, list_filters, list_query, send_list
from core.web.screens.page import Right
from core.web.screens.render import ICONS, chip

__all__ = [
    "ICONS",
    "Attempt",
    "Errors",
    "Right",
    "begin_attempt",
    "chip",
    "entity_url",
    "hub",
    "list_address",
    "list_filters",
    "list_query",
    "renew_session",
    "send_list",
    "site_url",
    "source",
    "told_to_wait",
]


def hub() -> Hub:
    """The hub of this web application."""
    return cast(Hub, current_app.extensions["hub"])


def site_url() -> str:
    """What an absolute link begins with: the configured address (``[server] public_url``), else the one this request came to.

    Only where none is configured does the request's Host say it; then trusted_hosts says which ones are answered.
    """
    return hub().config.public_url or request.host_url.rstrip("/")
