"""Reservations expire: what is left of one after its last day is free again, and its order is told (A7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityRef, Refused, enqueue_job
from core.data.records import AuditEntry, Job
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.remote import perform
from core.work.jobs import run_due
from plugins.orders.models import CustomerOrder
from plugins.shipping.models import Shipment
from plugins.stock.models.documents import StockDocument
from plugins.stock.services import expiry, heaps, places
from tests.plugins.outsourcing.conftest import do
from tests.plugins.stock.conftest import TODAY, D, held, paper, put, ship, shirt, st

SO = EntityRef("orders.order", 7)
ITEM = ledger.Item("garment", 1)
FREE, KEPT, EAST = (
    ledger.Place("store", 1),
    places.reserved(1, SO.entity, SO.id),
    places.reserved(2, SO.entity, SO.id),
)
OUT = ledger.Place("customer", 1)
LAST = date(2026, 11, 30)


def moves(*steps: tuple[Any, ...]) -> list[ledger.Movement]:
    """Movements from (document, from, to, quantity[, number of the one that is taken back]), numbered from 1."""
    return [
        ledger.Movement(
            n, "any", ITEM, source, target, D(qty), TODAY, 0, None, "", heaps.DOCUMENT, by, datetime(2026, 11, 23, tzinfo=UTC),
            "", "", back[0] if back else None, None,
        )
        for n, (by, source, target, qty, *back) in enumerate(steps, start=1)
    ]  # fmt: skip


RESERVED = (10, FREE, KEPT, 80)
BOUGHT = (99, OUT, KEPT, 50)


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        pytest.param([RESERVED], {(10, 1): 80}, id="untouched"),
        pytest.param([RESERVED, (99, KEPT, OUT, 30)], {(10, 1): 50}, id="used in part"),
        pytest.param([RESERVED, BOUGHT, (99, KEPT, OUT, 100)], {}, id="used before what was bought"),
        pytest.param([BOUGHT, (99, KEPT, OUT, 50), RESERVED], {(10, 1): 80}, id="what was bought went before"),
        pytest.param([RESERVED, (20, FREE, KEPT, 40), (99, KEPT, OUT, 90)], {(10, 1): 30}, id="20 expires first"),
        pytest.param([RESERVED, (30, FREE, KEPT, 40), (99, KEPT, OUT, 90)], {(30, 1): 30}, id="30 never expires"),
        pytest.param([RESERVED, (99, KEPT, OUT, 30), (99, OUT, KEPT, 30, 2)], {(10, 1): 80}, id="taken back"),
        pytest.param(
            [RESERVED, (99, KEPT, OUT, 80), (20, FREE, KEPT, 40), (99, OUT, KEPT, 80, 2)],
            {(10, 1): 80, (20, 1): 40},
            id="taken back to whose it was",
        ),
        pytest.param(
            [(20, FREE, KEPT, 40), RESERVED, (10, KEPT, FREE, 80, 2)], {(20, 1): 40}, id="reversed: its own"
        ),
        pytest.param([RESERVED, (99, KEPT, EAST, 30)], {(10, 1): 50, (10, 2): 30}, id="carried"),
        pytest.param(
            [RESERVED, BOUGHT, (99, KEPT, EAST, 100), (99, EAST, KEPT, 100, 3)], {(10, 1): 80}, id="carried and back"
        ),
        pytest.param([BOUGHT], {}, id="nothing reserved"),
    ],
)  # fmt: skip
def test_what_is_left_of_a_reservation(steps: list[Any], left: dict[Any, int]) -> None:
    until = {10: date(2026, 11, 30), 20: date(2026, 11, 25), 30: None}
    found = heaps.divide(moves(*steps), SO, until)
    assert {(number, store): qty for (number, _item, store), qty in found.items()} == {
        at: D(qty) for at, qty in left.items()
    }


def run_job(hub: Hub, tenant: TenantInfo) -> Any:
    """The day's job, carried out by the worker."""
    with hub.context(tenant) as own:
        job_id = enqueue_job(own, expiry.JOB, {}).id
    run_due(hub, 5, [tenant])
    with hub.context(tenant, write=False) as own:
        return own.session.scalars(select(Job.result).where(Job.id == job_id)).one()


def reserved(ctx: Ctx, so: CustomerOrder, qty: str = "80", until: date | None = LAST) -> StockDocument:
    row = paper(ctx, "reserve", st(ctx, qty), owner=so.number, kept_until=until)
    do(ctx, row, "post")
    return row


