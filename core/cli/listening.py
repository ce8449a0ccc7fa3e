"""How connections are listened to: slow and half-open ones cannot keep others out."""

from __future__ import annotations

import struct
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server

CONNECTIONS = 500
"""Connections at once; a request that is not there as a whole takes one of them, and no thread."""
SILENT = 20
"""Seconds without a byte after which a connection is closed."""
REST = 10
"""Seconds that a thread of several processes waits for the next byte of a request."""
HEAD, WHOLE = 30, 600
"""Seconds in which the head of a request, and all of it, must have come, however steadily bytes drip."""
BODY = 22 * 1024 * 1024
"""Bytes of a request at most; less for most addresses (:mod:`core.web.frame.gate`)."""


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests must come in time."""

    begun = 0.0

    def received(self, data: bytes) -> bool:
        """Take what came, unless it comes too slowly."""
        now = time.monotonic()
        if self.request is None:
            self.begun = now
        elif now - self.begun > (WHOLE if self.request.headers_finished else HEAD):
            self.will_close = True
            return False
        return bool(super().received(data))


def listen(app: Any, **options: Any) -> Any:
    """A server for one process. Raises OSError or ValueError where nothing can listen there."""
    settings = {
        "ident": "",
        "connection_limit": CONNECTIONS,
        "channel_timeout": SILENT,
        "cleanup_interval": 5,
        "asyncore_use_poll": True,
        "max_request_body_size": BODY,
    }
    server: Any = create_server(app, **{**settings, **options})
    for each in (server, *getattr(server, "map", {}).values()):  # one for each address of the host
        if hasattr(each, "channel_class"):
            each.channel_class = Channel
    return server


def receive_timeout(seconds: int) -> bytes:
    """The socket option SO_RCVTIMEO, as the system takes it."""
    return struct.pack("ll", seconds, 0)
