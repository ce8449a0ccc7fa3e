"""Programs that call with a token."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from core.api import Ctx
from core.kernel import enablement
from plugins.rest.services import tokens


@dataclass
class Program:
    """Calls with the token that it was given; ``call`` returns (status, body or None, response)."""

    client: Any
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, Any]:
        """One call under ``/api/v1``; ``If_Match="…"`` is a header."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        reply = self.client.open(
            path if path.startswith("/api/") else f"/api/v1/{path}",
            method=method,
            data=data,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **sent},
        )
        told = json.loads(reply.data) if reply.data and "json" in (reply.content_type or "") else None
        return reply.status_code, told, reply

    def get(self, path: str) -> Any:
        """The body of a read that succeeds."""
        status, told, reply = self.call("GET", path)
        assert status == 200, (status, reply.data)
        return told


@pytest.fixture
def samples_on(ctx: Ctx) -> Ctx:
    """The tenant with the samples plugin on."""
    enablement.enable_plugin(ctx, "samples")
    ctx.session.commit()
    return ctx


@pytest.fixture
def program(app: Any, ctx_as: Callable[..., AbstractContextManager[Ctx]]) -> Callable[..., Program]:
    """``program("merch", read_only=False)``: a program with a token of a person with that role."""

    def make(
        role: str = "admin",
        *,
        read_only: bool = False,
        plugins: tuple[str, ...] = (),
        scopes: tuple[str, ...] = (),
        **where: Any,
    ) -> Program:
        with ctx_as(role, **where) as ctx:
            day = ctx.today() + timedelta(days=30)
            _row, secret = tokens.make_token(
                ctx, "test", read_only=read_only, expires_on=day, plugins=plugins, scopes=scopes
            )
        return Program(app.test_client(), secret)

    return make
