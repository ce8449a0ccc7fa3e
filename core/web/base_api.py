"""What screens of default plugins (``Manifest.base``) may import beside :mod:`core.web.api`: the hub where nobody has signed
in, and what signing in is made of."""

from __future__ import annotations

from typing import cast

from flask import current_app

from core.kernel.hub import Hub
from core.web.auth import renew as renew_session
from core.web.frame.throttle import begin as begin_attempt
from core.web.frame.throttle import clear as clear_attempts

__all__ = ["begin_attempt", "clear_attempts", "hub", "renew_session"]


def hub() -> Hub:
    """The hub of this web application."""
    return cast(Hub, current_app.extensions["hub"])
