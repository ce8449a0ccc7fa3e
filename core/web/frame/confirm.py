"""Asking again who is there before something weighty: rights, people, features, one's own second factor.

A route that is declared ``fresh`` wants the password, a code or a passkey within the last fifteen minutes, at sign-in or since.
A post that comes later is answered with a page that asks for it and holds what was posted: nothing is typed twice or lost.
"""

from __future__ import annotations

import time

from flask import g, render_template, request, session
from flask_login import current_user

from core.data.models import User
from core.data.security import note
from core.kernel.accounts import password_fits
from core.kernel.hub import Hub
from core.kernel.passkeys import ANSWER, Place, ask_passkey, check_passkey
from core.kernel.second_factor import check_code
from core.text.i18n import T, Text
from core.web.frame.source import source
from core.web.frame.throttle import begin_attempt

FRESH = 15 * 60
TYPED = "_confirm"
"""Input with the password or code."""
GIVEN = "_passkey"
"""Input with what a passkey answered."""
CHALLENGE = "confirm_passkey"
"""In the session: what a passkey has to sign."""
OWN = ("csrf_token", TYPED, GIVEN)


def confirmed() -> bool:
    """Did the person show within the last fifteen minutes who they are?"""
    at = session.get("confirmed")
    return isinstance(at, int | float) and 0 <= time.time() - at < FRESH


def try_confirm(hub: Hub) -> None:
    """Look at what was typed or signed on the page that asks. Called before the request's own transaction begins."""
    if confirmed() or not (TYPED in request.form or GIVEN in request.form):
        return
    user = current_user
    attempt = begin_attempt(hub, user.email, source(user.email))
    if attempt.wait:
        note("confirm_waits", alarm=True)
        g.not_confirmed = told_to_wait(attempt.wait)
        return
    if _fits(hub, user.id):
        attempt.right()
        note("confirmed")
        session["confirmed"] = time.time()
    else:
        attempt.wrong()
        note("confirm_failed", alarm=True)
        g.not_confirmed = T("This is neither your password nor a code of yours.")


def _fits(hub: Hub, user_id: int) -> bool:
    """Does what was sent show that it is this person? A challenge is good for one answer."""
    typed, answer, challenge = (
        request.form.get(TYPED, ""),
        request.form.get(GIVEN, ""),
        session.pop(CHALLENGE, ""),
    )
    if answer:
        return check_passkey(hub, user_id, passkey_place(), challenge, answer[:ANSWER])
    with hub.platform(write=False) as db:
        stored = db.get_one(User, user_id).password
    return password_fits(stored, typed[:500]) or check_code(hub, user_id, typed[:500])


def passkey_place() -> Place:
    """Where the browser is, for passkeys."""
    return Place(request.host.rsplit(":", 1)[0], request.host_url.rstrip("/"))


def told_to_wait(seconds: int) -> Text:
    """The sentence for somebody who tried too often."""
    return T("Too many failed attempts. Wait {n} minutes and try again.", n=-(-seconds // 60))


def ask() -> tuple[str, int]:
    """The page that asks, with what was posted."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in OWN]
    with g.ctx.hub.platform(write=False) as db:
        asked = ask_passkey(db, current_user.id, passkey_place())
    if asked is not None:
        session[CHALLENGE] = asked.challenge
    page = render_template(
        "hub/confirm_person.html", kept=kept, wrong=g.get("not_confirmed"), typed=TYPED, given=GIVEN,
        options=asked and asked.options,
    )  # fmt: skip
    return page, 403
