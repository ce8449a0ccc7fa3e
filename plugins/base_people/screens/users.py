"""Users of this tenant: inviting, roles, switching off, new passwords."""

from __future__ import annotations

from typing import Any

from flask import flash, request

from core.api import LOCALE_NAMES, Field, Refused, T
from core.base_api import DEFAULT_LOCALE, Denied
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors, site_url
from plugins.base_people.services import passwords, people, second_factors
from plugins.base_people.words import DID

HOME = "/admin/users/"
NEW = (
    Field("email", T("E-mail"), "email", required=True, max_length=254),
    Field("name", T("Name"), required=True, max_length=120),
    Field("locale", T("Language"), "choice", required=True, choices=tuple(LOCALE_NAMES.items()), default=DEFAULT_LOCALE),
)  # fmt: skip


class UsersPage(FormPage):
    """The list of users and a page for each."""

    plugin = "base_people"
    menu_place = ("admin", 20)
    right = people.RIGHT
    label = T("Users")

    @route("/", right=people.RIGHT)
    def index(self) -> str:
        """Everyone who works or worked here."""
        return self.show("base_people/users.html", people=people.people(ctx()))

    @route("/new", right=people.RIGHT, methods=("GET", "POST"), fresh=True)
    def new(self) -> Any:
        """Invite a person: they get a link to choose a password with."""

        def page(errors: Errors) -> str:
            again = request.method == "POST"
            form = self.filled(ctx(), NEW, {f.name: f.initial(ctx()) for f in NEW}, again)
            return self.show(
                "base_people/user_new.html", fields=NEW, form=form, errors=errors, roles=people.assignable(ctx()),
                chosen=request.form.getlist("roles"),
            )  # fmt: skip

        def work() -> str:
            data = self.posted(ctx(), NEW)
            made = people.invite(
                ctx(), data["email"], data["name"], request.form.getlist("roles"), data["locale"]
            )
            flash(str(T("{name} may work here. Send them the link below.", name=data["name"])))
            return f"{HOME}{made}"

        return page({}) if request.method == "GET" else self.attempt(work, page)

    @route("/<int:user_id>", right=people.RIGHT, methods=("GET", "POST"), fresh=True)
    def person(self, user_id: int) -> Any:
        """One user: name, roles, what may be done."""

        def page(errors: Errors) -> str:
            context = ctx()
            found = people.person(context, user_id)
            again = request.method == "POST"
            own = [role.code for role in found.roles]
            given = people.assignable(context)
            return self.show(
                "base_people/user.html",
                person=found,
                errors=errors,
                roles=given,
                fixed=[r for r in found.roles if r not in given],
                chosen=request.form.getlist("roles") if again else own,
                name=request.form.get("name", "") if again else found.name,
                link=self._link(user_id),
                activity=self.activity(context, people.ENTITY, user_id, DID),
            )

        def work() -> str:
            found = people.person(ctx(), user_id)
            wanted = [*request.form.getlist("roles"), *self._fixed(found)]
            people.change(ctx(), user_id, request.form.get("name", found.name), wanted)
            flash(str(T("Saved.")))
            return f"{HOME}{user_id}"

        people.person(ctx(), user_id)
        return page({}) if request.method == "GET" else self.attempt(work, page)

    def _fixed(self, found: people.Person) -> list[str]:
        """Roles with more rights than one's own are shown without a tick box; they stay."""
        given = people.assignable(ctx())
        return [role.code for role in found.roles if role not in given]

    def _link(self, user_id: int) -> str:
        try:
            return site_url() + passwords.link(ctx(), user_id)
        except (Refused, Denied):
            return ""

    @route("/<int:user_id>/deactivate", right=people.RIGHT, methods=("GET", "POST"), fresh=True)
    def deactivate(self, user_id: int) -> Any:
        """Ask, then end a person's work here."""
        found = people.person(ctx(), user_id)

        def work() -> str:
            people.set_active(ctx(), user_id, False)
            flash(str(T("{name} can no longer work here.", name=found.name)))
            return f"{HOME}{user_id}"

        return self.confirm(
            T("End the work of {name} here?", name=found.name),
            T("They are signed out at once. What they did stays, under their name."),
            T("End"),
            f"{HOME}{user_id}",
            work,
        )

    @route("/<int:user_id>/activate", right=people.RIGHT, methods=("POST",), fresh=True)
    def activate(self, user_id: int) -> Any:
        """Let a person work here again."""
        found = people.person(ctx(), user_id)

        def work() -> str:
            people.set_active(ctx(), user_id, True)
            flash(str(T("{name} may work here again.", name=found.name)))
            return f"{HOME}{user_id}"

        return self.attempt(
            work,
            lambda errors: self.show("base_people/users.html", people=people.people(ctx()), errors=errors),
        )

    @route("/<int:user_id>/reset", right=people.RIGHT, methods=("GET", "POST"), fresh=True)
    def reset(self, user_id: int) -> Any:
        """Ask, then take the password away: the person gets a link for a new one."""
        found = people.person(ctx(), user_id)

        def work() -> str:
            people.reset_password(ctx(), user_id)
            flash(str(T("The password of {name} is gone. Send them the link below.", name=found.name)))
            return f"{HOME}{user_id}"

        return self.confirm(
            T("A new password for {name}?", name=found.name),
            T("The present one ends at once, and they are signed out everywhere. They choose a new one with a link."),
            T("Take the password away"), f"{HOME}{user_id}", work,
        )  # fmt: skip

    @route("/<int:user_id>/factor", right=people.RIGHT, methods=("GET", "POST"), fresh=True)
    def factor(self, user_id: int) -> Any:
        """Ask, then take the second factor away from somebody who has lost it."""
        found = people.person(ctx(), user_id)

        def work() -> str:
            second_factors.take_away(ctx(), user_id)
            flash(str(T("{name} signs in with the password alone.", name=found.name)))
            return f"{HOME}{user_id}"

        return self.confirm(
            T("Take the second factor of {name} away?", name=found.name),
            T("Only where phone and recovery codes are lost and you are sure who asks. Then the password alone is enough."),
            T("Take it away"), f"{HOME}{user_id}", work,
        )  # fmt: skip
