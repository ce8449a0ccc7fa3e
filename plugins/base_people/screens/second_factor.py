"""The second factor: setting up an authenticator app or passkeys, and the second step of signing in."""

from __future__ import annotations

import time
from typing import Any

from flask import abort, flash, redirect, render_template, request, session

from core.api import Refused, T
from core.base_api import (
    User,
    ask_passkey,
    check_code,
    check_passkey,
    factor_of,
    locale_scope,
    new_secret,
    setup,
)
from core.values import parse_id
from core.web.api import FormPage, Page, by_input, ctx, hub, route, undo
from core.web.base_api import (
    ANSWER,
    begin_attempt,
    finish_sign_in,
    half_signed_in,
    note,
    passkey_place,
    source,
    told_to_wait,
)
from plugins.base_people.services import passkeys, second_factors

HOME = "/me/second-factor/"
PENDING = "totp"
"""In the session: the secret, encrypted, of an app that is being set up."""
CHALLENGE = "passkey"
"""In the session: what a passkey has to sign."""


class SecondFactorPage(FormPage):
    """``/me/second-factor/``: the person's authenticator app, passkeys and recovery codes."""

    plugin = "base_people"
    right = ""
    label = T("Second factor")

    @route("/", right="")
    def index(self) -> str:
        """How it stands; without an app, the code to scan."""
        return self._page({})

    def _page(self, errors: dict[str, list[str]]) -> str:
        context = ctx()
        state, shown = second_factors.state(context), None
        if context.user is None:
            abort(404)
        if state.since is None:
            secret = session.setdefault(PENDING, new_secret(context.hub))
            shown = setup(context.hub, secret, context.user.email)
        asked = passkeys.ask_to_make(
            context.session, context.session.get_one(User, context.user.id), passkey_place()
        )
        session[CHALLENGE] = asked.challenge
        return self.show(
            "base_people/second_factor.html", state=state, setup=shown, errors=errors, options=asked.options
        )

    @route("/on", right="", methods=("POST",), fresh=True)
    def on(self) -> Any:
        """The app shows its first code: ask for one at each sign-in from now on."""
        return self._codes(
            lambda: second_factors.turn_on(ctx(), session.get(PENDING, ""), request.form.get("code", "")[:20])
        )

    @route("/codes", right="", methods=("POST",), fresh=True)
    def codes(self) -> Any:
        """New recovery codes."""
        return self._codes(lambda: second_factors.renew(ctx()))

    @route("/passkey", right="", methods=("POST",), fresh=True)
    def passkey(self) -> Any:
        """The browser made a passkey: accept it at each sign-in from now on."""
        challenge, form = session.pop(CHALLENGE, ""), request.form
        return self._codes(
            lambda: passkeys.add(
                ctx(), passkey_place(), challenge, form.get("answer", "")[:ANSWER], form.get("name", "")
            )
        )

    @route("/passkey-off", right="", methods=("POST",), fresh=True)
    def passkey_off(self) -> Any:
        """A passkey that is no longer accepted."""

        def work() -> str:
            passkeys.remove(ctx(), parse_id(request.form.get("id", "")) or 0)
            flash(str(T("The passkey is no longer accepted.")))
            return HOME

        return self.attempt(work, self._page)

    def _codes(self, work: Any) -> Any:
        """Recovery codes are shown in the answer, once: they are kept nowhere. Without new ones, the page of the factor."""
        try:
            made = work()
            ctx().session.commit()
        except Refused as refused:
            undo()
            return self._page(by_input(refused.problems)), 422
        session.pop(PENDING, None)
        session.update(enrol=False, confirmed=time.time())
        if not made:
            flash(str(T("The passkey is set up.")))
            return redirect(HOME)
        return self.show("base_people/recovery_codes.html", codes=made)

    @route("/off", right="", methods=("POST",), fresh=True)
    def off(self) -> Any:
        """The password alone is enough again."""

        def work() -> str:
            second_factors.turn_off(ctx())
            flash(str(T("Your authenticator app is no longer asked for.")))
            return HOME

        return self.attempt(work, self._page)


class SecondStepPage(Page):
    """``/second-step/``: the password was right, now the code or a passkey."""

    plugin = "base_people"

    @route("/", methods=("GET", "POST"), public=True)
    def index(self) -> Any:
        """Ask for a code or a passkey; with the right one the session begins."""
        user = half_signed_in()
        if user is None:
            return redirect("/login")
        error, status, headers = None, 200, {}
        if request.method == "POST":
            account = f"code {user.email}"[:255]
            attempt = begin_attempt(hub(), account, source(user.email))
            if attempt.wait:
                note("second_step_waits", alarm=True, who=user.email)
                error, status, headers = told_to_wait(attempt.wait), 429, {"Retry-After": str(attempt.wait)}
            elif self._fits(user.id):
                attempt.right()
                return redirect(finish_sign_in(user))
            else:
                attempt.wrong()
                note("second_step_failed", alarm=True, who=user.email)
                error = T("This code is wrong or was used already.")
        with hub().platform(write=False) as db:
            asked, app = ask_passkey(db, user.id, passkey_place()), factor_of(db, user.id)
        if asked is not None:
            session[CHALLENGE] = asked.challenge
        with locale_scope(user.locale):
            page = render_template(
                "base_people/second_step.html",
                error=error,
                options=asked and asked.options,
                app=app and app.secret,
            )
        return page, status, headers

    def _fits(self, user_id: int) -> bool:
        """Does what was sent show that it is this person?"""
        answer, challenge = request.form.get("answer", "")[:ANSWER], session.pop(CHALLENGE, "")
        if answer:
            return check_passkey(hub(), user_id, passkey_place(), challenge, answer)
        return check_code(hub(), user_id, request.form.get("code", "")[:40])
