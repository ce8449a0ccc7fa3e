"""The second factor: setting up an authenticator app, and the second step of signing in."""

from __future__ import annotations

import time
from typing import Any

from flask import flash, redirect, render_template, request, session

from core.api import Refused, T
from core.base_api import check_code, locale_scope, new_secret, setup
from core.web.api import FormPage, Page, by_input, ctx, hub, route, undo
from core.web.base_api import begin_attempt, finish_sign_in, half_signed_in, note, source, told_to_wait
from plugins.base_people.services import second_factors

HOME = "/me/second-factor/"
PENDING = "totp"
"""In the session: the secret, encrypted, of an app that is being set up."""


class SecondFactorPage(FormPage):
    """``/me/second-factor/``: the person's authenticator app and recovery codes."""

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
        if state.since is None and context.user is not None:
            secret = session.setdefault(PENDING, new_secret(context.hub))
            shown = setup(context.hub, secret, context.user.email)
        return self.show("base_people/second_factor.html", state=state, setup=shown, errors=errors)

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

    def _codes(self, work: Any) -> Any:
        """Recovery codes are shown in the answer, once: they are kept nowhere."""
        try:
            made = work()
            ctx().session.commit()
        except Refused as refused:
            undo()
            return self._page(by_input(refused.problems)), 422
        session.pop(PENDING, None)
        session.update(enrol=False, confirmed=time.time())
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
    """``/second-step/``: the password was right, now the code."""

    plugin = "base_people"

    @route("/", methods=("GET", "POST"), public=True)
    def index(self) -> Any:
        """Ask for a code; with the right one the session begins."""
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
            elif check_code(hub(), user.id, request.form.get("code", "")[:40]):
                attempt.right()
                return redirect(finish_sign_in(user))
            else:
                attempt.wrong()
                note("second_step_failed", alarm=True, who=user.email)
                error = T("This code is wrong or was used already.")
        with locale_scope(user.locale):
            return render_template("base_people/second_step.html", error=error), status, headers
