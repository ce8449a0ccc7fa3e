"""Half-sent requests, silent connections and dripping ones keep nobody else out."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.cli import listening

pytestmark = [pytest.mark.thorough, pytest.mark.once]
HALF = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\nemail="


def app(_environ: Any, start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


@pytest.fixture
def port() -> Iterator[int]:
    server = listening.listen(app, host="127.0.0.1", port=0, threads=2, channel_timeout=2, cleanup_interval=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.effective_port
    server.close()


def answered(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as reply:
        return bool(reply.read() == b"ok")


def closed(connection: socket.socket, within: float) -> bool:
    connection.settimeout(within)
    try:
        while connection.recv(1000):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_half_sent_requests_take_no_thread_and_are_closed(port: int) -> None:
    with contextlib.ExitStack() as held:
        slow = [held.enter_context(socket.create_connection(("127.0.0.1", port))) for _n in range(150)]
        for number, connection in enumerate(slow):
            connection.sendall(HALF if number % 2 else b"GET / HT")
        for _n in range(5):
            assert answered(port)
        assert closed(slow[0], 10)
        assert closed(slow[1], 10)


def test_a_request_that_drips_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "HEAD", 1)
    with socket.create_connection(("127.0.0.1", port)) as drip:
        drip.sendall(b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(OSError):
            for number in range(12):
                time.sleep(0.25)
                drip.sendall(f"X-{number}: 1\r\n".encode())
        assert closed(drip, 5)
