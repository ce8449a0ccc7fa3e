"""A call: who it is from, its unit of work, and the answer, whatever happens."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from core.api import Ctx, NotFound, Problem, Refused, T
from core.base_api import Denied, HubError, PluginFailed, best_locale, locale_scope, outage
from core.ledger import retrying
from core.remote import claim_key, keep_answer, parse_json
from core.values import parse_id
from core.web.api import hub
from core.web.base_api import note, report_error
from plugins.rest.services.problems import problem, problem_of
from plugins.rest.services.tokens import Caller, authenticate
from plugins.rest.words import RIGHT

log = logging.getLogger("hub.rest")


@dataclass
class Answer:
    """What a call is answered with: JSON, or the bytes of a file."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    media_type: str = "application/json"


def answered(work: Callable[[Ctx], Answer], *, changes: bool = False) -> Response:
    """``work`` as the person whose token came, in a unit of work of its own; what goes wrong as a problem.

    ``changes``: it may write, once for each ``Idempotency-Key``, and is begun anew after a collision.
    """
    locale = best_locale(request.headers["Accept-Language"]) if "Accept-Language" in request.headers else ""
    with locale_scope(locale or "en"):
        try:
            caller = authenticate(hub(), request.headers.get("Authorization", ""))
            if caller is None:
                note("program refused", alarm=True, path=request.path)
                return _told(problem(401), {"WWW-Authenticate": 'Bearer realm="OEM Hub"'})
        except Exception as error:  # noqa: BLE001 - told below
            return _failed(error)
    locale = locale or caller.user.locale
    with locale_scope(locale):
        if changes and caller.read_only:
            return _told(problem(403, T("This token may only read.")))
        try:
            return _sent(_carried_out(caller, work, locale, changes=changes))
        except Exception as error:  # noqa: BLE001 - told below
            return _failed(error)


def sent_json() -> dict[str, Any]:
    """The body, a JSON object; decimals stay exact. Refused for anything else."""
    raw = request.get_data(cache=True)
    found = parse_json(raw) if raw else {}
    if not isinstance(found, dict):
        raise Refused(T("A payload is a JSON object."))
    return found


def version_seen(*, needed: bool) -> int | None:
    """The version that ``If-Match`` names; None for ``*``, and where it may be left out. Refused for anything else."""
    raw = request.headers.get("If-Match", "").strip()
    if not raw and needed:
        raise VersionNeeded(T("Say which version you saw: If-Match."))
    if raw in ("", "*"):
        return None
    digits = raw.removeprefix("W/").strip('"')
    found = parse_id(digits)
    if found is None:
        raise Refused([Problem(T("“{value}” is not a number.", value=digits[:40]), "If-Match")])
    return found


class VersionNeeded(HubError):
    """A change without the version that the caller saw."""


def _carried_out(caller: Caller, work: Callable[[Ctx], Answer], locale: str, *, changes: bool) -> Answer:
    rights = hub().registry.permissions

    def lets_through(name: str) -> bool:
        return caller.lets_through(name, rights[name].plugin)

    def inside(ctx: Ctx) -> Answer:
        if not ctx.is_on("rest"):
            raise NotFound(T("There is nothing here."))
        ctx.require(RIGHT)
        return _once(ctx, caller, work) if changes else work(ctx)

    if changes:
        return retrying(hub(), caller.tenant, inside, caller.user, locale=locale, only=lets_through)
    with hub().context(caller.tenant, caller.user, write=False, locale=locale, only=lets_through) as ctx:
        return inside(ctx)


def _once(ctx: Ctx, caller: Caller, work: Callable[[Ctx], Answer]) -> Answer:
    """A call that names an ``Idempotency-Key`` is carried out once: sent again, it is told where to find what it made."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return work(ctx)
    if not 8 <= len(key) <= 200 or not key.isprintable():
        raise Refused([Problem(T("A key has 8 to 200 characters."), "Idempotency-Key")])
    stored = "api:" + hashlib.sha256(f"{caller.token_id}\0{key}".encode()).hexdigest()[:56]
    said = f"{request.method}\0{request.full_path}\0{request.headers.get('If-Match', '')}\0".encode()
    first = claim_key(ctx, stored, hashlib.sha256(said + request.get_data(cache=True)).hexdigest())
    if first is not None:
        status, _, place = first.partition(" ")
        headers = {"Idempotent-Replayed": "true", **({"Location": place} if place else {})}
        return Answer(None, int(status), headers)
    found = work(ctx)
    keep_answer(ctx, stored, f"{found.status} {found.headers.get('Location', '')}")
    return found


def _sent(answer: Answer) -> Response:
    if answer.content is not None:
        response = Response(answer.content, answer.status, content_type=answer.media_type)
    elif answer.body is None:
        response = Response(status=answer.status)
    else:
        response = Response(_json(answer.body), answer.status, content_type="application/json")
    response.headers.update(answer.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    response = Response(_json(body), body["status"], content_type="application/problem+json")
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    return response


def _json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _failed(error: Exception) -> Response:
    if isinstance(error, VersionNeeded):
        return _told(problem(428))
    if isinstance(error, HubError):
        if isinstance(error, Denied):
            note("denied", alarm=True, method=request.method, path=request.path, permission=error.permission)
        return _told(problem_of(error))
    if found := outage(error):
        status, words = found
        return _told(problem(status, words), {"Retry-After": "60" if status == 507 else "5"})
    if isinstance(error, HTTPException) and error.code in (400, 404, 405, 413, 415):
        return _told(problem(error.code))
    if isinstance(error, PluginFailed):
        return _told(problem(500, error.message))
    report_error(error)
    return _told(problem(500))
