"""Files and remarks by their own addresses: through the same walls as the documents they hang on."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from core.api import NotFound, Refused, T
from core.web.api import Page, ctx, route, send, submit_once
from core.web.base_api import Errors, attempt, document_page, entity_url
from plugins.base_files.services import attachments, remarks, store

INLINE = ("image/jpeg", "image/png", "image/webp")


class FilesPage(Page):
    """Putting files on documents, downloading them, taking them off."""

    plugin = "base_files"

    @route("/<int:attachment_id>", right=attachments.RIGHT)
    def download(self, attachment_id: int) -> Response:
        """A file of a document the person may see."""
        row = attachments.attachment(ctx(), attachment_id)
        blob = row.file
        inline = bool(request.args.get("inline")) and blob.media_type in INLINE
        return send(store.blob_bytes(ctx(), blob), blob.media_type, row.filename, inline=inline)

    @route("/<int:attachment_id>/remove", right=attachments.RIGHT, methods=("POST",))
    def remove(self, attachment_id: int) -> Any:
        """Take a file off its document; recorded, the bytes stay."""
        row = attachments.attachment(ctx(), attachment_id)
        ctx().require(f"{row.entity}.edit")
        if row.kind != "file":  # what a plugin keeps here for a purpose of its own is removed on its own page
            raise NotFound(T("There is no such file."))

        def work() -> str:
            attachments.remove(ctx(), row)
            return entity_url(row.entity, row.entity_id) + "#base-files-files"

        return submit_once(work)

    @route("/on/<entity>/<int:row_id>", right=attachments.RIGHT, methods=("POST",), upload=True)
    def add(self, entity: str, row_id: int) -> Any:
        """Put files on a document."""
        return _put(entity, row_id, "files")


class RemarksPage(Page):
    """Writing about a document."""

    plugin = "base_files"

    @route("/on/<entity>/<int:row_id>", right=attachments.RIGHT, methods=("POST",), upload=True)
    def add(self, entity: str, row_id: int) -> Any:
        """Put a remark on a document."""
        return _put(entity, row_id, "remark")


def _put(entity: str, row_id: int, part: str) -> Any:
    """Keep what was given at ``part`` of a document's page, and what was given at the other meanwhile: one form has both.
    What is refused comes back on the page."""
    attachments.document(ctx(), entity, row_id)
    uploads = [u for u in request.files.getlist("files") if u.filename]
    body = request.form.get("body", "").strip()

    def work() -> str:
        if part == "files" and not uploads:
            raise Refused(T("Choose a file first."), "files")
        if (part == "remark" and not body) or len(body) > 4000:
            raise Refused(T("A remark has 1 to 4,000 characters."), "body")
        for upload in uploads:
            attachments.attach(ctx(), entity, row_id, upload.filename or "file", upload.stream.read())
        if body:
            remarks.add_remark(ctx(), entity, row_id, body)
        return entity_url(entity, row_id) + ("#base-files-files" if part == "files" else "#activity")

    return attempt(work, lambda errors: _again(entity, row_id, part, errors))


def _again(entity: str, row_id: int, part: str, errors: Errors) -> str:
    """The document's page, what was refused at its part of it and the typed remark in its place."""
    said = [message for messages in errors.values() for message in messages]
    g.base_files = {"part": part, "said": said, "body": request.form.get("body", "")}
    return document_page(entity, row_id)
