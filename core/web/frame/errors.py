"""Errors as pages that say what happened and what to do; raw exceptions stay in the log."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from core.data.retry import BUSY, is_passing
from core.errors import Denied, HubError, NotFound, PluginFailed, Unavailable
from core.kernel.blame import culprit
from core.text.i18n import T
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
        return render_template("hub/error.html", status=status, message=message), status

    @app.errorhandler(HubError)
    def _hub(error: HubError) -> tuple[str, int]:
        status = 404 if isinstance(error, NotFound) else 403 if isinstance(error, Denied) else 422
        return page(status, error.message)

    @app.errorhandler(Unavailable)
    def _unavailable(error: Unavailable) -> Response:
        return Response(page(503, error.message)[0], 503, {"Retry-After": "5"})

    @app.errorhandler(PluginFailed)
    def _plugin(error: PluginFailed) -> tuple[str, int]:
        return page(500, error.message)

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> tuple[str, int]:
        return typed_again() or page(
            400, T("This form has expired or was not sent from here. Go back, reload the page and try again.")
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        if error.code == 401 and (again := typed_again()) is not None:
            return again
        return page(error.code, WORDS.get(error.code, T("This did not work.")))

    @app.errorhandler(Exception)
    def _other(error: Exception) -> Any:
        if is_passing(error):  # a post that keeps no form; whoever sends it again finds nothing half done
            return Response(page(503, BUSY)[0], 503, {"Retry-After": "5"})
        if app.testing:
            raise error
        ctx, hub = g.get("ctx"), app.extensions["hub"]
        whose, where = (
            culprit(error, hub.plugins) or "core",
            ctx.tenant.code if ctx is not None else "no tenant",
        )
        app.logger.exception("unhandled error at %s for %s, from plugin %s", request.path, where, whose)
        return page(500, WORDS[500])
