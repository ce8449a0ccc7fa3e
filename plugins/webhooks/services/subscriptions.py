"""Subscriptions: making, changing, a new secret, switching on and off; what was sent, and sending it again."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, Field, NotFound, Problem, Refused, T, record_audit
from core.base_api import seal_text
from kit.outgoing import send_again, send_later
from plugins.webhooks.models import Delivery, Subscription
from plugins.webhooks.services.addresses import LONGEST, find_target
from plugins.webhooks.services.events import known_events
from plugins.webhooks.services.writing import message_id
from plugins.webhooks.words import (
    JOB,
    OVERLAP,
    PAGE,
    RIGHT,
    SEALED_FOR,
    SUBSCRIBED,
    SUBSCRIPTION,
    TEST,
)

FIELDS = (
    Field("name", T("What is it for?"), required=True, max_length=80),
    Field("address", T("Web address"), required=True, max_length=LONGEST, wide=True,
          help=T("Where messages are posted to, such as https://example.com/hub.")),
    Field("active", T("Switched on"), "bool", default=True),
)  # fmt: skip
"""What is asked of a subscription, beside its events."""


def list_subscriptions(ctx: Ctx) -> list[Subscription]:
    """All of the company, by name."""
    ctx.require(RIGHT)
    return list(ctx.session.scalars(select(Subscription).order_by(Subscription.name, Subscription.id)))


def get_subscription(ctx: Ctx, row_id: int) -> Subscription:
    """One of them; NotFound otherwise."""
    ctx.require(RIGHT)
    row = ctx.session.scalars(select(Subscription).where(Subscription.id == row_id)).one_or_none()
    if row is None:
        raise NotFound(T("There is no such subscription."))
    return row


def save_subscription(
    ctx: Ctx, row: Subscription | None, name: str, address: str, events: Sequence[str], active: bool = True
) -> tuple[Subscription, str]:
    """Make or change one; it speaks with the rights of who saved it last. Returns it and, where it is new, its secret, which is
    never told again. Refused for an address that may not be sent to, and without events."""
    ctx.require(RIGHT)
    if ctx.user is None:
        raise Refused(T("A subscription belongs to a person."))
    find_target(address, ctx.hub.config.webhook_networks)
    known = known_events(ctx)
    chosen = sorted({e for e in events if e in known})
    if not chosen:
        raise Refused([Problem(T("Choose at least one event."), "events")])
    secret = ""
    if row is None:
        secret = _new_secret()
        row = Subscription(
            uid=secrets.token_hex(8),
            secret=seal_text(ctx.hub, SEALED_FOR, secret),
            created_at=ctx.now(),
            since=ctx.today(),
        )
        ctx.session.add(row)
    is_new = bool(secret)
    changes = [] if is_new else _changes(row, name, address, chosen, active)
    row.name, row.address, row.events = name, address, chosen
    if active and not row.active:
        row.failing_since = row.resting_until = None
        row.off_reason = ""
    row.active, row.user_id, row.user_name = active, ctx.user.id, ctx.user.name
    ctx.session.flush()
    record_audit(
        ctx, SUBSCRIPTION, row.id, "create" if is_new else "edit", number=name, changes=changes, security=True
    )
    publish(ctx)
    return row, secret


def _changes(
    row: Subscription, name: str, address: str, events: list[str], active: bool
) -> list[tuple[str, Any, Any]]:
    pairs = [("name", row.name, name), ("address", row.address, address), ("events", row.events, events),
             ("active", row.active, active)]  # fmt: skip
    return [(what, old, new) for what, old, new in pairs if old != new]


def rotate_secret(ctx: Ctx, row: Subscription) -> str:
    """A new secret, told once; the old one signs beside it for a day."""
    ctx.require(RIGHT)
    secret = _new_secret()
    row.old_secret, row.old_until = row.secret, datetime.now(UTC) + OVERLAP
    row.secret = seal_text(ctx.hub, SEALED_FOR, secret)
    ctx.session.flush()
    record_audit(ctx, SUBSCRIPTION, row.id, "rotate", number=row.name, security=True)
    return secret


def delete_subscription(ctx: Ctx, row: Subscription) -> None:
    """Take one away, with all that was written for it."""
    ctx.require(RIGHT)
    record_audit(ctx, SUBSCRIPTION, row.id, "delete", number=row.name, security=True)
    ctx.session.delete(row)
    ctx.session.flush()
    publish(ctx)


def publish(ctx: Ctx) -> None:
    """Say anew which events anybody wants. The setting's row is written first, so that two who do it wait for each other."""
    ctx.set_setting(SUBSCRIBED, {"": [message_id()]})
    found = ctx.session.scalars(select(Subscription).where(Subscription.active)).all()
    ctx.set_setting(SUBSCRIBED, {row.uid: row.events for row in found})


def send_test(ctx: Ctx, row: Subscription) -> str:
    """Send a message that says nothing, also where it is switched off; returns its uid."""
    ctx.require(RIGHT)
    uid = message_id()
    send_later(ctx, JOB, Delivery, [{"uid": uid, "subscription_id": row.id, "event": TEST}])
    record_audit(ctx, SUBSCRIPTION, row.id, "test", number=row.name)
    return uid


def list_deliveries(
    ctx: Ctx, row: Subscription, page: int = 0, status: str = ""
) -> tuple[list[Delivery], bool]:
    """A page of what was written for it, newest first, and whether there is more."""
    ctx.require(RIGHT)
    wanted = select(Delivery).where(Delivery.subscription_id == row.id).order_by(Delivery.id.desc())
    if status:
        wanted = wanted.where(Delivery.status == status)
    found = list(ctx.session.scalars(wanted.offset(page * PAGE).limit(PAGE + 1)))
    return found[:PAGE], len(found) > PAGE


def get_delivery(ctx: Ctx, row: Subscription, delivery_id: int) -> Delivery:
    """One message that was written for a subscription; NotFound otherwise."""
    ctx.require(RIGHT)
    wanted = select(Delivery).where(Delivery.id == delivery_id, Delivery.subscription_id == row.id)
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(T("There is no such message."))
    return found


def is_own(ctx: Ctx, row: Subscription) -> bool:
    """May this person see what the messages say? They were made for the eyes of who saved the subscription last."""
    return ctx.user is not None and row.user_id == ctx.user.id


def replay(ctx: Ctx, row: Subscription, delivery: Delivery | None = None) -> int:
    """Send one message again, or all that failed; how many."""
    ctx.require(RIGHT)
    failed = select(Delivery).where(Delivery.subscription_id == row.id, Delivery.status == "failed")
    rows = [delivery] if delivery is not None else list(ctx.session.scalars(failed.order_by(Delivery.id)))
    row.resting_until = None
    n = send_again(ctx, JOB, rows)
    if n:
        record_audit(ctx, SUBSCRIPTION, row.id, "replay", number=row.name, changes=[("messages", None, n)])
    return n


def failing(ctx: Ctx) -> tuple[list[Subscription], int]:
    """Subscriptions that were switched off by themselves, and how many messages failed."""
    off = list(ctx.session.scalars(select(Subscription).where(Subscription.off_reason != "")))
    n = ctx.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.status == "failed")) or 0
    return off, n


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
