"""What waits for a person in outsourcing: own drafts, contracts, payments, production that could start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from core.api import Ctx, T, Task, Text, Tone
from plugins.catalog.models import Partner
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import due

ENTITY = "outsourcing.order"
ORDER = "/outsourcing/order/"
MOST = 5
CONTRACTS: dict[str, tuple[Text, str]] = {
    "none": (T("Make the contract"), "generate_contract"),
    "void": (T("Make the contract"), "generate_contract"),
    "generated": (T("Get the contract signed"), "upload_signed"),
    "sent": (T("Get the contract signed"), "upload_signed"),
}
"""By contract status: what is to be done, and the action that does it."""


def tasks(ctx: Ctx) -> list[Task]:
    """At most five of a kind, of those that this person may do. A query for each kind."""
    return [*_drafts(ctx), *_contracts(ctx), *_payments(ctx), *_starts(ctx)]


def _drafts(ctx: Ctx) -> Iterable[Task]:
    """Drafts this person began."""
    if ctx.user is None or not ctx.can(f"{ENTITY}.issue"):
        return
    row = FactoryOrder
    mine = (row.state == "draft") & (row.created_by_id == ctx.user.id)
    for order_id, number, factory, ship, _issued, _contract in _orders(ctx, mine):
        yield Task(
            T("Issue the draft"), f"{number} {factory}", f"{ORDER}{order_id}", ship, source="outsourcing"
        )


def _contracts(ctx: Ctx) -> Iterable[Task]:
    """Issued and not signed, the longest issued first; due so many days after issue as the setting says."""
    possible = [status for status, (_label, verb) in CONTRACTS.items() if ctx.can(f"{ENTITY}.{verb}")]
    if not possible:
        return
    row = FactoryOrder
    waiting = row.state.in_(("issued", "in_production")) & row.contract_status.in_(possible)
    wait = timedelta(days=int(ctx.setting("outsourcing.unsigned_days", 10)))
    for order_id, number, factory, _ship, issued, contract in _orders(ctx, waiting, by=row.issue_date):
        day = issued + wait if issued is not None else None
        tone: Tone = "warn" if day is not None and day < ctx.today() else "neutral"
        yield Task(
            CONTRACTS[contract][0],
            f"{number} {factory}",
            f"{ORDER}{order_id}#contract",
            day,
            tone,
            "outsourcing",
        )


def _payments(ctx: Ctx) -> Iterable[Task]:
    """Instalments overdue or due within a week."""
    if not ctx.can("outsourcing.payment.create"):
        return
    for found in due.instalments(ctx)[:MOST]:
        tone: Tone = "bad" if found.part.overdue else "warn"
        yield Task(
            T("Pay {amount}", amount=found.text(ctx)), found.order.number, f"{ORDER}{found.order.id}#payments",
            found.day, tone, "outsourcing",
        )  # fmt: skip


def _starts(ctx: Ctx) -> Iterable[Task]:
    """Issued, and signed where production waits for that; the next to ship first. What else holds production is said
    where it is started."""
    if not ctx.can(f"{ENTITY}.start"):
        return
    row = FactoryOrder
    ready = row.state == "issued"
    if ctx.setting("outsourcing.require_signed_contract", False):
        ready = ready & (row.contract_status == "signed")
    for order_id, number, factory, ship, _issued, _contract in _orders(ctx, ready):
        yield Task(
            T("Start production"), f"{number} {factory}", f"{ORDER}{order_id}", ship, source="outsourcing"
        )


def _orders(ctx: Ctx, which: ColumnElement[bool], by: Any = FactoryOrder.ship_date) -> Sequence[Any]:
    """(id, number, factory, ship date, issue date, contract status) of the first few."""
    row = FactoryOrder
    return ctx.session.execute(
        select(row.id, row.number, Partner.code, row.ship_date, row.issue_date, row.contract_status)
        .join(Partner, (Partner.id == row.factory_id) & (Partner.tenant_id == row.tenant_id))
        .where(which)
        .order_by(by, row.id)
        .limit(MOST)
    ).all()
