"""Secrets of companies that the hub itself needs again: encrypted under a key that follows from the hub's secret key, which the
database does not hold."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import Refused
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.hub import Hub


def seal_text(hub: Hub, purpose: str, text: str) -> str:
    """``text`` encrypted for ``purpose``; what was sealed for another purpose does not open."""
    return _box(hub, purpose).encrypt(text.encode()).decode()


def unseal_text(hub: Hub, purpose: str, sealed: str) -> str:
    """What was sealed under the hub's secret key or one of the older ones. Refused where neither opens it."""
    try:
        return _box(hub, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Refused(
            T("This secret was kept under another secret key of the hub. Make a new one.")
        ) from None


def _box(hub: Hub, purpose: str) -> MultiFernet:
    keys = hub.config.secret_keys()[::-1]  # the one that seals comes first
    derived = (hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in derived])
