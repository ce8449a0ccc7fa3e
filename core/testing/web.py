"""A browser-like client: signed in, and sending what every form of the hub carries (CSRF token, a key of its own)."""

from __future__ import annotations

import secrets
import time
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from core.data.models import User
from core.data.tenancy import TenantSession
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.values import parse_id


class HubClient(FlaskClient):
    """Flask's test client, with ``post`` as a form of the hub would send it. ``bare=True`` leaves all of it out."""

    tenant: TenantInfo | None = None

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.seen: dict[str, dict[str, str]] = {}

    def sign_in(self, user: UserInfo, tenant: TenantInfo | None = None) -> HubClient:
        """Be ``user`` (working in ``tenant``) without going through the sign-in form."""
        hub: Hub = self.application.extensions["hub"]
        with hub.platform(write=False) as db:
            unique = db.scalar(select(User.fs_uniquifier).where(User.id == user.id))
        with self.session_transaction() as session:
            session["_user_id"] = unique
            session["_fresh"] = True
            session["sid"], session["of"] = secrets.token_hex(8), tenant.id if tenant is not None else 0
            session["since"] = session["seen"] = session["confirmed"] = time.time()
            if tenant is not None:
                session["tenant_id"] = tenant.id
        self.tenant = tenant
        return self

    def csrf_token(self) -> str:
        """A token that fits this client's session."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        signer = URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token")
        token = signer.dumps(raw)
        return token.decode() if isinstance(token, bytes) else token

    def post(self, *args: Any, bare: bool = False, **kw: Any) -> Any:
        """POST; a dict of ``data`` gets the hidden inputs of a form unless it brings its own."""
        data = kw.get("data")
        if not bare and (data is None or isinstance(data, dict)) and "json" not in kw:
            hidden = {"csrf_token": self.csrf_token(), "_key": secrets.token_urlsafe(18)}
            sent = {**hidden, **(data or {})}
            if "_version" not in sent:
                key = sent["_key"]  # who sends a form twice sends what it said at first
                if key not in self.seen:
                    self.seen[key] = self._version(str(args[0] if args else kw["path"]), sent.get("row", ()))
                sent = {**self.seen[key], **sent}
            kw["data"] = sent
        return super().post(*args, **kw)

    def _version(self, path: str, ticked: Any) -> dict[str, Any]:
        """The version of the row that an address names, or those of the ``ticked`` ones of a list, as a form that was opened
        just now carries them."""
        hub: Hub = self.application.extensions["hub"]
        try:
            endpoint, given = self.application.url_map.bind("localhost").match(path.partition("?")[0], "POST")
        except HTTPException:
            return {}
        kind = str(endpoint).partition(".")[0]
        entity = next((e for e in hub.registry.entities.values() if e.name.replace(".", "_") == kind), None)
        if (
            self.tenant is None
            or entity is None
            or not ("row_id" in given or ticked)
            or not hasattr(entity.model, "version")
        ):
            return {}
        engine = hub.engine.execution_options(hub_test=True)  # counted by nobody
        model: Any = entity.model
        ids = [given["row_id"]] if "row_id" in given else [parse_id(str(row_id)) or 0 for row_id in ticked]
        with TenantSession(engine, self.tenant.id, write=False) as db:
            seen = db.execute(select(model.id, model.version).where(model.id.in_(ids))).all()
        if "row_id" in given:
            return {"_version": str(seen[0].version)} if seen else {}
        return {"seen": [f"{row_id}:{version}" for row_id, version in seen]}
