"""The generic screen of an entity: list, document page, form, actions, files, comments, export.

A plugin that needs more subclasses :class:`EntityView`, overrides a template or adds routes, and registers the class
with ``registry.screen(entity_name, View)`` in its ``register_screens`` hook.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Response, abort, current_app, flash, redirect, request
from werkzeug.datastructures import MultiDict

from core.declare.declarations import EntityType
from core.entities import crud, printing, query, sums, transitions
from core.entities.additions import every_field
from core.entities.columns import all_columns
from core.entities.query import ListQuery
from core.entities.seen import figures_of
from core.errors import Refused, Stale
from core.kernel.context import Ctx
from core.text.i18n import T
from core.values import parse_id
from core.web.frame.nav import entity_url
from core.web.screens import document_parts, exporting, listing, views
from core.web.screens.formdata import EntityForm, by_input
from core.web.screens.page import ctx, local, route, seen_version, submit_once, undo
from core.web.screens.screen_batches import BatchRoutes
from core.web.screens.sending import send


class EntityView(BatchRoutes):
    """Pages of one entity. Templates may be replaced by class attributes."""

    list_template = "hub/list.html"
    document_template = "hub/document.html"
    form_template = "hub/form.html"
    taken_over: tuple[str, ...] = ()
    """Filters of the list that a new one begins with."""

    def __init__(self, entity: EntityType) -> None:
        self.entity = entity
        self.prefix = entity.name
        super().__init__(
            name=entity.plural,
            endpoint=entity.name.replace(".", "_"),
            url=entity_url(entity.name).rstrip("/"),
        )

    # --- for subclasses -------------------------------------------------------------------------------------------

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """More values for the document page; ``figures`` is there already."""
        return {}

    # --- list -----------------------------------------------------------------------------------------------------

    @route("/", right="view")
    def index(self) -> str:
        """The list."""
        context = ctx()
        asked = listing.list_query(context, self.entity, request.args)
        found = query.fetch_page(context, self.entity, asked)
        by = request.args.get("group", "")[:60]
        return self.page(
            self.list_template,
            group=by,
            group_address=lambda value: listing.list_address(
                replace(asked, filters={**asked.filters, by: (value,)}), page=1
            ),
            groups=sums.grouped(context, self.entity, asked, by) if by else None,
            group_choices=sums.group_choices(context, self.entity),
            group_sums=sums.summed_columns(context, self.entity),
            totals=sums.totals(context, self.entity, asked, found.columns),
            views=views.saved_views(context, self.entity),
            may_share=context.can(views.SHARE),
            page=found,
            asked=asked,
            filters=listing.list_filters(context, self.entity, asked),
            all_columns=all_columns(context, self.entity),
            address=lambda **changes: listing.list_address(asked, **changes),
            rows=query.shown_rows(context, self.entity, found),
            batches=transitions.offered_for_many(context, self.entity),
        )

    @route("/columns", right="view", methods=("POST",))
    def columns(self) -> Any:
        """Keep the person's choice of columns."""
        listing.choose_columns(ctx(), self.entity, request.form.getlist("column"))
        ctx().session.commit()
        return redirect(local(request.form.get("back"), entity_url(self.entity.name)))

    @route("/views", right="view", methods=("POST",))
    def keep_view(self) -> Any:
        """Keep what the list is filtered and sorted by, or take such a one away."""
        context, back = ctx(), local(request.form.get("back"), entity_url(self.entity.name))
        if drop := parse_id(request.form.get("drop")):
            views.drop_view(context, self.entity, drop)
        else:
            asked = listing.list_query(context, self.entity, MultiDict(parse_qsl(urlsplit(back).query)))
            shared = request.form.get("shared") == "1"
            views.keep_view(context, self.entity, request.form.get("name", ""), asked, shared=shared)
        context.session.commit()
        return redirect(back)

    @route("/export/<kind>", right="view", limited="exports")
    def export(self, kind: str) -> Response | str:
        """Exactly what is filtered, with the chosen columns, as a file of a kind that a plugin writes."""
        return exporting.send_list(
            ctx(), kind, self.entity, listing.list_query(ctx(), self.entity, request.args)
        )

    @route("/export/<kind>/later", right="view", methods=("POST",), fresh=True, limited="exports")
    def export_later(self, kind: str) -> Any:
        """The same in the background; whoever takes so much away shows who it is."""
        asked = listing.list_query(ctx(), self.entity, request.args)
        return exporting.make_later(ctx(), kind, self.entity, asked)

    # --- document -------------------------------------------------------------------------------------------------

    @route("/<int:row_id>", right="view")
    def document(self, row_id: int) -> str:
        """One document; or one part of its page, which the page asks for when somebody comes to it."""
        context, row = ctx(), self.row(row_id)
        if plugin := request.headers.get("X-Part"):
            found = document_parts.part(context, self.entity, row, plugin, request.args.get("part", ""))
            return self.page("hub/part.html", row=row, part=found or abort(404), inside={})
        figures = figures_of(context, self.entity, row)
        return self.page(
            self.document_template,
            row=row,
            figures=figures,
            actions=(possible := transitions.available(context, self.entity, row)),
            next_step=transitions.next_step(context, row, possible),
            prints=printing.offered(context, self.entity, row),
            may_edit=self.may_edit(context, row),
            **document_parts.beside(context, self.entity, row),
            **document_parts.panels(context, self.entity, row),
            **self.records(context, row),
            **self.document_values(context, row),
        )

    @route("/<int:row_id>/pdf/<kind>", right="view", limited="pdfs")
    def pdf(self, row_id: int, kind: str) -> Response:
        """A printable document of it, in the language of the address or of the reader."""
        language = request.args.get("language", "")
        name, data = printing.print_row(ctx(), self.entity, self.row(row_id), kind, language)
        return send(data, "application/pdf", name, inline=True)

    def may_edit(self, context: Ctx, row: Any) -> bool:
        """Is the edit button offered?"""
        return context.can(f"{self.entity.name}.edit") and not crud.why_fixed(context, self.entity, row)

    # --- create and edit ------------------------------------------------------------------------------------------

    @route("/new", right="create", methods=("GET", "POST"), upload=True)
    def new(self) -> Any:
        """The form for a new one."""
        return self.form_page(None)

    @route("/<int:row_id>/edit", right="edit", methods=("GET", "POST"), upload=True)
    def edit(self, row_id: int) -> Any:
        """The form for a change; of what stays as it is the reason, and the way to it."""
        row = self.row(row_id)
        if request.method == "GET" and (reason := crud.why_fixed(ctx(), self.form_entity(row), row)):
            return self.page("hub/fixed.html", row=row, reason=reason), 409
        return self.form_page(row)

    def saved_url(self, row: Any, is_new: bool) -> str:
        """Where to go after saving."""
        return self.url_for_row(row)

    def presets(self, entity: EntityType) -> dict[str, str]:
        """What a new one starts with because the address says so: ``/new?factory=F01``."""
        names = {f.name for f in every_field(ctx(), entity) if not f.readonly}
        return {name: value[:200] for name, value in request.args.items() if name in names and value}

    def new_url(self, asked: ListQuery) -> str:
        """Where "New" leads from a list: with the filters of the list that a new one takes over (``taken_over``)."""
        taken = {n: values[0] for n in self.taken_over if len(values := asked.filters.get(n, ())) == 1}
        return f"{self.url}/new" + (f"?{urlencode(taken)}" if taken else "")

    def form_entity(self, row: Any) -> EntityType:
        """What the form asks for: the entity, or a copy of it with fewer fields (``row`` None: a new one)."""
        return self.entity

    def form_page(self, row: Any) -> Any:
        """The form on GET; on POST saves once, or shows the form again with what was typed and why it was refused."""
        context, entity = ctx(), self.form_entity(row)
        row_id = row.id if row is not None else None
        if request.method == "GET":
            form = EntityForm(context, entity, row, start=self.presets(entity) if row is None else None)
            version = getattr(row, "version", None)
            return self.page(self.form_template, entity=entity, form=form, row=row, version=version)
        version = seen_version()

        def work() -> str:
            form = EntityForm(context, entity, row, request.form, files=request.files)
            data, children = form.clean()
            saved = crud.save_row(context, entity, row, data, children, version=version)
            return self.saved_url(saved, row is None)

        try:
            return submit_once(work)
        except (Refused, Stale) as error:
            undo()
            row = self.row(row_id) if row_id is not None else None
            entity = self.form_entity(row)
            form = EntityForm(context, entity, row, request.form, files=request.files)
            stale = error if isinstance(error, Stale) else None
            if isinstance(error, Refused):
                form.show(error)
            body = self.page(
                self.form_template, entity=entity, form=form, row=row, stale=stale,
                version=getattr(row, "version", None) if stale and request.form.get("_mine") else version,
            )  # fmt: skip
            return body, 409 if stale else 422

    @route("/<int:row_id>/delete", right="view", methods=("GET", "POST"))
    def delete(self, row_id: int) -> Any:
        """Ask, then delete master data. The question is a page of its own: no script is needed to be asked."""
        context, row = ctx(), self.row(row_id)
        if not self.entity.deletable:
            abort(404)
        context.require(f"{self.entity.name}.delete")
        if request.method == "GET":
            return self.page("hub/delete.html", row=row)

        def work() -> str:
            crud.check_version(context, self.entity, row, seen_version())
            crud.delete_row(context, self.entity, row)
            flash(str(T("Deleted.")))
            return entity_url(self.entity.name)

        try:
            return submit_once(work)
        except (Refused, Stale) as error:
            undo()
            stale = isinstance(error, Stale)
            errors = by_input(error.problems) if isinstance(error, Refused) else {"": [str(error)]}
            return self.page("hub/delete.html", row=self.row(row_id), errors=errors), 409 if stale else 422


def document_page(entity: str, row_id: int) -> str:
    """The page of a document as its own address shows it, for a page beside it that refuses something on it."""
    return cast(str, current_app.view_functions[f"{entity.replace('.', '_')}.document"](row_id=row_id))
