"""What happens is told to other systems: written with the change, signed, tried again, given up, sent again by hand."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from core.api import Ctx, get_row, run_action, save_row
from core.base_api import Grant, Job, Membership, Role
from core.entities.crud import delete_row
from core.entities.transitions import run_on_many
from core.errors import Denied, Refused
from kit.outgoing import PAUSES
from plugins.webhooks.models import Delivery, Subscription
from plugins.webhooks.services import subscriptions, writing
from plugins.webhooks.services.writing import message_id
from plugins.webhooks.words import GIVE_UP, SUBSCRIBED
from tests.plugins.webhooks.conftest import Desk, Receiver, shown_check, slowly

REQUESTS, MAKERS = "samples.request", "samples.maker"
AsContext = Callable[..., AbstractContextManager[Ctx]]
pytestmark = pytest.mark.usefixtures("at_home")


def make_request(ctx: Ctx, **values: Any) -> Any:
    """A sample request with a line."""
    lines = [{"article": "A1", "pieces": 3}]
    return save_row(ctx, ctx.registry.get(REQUESTS), None, {"notes": "n", **values}, {"lines": lines})


def test_what_is_done_arrives_signed_and_once_for_each_event(
    desk: Desk, receiver: Receiver, ctx_as: AsContext
) -> None:
    row_id, secret = desk.subscribe(receiver.url + "/in?x=1", f"{REQUESTS}.*")
    with ctx_as("merch") as ctx:
        row = make_request(ctx)
        number, key = row.number, row.id
    with ctx_as("merch") as ctx:
        row = get_row(ctx, ctx.registry.get(REQUESTS), number)
        save_row(ctx, ctx.registry.get(REQUESTS), row, {"notes": "new"})
        save_row(ctx, ctx.registry.get(REQUESTS), row, {"kind": "fit"})
    with ctx_as("merch") as ctx:
        run_action(ctx, ctx.registry.get(REQUESTS), get_row(ctx, ctx.registry.get(REQUESTS), number), "send")
    assert receiver.got == []
    assert desk.work() == 4
    assert receiver.types == [f"{REQUESTS}.{w}" for w in ("created", "changed", "state.sent", "changed")]
    created, changed, sent, _last = receiver.bodies
    assert created["data"] == {
        "entity": REQUESTS, "id": key, "number": number, "state": "draft", "changed": [], "by": "Merch",
        "href": f"/api/v1/{REQUESTS}/{number}",
    }  # fmt: skip
    assert created["company"] == desk.tenant.code
    assert changed["data"]["changed"] == ["kind", "notes"]  # two saves, one message
    assert (sent["data"]["state"], sent["data"]["changed"]) == ("sent", ["state"])
    verify = shown_check()
    for headers, body in receiver.got:
        assert verify(secret, headers, body)
        assert not verify(secret, headers, body + b" ")
        assert not verify(secret, {**headers, "webhook-timestamp": "1"}, body)
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 4
    assert [d.status for d in desk.sent(row_id)] == ["sent"] * 4
    assert desk.sent(row_id)[0].answer == "thank you"


def test_what_is_taken_back_is_not_told(desk: Desk, receiver: Receiver, ctx_as: AsContext) -> None:
    desk.subscribe(receiver.url, f"{MAKERS}.created", f"{MAKERS}.deleted")
    with ctx_as("admin") as ctx:
        save_row(ctx, ctx.registry.get(MAKERS), None, {"code": "M0", "name": "m"})
        ctx.session.rollback()
    with ctx_as("admin") as ctx:
        kind = ctx.registry.get(MAKERS)
        point = ctx.session.begin_nested()
        save_row(ctx, kind, None, {"code": "M1", "name": "m"})
        point.rollback()
        with ctx.session.begin_nested():
            kept = save_row(ctx, kind, None, {"code": "M2", "name": "m"})
    with ctx_as("admin") as ctx:
        save_row(ctx, kind, get_row(ctx, kind, "M2"), {"name": "not wanted"})
        delete_row(ctx, kind, get_row(ctx, kind, "M2"))
    desk.work()
    told = [(b["type"], b["data"]["number"], b["data"]["id"]) for b in receiver.bodies]
    assert told == [(f"{MAKERS}.created", "M2", kept.id), (f"{MAKERS}.deleted", "M2", kept.id)]


def test_many_at_once_cost_three_statements_and_nobody_listening_none(
    desk: Desk, receiver: Receiver, ctx_as: AsContext, count_queries: Callable[..., Any]
) -> None:
    kind = REQUESTS

    def ship(n: int) -> tuple[int, list[str]]:
        with ctx_as("merch") as ctx:
            rows = [make_request(ctx) for _ in range(n)]
            ctx.session.commit()
            ctx.setting("company")  # a request has read the settings
            with count_queries() as log:
                run_on_many(ctx, ctx.registry.get(kind), rows, "send")
                ctx.session.commit()
        return log.count, [s for s in log.statements if "webhooks" in s or "core_job" in s]

    silent, none = ship(5)
    assert none == []
    desk.subscribe(receiver.url, f"{kind}.state.sent")
    few, wrote = ship(5)
    assert (few, len(wrote)) == (silent + 3, 3)
    assert len(ship(20)[1]) == 3


@pytest.mark.parametrize(
    ("answer", "code"), [((500, "no"), 500), ((302, ""), 302), (slowly, None), ((404, "x" * 5000), 404)]
)
def test_what_fails_is_tried_again_for_a_day_and_then_by_hand(
    desk: Desk, receiver: Receiver, ctx_as: AsContext, answer: Any, code: int | None
) -> None:
    receiver.answer = answer
    row_id, _secret = desk.subscribe(receiver.url, f"{MAKERS}.created")
    with ctx_as("admin") as ctx:
        save_row(ctx, ctx.registry.get(MAKERS), None, {"code": "M1", "name": "m"})
    began = datetime.now(UTC)
    assert desk.work() == 1
    waits = desk.sent(row_id)[0]
    assert (waits.status, waits.attempts, waits.status_code) == ("waiting", 1, code)
    assert timedelta(seconds=3) < waits.next_at - began < timedelta(seconds=15)
    assert len(waits.answer) <= 1024
    if callable(answer):
        receiver.answer = (500, "")  # the rest need not be slow
    for _ in PAUSES:
        assert desk.later() == 1
    over = desk.sent(row_id)[0]
    assert (over.status, over.attempts, over.next_at) == ("failed", len(PAUSES) + 1, None)
    assert len(receiver.got) == len(PAUSES) + 1
    assert len({h["webhook-id"] for h, _b in receiver.got}) == 1
    assert desk.later() == 0
    receiver.answer = (204, "")
    with ctx_as("admin") as ctx:
        assert subscriptions.replay(ctx, subscriptions.get_subscription(ctx, row_id)) == 1
    assert desk.work() == 1
    assert (desk.sent(row_id)[0].status, desk.sent(row_id)[0].attempts) == ("sent", 1)


def test_an_address_that_does_not_answer_holds_up_nobody_and_is_switched_off(
    desk: Desk, receiver: Receiver, ctx_as: AsContext
) -> None:
    receiver.answer = (503, "")
    row_id, _secret = desk.subscribe(receiver.url, f"{MAKERS}.created")
    with ctx_as("admin") as ctx:
        for i in range(4):
            save_row(ctx, ctx.registry.get(MAKERS), None, {"code": f"M{i}", "name": "m"})
    assert desk.work() == 4
    assert len(receiver.got) == 1  # the others wait without being tried
    assert [d.attempts for d in desk.sent(row_id)] == [1, 0, 0, 0]
    with ctx_as("admin") as ctx:
        long_ago = datetime.now(UTC) - GIVE_UP - timedelta(minutes=1)
        ctx.session.execute(update(Subscription).values(failing_since=long_ago))
    desk.later()
    with ctx_as("admin") as ctx:
        row = subscriptions.get_subscription(ctx, row_id)
        assert (row.active, row.off_reason) == (False, "failing")
        assert ctx.setting(SUBSCRIBED) == {}
        said = [str(a.message) for a in ctx.hooks.each("alerts")]
        assert any("ERP" in words for words in said)
        save_row(ctx, ctx.registry.get(MAKERS), None, {"code": "M9", "name": "m"})
    desk.later()
    assert {d.status for d in desk.sent(row_id)} == {"failed"}
    receiver.answer = (200, "")
    with ctx_as("admin") as ctx:
        row = subscriptions.get_subscription(ctx, row_id)
        subscriptions.save_subscription(ctx, row, row.name, row.address, row.events)
        assert subscriptions.replay(ctx, row) == 4
    desk.work()
    assert {d.status for d in desk.sent(row_id)} == {"sent"}


def test_an_address_that_is_gone_is_asked_no_more(desk: Desk, receiver: Receiver, ctx_as: AsContext) -> None:
    receiver.answer = (410, "")
    row_id, _secret = desk.subscribe(receiver.url, f"{MAKERS}.created")
    with ctx_as("admin") as ctx:
        save_row(ctx, ctx.registry.get(MAKERS), None, {"code": "M1", "name": "m"})
    desk.work()
    with ctx_as("admin") as ctx:
        assert subscriptions.get_subscription(ctx, row_id).off_reason == "gone"


def test_two_secrets_sign_while_one_follows_the_other(
    desk: Desk, receiver: Receiver, ctx_as: AsContext
) -> None:
    row_id, old = desk.subscribe(receiver.url, f"{MAKERS}.created")
    with ctx_as("admin") as ctx:
        row = subscriptions.get_subscription(ctx, row_id)
        assert old not in row.secret
        new = subscriptions.rotate_secret(ctx, row)
        subscriptions.send_test(ctx, row)
    desk.work()
    verify = shown_check()
    assert verify(old, *receiver.got[-1])
    assert verify(new, *receiver.got[-1])
    with ctx_as("admin") as ctx:
        row = subscriptions.get_subscription(ctx, row_id)
        row.old_until = datetime.now(UTC) - timedelta(seconds=1)
        subscriptions.send_test(ctx, row)
    desk.work()
    assert verify(new, *receiver.got[-1])
    assert not verify(old, *receiver.got[-1])
    assert abs(int(receiver.got[-1][0]["webhook-timestamp"]) - time.time()) < 60


def test_only_what_its_maker_may_see_is_told(
    desk: Desk, receiver: Receiver, ctx_as: AsContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ctx_as("admin") as ctx:
        role = ctx.session.scalars(select(Role).where(Role.code == "wh")).one()
        ctx.session.add(Grant(role_id=role.id, permission="webhooks.manage"))
        row = make_request(ctx)
        key = row.id
    kind = replace(desk.hub.registry.get(REQUESTS), sees={"fee": "samples.force"})
    monkeypatch.setitem(desk.hub.registry.entities._own, REQUESTS, kind)
    row_id, _secret = desk.subscribe(receiver.url, f"{REQUESTS}.*", role="wh")
    for data in ({"fee": Decimal(3)}, {"fee": Decimal(4), "notes": "y"}):
        with ctx_as("admin") as ctx:
            save_row(ctx, kind, get_row(ctx, kind, key), data)
    desk.work()
    assert [b["data"]["changed"] for b in receiver.bodies] == [["notes"]]  # the first tells of a price alone
    assert [(d.status, d.body) for d in desk.sent(row_id)][0] == ("withheld", "")
    with ctx_as("admin") as ctx:
        gone = Grant.permission == f"{REQUESTS}.view"
        ctx.session.execute(update(Grant).where(gone).values(permission="none.such"))
        save_row(ctx, kind, get_row(ctx, kind, key), {"notes": "z"})
    desk.work()
    assert len(receiver.got) == 1
    assert desk.sent(row_id)[-1].status == "withheld"


def test_who_left_is_told_nothing(desk: Desk, receiver: Receiver, ctx_as: AsContext) -> None:
    desk.subscribe(receiver.url, f"{MAKERS}.created")
    with ctx_as("merch") as ctx:
        save_row(ctx, ctx.registry.get(MAKERS), None, {"code": "M1", "name": "m"})
    with desk.hub.platform() as session:
        session.execute(update(Membership).where(Membership.tenant_id == desk.tenant.id).values(active=False))
    desk.work()
    assert receiver.got == []
    with desk.hub.context(desk.tenant) as ctx:
        assert ctx.session.scalars(select(Delivery.status)).all() == ["withheld"]


def test_declared_events_come_with_their_day_and_when_it_is_taken_back(
    desk: Desk, receiver: Receiver, ctx_as: AsContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: dict[str, date] = {}
    monkeypatch.setattr(
        writing,
        "_asked",
        lambda ctx, entity, ids: {(i, code): day for i in ids for code, day in days.items()},
    )
    with ctx_as("merch") as ctx:
        key = make_request(ctx).id
        today = ctx.today()
    desk.subscribe(receiver.url, f"{REQUESTS}.*")

    def tell(**now: date) -> list[tuple[str, str | None]]:
        days.clear()
        days.update({f"samples.{name}": day for name, day in now.items()})
        seen = len(receiver.got)
        with ctx_as("merch") as ctx:
            ctx.hooks.milestones_changed(entity=REQUESTS, ids=[key])
            ctx.hooks.milestones_changed(entity=REQUESTS, ids=[key])
        desk.work()
        return [
            (b["type"].removeprefix(f"{REQUESTS}.event."), b["data"]["day"]) for b in receiver.bodies[seen:]
        ]

    assert tell(long_ago=today - timedelta(days=9)) == []
    assert tell(long_ago=today - timedelta(days=9), fitted=today) == [("samples.fitted", today.isoformat())]
    assert tell(long_ago=today - timedelta(days=9), fitted=today) == []
    tomorrow = today + timedelta(days=1)
    assert tell(fitted=tomorrow)[-1] == ("samples.long_ago", None)
    assert tell() == [("samples.fitted", None)]


def test_a_subscription_needs_the_right_an_event_and_a_person(
    desk: Desk, receiver: Receiver, ctx_as: AsContext
) -> None:
    with ctx_as("merch") as ctx, pytest.raises(Denied):
        subscriptions.save_subscription(ctx, None, "x", receiver.url, [f"{MAKERS}.created"])
    with ctx_as("admin") as ctx:
        with pytest.raises(Refused) as refused:
            subscriptions.save_subscription(ctx, None, "x", receiver.url, ["nothing.known"])
        assert refused.value.problems[0].field == "events"
        ctx.session.rollback()


def test_a_message_is_not_sent_twice_by_two_jobs(desk: Desk, receiver: Receiver, ctx_as: AsContext) -> None:
    row_id, _secret = desk.subscribe(receiver.url, f"{MAKERS}.created")
    with ctx_as("admin") as ctx:
        uid = subscriptions.send_test(ctx, subscriptions.get_subscription(ctx, row_id))
        when = {"run_after": datetime.now(UTC), "created_at": ctx.now()}
        ctx.session.add(Job(kind="webhooks.deliver", payload={"uid": uid}, **when))
    assert desk.work() == 2
    assert len(receiver.got) == 1
    assert uid != message_id()
    assert json.loads(receiver.got[0][1])["type"] == "webhooks.test"
