"""The one gate in front of every address: language, sign-in, tenant, plugin, permission; then headers on the way out."""

from __future__ import annotations

import contextlib
import secrets
import time
from typing import Any

from flask import Flask, Response, abort, g, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.exceptions import SecurityError

from core.data.models import Membership, Tenant
from core.data.retry import BUSY
from core.data.security import origin
from core.data.tenancy import TenantSession
from core.errors import Denied, Unavailable
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.text.i18n import LOCALES, best_locale, set_locale
from core.web.frame import collisions, confirm, sessions
from core.web.frame.access import AccessMap
from core.web.frame.limits import limit
from core.web.frame.places import place
from core.web.frame.source import client_address
from core.web.frame.turns import Turns

MOST_FIELDS = 20_000
"""Fields of one form: the largest grid there is has 8,000 cells."""
READ = ("GET", "HEAD", "OPTIONS")


def install(app: Flask, hub: Hub, access: AccessMap) -> None:
    """Register the gate before every other request handler."""

    @app.before_request
    def _open() -> Any:
        if "started" not in g:  # a request that collided comes here again
            g.started = time.perf_counter()
            g.flashed = list(session.get("_flashes", ()))
        origin.set({"address": client_address()})
        g.csp_nonce = secrets.token_urlsafe(16)
        g.ctx = None
        set_locale(guess_locale())
        if isinstance(
            request.routing_exception, SecurityError
        ):  # a host we are not: nothing can be drawn for it
            return Response("This host is not served here.", 400, mimetype="text/plain")
        rule = access.get(request.endpoint)
        if request.endpoint is None or rule is None or rule.closed:
            abort(404)
        if rule.public:
            _readable()
            return None
        if not current_user.is_authenticated:
            if request.method not in READ:
                abort(401)
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        tenant = chosen_tenant(hub)
        if tenant is None:
            abort(403)
        user = UserInfo(
            current_user.id,
            current_user.email,
            current_user.name,
            current_user.locale,
            current_user.theme,
            current_user.operator,
        )
        set_locale(user.locale)
        origin.set({"address": client_address(), "who": user.email, "tenant": tenant.code})
        if rule.fresh and request.method not in READ:
            confirm.try_confirm(hub)
        write = request.method not in READ and collisions.refusal() is None
        if write and app.config["HUB_TURNS"] is not None:
            write = _turn(app.config["HUB_TURNS"])
        db = TenantSession(hub.engine, tenant.id, write=write, wait=collisions.LOCK_WAIT)
        with contextlib.ExitStack() as failed:  # nobody else would end its transaction
            failed.callback(collisions.end, db)
            g.ctx = ctx = hub.make_ctx(db, tenant, user, user.locale)
            failed.pop_all()
        if not ctx.is_on(rule.plugin):
            abort(404)
        if rule.permission and not ctx.can(rule.permission):
            abort(403)
        sessions.use(ctx, g.get("sign_in"))
        _readable()
        limit(app.config["HUB_LIMITS"], rule.limited, ctx)
        place(app.config["HUB_PLACES"], rule.limited, ctx)
        if session.get("enrol") and not sessions.may_wait(request.endpoint):
            if request.method not in READ:
                raise Denied("", sessions.ENROL)
            return redirect(sessions.ENROL_PAGE)
        if rule.fresh and request.method not in READ and not confirm.confirmed():
            return confirm.ask()
        return None

    @app.teardown_request
    def _close(_error: BaseException | None) -> None:
        turns = g.pop("turns", None)
        if turns is not None:
            turns.give()
        collisions.let_go()
        hub.failures.flush()  # outside the transaction that failed

    @app.after_request
    def _headers(response: Response) -> Response:
        nonce = g.get("csp_nonce", "")
        headers = response.headers
        headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
            "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'",
        )
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        headers.setdefault("X-Frame-Options", "DENY")
        if app.config["SESSION_COOKIE_SECURE"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if response.mimetype in ("text/html", "application/json"):
            headers["Cache-Control"] = "no-store"
        elif not (request.endpoint or "").endswith(
            "static"
        ):  # exports, and whatever else is made for one person
            headers.setdefault("Cache-Control", "no-store")
        if "started" in g:
            headers["Server-Timing"] = f"app;dur={(time.perf_counter() - g.started) * 1000:.1f}"
        return response


def _turn(turns: Turns) -> bool:
    """Take a turn at writing, kept for the whole request. Where there is none, what was typed is shown again and nothing
    saved; a request that cannot be shown again is told to come later."""
    if "turns" in g:
        return True
    if turns.take():
        g.turns = turns
        return True
    if "_key" not in request.form:
        raise Unavailable(BUSY)
    g.refusal = BUSY
    return False


def _readable() -> None:
    """413 for more fields than any page of ours has, before anything looks at them. Nobody types a NUL, and PostgreSQL keeps
    none: 400 for a request that carries one, before it reaches a query."""
    sent = [
        *request.args.items(multi=True),
        *request.form.items(multi=True),
        *(request.view_args or {}).items(),
    ]
    sent += [(name, upload.filename or "") for name, upload in request.files.items(multi=True)]
    if len(sent) > MOST_FIELDS:
        abort(413)
    if any("\0" in f"{name}{value}" for name, value in sent):
        abort(400)


def guess_locale() -> str:
    """The language of somebody who is not known: chosen before in this browser, or what it asks for."""
    chosen = request.cookies.get("hub_locale", "")
    return chosen if chosen in LOCALES else best_locale(request.headers.get("Accept-Language", ""))


def chosen_tenant(hub: Hub) -> TenantInfo | None:
    """The tenant the person chose and still belongs to; else the first of theirs. Never from a request field."""
    with hub.platform(write=False) as db:
        rows = db.execute(
            select(Tenant.id, Tenant.code, Tenant.name, Tenant.timezone, Tenant.demo)
            .join(Membership, Membership.tenant_id == Tenant.id)
            .where(Membership.user_id == current_user.id, Membership.active, Tenant.active)
            .order_by(Tenant.id)
        ).all()
    if not rows:
        return None
    g.tenants = [TenantInfo(*row) for row in rows]
    found: list[TenantInfo] = g.tenants
    wanted = session.get("tenant_id") or current_user.last_tenant_id
    return next((t for t in found if t.id == wanted), found[0])
