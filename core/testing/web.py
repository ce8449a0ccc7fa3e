"""A browser-like client: signed in, and sending what every form of the hub carries (CSRF token, a key of its own)."""

from __future__ import annotations

import secrets
import time
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from core.data.models import User
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.hub import Hub


class HubClient(FlaskClient):
    """Flask's test client, with ``post`` as a form of the hub would send it. ``bare=True`` leaves token and key out."""

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
            kw["data"] = {**hidden, **(data or {})}
        return super().post(*args, **kw)
