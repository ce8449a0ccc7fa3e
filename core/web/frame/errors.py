"""Errors as pages that say what happened and what to do; raw exceptions stay in the log."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from core.data.retry import AWAY, BUSY, NO_ROOM, is_full, is_lost, is_passing
from core.data.security import note
from core.errors import Denied, HubError, NotFound, PluginFailed, Unavailable
from core.kernel.blame import culprit
from core.text.i18n import T
from core.web.frame.collisions import AGAIN_IN, let_go, refusal
from core.web.frame.limits import TooOften
from core.web.frame.resume import typed_again

WORDS = {
    400: T("The request could not be understood."),
    401: T("Please sign in."),
    403: T("You do not have the right to see this."),
    404: T("There is nothing here."),
    405: T("This cannot be done that way."),
    413: T(
        "This is too large: at most 20 MB of files and 20,000 fields at once. Nothing was saved; send it in parts."
    ),
    500: T("Something went wrong on our side. Nothing was saved."),
}


def install(app: Flask) -> None:
    """Register the error pages."""

    def page(status: int, message: Any) -> tuple[str, int]:
        ctx = g.get("ctx")
        if ctx is not None:
            ctx.session.rollback()
        if status in (401, 403):
            note("denied", alarm=True, method=request.method, path=request.path)
        return render_template("hub/error.html", status=status, message=message), status

    def later(status: int, message: Any) -> Response:
        return Response(page(status, message)[0], status, {"Retry-After": AGAIN_IN[status]})

    @app.errorhandler(HubError)
    def _hub(error: HubError) -> Any:
        if refusal() is NO_ROOM:
            return later(507, NO_ROOM)
        status = 404 if isinstance(error, NotFound) else 403 if isinstance(error, Denied) else 422
        return page(status, error.message)

    @app.errorhandler(Unavailable)
    def _unavailable(error: Unavailable) -> Response:
        return later(503, error.message)

    @app.errorhandler(PluginFailed)
    def _plugin(error: PluginFailed) -> tuple[str, int]:
        app.logger.error(
            "%s %s: plugin %s failed: %s", request.method, request.path, error.plugin, error.cause
        )
        return page(500, error.message)

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> tuple[str, int]:
        note("form_token_refused", alarm=True, method=request.method, path=request.path)
        return typed_again() or page(
            400, T("This form has expired or was not sent from here. Go back, reload the page and try again.")
        )

    @app.errorhandler(TooOften)
    def _often(error: TooOften) -> Response:
        return Response(page(429, error.words)[0], 429, {"Retry-After": str(error.wait)})

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        if current_app.extensions["hub_access"].is_for_programs(
            current_app, request.path
        ):  # a program reads no page
            told = json.dumps({"type": "about:blank", "title": error.name, "status": error.code})
            return Response(told, error.code, content_type="application/problem+json")
        if error.code == 401 and (again := typed_again()) is not None:
            return again
        return page(error.code, WORDS.get(error.code, T("This did not work.")))

    @app.errorhandler(Exception)
    def _other(error: Exception) -> Any:
        if is_passing(error):  # a post that keeps no form; whoever sends it again finds nothing half done
            return later(503, BUSY)
        if is_full(error):
            app.logger.error("no room left on the disk: %s %s", request.method, request.path)
            return later(507, NO_ROOM)
        if is_lost(error):
            app.logger.error("the database is away: %s %s", request.method, request.path)
            let_go()
            g.ctx = None  # nothing more can be read, not even who this is
            g._login_user = AnonymousUserMixin()
            return later(503, AWAY)
        report_error(error)
        if app.testing:
            raise error
        return page(500, WORDS[500])


def report_error(error: Exception) -> None:
    """An error that nobody foresaw: the log says address, company and plugin, and the company's failures have it."""
    ctx, hub = g.get("ctx"), current_app.extensions["hub"]
    whose = culprit(error, hub.plugins) or "core"
    where = ctx.tenant.code if ctx is not None else "no tenant"
    current_app.logger.error(
        "unhandled error at %s for %s, from plugin %s", request.path, where, whose, exc_info=error
    )
    if ctx is not None:
        rule = request.url_rule.rule if request.url_rule is not None else "no address"
        hub.failures.note(ctx.tenant.id, whose, f"{request.method} {rule}", error)
