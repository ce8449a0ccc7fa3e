"""The job: one message to one subscription, with the eyes of the person who made it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from core.api import Ctx, JobProgress, Refused, T, Text, record_audit
from core.base_api import unseal_text
from core.remote import hidden_names, key_in_address
from kit.outgoing import Outcome, find_message, try_once
from plugins.webhooks.models import Delivery, Subscription
from plugins.webhooks.services.addresses import find_target
from plugins.webhooks.services.posting import Answer, post, sign
from plugins.webhooks.services.subscriptions import publish
from plugins.webhooks.words import GIVE_UP, OFF_FAILING, OFF_GONE, SEALED_FOR, SUBSCRIPTION, TEST

AGENT = "OEM-Hub-Webhooks/1"
GONE = 410


def run(ctx: Ctx, payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """The job; returns how it ended."""
    return try_once(ctx, progress, Delivery, payload["uid"], lambda: _attempt(ctx, payload["uid"]), _noted)


def _attempt(ctx: Ctx, uid: str) -> Outcome:
    row = find_message(ctx, Delivery, uid)
    if row is None:
        return Outcome("withheld", final=True)
    subscription = row.subscription
    if not subscription.active and row.event != TEST:
        return Outcome("failed", T("The subscription is switched off."), final=True)
    now = datetime.now(UTC)
    if subscription.resting_until and subscription.resting_until > now and row.event != TEST:
        wait = subscription.resting_until - now + timedelta(seconds=1)
        return Outcome("waiting", T("The address did not answer; it is tried again later."), wait=wait)
    body = row.body or _seen_body(ctx, row, subscription.user_id)
    if not body:
        return Outcome("withheld", T("Whoever made the subscription may not see it."), final=True)
    values: dict[str, Any] = {"body": body, "status_code": None, "duration_ms": None, "answer": ""}
    try:
        secrets = [unseal_text(ctx.hub, SEALED_FOR, subscription.secret)]
        if subscription.old_until is not None and subscription.old_until > now:
            secrets.append(unseal_text(ctx.hub, SEALED_FOR, subscription.old_secret))
        target = find_target(subscription.address, ctx.hub.config.webhook_networks)
    except Refused as refused:
        return Outcome("failed", str(refused), values=values)
    ctx.session.rollback()  # nothing is held while the other side takes its time
    sent, at = body.encode(), int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": uid,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secrets, uid, at, sent),
    }
    return _outcome(post(target, headers, sent), values)


def _outcome(answer: Answer, values: dict[str, Any]) -> Outcome:
    values |= {
        "status_code": answer.status or None,
        "duration_ms": round(answer.seconds * 1000),
        "answer": answer.text,
    }
    if 200 <= answer.status < 300:
        return Outcome("sent", values=values)
    words: Text = (
        T("It answered {status}.", status=answer.status)
        if answer.status
        else T("It did not answer: {why}", why=answer.error)
    )
    return Outcome("failed", words, answer.status == GONE, answer.wait, values)


def _seen_body(ctx: Ctx, row: Delivery, user_id: int) -> str:
    """What the person may know of it, as JSON; "" where that is nothing."""
    person = ctx.hub.member(ctx.tenant, user_id)
    if person is None:
        return ""
    if row.event == TEST:
        return _body(ctx, row, {})
    with ctx.hub.context(ctx.tenant, person, write=False) as theirs:
        kind = theirs.registry.entities.get(row.entity)
        if kind is None or not theirs.is_on(kind.plugin) or not theirs.can(f"{row.entity}.view"):
            return ""
        gone = row.event == f"{row.entity}.deleted"
        if gone and theirs.scope.condition(kind) is not None:
            return ""
        if not gone and not theirs.scope.visible(kind, [row.entity_id]):
            return ""
        hidden = hidden_names(theirs, kind)
        changed = [name for name in row.changed if name not in hidden]
        if row.changed and not changed:  # nothing but what the person may not see
            return ""
        href = f"/api/v1/{kind.name}/{key_in_address(kind, row.number, row.entity_id)}"
        data: dict[str, Any] = {
            "entity": row.entity, "id": row.entity_id, "number": row.number, "state": row.state,
            "changed": changed, "by": row.by_name,
            "href": ctx.hub.config.public_url + href if theirs.is_on("rest") and not gone else None,
        }  # fmt: skip
        if row.event.startswith(f"{row.entity}.event."):
            data["day"] = row.day.isoformat() if row.day else None
        return _body(theirs, row, data)


def _body(ctx: Ctx, row: Delivery, data: Mapping[str, Any]) -> str:
    told = {"type": row.event, "timestamp": row.at.isoformat(), "company": ctx.tenant.code, "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _noted(ctx: Ctx, row: Delivery, outcome: Outcome) -> None:
    """What it means for the subscription: it answers, or rests, or is switched off after days without an answer."""
    subscription, now = row.subscription, datetime.now(UTC)
    if outcome.status == "sent":
        if subscription.failing_since is not None:
            subscription.failing_since = subscription.resting_until = None
        return
    if outcome.status != "failed" or not subscription.active or row.event == TEST:
        return
    subscription.failing_since = subscription.failing_since or now
    if row.status_code is None or row.status_code >= 500 or row.status_code == 429:
        subscription.resting_until = row.next_at
    if row.status_code == GONE:
        _switch_off(ctx, subscription, OFF_GONE)
    elif now - subscription.failing_since > GIVE_UP:
        _switch_off(ctx, subscription, OFF_FAILING)


def _switch_off(ctx: Ctx, subscription: Subscription, why: str) -> None:
    subscription.active, subscription.off_reason = False, why
    record_audit(ctx, SUBSCRIPTION, subscription.id, "switch off", number=subscription.name)
    publish(ctx)
