"""Each request has a number and leaves one line: who, company, route, answer, time, statements; and what the security log says
happened in it (:mod:`core.data.security`), whose rows are written when the request is over."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask_login import current_user
from sqlalchemy import event

from core.data import security
from core.kernel.hub import Hub
from core.kernel.logs import REQUEST

log = logging.getLogger("hub.requests")
HEADER = "X-Request-ID"
_FITS = re.compile(r"[A-Za-z0-9._-]{8,64}")


def install(app: Flask, hub: Hub) -> None:
    """Number and note requests. Before the gate, so that those are noted too that it turns away."""
    event.listen(hub.engine, "before_cursor_execute", _count)
    slow = hub.config.slow_ms

    @app.before_request
    def _number() -> None:
        if "request_id" not in g:  # one that is begun anew stays the same request
            g.request_id, g.begun, g.statements = _given() or secrets.token_hex(8), time.perf_counter(), 0
            REQUEST.set(g.request_id)
            security.heard.set([])

    @app.after_request
    def _note(response: Response) -> Response:
        if "request_id" not in g:
            return response
        response.headers[HEADER] = g.request_id
        if (request.endpoint or "").endswith("static"):
            return response
        facts = request_facts(response)
        if figures := app.extensions.get("hub_figures"):
            figures.count(facts)
        level = logging.INFO
        if facts["ms"] >= slow:
            facts["slow"], level = True, logging.WARNING
        if response.status_code >= 500 or any(said.alarm for said in security.heard.get() or ()):
            level = logging.WARNING
        words = f"{facts['method']} {facts['route']} {facts['status']}"
        log.log(level, words, extra={"facts": facts})
        return response

    @app.teardown_request
    def _over(_error: BaseException | None) -> None:
        said = (
            security.heard.get()
        )  # the last of all that happens at the end: the request's own transaction is over
        security.heard.set(None)
        REQUEST.set("")
        if said:
            security.keep(hub.engine, said)


def request_facts(response: Response) -> dict[str, Any]:
    """What is noted of this request."""
    ctx = g.get("ctx")
    facts: dict[str, Any] = {
        "request": g.request_id,
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule is not None else "none",
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.begun) * 1000, 1),
        "sql": g.statements,
        "address": request.remote_addr or "?",
    }
    if ctx is not None:
        facts |= {"tenant": ctx.tenant.code, "user": ctx.user.id if ctx.user is not None else None}
    elif "_login_user" in g and g._login_user.is_authenticated:
        facts["user"] = current_user.id
    said = [each.event for each in security.heard.get() or ()]
    taken = response.headers.get("Content-Disposition", "").startswith("attachment")
    if taken and response.status_code == 200 and "export" not in said:
        security.note("file_taken", route=facts["route"])
        said.append("file_taken")
    if said:
        facts["event"] = ",".join(dict.fromkeys(said))
    return facts


def _given() -> str:
    """The number that a trusted proxy gave; nobody else's word counts."""
    trusted = request.environ.get("werkzeug.proxy_fix.orig") is not None
    number = request.headers.get(HEADER, "") if trusted else ""
    return number if _FITS.fullmatch(number) else ""


def _count(*_: Any) -> None:
    if has_request_context() and "statements" in g:
        g.statements += 1
