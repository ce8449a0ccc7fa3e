"""Plain tables of a developer's plugin as Flask-Admin views in the hub's frame.

For documents and master data declare an ``EntityType``: it brings history, filters, export, files and the command line.
This is for what needs none of that. In ``register_screens``::

    registry.view(HubModelView(Stamp, "samples.stamp", T("Stamps"), plugin="samples", menu=("development", 90)))

with ``registry.permission("samples.stamp.view", …)`` and ``.create``, ``.edit``, ``.delete`` in ``register``; a right that is
not declared is a right nobody has. Nothing needs a script: deleting always asks on a page of its own. Not supported, and
refused: inline models, lists edited in place, dialogs, AJAX references, Flask-Admin's own export and filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, has_request_context, request
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from core.data.among import among
from core.data.db import TenantRow
from core.entities import audit
from core.entities.recording import flush_rows
from core.errors import NotFound, Problem, Refused, Stale, StartError
from core.text.i18n import T, Text
from core.values import parse_id
from core.web.modelactions import Asking
from core.web.modelform import SHOWN, HubConverter, ModelForm, forged
from core.web.screens.page import Right, ctx

RIGHTS = {
    "index_view": "view", "details_view": "view", "ajax_lookup": "view", "export": "view", "action_view": "view",
    "create_view": "create", "edit_view": "edit", "ajax_update": "edit", "delete_view": "delete",
}  # fmt: skip
UNSUPPORTED = (
    "inline_models",
    "column_editable_list",
    "column_filters",
    "form_ajax_refs",
    "create_modal",
    "edit_modal",
)
MOST_PAGES = 1_000_000


class RequestSession:
    """What Flask-Admin calls its session: the one of the request's context, bound to its tenant."""

    @property
    def session(self) -> RequestSession:
        """Flask-Admin asks a database object for its session."""
        return self

    def __getattr__(self, name: str) -> Any:
        if not has_request_context():  # Flask-Admin looks at every attribute of a view while it is made
            raise AttributeError(name)
        return getattr(ctx().session, name)


