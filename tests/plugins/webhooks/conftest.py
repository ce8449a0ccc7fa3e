"""Another system on loopback: it keeps what it is sent, checks signatures, and answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from core.api import Ctx
from core.base_api import Job, TenantInfo
from core.kernel import enablement
from core.kernel.hub import Hub
from core.work import jobs
from plugins.webhooks.models import Subscription
from plugins.webhooks.services import posting, subscriptions

PAGE = Path(__file__).parents[3] / "docs" / "webhooks.md"


def shown_check() -> Callable[..., bool]:
    """``verify`` as the page for receivers shows it."""
    code = PAGE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(code, names)
    return names["verify"]  # type: ignore[no-any-return]


@dataclass
class Receiver:
    """``answer`` is (status, text), or a function of the handler that answers by itself."""

    url: str
    answer: Any = (200, "thank you")
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What was sent, as JSON."""
        return [json.loads(body) for _headers, body in self.got]

    @property
    def types(self) -> list[str]:
        """The events that were sent."""
        return [body["type"] for body in self.bodies]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if callable(heard.answer):
                heard.answer(self)
                return
            status, text = heard.answer
            self.send_response(status)
            self.send_header("Location", f"{heard.url}/elsewhere")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield heard
    server.shutdown()
    server.server_close()


@pytest.fixture
def at_home(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation lets messages go to loopback."""
    monkeypatch.setattr(hub, "config", replace(hub.config, webhook_networks=("127.0.0.0/8",)))
    monkeypatch.setattr(posting, "READ", 0.3)
    monkeypatch.setattr(posting, "ALL", 0.6)


@dataclass
class Desk:
    """Makes subscriptions, and carries out what the worker would."""

    hub: Hub
    tenant: TenantInfo
    ctx_as: Callable[..., AbstractContextManager[Ctx]]

    def subscribe(self, url: str, *events: str, role: str = "admin", name: str = "ERP") -> tuple[int, str]:
        """(id, secret) of a new subscription."""
        with self.ctx_as(role) as ctx:
            row, secret = subscriptions.save_subscription(ctx, None, name, url, events)
            return row.id, secret

    def work(self, times: int = 30) -> int:
        """Carry out what is due; how many jobs that was."""
        done = 0
        while done < times and (job := jobs.claim(self.hub, self.tenant)):
            jobs.run_one(self.hub, self.tenant, job)
            done += 1
        return done

    def later(self) -> int:
        """Time goes on until every pause is over; then work."""
        with self.hub.context(self.tenant) as ctx:
            ctx.session.execute(
                update(Job).where(Job.status == "waiting").values(run_after=datetime.now(UTC))
            )
            ctx.session.execute(update(Subscription).values(resting_until=None))
        return self.work()

    def sent(self, row_id: int) -> list[Any]:
        """What was written for a subscription, oldest first."""
        with self.ctx_as("admin", write=False) as ctx:
            row = subscriptions.get_subscription(ctx, row_id)
            return subscriptions.list_deliveries(ctx, row)[0][::-1]


@pytest.fixture
def desk(hub: Hub, tenant: TenantInfo, ctx: Ctx, ctx_as: Callable[..., AbstractContextManager[Ctx]]) -> Desk:
    """The tenant with webhooks and samples on."""
    for plugin in ("webhooks", "samples"):
        if plugin not in ctx.enabled:
            enablement.enable_plugin(ctx, plugin)
    ctx.session.commit()
    return Desk(hub, tenant, ctx_as)


def slowly(handler: BaseHTTPRequestHandler) -> None:
    """An answer a byte at a time, without an end."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            handler.wfile.write(b"X")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        pass
