"""What waits for a person in outsourcing: own drafts, contracts, payments, production that could start."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from core.api import Ctx, EntityName, T, Task, Text, hookimpl
from plugins.outsourcing.services import due, live
from plugins.outsourcing.services.live import Live

ENTITY = EntityName("outsourcing.order")
ORDER = "/outsourcing/order/"
MOST = 5
CONTRACTS: dict[str, tuple[Text, str]] = {
    "none": (T("Make the contract"), "generate_contract"),
    "void": (T("Make the contract"), "generate_contract"),
    "generated": (T("Get the contract signed"), "upload_signed"),
    "sent": (T("Get the contract signed"), "upload_signed"),
}
"""By contract status: what is to be done, and the action that does it."""


@hookimpl
def tasks(ctx: Ctx) -> list[Task]:
    """At most five of a kind, of those that this person may do."""
    return [*_drafts(ctx), *_contracts(ctx), *_payments(ctx), *_starts(ctx)]


def _drafts(ctx: Ctx) -> Iterable[Task]:
    """Drafts this person began."""
    if ctx.user is None or not ctx.can(f"{ENTITY}.issue"):
        return
    mine = [order for order in live.orders(ctx, "draft") if order.created_by_id == ctx.user.id]
    for order in mine[:MOST]:
        yield _task(T("Issue the draft"), order, order.ship_date)


def _contracts(ctx: Ctx) -> Iterable[Task]:
    """Issued and not signed, the longest issued first; due so many days after issue as the setting says."""
    possible = [status for status, (_label, verb) in CONTRACTS.items() if ctx.can(f"{ENTITY}.{verb}")]
    wait = timedelta(days=int(ctx.setting("outsourcing.unsigned_days", 10)))
    waiting = [o for o in live.orders(ctx, "issued", "in_production") if o.contract_status in possible]
    for order in sorted(waiting, key=lambda each: (each.issue_date or date.max, each.id))[:MOST]:
        day = order.issue_date + wait if order.issue_date is not None else None
        late = day is not None and day < ctx.today()
        yield _task(CONTRACTS[order.contract_status][0], order, day, late, "#contract")


def _payments(ctx: Ctx) -> Iterable[Task]:
    """Instalments overdue or due within a week."""
    if not ctx.can("outsourcing.payment.create"):
        return
    for found in due.instalments(ctx)[:MOST]:
        yield Task(
            T("Pay {amount}", amount=found.text(ctx)), found.order.number, f"{ORDER}{found.order.id}#payments",
            found.day, "bad" if found.part.overdue else "warn", "outsourcing",
        )  # fmt: skip


def _starts(ctx: Ctx) -> Iterable[Task]:
    """Issued, and signed where production waits for that; the next to ship first. What else holds production is said
    where it is started."""
    if not ctx.can(f"{ENTITY}.start"):
        return
    unsigned_too = not ctx.setting("outsourcing.require_signed_contract", False)
    ready = [o for o in live.orders(ctx, "issued") if unsigned_too or o.contract_status == "signed"]
    for order in ready[:MOST]:
        yield _task(T("Start production"), order, order.ship_date)


def _task(label: Text, order: Live, day: date | None, late: bool = False, part: str = "") -> Task:
    return Task(
        label, f"{order.number} {order.factory}", f"{ORDER}{order.id}{part}", day, "warn" if late else "neutral",
        "outsourcing",
    )  # fmt: skip
