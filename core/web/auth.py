"""Signing in and out: Flask-Security with argon2, and failures counted in the database so that guessing is slow.

Of Flask-Security only /login and /logout are used; everything else it brings is closed. What is not used is off: tokens,
JSON, "remember me". How sessions end: :mod:`core.web.frame.sessions`; changing or losing the password ends them all.
"""

from __future__ import annotations

import time
from typing import Any, cast

from flask import Flask, Response, current_app, g, redirect, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security import Security, UserMixin
from flask_security.datastore import SQLAlchemySessionUserDatastore
from flask_security.forms import LoginForm
from flask_security.utils import login_user, set_request_attr
from sqlalchemy import select
from sqlalchemy.orm import scoped_session
from wtforms import PasswordField, StringField

from core.data.models import User
from core.data.security import note
from core.data.signing import SignIn
from core.data.tenancy import PlatformSession
from core.kernel.accounts import password_fits
from core.kernel.hub import Hub
from core.kernel.second_factor import has_factor
from core.text.i18n import T
from core.web.frame import sessions as signed_in
from core.web.frame import source as sources
from core.web.frame.access import Access, AccessMap
from core.web.frame.confirm import told_to_wait
from core.web.frame.source import remember_browser, source
from core.web.frame.throttle import begin_attempt
from core.web.screens.page import local

SECOND_STEP, HALF_SECONDS = "/second-step/", 600
KEPT_AT_SIGN_IN = ("_user_id", "_fresh", "_id")


class NoRole:
    """Flask-Security wants a role model; the hub's roles live in tenants, not in logins."""


class SignInUser(UserMixin, User):
    """The user row with what the login needs of it; the model itself knows no Flask."""

    __allow_unmapped__ = True
    roles: tuple[str, ...] = ()  # type: ignore[assignment]


def install(app: Flask, hub: Hub, access: AccessMap) -> None:
    """Set Flask-Security up over the global user table."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SALT="unused: argon2 salts each hash",  # noqa: S106
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_LOGIN_USER_TEMPLATE="security/login_user.html",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_REDIRECT_VALIDATE_MODE=["absolute"],
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_CHANGEABLE=False,
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_JOIN_USER_ROLES=False,
    )
    sessions: scoped_session[Any] = scoped_session(lambda: PlatformSession(hub.engine, write=False))  # type: ignore[arg-type]
    app.teardown_request(lambda _error: sessions.remove())
    datastore = SQLAlchemySessionUserDatastore(sessions, SignInUser, NoRole)  # type: ignore[arg-type]
    security = Security(app, datastore, login_form=_login_form(hub, sessions))
    security.want_json(lambda _request: False)
    _sessions(app, hub, sessions)
    sources.install(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "security.login":
            access.declare(rule.endpoint, Access(public=True))
        elif rule.endpoint == "security.logout":
            access.declare(rule.endpoint, Access())
        elif rule.endpoint.startswith(("security.", "fs_")):
            access.declare(rule.endpoint, Access(closed=True))


def _sessions(app: Flask, hub: Hub, sessions: scoped_session[Any]) -> None:
    """A session that the hub may end, begun anew at sign-in; no sign-in by token, nothing left behind at sign-out."""
    manager: Any = app.extensions["security"].login_manager

    @manager.user_loader
    def _load(mark: str) -> Any:
        known = select(SignInUser, SignIn).join(SignIn, SignIn.mark == signed_in.session_mark(), isouter=True)
        found = sessions.execute(known.where(User.fs_uniquifier == mark, User.active)).one_or_none()
        if found is None or not signed_in.goes_on(hub, found[1]):
            return None
        g.sign_in = found[1]
        set_request_attr("fs_authn_via", "session")
        return found[0]

    manager.request_loader(None)

    @user_logged_in.connect_via(app)
    def _fresh(_app: Flask, user: User, **_kw: Any) -> None:
        kept = {name: session[name] for name in KEPT_AT_SIGN_IN if name in session}
        session.clear()
        session.update(kept)
        signed_in.begin_session(hub, user.id)
        note("sign_in", who=user.email)
        g.speaks = user.locale

    @user_logged_out.connect_via(app)
    def _ended(_app: Flask, user: User, **_kw: Any) -> None:
        if g.get("ctx") is not None:
            g.ctx.session.rollback()  # one writer at a time on the embedded engine
        signed_in.end_session(hub, user.id)
        note("sign_out", who=user.email)
        session.clear()

    app.extensions["hub_signals"] = (_fresh, _ended)  # blinker holds its receivers weakly

    @app.after_request
    def _second_step(response: Response) -> Response:
        if "half" in g:
            return cast(Response, redirect(SECOND_STEP))
        return response

    @app.after_request
    def _stay_here(response: Response) -> Response:
        if request.endpoint == "security.login" and response.status_code == 302:
            response.location = local(request.form.get("next") or request.args.get("next"), "/")
        return response

    @app.after_request
    def _speak(response: Response) -> Response:
        if "speaks" in g:  # the sign-in page speaks the person's language, too, when the session has ended
            response.set_cookie("hub_locale", g.speaks, max_age=31536000, samesite="Lax", httponly=True)
        return response

    @app.after_request
    def _wait(response: Response) -> Response:
        if "wait" in g:
            response.status_code = 429
            response.headers["Retry-After"] = str(g.wait)
        return response

    @app.after_request
    def _leave_nothing(response: Response) -> Response:
        if request.endpoint == "security.logout" and request.method == "POST" and response.status_code < 400:
            # not the cookies: by one of them the browser stays known, and the session has ended without them
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def renew_session(mark: str) -> None:
    """Go on in this session after the person's mark changed (a new password): their other sessions have ended."""
    session["_user_id"] = mark


