"""A person's own page, and the page where somebody who was invited chooses a password."""

from __future__ import annotations

from typing import Any

from flask import Flask, flash, redirect, render_template, request
from flask_login import current_user

from core import passwords
from core.errors import Problem, Refused
from core.kernel.hub import Hub
from core.people import roles_of
from core.text.i18n import T, set_locale
from core.web import auth
from core.web.admin_users import DID
from core.web.frame import throttle
from core.web.frame.access import Access, AccessMap
from core.web.screens.form_page import FormPage, activity
from core.web.screens.formdata import by_input
from core.web.screens.page import ctx, route, undo


def _typed() -> str:
    password = request.form.get("password", "")
    if len(password) > 500:
        raise Refused(T("At most {n} characters.", n=500), "password")
    if password != request.form.get("again", ""):
        raise Refused([Problem(T("The two entries differ."), "again")])
    return password


class AccountPage(FormPage):
    """``/me/``: who I am here, my language, my password."""

    @route("/", right="")
    def index(self) -> str:
        """The page."""
        return self._page({})

    def _page(self, errors: dict[str, list[str]]) -> str:
        context = ctx()
        return self.show("admin_hub/account.html", roles=roles_of(context, current_user.id), errors=errors,
                         activity=activity(context, "core.user", current_user.id, DID))  # fmt: skip

    @route("/password", right="", methods=("POST",))
    def password(self) -> Any:
        """Change my password: needs the present one, ends my sessions elsewhere."""
        context, address = ctx(), request.remote_addr or "?"
        context.session.rollback()  # one writer at a time on the embedded engine
        try:
            if not throttle.begin(context.hub, current_user.email, address):
                raise Refused(T("Too many failed attempts. Wait 15 minutes and try again."), "old")
            mark = passwords.change_own(context, request.form.get("old", "")[:500], _typed())
            context.session.commit()
        except Refused as refused:
            undo()
            if all(p.field != "old" for p in refused.problems):
                throttle.clear(context.hub, current_user.email, address)
            return self._page(by_input(refused.problems)), 422
        throttle.clear(context.hub, current_user.email, address)
        auth.renew(mark)
        flash(str(T("Your password is changed. Other sessions of yours have ended.")))
        return redirect("/me/")


def install(app: Flask, hub: Hub, access: AccessMap) -> None:
    """Add the page for people who were invited; the link is what lets them in."""

    @app.route("/welcome/<token>", methods=("GET", "POST"))
    def welcome(token: str) -> Any:
        user = passwords.invited(hub, token)
        set_locale(user.locale)
        errors: dict[str, list[str]] = {}
        if request.method == "POST":
            try:
                passwords.choose(hub, token, _typed())
                return redirect("/login")
            except Refused as refused:
                errors = by_input(refused.problems)
        body = render_template("admin_hub/welcome.html", user=user, errors=errors)
        return body, 422 if errors else 200

    access.declare("welcome", Access(public=True))
