"""The server that mails go out by: ``[mail]`` in config.toml; the password comes from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import StartError

SECURITY = ("tls", "starttls", "none")


@dataclass(frozen=True)
class MailServer:
    """``security`` is ``tls`` (from the first byte), ``starttls`` or ``none``; ``sender`` the address that mails come from."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


def read_mail_server(given: Mapping[str, Any]) -> MailServer | None:
    """The server that the file names, None where it names none. StartError for what cannot be."""
    host = str(given.get("host", "")).strip()
    if not host:
        return None
    security, port, sender = (
        given.get("security", "starttls"),
        given.get("port", 587),
        str(given.get("sender", "")),
    )
    if security not in SECURITY:
        raise StartError(f"[mail] security is one of {', '.join(SECURITY)}, not {security!r}")
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65_535:
        raise StartError(f"[mail] port must be a whole number from 1 to 65,535, not {port!r}")
    if sender.count("@") != 1 or not sender.isprintable() or " " in sender:
        raise StartError(f"[mail] sender is an address such as hub@example.com, not {sender!r}")
    user, password = str(given.get("user", "")), os.environ.get("HUB_MAIL_PASSWORD", "")
    if user and security == "none":
        raise StartError("[mail] sends no password without encryption: set security to tls or starttls")
    return MailServer(host, port, sender, security, user, password)
