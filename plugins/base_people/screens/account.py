"""A person's own page, and the page where somebody who was invited chooses a password."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request

from core.api import Problem, Refused, T
from core.base_api import locale_scope
from core.values import parse_id
from core.web.api import FormPage, Page, by_input, ctx, hub, route, undo
from core.web.base_api import begin_attempt, renew_session, session_mark, source, told_to_wait
from plugins.base_people.services import passwords, people, second_factors, sessions
from plugins.base_people.words import DID


def _typed() -> str:
    password = request.form.get("password", "")
    if len(password) > 500:
        raise Refused(T("At most {n} characters.", n=500), "password")
    if password != request.form.get("again", ""):
        raise Refused([Problem(T("The two entries differ."), "again")])
    return password


class AccountPage(FormPage):
    """``/me/``: who I am here, my language, my password."""

    plugin = "base_people"
    menu_place = ("me", 10)
    right = ""
    label = T("My page and password")

    @route("/", right="")
    def index(self) -> str:
        """The page."""
        return self._page({})

    def _page(self, errors: dict[str, list[str]]) -> str:
        context = ctx()
        user_id = context.user.id if context.user is not None else 0
        return self.show(
            "base_people/account.html", roles=people.roles_of(context, user_id), errors=errors,
            factor=second_factors.state(context).since, sessions=sessions.own(context), this_one=session_mark(),
            activity=self.activity(context, people.ENTITY, user_id, DID),
        )  # fmt: skip

    @route("/password", right="", methods=("POST",))
    def password(self) -> Any:
        """Change my password: needs the present one, ends my sessions elsewhere."""
        context = ctx()
        account = context.user.email if context.user is not None else ""
        context.session.rollback()  # one writer at a time on the embedded engine
        attempt = begin_attempt(context.hub, account, source(account))
        if attempt.wait:
            return self._page({"old": [str(told_to_wait(attempt.wait))]}), 429
        try:
            mark = passwords.change_own(context, request.form.get("old", "")[:500], _typed(), session_mark())
            context.session.commit()
        except Refused as refused:
            undo()
            settle = attempt.wrong if any(p.field == "old" for p in refused.problems) else attempt.right
            settle()
            return self._page(by_input(refused.problems)), 422
        attempt.right()
        renew_session(mark)
        flash(str(T("Your password is changed. Other sessions of yours have ended.")))
        return redirect("/me/")

    @route("/sessions", right="", methods=("POST",))
    def end(self) -> Any:
        """End one of my sessions, or all but this one."""
        context, one = ctx(), request.form.get("id", "")

        def work() -> str:
            if one:
                sessions.end(context, parse_id(one) or 0)
            else:
                renewed.append(sessions.end_others(context, session_mark()))
            flash(str(T("Signed out there.")))
            return "/me/#sessions"

        renewed: list[str] = []
        reply = self.attempt(work, self._page)
        if renewed:
            renew_session(renewed[0])
        return reply


class WelcomePage(Page):
    """``/welcome/<link>``: whoever was invited chooses a password; the link is what lets them in."""

    plugin = "base_people"

    @route("/<token>", methods=("GET", "POST"), public=True)
    def choose(self, token: str) -> Any:
        """The form, then the way to the sign-in page."""
        user = passwords.invited(hub(), token)
        with locale_scope(user.locale):
            errors: dict[str, list[str]] = {}
            if request.method == "POST":
                try:
                    passwords.choose(hub(), token, _typed())
                    return redirect("/login")
                except Refused as refused:
                    errors = by_input(refused.problems)
            body = render_template("base_people/welcome.html", user=user, errors=errors)
        return body, 422 if errors else 200
