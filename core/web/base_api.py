"""What screens of default plugins (``Manifest.base``) may import beside :mod:`core.web.api`: what signing in is made of, and
lists beside those of entities."""

from __future__ import annotations

from core.data.security import note
from core.kernel.passkeys import ANSWER
from core.web.auth import finish_sign_in, half_signed_in, renew_session
from core.web.frame.confirm import passkey_place, told_to_wait
from core.web.frame.errors import report_error
from core.web.frame.nav import entity_url
from core.web.frame.sessions import RULES, session_mark
from core.web.frame.source import site_url, source
from core.web.frame.throttle import Attempt, begin_attempt
from core.web.screens.exporting import send_list
from core.web.screens.form_page import Errors
from core.web.screens.listing import list_address, list_filters, list_query
from core.web.screens.page import Right, attempt
from core.web.screens.render import ICONS, chip
from core.web.screens.screen import document_page

__all__ = [
    "ANSWER",
    "ICONS",
    "RULES",
    "Attempt",
    "Errors",
    "Right",
    "attempt",
    "begin_attempt",
    "chip",
    "document_page",
    "entity_url",
    "finish_sign_in",
    "half_signed_in",
    "list_address",
    "list_filters",
    "list_query",
    "note",
    "passkey_place",
    "renew_session",
    "report_error",
    "send_list",
    "session_mark",
    "site_url",
    "source",
    "told_to_wait",
]
