"""What was typed when a session had ended: nothing is saved, and it is there again after signing in.

A form that comes without a valid token, or from nobody, is answered with all its fields in a page. Once its person has signed
in (in another tab, however that goes), the page shows them again with a fresh token, and what is sent then is handled as
ever. Only for forms that this site sent (``Sec-Fetch-Site``, ``Origin``), and only for whom they were made: each form's key
says so (:func:`new_key`). The fields are in the page alone, nothing is kept on the server; files are chosen again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import current_app, g, render_template, request
from flask_login import current_user

from core.text.i18n import T, set_locale
from core.web.frame import confirm, gate
from core.web.frame.access import AccessMap

OWN = (*confirm.OWN, "_again")
SHOWN = 200
"""Values that are listed for the person to look at; all of them are in the form."""


def new_key() -> str:
    """A key for a form: it is sent once, and it was made for this person in this company."""
    random = secrets.token_urlsafe(18)
    ctx = g.get("ctx")
    if ctx is None or ctx.user is None:
        return random
    return f"{random}.{_mark(random, ctx.user.id, ctx.tenant.id)}"


def made_for(key: str, user: int, tenant: int) -> bool:
    """Was a form with this key made for this person in this company?"""
    random, _, mark = key.partition(".")
    return hmac.compare_digest(mark.encode(), _mark(random, user, tenant).encode())


def _mark(random: str, user: int, tenant: int) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"form:{random}:{user}:{tenant}".encode(), hashlib.sha256).hexdigest()[:16]


def typed_again() -> tuple[str, int] | None:
    """The page with everything that was typed; None for what is no form of this site's own pages."""
    access: AccessMap = current_app.extensions["hub_access"]
    rule, key = access.get(request.endpoint), request.form.get("_key", "")
    if request.method != "POST" or rule is None or rule.public or rule.program or rule.closed:
        return None
    if not key or not _from_here():
        return None
    if not current_user.is_authenticated:
        set_locale(gate.guess_locale())
        return _page(signed_in=False), 401
    set_locale(current_user.locale)
    tenant = gate.chosen_tenant(current_app.extensions["hub"])
    if tenant is None or not made_for(key, current_user.id, tenant.id):
        words = T("This was typed by somebody else, or for another company. Nothing was saved.")
        return render_template("hub/error.html", status=403, message=words), 403
    return _page(signed_in=True), 409


def _page(*, signed_in: bool) -> str:
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in OWN]
    seen = [(_label(name), value) for name, value in fields if value.strip() and not name.startswith("_")]
    return render_template(
        "hub/resume.html", signed_in=signed_in, fields=fields, seen=seen[:SHOWN], more=max(0, len(seen) - SHOWN),
        uploads=sorted(set(request.files)), address=request.full_path.rstrip("?"),
    )  # fmt: skip


def _label(name: str) -> str:
    """What people call an input of the form of a document: a field, or a row of a table with its field; else its own name."""
    registry = current_app.extensions["hub"].registry
    kind = (request.endpoint or "").partition(".")[0]
    entity = next((e for e in registry.entities.values() if e.name.replace(".", "_") == kind), None)
    if entity is None:
        return name
    table, _, rest = name.partition("-")
    row, _, inner = rest.partition("-")
    tables = {t.name: t for t in entity.children}
    if table in tables and row.isdecimal():
        labels = {f.name: f.label for f in tables[table].fields}
        return f"{tables[table].label} {int(row) + 1}: {labels.get(inner, inner)}"
    return str({f.name: f.label for f in entity.fields}.get(name, name))


def _from_here() -> bool:
    """Was it sent by a page of this site? What does not say so was not."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc == request.host
    except ValueError:
        return False