def test_what_is_left_is_free_the_day_after_its_last(
    depot: Ctx, so: CustomerOrder, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(depot, shirt(depot), "100", kind="goods_in")
    first, later = reserved(depot, so), reserved(depot, so, "10", None)
    ship(depot, so, "S", 30)
    depot.session.commit()
    monkeypatch.setenv("HUB_TODAY", "2026-11-30")
    assert run_job(hub, depot.tenant) == {"expired": 0, "released": 0, "refused": []}
    monkeypatch.setenv("HUB_TODAY", "2026-12-01")
    assert run_job(hub, depot.tenant) == {"expired": 1, "released": 1, "refused": []}
    assert run_job(hub, depot.tenant) == {"expired": 0, "released": 0, "refused": []}
    depot.session.expire_all()
    assert (first.state, later.state) == ("expired", "posted")
    assert (held(depot, shirt(depot)), held(depot, shirt(depot), "reserved")) == (D(60), D(10))
    moved = ledger.movements(depot, entity="orders.order", entity_id=so.id)
    assert [(m.kind, m.qty, m.on) for m in moved] == [("release", D(50), date(2026, 12, 1))]
    name = ledger.names(depot, [shirt(depot)])[shirt(depot)].name
    said = f"{first.number} expired: what was kept by it was released."
    assert told(depot, so) == [(said, [[name, "50", "0"]])]
    assert ledger.verify(depot, record=False) == []


def told(ctx: Ctx, so: CustomerOrder) -> list[tuple[str, Any]]:
    """What the order's record says was released."""
    row = AuditEntry
    found = ctx.session.execute(
        select(row.reason, row.changes).where(row.entity == "orders.order", row.entity_id == so.id)
    )
    return [(reason, changes) for reason, changes in found if "expired" in (reason or "")]


def test_what_comes_back_to_a_dead_reservation_is_let_go(
    depot: Ctx, so: CustomerOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(depot, shirt(depot), "100", kind="goods_in")
    reserved(depot, so)
    ship(depot, so, "S", 30)
    monkeypatch.setenv("HUB_TODAY", "2026-12-01")
    assert expiry.expire(depot, EntityRef("orders.order", so.id)) == (1, 1)
    do(depot, depot.session.scalars(select(Shipment)).one(), "reverse", reason="typed twice")
    assert (held(depot, shirt(depot)), held(depot, shirt(depot), "reserved")) == (D(100), D(0))
    assert [changes[0][1] for _reason, changes in told(depot, so)] == ["50", "30"]


def test_one_that_is_refused_keeps_no_other(
    depot: Ctx, so: CustomerOrder, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.plugins.outsourcing.conftest import sold

    other = sold(depot, ("ST-1", "NVY", "US-LAX", {"S": 10}), po="PO-2")
    put(depot, shirt(depot), "100", kind="goods_in")
    first, second = reserved(depot, so), reserved(depot, other, "10")
    depot.session.commit()
    monkeypatch.setenv("HUB_TODAY", "2026-12-01")
    release = expiry.release.let_go

    def let_go(ctx: Ctx, owner: EntityRef, *rest: Any) -> None:
        if owner.id == so.id:
            raise Refused("closed")
        release(ctx, owner, *rest)

    monkeypatch.setattr(expiry.release, "let_go", let_go)
    found = run_job(hub, depot.tenant)
    assert (found["expired"], found["released"], len(found["refused"])) == (1, 1, 1)
    depot.session.expire_all()
    assert (first.state, second.state) == ("posted", "expired")


def test_the_last_day_is_set_and_moved_within_reason(depot: Ctx, so: CustomerOrder) -> None:
    put(depot, shirt(depot), "100", kind="goods_in")
    with pytest.raises(Refused, match="cannot expire before 2026-11-23"):
        paper(depot, "reserve", st(depot, "80"), owner=so.number, kept_until=date(2026, 11, 22))
    old = paper(
        depot,
        "reserve",
        st(depot, "5"),
        owner=so.number,
        day=date(2026, 11, 1),
        kept_until=date(2026, 11, 22),
    )
    with pytest.raises(Refused, match="This day is over"):
        do(depot, old, "post")
    row = reserved(depot, so)
    with pytest.raises(Refused, match="This day is over"):
        do(depot, row, "keep_until", kept_until=date(2026, 11, 22))
    do(depot, row, "keep_until", kept_until=date(2026, 12, 24))
    assert row.kept_until == date(2026, 12, 24)
    do(depot, row, "keep_until", kept_until=None)
    assert row.kept_until is None
    release = paper(depot, "release", st(depot, "5"), owner=so.number, cause="priority", kept_until=LAST)
    assert release.kept_until is None  # others have no last day


def test_programs_are_given_the_days_of_the_company(depot: Ctx, so: CustomerOrder) -> None:
    assert expiry.proposed(depot) is None
    depot.set_setting("stock.reservation_days", 14)
    entity = depot.registry.get("stock.document")
    line = {"style": "ST-1", "color": "NVY", "size": "S", "qty": "5"}
    sent = {"kind": "reserve", "owner": so.number, "lines": [line]}
    row = perform(depot, entity, "create", None, sent).row
    assert row.kept_until == date(2026, 12, 7)
    put(depot, shirt(depot), "100", kind="goods_in")
    perform(depot, entity, "post", row, {})
    perform(depot, entity, "keep_until", row, {"kept_until": "2026-12-31"})
    assert row.kept_until == date(2026, 12, 31)


def test_what_expires_soon_is_brought_to_mind_while_something_is_left(
    depot: Ctx, so: CustomerOrder, ctx_as: Callable[..., Any]
) -> None:
    put(depot, shirt(depot), "100", kind="goods_in")
    row = reserved(depot, so, "20")

    def said(ctx: Ctx) -> list[str]:
        return [str(a.message) for a in ctx.hooks.each("alerts") if "kept until" in str(a.message)]

    assert said(depot) == [f"{row.number}: what is reserved for {so.number} is kept until 2026-11-30."]
    depot.set_setting("stock.reservation_warn_days", 6)
    assert said(depot) == []
    depot.set_setting("stock.reservation_warn_days", 7)
    ship(depot, so, "S", 20)
    assert said(depot) == []


def test_the_page_of_the_order_says_until_when(
    depot: Ctx, so: CustomerOrder, client_as: Callable[..., Any]
) -> None:
    put(depot, shirt(depot), "100", kind="goods_in")
    depot.set_setting("stock.reservation_days", 14)
    row = reserved(depot, so)
    depot.session.commit()
    wh = client_as("wh")
    assert "kept until 2026-11-30" in wh.get(f"/orders/order/{so.id}").text
    assert 'value="2026-12-07"' in wh.get("/stock/document/new?kind=reserve").text
    assert "kept_until" not in wh.get("/stock/document/new?kind=count").text
    page = f"/stock/document/{row.id}"
    assert wh.post(f"{page}/do/keep_until", data={"kept_until": "2026-12-24"}).status_code == 302
    assert "2026-12-24" in wh.get(page).text
