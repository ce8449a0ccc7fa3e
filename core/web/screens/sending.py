"""Stored bytes as a download."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response


def send(data: bytes, media_type: str, filename: str, *, inline: bool = False) -> Response:
    """A stored file as a download; re-encoded pictures and PDFs may be shown in place. Sandboxed either way."""
    safe = quote(filename, safe="")
    place = "inline" if inline else "attachment"
    return Response(
        data,
        content_type=media_type,
        headers={
            "Content-Disposition": f"{place}; filename*=UTF-8''{safe}",
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
            "Cache-Control": "private, no-store",
        },
    )