def half_way(user: User) -> None:
    """The password was right; the person is not signed in before the second step."""
    target = local(request.form.get("next") or request.args.get("next"), "/")
    session.clear()
    session["half"] = {"mark": user.fs_uniquifier, "at": time.time(), "next": target}
    g.half = True


def half_signed_in() -> SignInUser | None:
    """Who has typed the right password in this browser within ten minutes, and a second factor not yet."""
    half = session.get("half") or {}
    if not 0 <= time.time() - half.get("at", 0) < HALF_SECONDS:
        return None
    found = current_app.extensions["security"].datastore.find_user(fs_uniquifier=half["mark"])
    return found if found is not None and found.active else None


def finish_sign_in(user: SignInUser) -> str:
    """Both steps are done: the session begins. Returns where the person wanted to go."""
    target: str = session["half"]["next"]
    login_user(user, remember=False, authn_via=["password", "authenticator"])
    remember_browser(user.email)
    return target


def _account(typed: str) -> str:
    """What the log says of an account: an address; in its place others type their password."""
    return typed if "@" in typed[1:-1] else "?"


def _login_form(hub: Hub, sessions: scoped_session[Any]) -> type[LoginForm]:
    class ThrottledLogin(LoginForm):
        """The sign-in form. One sentence for every failure; too many for an account or from an address must wait."""

        email = StringField()
        password = PasswordField()
        remember = None

        def validate(self, **kw: Any) -> bool:
            if request.is_json:
                return False
            email = (self.email.data or "").strip().lower()[:255]
            attempt = begin_attempt(hub, email, source(email))
            if attempt.wait:
                note("sign_in_waits", alarm=True, who=_account(email))
                g.wait = attempt.wait
                self.form_errors = [str(told_to_wait(attempt.wait))]
                return False
            user = sessions.scalars(select(SignInUser).where(User.email == email)).one_or_none()
            fits = password_fits(user.password if user is not None else None, self.password.data or "")
            if user is None or not fits or not user.active:
                attempt.wrong()
                note("sign_in_failed", alarm=True, who=_account(email))
                self.form_errors = [str(T("E-mail or password is wrong."))]
                return False
            attempt.right()
            if has_factor(sessions(), user.id):
                half_way(user)
                return False
            remember_browser(email)
            self.user = user
            return True

    return ThrottledLogin
