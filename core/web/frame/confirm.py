"""Asking again who is there before something weighty: rights, people, features, one's own second factor.

A route that is declared ``fresh`` wants the password or a code typed within the last fifteen minutes, at sign-in or since. A
post that comes later is answered with a page that asks for it and holds what was posted: nothing is typed twice or lost.
"""

from __future__ import annotations

import time

from flask import g, render_template, request, session
from flask_login import current_user

from core.data.models import User
from core.data.security import note
from core.kernel.accounts import password_fits
from core.kernel.hub import Hub
from core.kernel.second_factor import check_code
from core.text.i18n import T, Text
from core.web.frame.source import source
from core.web.frame.throttle import begin_attempt

FRESH = 15 * 60
TYPED = "_confirm"
"""Input with the password or code."""
OWN = ("csrf_token", TYPED)


def confirmed() -> bool:
    """Did the person show within the last fifteen minutes who they are?"""
    at = session.get("confirmed")
    return isinstance(at, int | float) and 0 <= time.time() - at < FRESH


def try_confirm(hub: Hub) -> None:
    """Look at what was typed on the page that asks. Called before the request's own transaction begins."""
    if confirmed() or TYPED not in request.form:
        return
    user, typed = current_user, request.form[TYPED][:500]
    attempt = begin_attempt(hub, user.email, source(user.email))
    if attempt.wait:
        note("confirm_waits", alarm=True)
        g.not_confirmed = told_to_wait(attempt.wait)
        return
    with hub.platform(write=False) as db:
        stored = db.get_one(User, user.id).password
    if password_fits(stored, typed) or check_code(hub, user.id, typed):
        attempt.right()
        note("confirmed")
        session["confirmed"] = time.time()
    else:
        attempt.wrong()
        note("confirm_failed", alarm=True)
        g.not_confirmed = T("This is neither your password nor a code of yours.")


def told_to_wait(seconds: int) -> Text:
    """The sentence for somebody who tried too often."""
    return T("Too many failed attempts. Wait {n} minutes and try again.", n=-(-seconds // 60))


def ask() -> tuple[str, int]:
    """The page that asks, with what was posted."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in OWN]
    page = render_template("hub/confirm_person.html", kept=kept, wrong=g.get("not_confirmed"), typed=TYPED)
    return page, 403
