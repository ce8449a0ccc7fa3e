"""A bucket as S3-compatible stores have them, in memory: enough of the protocol for one client to keep, list and delete."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

KEY = "hub-key"
MADE = "2026-11-02T00:00:00.000Z"


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    held: dict[str, bytes]

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _asked(self) -> tuple[str, dict[str, list[str]], bytes]:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        address = urlsplit(self.path)
        return unquote(address.path).partition("/bucket")[2].strip("/"), parse_qs(address.query, True), body

    def _handle(self) -> None:
        name, query, body = self._asked()
        if f"AWS4-HMAC-SHA256 Credential={KEY}/" not in self.headers.get("Authorization", ""):
            self._send(403, b"<Error><Code>AccessDenied</Code></Error>")
        elif self.command == "PUT":
            self.held[name] = body
            self._send(200, ETag='"1"')
        elif self.command == "DELETE":
            self.held.pop(name, None)
            self._send(204)
        elif self.command == "POST" and "delete" in query:
            gone = re.findall(r"<Key>(.*?)</Key>", body.decode())
            for each in gone:
                self.held.pop(each, None)
            told = "".join(f"<Deleted><Key>{escape(each)}</Key></Deleted>" for each in gone)
            self._send(200, f"<DeleteResult>{told}</DeleteResult>".encode())
        elif "list-type" in query:
            prefix = query.get("prefix", [""])[0]
            found = "".join(
                f"<Contents><Key>{escape(n)}</Key><LastModified>{MADE}</LastModified><ETag>1</ETag><Size>{len(data)}</Size>"
                "</Contents>"
                for n, data in sorted(self.held.items())
                if n.startswith(prefix)
            )
            said = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
            self._send(200, said.encode())
        elif name in self.held:
            self._send(200, self.held[name], ETag='"1"', Last_Modified="Mon, 02 Nov 2026 00:00:00 GMT")
        else:
            self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle


@contextmanager
def bucket() -> Iterator[tuple[str, dict[str, bytes]]]:
    """(address of the store, what it holds by name) of a bucket called ``bucket``."""
    held: dict[str, bytes] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"held": held}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", held
    finally:
        server.shutdown()
        server.server_close()
