"""Signing in: Flask-Security with argon2, and failures counted in the database so that guessing is slow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, request
from flask_security import Security, UserMixin
from flask_security.datastore import SQLAlchemySessionUserDatastore
from flask_security.forms import LoginForm
from sqlalchemy import delete, func, select
from sqlalchemy.orm import scoped_session

from core.hub import Hub
from core.i18n import T
from core.models import LoginAttempt, User
from core.tenancy import PlatformSession
from core.web.access import Access, AccessMap

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 5, 30


class NoRole:
    """Flask-Security wants a role model; the hub's roles live in tenants, not in logins."""


class SignInUser(UserMixin, User):
    """The user row with what the login needs of it; the model itself knows no Flask."""

    __allow_unmapped__ = True
    roles: tuple[str, ...] = ()


def install(app: Flask, hub: Hub, access: AccessMap) -> None:
    """Set Flask-Security up over the global user table."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_HASH_OPTIONS={
            "argon2__rounds": 2,
            "argon2__memory_cost": 19 * 1024,
            "argon2__parallelism": 1,
        },
        SECURITY_PASSWORD_SALT="unused: argon2 salts each hash",
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
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_USE_REGISTER_V2=False,
        SECURITY_JOIN_USER_ROLES=False,
    )
    sessions = scoped_session(lambda: PlatformSession(hub.engine, write=False))
    app.teardown_request(lambda _error: sessions.remove())
    datastore = SQLAlchemySessionUserDatastore(sessions, SignInUser, NoRole)
    Security(app, datastore, login_form=_login_form(hub))
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "security.login":
            access.declare(rule.endpoint, Access(public=True))
        elif rule.endpoint == "security.logout":
            access.declare(rule.endpoint, Access())
        elif rule.endpoint.startswith(("security.", "fs_")):
            access.declare(
                rule.endpoint, Access(public=rule.endpoint.endswith(".static"), permission="core.never")
            )


def _login_form(hub: Hub) -> type[LoginForm]:
    class ThrottledLogin(LoginForm):
        """The sign-in form; too many failures for an account or from an address must wait."""

        def validate(self, **kw: Any) -> bool:
            email = (self.email.data or "").strip().lower()[:255]
            address = request.remote_addr or "?"
            if too_many(hub, email, address):
                self.form_errors.append(str(T("Too many failed attempts. Wait 15 minutes and try again.")))
                return False
            valid = bool(super().validate(**kw))
            note(hub, email, address, valid)
            if not valid:
                self.form_errors.append(str(T("E-mail or password is wrong.")))
            return valid

    return ThrottledLogin


def too_many(hub: Hub, email: str, address: str) -> bool:
    """Has this account from this address, or the address altogether, failed too often in the last 15 minutes?"""
    since = datetime.now(UTC) - WINDOW
    with hub.platform(write=False) as db:
        count = select(func.count()).select_from(LoginAttempt).where(LoginAttempt.at > since)
        pair = db.scalar(count.where(LoginAttempt.email == email, LoginAttempt.address == address)) or 0
        whole = db.scalar(count.where(LoginAttempt.address == address)) or 0
    return pair >= PER_ACCOUNT or whole >= PER_ADDRESS


def note(hub: Hub, email: str, address: str, valid: bool) -> None:
    """Remember a failure; a success clears the account's failures from this address."""
    now = datetime.now(UTC)
    with hub.platform() as db:
        db.execute(delete(LoginAttempt).where(LoginAttempt.at < now - timedelta(days=1)))
        if valid:
            db.execute(
                delete(LoginAttempt).where(LoginAttempt.email == email, LoginAttempt.address == address)
            )
        else:
            db.add(LoginAttempt(email=email, address=address, at=now))
