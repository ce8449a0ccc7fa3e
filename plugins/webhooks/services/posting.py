"""One message over the wire: signed after Standard Webhooks, to the network address that was looked at, within limits."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from plugins.webhooks.services.addresses import Target

CONNECT, READ, ALL = 5.0, 10.0, 15.0
"""Seconds for connecting, for each silence, and for all of it."""
MOST_ANSWER = 1024
"""Bytes of the answer that are kept."""
MOST_WAIT = timedelta(hours=1)
"""What ``Retry-After`` may ask for."""


@dataclass(frozen=True)
class Answer:
    """What came back; ``status`` 0: nothing did, and ``error`` says why."""

    status: int
    text: str
    seconds: float
    error: str = ""
    wait: timedelta = timedelta(0)


def sign(secrets: Sequence[str], uid: str, at: int, body: bytes) -> str:
    """The signatures by each secret (``whsec_…``), blanks between them."""
    signed = f"{uid}.{at}.".encode() + body
    keys = (base64.b64decode(each.removeprefix("whsec_")) for each in secrets)
    return " ".join(
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys
    )


class _Connection(http.client.HTTPConnection):
    """Connects to the address that was looked at, whatever the name means by now; no proxy is asked."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=READ)
        self._target = target

    def connect(self) -> None:
        """Connect, and where it is https see that the certificate is for the name."""
        self.sock = socket.create_connection((self._target.ip, self._target.port), CONNECT)
        self.sock.settimeout(READ)
        if self._target.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()


def post(target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send ``body``; never raises for what the other side does. Redirects are answers like any other."""
    began = time.monotonic()
    connection = _Connection(target)
    try:
        with _ended_after(connection, ALL) as late:
            connection.request(
                "POST",
                target.path,
                body,
                {**headers, "Host": target.host_header, "Accept-Encoding": "identity"},
            )
            reply = connection.getresponse()
            text = reply.read(MOST_ANSWER).decode("utf-8", "replace").replace("\0", "�")
            if late.is_set():  # what was cut off is no answer, whatever its first line said
                raise TimeoutError
            return Answer(
                reply.status, text, time.monotonic() - began, "", _asked(reply.getheader("Retry-After"))
            )
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(0, "", time.monotonic() - began, (str(error) or type(error).__name__)[:300])
    finally:
        connection.close()


@contextlib.contextmanager
def _ended_after(connection: _Connection, seconds: float) -> Iterator[threading.Event]:
    """Whoever answers a byte at a time is cut off; the event says that it was."""
    late = threading.Event()

    def end() -> None:
        late.set()
        sock = connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _asked(header: str | None) -> timedelta:
    """What ``Retry-After`` asks for, within reason."""
    if not header:
        return timedelta(0)
    if header.isascii() and header.isdigit():
        asked = timedelta(seconds=int(header[:6]))
    else:
        try:
            asked = parsedate_to_datetime(header) - datetime.now(UTC)
        except (ValueError, TypeError):
            return timedelta(0)
    return min(max(asked, timedelta(0)), MOST_WAIT)
