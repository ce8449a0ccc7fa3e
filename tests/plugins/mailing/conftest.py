"""A real mail server on loopback that keeps what it is given and answers as it is told."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import update

from core.api import Ctx
from core.base_api import Job, TenantInfo
from core.kernel.hub import Hub
from core.kernel.mail_server import MailServer
from core.testing.scenes import stage
from core.work import jobs
from plugins.catalog.models import Partner, PartnerContact
from plugins.purchasing.models import PurchaseOrder
from tests.plugins.purchasing import conftest as buying

D = buying.D


@dataclass
class Server:
    """What came, as (recipients, message); ``refuses`` are recipients with an answer, ``says`` what it says to every mail."""

    got: list[tuple[list[str], Any]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    says: str = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.says.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.got.append((list(envelope.rcpt_tos), message))
        return self.says


@pytest.fixture
def server(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server, and a hub that sends by it."""
    heard = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(heard, hostname="127.0.0.1", port=port)
    controller.start()
    mail = MailServer("127.0.0.1", port, "hub@example.com", "none")
    monkeypatch.setattr(hub, "config", replace(hub.config, mail=mail, public_url="https://hub.example.com"))
    yield heard
    controller.stop()


mill, fo = buying.mill, buying.fo


@stage
def po(mill: Ctx) -> PurchaseOrder:
    """An issued purchase order; its supplier has two contacts, one with an address."""
    seller = buying.one(mill, Partner, "S1")
    seller.contacts = [
        PartnerContact(name="Ms. Wu", email="wu@supplier.example", position=0),
        PartnerContact(name="Nobody", position=1),
    ]
    mill.session.flush()
    return buying.bought(mill, buying.line(mill, "FAB", "100", color="NVY"))


@dataclass
class Post:
    """Carries out what the worker would."""

    hub: Hub
    tenant: TenantInfo
    ctx_as: Callable[..., AbstractContextManager[Ctx]]

    def work(self) -> int:
        """What is due; how many jobs that was."""
        done = 0
        while done < 30 and (job := jobs.claim(self.hub, self.tenant)):
            jobs.run_one(self.hub, self.tenant, job)
            done += 1
        return done

    def later(self) -> int:
        """Time goes on until every pause is over."""
        with self.hub.context(self.tenant) as ctx:
            ctx.session.execute(
                update(Job).where(Job.status == "waiting").values(run_after=datetime.now(UTC))
            )
        return self.work()


@pytest.fixture
def post(hub: Hub, tenant: TenantInfo, ctx_as: Callable[..., AbstractContextManager[Ctx]]) -> Post:
    """The worker at hand."""
    return Post(hub, tenant, ctx_as)