class HubModelView(Asking, ModelView):
    """List, details, form, deletion of one plain tenant table."""

    list_template = "admin/model/list.html"
    details_template = "admin/model/details.html"
    edit_template = create_template = "admin/model/form.html"
    form_base_class = ModelForm
    model_form_converter = HubConverter
    form_excluded_columns: ClassVar[Sequence[str]] = ("id", "tenant_id", "version")
    column_exclude_list: ClassVar[Sequence[str]] = ("tenant_id", "version")
    column_details_exclude_list: ClassVar[Sequence[str]] = ("tenant_id", "version")
    column_type_formatters = column_type_formatters_detail = SHOWN
    column_default_sort: Any = ("id", True)
    offers: ClassVar[Sequence[str]] = ("view", "create", "edit", "delete")
    """What the view is for; what it does not offer has no right, no button and no address."""
    page_size = 50
    can_view_details = True
    can_export = False

    def __init__(
        self,
        model: type[TenantRow],
        right: str,
        label: Text,
        *,
        plugin: str,
        menu: tuple[str, int] | None = None,
        url: str = "",
    ) -> None:
        wrong = [name for name in UNSUPPORTED if getattr(self, name, None)]
        if wrong:
            raise StartError(
                f"plugin '{plugin}': {type(self).__name__} cannot use {', '.join(wrong)}; declare an entity"
            )
        self.plugin, self.prefix, self.label = plugin, right, label
        self.right, self.menu_place = f"{right}.view", menu
        super().__init__(
            model,
            RequestSession(),
            name=label,
            endpoint=right.replace(".", "_"),
            url=url or "/" + right.replace(".", "/"),
        )

    # --- access ---------------------------------------------------------------------------------------------------

    def endpoints(self) -> dict[str, Right]:
        """The right each address needs; an address that Flask-Admin adds one day needs the right to delete."""
        wanted = {name: RIGHTS.get(name, "delete") for _path, name, _methods in self._urls}
        return {
            f"{self.endpoint}.{name}": Right(f"{self.prefix}.{verb}", closed=verb not in self.offers)
            for name, verb in wanted.items()
        }

    def is_accessible(self) -> bool:
        """The gate has decided already."""
        return True

    def _may(self, what: str) -> bool:
        return what in self.offers and (not has_request_context() or ctx().can(f"{self.prefix}.{what}"))

    @property
    def can_create(self) -> bool:
        """Is the button offered?"""
        return self._may("create")

    @property
    def can_edit(self) -> bool:
        """Is the button offered?"""
        return self._may("edit")

    @property
    def can_delete(self) -> bool:
        """Is the button offered?"""
        return self._may("delete")

    # --- rows: addressed by their plain id, although the mapper's key holds the tenant too ---------------------------

    def scaffold_pk(self) -> str:
        """The id alone."""
        return "id"

    def get_pk_value(self, model: Any) -> str:
        """The id as text."""
        return str(model.id)

    def get_one(self, id: Any) -> Any:
        """The row of this tenant with this id; NotFound (404) for anything else."""
        return self._rows([str(id)])[0]

    def _rows(self, ids: Sequence[str]) -> list[Any]:
        numbers = {number for number in map(parse_id, ids) if number}
        found = list(ctx().session.scalars(select(self.model).where(among(self.model.id, numbers))))
        if not found or len(found) != len(set(ids)):
            raise NotFound(T("There is no such {what}.", what=self.label))
        return found

    def _get_list_extra_args(self) -> Any:
        asked = super()._get_list_extra_args()
        asked.page = max(0, min(asked.page or 0, MOST_PAGES))
        asked.search = (asked.search or "")[:100] or None
        return asked

    # --- pages ----------------------------------------------------------------------------------------------------

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """The form for a new row."""
        return self._form(None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """The form for a change."""
        return self._form(self.get_one(request.args.get("id", "")))

    def _form(self, row: Any) -> Any:
        row_id = row.id if row is not None else None

        def page(errors: dict[str, list[str]]) -> str:
            shown = self.get_one(row_id) if row_id else None
            form = self.edit_form(obj=shown) if shown is not None else self.create_form()
            return str(self.render(self.edit_template, form=form, model=shown, errors=errors))

        def work() -> str:
            form = self.edit_form(obj=row) if row is not None else self.create_form()
            self._check(form, row)
            target = row if row is not None else self.build_new_instance()
            before = self._values(target) if row is not None else {}
            form.populate_obj(target)
            if row is None:
                ctx().session.add(target)
            self.on_model_change(form, target, row is None)
            self._flush()
            after = self._values(target)
            changes = [
                (name, before.get(name), value) for name, value in after.items() if before.get(name) != value
            ]
            self._record(target, "edit" if row is not None else "create", changes)
            flash(str(T("Saved.")))
            return f"{self.url}/"

        return page({}) if request.method == "GET" else self.attempt(work, page)

    def _check(self, form: Any, row: Any) -> None:
        problems = [Problem(str(m), f.name) for f in form if not f.validate(form) for m in f.errors]
        problems += [Problem(T("This does not exist."), f.name) for f in form if forged(f)]
        if problems:
            raise Refused(problems)
        seen = request.form.get("_version", "")
        if row is not None and hasattr(row, "version") and seen != str(row.version):
            raise Stale(
                T("Somebody else changed this after you opened it. Nothing of yours was saved."), "", None, []
            )

    def _values(self, row: Any) -> dict[str, Any]:
        hidden = set(self.form_excluded_columns)
        columns = [c.key for c in self.model.table().columns if c.key not in hidden]
        return {name: audit.json_value(getattr(row, name)) for name in columns}

    def _flush(self) -> None:
        try:
            flush_rows(ctx().session)
        except (StatementError, OverflowError) as error:
            raise Refused(T("The database refused this entry.")) from error

    def _record(self, row: Any, action: str, changes: Sequence[tuple[str, Any, Any]] = ()) -> None:
        audit.record_audit(ctx(), self.prefix, row.id, action, number=str(row.id), changes=changes)

    @expose("/details/")
    def details_view(self) -> Any:
        """All values of a row; 404 where the view has no such page."""
        if not self.can_view_details:
            abort(404)
        row = self.get_one(request.args.get("id", ""))
        values = [(label, self.get_detail_value(None, row, name)) for name, label in self._details_columns]
        return self.render(self.details_template, model=row, values=values)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """There is none: declare an entity for lists that people take away."""
        abort(404)

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        """Rows are not edited in the list."""
        abort(404)
