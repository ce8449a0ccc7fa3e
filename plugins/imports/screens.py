"""``/import/``: a file, its columns, what is wrong with it, bringing it in, taking it back."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from flask import Response, flash, request

from core.api import Ctx, NotFound, Problem, Refused, T
from core.web.api import FormPage, ctx, hub, route
from core.web.base_api import Errors, entity_url
from plugins.imports.services import batches, documents, intakes, running, targets, templates, undoing
from plugins.imports.words import AT_ONCE, BATCH, MODES, RIGHT, STATES

HOME = "/import/"


class ImportsPage(FormPage):
    """Bringing sheets in, step by step."""

    plugin = "imports"
    menu_place = ("admin", 35)
    right = RIGHT
    label = T("Import")

    @route("/", right=RIGHT)
    def index(self) -> str:
        """What one brought in, and what may be brought in."""
        context = ctx()
        kinds = {k.name: k for k in context.registry.entities.values()}
        found = [(b, kinds[b.entity]) for b in batches.list_batches(context) if b.entity in kinds]
        return self.show(
            "imports/batches.html", batches=found, states=STATES, kinds=intakes.importable(context)
        )

    @route("/new/<entity>", right=RIGHT, methods=("GET", "POST"), upload=True)
    def new(self, entity: str) -> Any:
        """Choose a file, or paste a sheet."""
        context = ctx()
        kind = next((k for k in intakes.importable(context) if k.name == entity), None)
        if kind is None:
            raise NotFound(T("There is nothing called {name}.", name=entity))

        def page(errors: Errors) -> str:
            return self.show(
                "imports/new.html", entity=kind, targets=targets.list_targets(ctx(), kind), errors=errors,
                pasted=request.form.get("pasted", ""), back=entity_url(kind.name),
            )  # fmt: skip

        def work() -> str:
            upload = request.files.get("file")
            pasted = request.form.get("pasted", "")
            if upload is not None and upload.filename:
                name, data = upload.filename, upload.stream.read()
            elif pasted.strip():
                name, data = str(T("Pasted")), pasted.encode()
            else:
                raise Refused([Problem(T("Choose a file first."), "file")])
            return f"{HOME}{batches.start_batch(ctx(), kind.name, name, data).id}"

        return page({}) if request.method == "GET" else self.attempt(work, page)

    @route("/template/<entity>.<kind>", right=RIGHT)
    def template(self, entity: str, kind: str) -> Response:
        """An empty sheet with the headings of a kind of document."""
        context = ctx()
        found = next((k for k in intakes.importable(context) if k.name == entity), None)
        if found is None:
            raise NotFound(T("There is nothing called {name}.", name=entity))
        data, media_type = templates.make_template(context, found, kind)
        headers = {"Content-Disposition": f'attachment; filename="{entity.replace(".", "-")}.{kind}"'}
        return Response(data, content_type=media_type, headers=headers)

    @route("/<int:batch_id>", right=RIGHT, methods=("GET", "POST"))
    def batch(self, batch_id: int) -> Any:
        """Columns, the first rows, what is wrong; checking and bringing in."""
        if request.method == "GET":
            return self._page(batch_id, {})
        found = batches.get_batch(ctx(), batch_id)
        job: list[int] = []
        keep = request.form.get("do") == "run"

        def work() -> str:
            row = batches.get_batch(ctx(), batch_id)
            if row.status in ("draft", "checked"):
                columns = [request.form.get(f"column-{at}", "") for at in range(len(row.headings))]
                batches.set_columns(
                    ctx(), row, columns, request.form.get("mode", "both"), request.form.get("then", "")
                )
            if len(row.rows) > AT_ONCE:
                job.append(batches.enqueue_batch(ctx(), row, keep=keep))
                return f"/jobs/{job[0]}"
            return f"{HOME}{batch_id}"

        small = len(found.rows) <= AT_ONCE
        reply = self.attempt(work, lambda errors: self._page(batch_id, errors))
        if small and getattr(reply, "status_code", 0) == 302:
            try:
                (running.bring_in if keep else running.check)(
                    _units(ctx()), batch_id, lambda _done, _total: None
                )
            except Refused as refused:
                flash(str(refused), "bad")
        return reply

    def _page(self, batch_id: int, errors: Errors) -> str:
        context = ctx()
        row = batches.get_batch(context, batch_id)
        entity = context.registry.get(row.entity)
        typed = [request.form.get(f"column-{at}", "") for at in range(len(row.headings))]
        return self.show(
            "imports/batch.html", batch=row, entity=entity, targets=targets.list_targets(context, entity),
            columns=typed if errors else row.columns, first=documents.first_rows(row.rows), modes=MODES, states=STATES,
            mode=request.form.get("mode", row.mode), then=request.form.get("then", row.then), errors=errors,
            actions=batches.next_actions(context, entity), total=len(row.rows), href=entity_url(entity.name),
            activity=self.activity(context, BATCH, row.id),
        )  # fmt: skip

    @route("/<int:batch_id>/undo", right=RIGHT, methods=("GET", "POST"))
    def undo(self, batch_id: int) -> Any:
        """Ask, then take back what a file brought."""
        row = batches.get_batch(ctx(), batch_id)

        def work() -> str:
            undoing.take_back(ctx(), batches.get_batch(ctx(), batch_id))
            flash(str(T("Taken back.")))
            return f"{HOME}{batch_id}"

        return self.confirm(
            T("Take back “{name}”?", name=row.filename),
            T("What it added goes (documents are cancelled, what cannot be deleted becomes inactive), what it changed gets "
              "what it held before."),
            T("Take back"), f"{HOME}{batch_id}", work,
        )  # fmt: skip


def _units(context: Ctx) -> running.Units:
    """Units of work of the person who asks, after what this request has done is kept."""
    tenant, user, locale = context.tenant, context.user, context.locale

    def units() -> AbstractContextManager[Ctx]:
        return hub().context(tenant, user, locale=locale)

    return units
