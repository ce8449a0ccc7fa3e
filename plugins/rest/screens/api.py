"""``/api/v1``: documents, master data and actions of every feature that is on, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, request

from core.api import Ctx, EntityType, NotFound, Problem, Refused, T, Text
from core.remote import Performed, perform, print_row
from core.values import parse_id
from core.web.api import Page, route
from plugins.base_files import api as files
from plugins.rest.screens.calls import Answer, answered, sent_json, version_seen
from plugins.rest.services import documents, openapi, readings
from plugins.rest.words import PAGE

ASKED = ("q", "sort", "limit", "cursor", "fields")
"""Parameters of every list; all others are its filters."""


class ApiPage(Page):
    """What programs call, with a token."""

    plugin = "rest"

    @route("/", program=True)
    def index(self) -> Response:
        """Which kinds of documents and readings there are."""
        return answered(lambda ctx: Answer(documents.list_kinds(ctx)))

    @route("/openapi.json", program=True)
    def described(self) -> Response:
        """The description of all that this token may do, in OpenAPI 3.1."""
        return answered(lambda ctx: Answer(openapi.describe(ctx)))

    @route("/readings/<name>", program=True)
    def reading(self, name: str) -> Response:
        """Figures that are no documents: balances and whatever features offer."""
        given = {key: request.args[key] for key in request.args}
        return answered(lambda ctx: Answer(readings.read_figures(ctx, name, given)))

    @route("/<entity>", program=True)
    def rows(self, entity: str) -> Response:
        """A list, filtered, sorted, a stretch at a time."""

        def work(ctx: Ctx) -> Answer:
            kind = documents.kind_of(ctx, entity)
            args = request.args
            filters = {n: [v for v in args.getlist(n) if v] for n in args if n not in ASKED}
            found = documents.list_documents(
                ctx, kind, search=args.get("q", "")[:100], filters=filters, sort=args.get("sort", ""),
                limit=_limit(args.get("limit", "")), cursor=args.get("cursor", ""), fields=_fields(),
            )  # fmt: skip
            return Answer(found)

        return answered(work)

    @route("/<entity>", methods=("POST",), program=True, upload=True)
    def create(self, entity: str) -> Response:
        """Make one."""

        def work(ctx: Ctx) -> Answer:
            return _made(ctx, perform(ctx, documents.kind_of(ctx, entity), "create", None, sent_json()))

        return answered(work, changes=True)

    @route("/<entity>/<key>", program=True)
    def row(self, entity: str, key: str) -> Response:
        """One with its lines; ``?include=figures,actions`` works out figures and what may be done to it now."""

        def work(ctx: Ctx) -> Answer:
            kind, row = documents.find_document(ctx, entity, key)
            return _shown(ctx, kind, row, names=_fields())

        return answered(work)

    @route("/<entity>/<key>", methods=("PATCH",), program=True, upload=True)
    def edit(self, entity: str, key: str) -> Response:
        """Change what is sent, keep the rest."""

        def work(ctx: Ctx) -> Answer:
            kind, row = documents.find_document(ctx, entity, key)
            version = version_seen(needed=hasattr(row, "version"))
            perform(ctx, kind, "edit", row, sent_json(), version=version)
            return _shown(ctx, kind, row)

        return answered(work, changes=True)

    @route("/<entity>/<key>", methods=("DELETE",), program=True)
    def delete(self, entity: str, key: str) -> Response:
        """Delete master data that nothing refers to."""

        def work(ctx: Ctx) -> Answer:
            kind, row = documents.find_document(ctx, entity, key)
            version = version_seen(needed=hasattr(row, "version"))
            perform(ctx, kind, "delete", row, {}, version=version)
            return Answer(status=204)

        return answered(work, changes=True)

    @route("/<entity>/<key>/actions/<verb>", methods=("POST",), program=True, upload=True)
    def act(self, entity: str, key: str, verb: str) -> Response:
        """Carry out an action with its payload."""

        def work(ctx: Ctx) -> Answer:
            kind, row = documents.find_document(ctx, entity, key)
            done = perform(ctx, kind, verb, row, sent_json(), version=version_seen(needed=False))
            if done.deleted:
                return Answer(status=204)
            if done.row is not row:
                return _made(ctx, done)
            return _shown(ctx, kind, row, done.message)

        return answered(work, changes=True)

    @route("/<entity>/<key>/history", program=True)
    def history(self, entity: str, key: str) -> Response:
        """Who did what, newest first."""
        return answered(
            lambda ctx: Answer({"items": documents.history(ctx, *documents.find_document(ctx, entity, key))})
        )

    @route("/<entity>/<key>/documents/<name>", program=True)
    def pdf(self, entity: str, key: str, name: str) -> Response:
        """A document as PDF (``?language=``)."""

        def work(ctx: Ctx) -> Answer:
            kind, row = documents.find_document(ctx, entity, key)
            filename, content = print_row(ctx, kind, row, name, request.args.get("language", ""))
            return Answer(content=content, media_type="application/pdf", headers=_named(filename))

        return answered(work)

    @route("/<entity>/<key>/files", program=True)
    def files(self, entity: str, key: str) -> Response:
        """The files on a document."""
        return answered(
            lambda ctx: Answer({"items": documents.files(ctx, *documents.find_document(ctx, entity, key))})
        )

    @route("/<entity>/<key>/files", methods=("POST",), program=True, upload=True)
    def attach(self, entity: str, key: str) -> Response:
        """Put a file on a document: JSON with name and base64 content, or a form with ``file``."""

        def work(ctx: Ctx) -> Answer:
            kind, row = documents.find_document(ctx, entity, key)
            upload = request.files.get("file")
            if upload is None:
                found = documents.attach(ctx, kind, row, sent_json())
            else:
                upload.stream.seek(0)
                found = documents.attach_bytes(ctx, kind, row, upload.filename or "", upload.stream.read())
            return Answer(found, 201, {"Location": found["href"]})

        return answered(work, changes=True)

    @route("/files/<int:number>/content", program=True)
    def content(self, number: int) -> Response:
        """The bytes of a file on a document that the person may see."""

        def work(ctx: Ctx) -> Answer:
            ctx.require(documents.FILES)
            row = files.attachment(ctx, number)
            media = row.file.media_type
            return Answer(
                content=files.blob_bytes(ctx, row.file), media_type=media, headers=_named(row.filename)
            )

        return answered(work)

    @route("/<path:anything>", methods=("GET", "POST", "PUT", "PATCH", "DELETE"), program=True)
    def nothing(self, anything: str) -> Response:
        """Any other address."""

        def work(_ctx: Ctx) -> Answer:
            raise NotFound(T("There is nothing here."))

        return answered(work)


def _fields(name: str = "fields") -> list[str]:
    return [each for each in request.args.get(name, "").split(",") if each]


def _limit(raw: str) -> int:
    if not raw:
        return PAGE
    found = parse_id(raw)
    if found is None:
        raise Refused([Problem(T("“{value}” is not a number.", value=raw[:40]), "limit")])
    return found


def _shown(
    ctx: Ctx, kind: EntityType, row: Any, message: Text | str | None = None, names: Sequence[str] = ()
) -> Answer:
    """One document, with the parts that ``?include=`` names."""
    body = documents.describe(ctx, kind, row, message, names=names, parts=_fields("include"))
    headers = {"ETag": f'"{body["version"]}"'} if "version" in body else {}
    return Answer(body, headers=headers)


def _made(ctx: Ctx, done: Performed) -> Answer:
    kind: EntityType = ctx.registry.entity_for(done.row)
    found = _shown(ctx, kind, done.row, done.message)
    found.status = 201
    found.headers["Location"] = documents.address(kind, done.row)
    return found


def _named(filename: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}"}
