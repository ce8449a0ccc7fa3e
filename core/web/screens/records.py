"""Files: what hangs on documents and is reached by its own address."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, request

from core import files
from core.errors import NotFound
from core.text.i18n import T
from core.web.frame.nav import entity_url
from core.web.screens.page import Page, ctx, route, submit_once

INLINE = ("image/jpeg", "image/png", "image/webp")


def views() -> list[Page]:
    """The pages of this module."""
    return [
        Files(name="Files", endpoint="files", url="/files"),
    ]


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


class Files(Page):
    """Downloads, through the same walls as the documents they hang on."""

    @route("/<int:attachment_id>", right="core.files")
    def download(self, attachment_id: int) -> Response:
        """A file of a document the person may see."""
        row = files.attachment(ctx(), attachment_id)
        blob = row.file
        inline = bool(request.args.get("inline")) and blob.media_type in INLINE
        return send(files.read(ctx(), blob), blob.media_type, row.filename, inline=inline)

    @route("/<int:attachment_id>/remove", right="core.files", methods=("POST",))
    def remove(self, attachment_id: int) -> Any:
        """Take a file off its document; recorded, the bytes stay."""
        row = files.attachment(ctx(), attachment_id)
        ctx().require(f"{row.entity}.edit")
        if row.kind != "file":  # what a plugin keeps here for a purpose of its own is removed on its own page
            raise NotFound(T("There is no such file."))

        def work() -> str:
            files.remove(ctx(), row)
            return entity_url(row.entity, row.entity_id) + "#files"

        return submit_once(work)
