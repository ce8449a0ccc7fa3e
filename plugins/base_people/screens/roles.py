"""Roles × rights of this tenant."""

from __future__ import annotations

from typing import Any

from flask import flash, request

from core.api import Field, T, pick
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors
from plugins.base_people.services import roles

HOME = "/admin/roles/"


def _copies(context: Any) -> list[tuple[str, str]]:
    return [
        (str(role.id), pick(role.names, role.name)) for role in roles.matrix(context).roles if not role.system
    ]


NEW = (
    Field("code", T("Code"), required=True, max_length=40, help=T("Letters, digits and dashes.")),
    Field("name", T("Name"), required=True, max_length=120),
    Field("copy_of", T("With the rights of"), "choice", choices=_copies),
)


class RolesPage(FormPage):
    """The matrix, and adding or removing a role."""

    plugin = "base_people"
    menu_place = ("admin", 21)
    right = roles.RIGHT
    label = T("Roles and permissions")

    @route("/", right=roles.RIGHT, methods=("GET", "POST"), fresh=True)
    def index(self) -> Any:
        """Who may do what: one table, ticked and saved at once."""

        def page(errors: Errors) -> str:
            matrix = roles.matrix(ctx())
            ticked = set(matrix.granted)
            if request.method == "POST":
                ticked = set(roles.cells(request.form.getlist("grant")))
            return self.show("base_people/roles.html", matrix=matrix, ticked=ticked, errors=errors)

        def work() -> str:
            seen = request.form.get("seen") or "-"
            changed = roles.save(ctx(), roles.cells(request.form.getlist("grant")), seen)
            flash(str(T("Saved: {n} changes.", n=changed)))
            return HOME

        return page({}) if request.method == "GET" else self.attempt(work, page)

    @route("/new", right=roles.RIGHT, methods=("GET", "POST"), fresh=True)
    def new(self) -> Any:
        """A role of the tenant's own."""

        def page(errors: Errors) -> str:
            form = self.filled(ctx(), NEW, {}, request.method == "POST")
            return self.show("base_people/role_new.html", fields=NEW, form=form, errors=errors)

        def work() -> str:
            data = self.posted(ctx(), NEW)
            source = int(data["copy_of"]) if data["copy_of"] else None
            roles.add_role(ctx(), data["code"], data["name"], source)
            flash(str(T("Saved.")))
            return HOME

        return page({}) if request.method == "GET" else self.attempt(work, page)

    @route("/<int:role_id>/remove", right=roles.RIGHT, methods=("GET", "POST"), fresh=True)
    def remove(self, role_id: int) -> Any:
        """Ask, then delete a role that nobody has."""
        role = roles.get_role(ctx(), role_id)

        def work() -> str:
            roles.remove(ctx(), role_id)
            flash(str(T("Deleted.")))
            return HOME

        return self.confirm(
            T("Delete {what}?", what=pick(role.names, role.name)),
            T("A role that somebody has is not deleted."),
            T("Delete"),
            HOME,
            work,
        )
