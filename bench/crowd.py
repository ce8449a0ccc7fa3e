"""Eight people receive, issue and reverse the same few items through the real services, and every figure is told twice.

Each process keeps its own account of what was acknowledged to it (a commit that returned). Afterwards the documents, the
movements and the balances must be exactly the sum of these accounts, and ``ledger.verify`` must find nothing.
``HUB_BENCH_SECONDS`` sets for how long (60).
"""

from __future__ import annotations

import multiprocessing
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bench.common import Result, fresh_hub
from bench.factory_order import create_and_issue, customer_orders, master_data
from core import ledger
from core.api import Ctx, Refused, get_row, run_action, save_row
from core.base_api import TenantInfo
from core.data.retry import BUSY, retrying
from core.kernel.config import Config
from core.kernel.hub import Hub
from core.ledger.tables import Movement, Posting
from plugins.catalog.models import Material, Partner
from plugins.factory_stock.models import Issue, IssueLine
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.receiving.models import Receipt, ReceiptLine
from plugins.receiving.services import receiving
from plugins.stock.services import stores

D = Decimal
PROCESSES, ITEMS, ORDERS, START_QTY = 8, 6, 3, D(8)
SECONDS = float(os.environ.get("HUB_BENCH_SECONDS", "60"))
LEAST = 12
"""Each does at least so many things, however slow the machine is."""
OPENING = "opening"
RECEIPT, ISSUE = "receiving.receipt", "factory_stock.issue"
WORK = ("receive", "receive", "issue", "issue", "issue", "reverse_receipt", "reverse_issue")


@dataclass
class Account:
    """What was acknowledged to one person. ``stock`` is the change of the store by material id, ``done`` counts
    (entity, document, reversal?), ``began`` counts transactions begun, ``failed`` is what no person should ever see."""

    stock: Counter[int] = field(default_factory=Counter)
    done: Counter[tuple[str, int, bool]] = field(default_factory=Counter)
    refused: int = 0
    began: int = 0
    cpu: float = 0.0
    waits: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def furnish(hub: Hub, tenant: TenantInfo) -> None:
    """A few materials in kilograms, orders that never end, two factory orders, and a little in the store."""
    with hub.context(tenant) as ctx:
        master_data(ctx, 4)
        mill = Partner(code="MILL", name="Mill", is_supplier=True, currency="USD")
        ctx.session.add(mill)
        ctx.session.flush()
        made = [
            Material(code=f"CRW-{n}", name=f"Yarn {n}", material_class="main", stock_uom="kg", purchase_uom="kg",
                     factor=D(1), stock_step=D("0.01"), gate_stage="cutting", supplier_id=mill.id, supplier=mill)
            for n in range(ITEMS)
        ]  # fmt: skip
        ctx.session.add_all(made)
        ctx.session.flush()
        for n in range(ORDERS):
            po = PurchaseOrder(number=f"CRW-{n}", state="issued", supplier_id=mill.id, supplier=mill, currency="USD",
                               order_date=date(2026, 9, 1), issue_date=date(2026, 9, 1), created_at=ctx.now())  # fmt: skip
            ctx.session.add(po)
            ctx.session.flush()
            ctx.session.insert_many(
                PurchaseLine,
                [
                    {
                        "order_id": po.id, "position": p, "material_id": m.id, "qty": D(10**6), "uom": "kg", "factor": D(1),
                        "stock_uom": "kg", "stock_qty": D(10**6), "price": D(2), "amount": D(2 * 10**6), "zero_reason": "",
                        "availability": "unknown", "max_qty": D(10**6), "close_qty": D(10**6), "short_closed": False,
                        "short_reason": "", "note": "",
                    }
                    for p, m in enumerate(made)
                ],
            )  # fmt: skip
    for _ in range(2):
        with hub.context(tenant) as ctx:
            create_and_issue(ctx, customer_orders(ctx, 10, 4))
    with hub.context(tenant) as ctx:
        line_ids = ctx.session.scalars(select(PurchaseLine.id).order_by(PurchaseLine.id).limit(ITEMS)).all()
        _receive(ctx, [receiving.Received(i, START_QTY) for i in line_ids], OPENING)


def _receive(ctx: Ctx, given: list[receiving.Received], note: str = "") -> Receipt:
    mill = ctx.session.scalars(select(Partner).where(Partner.code == "MILL")).one()
    receipt = receiving.draft(ctx, mill, stores.default(ctx), given, delivery_note=note)
    run_action(ctx, ctx.registry.get(RECEIPT), receipt, "post")
    return receipt


def _moved(ctx: Ctx, entity: str, row: Any) -> dict[int, int]:
    """Thousandths that a document brings into the store (or takes from it), by material id, from its own lines."""
    if entity == RECEIPT:
        rows = ctx.session.execute(
            select(PurchaseLine.material_id, ReceiptLine.received)
            .join(
                PurchaseLine,
                (PurchaseLine.id == ReceiptLine.line_id) & (PurchaseLine.tenant_id == ReceiptLine.tenant_id),
            )
            .where(ReceiptLine.receipt_id == row.id)
        )
        sign = 1
    else:
        rows = ctx.session.execute(
            select(IssueLine.material_id, IssueLine.qty).where(IssueLine.issue_id == row.id)
        )
        sign = -1
    found: Counter[int] = Counter()
    for material_id, qty in rows:
        if material_id is not None:
            found[material_id] += sign * int(qty * 1000)
    return found


def _counted(model: Any) -> list[Any]:
    """All documents but the first delivery, which nobody was told of."""
    return [Receipt.delivery_note != OPENING] if model is Receipt else []


class Person:
    """Does by the dice what people do."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def plan(self) -> Callable[[Ctx], tuple[str, int, bool, dict[int, int]]]:
        """One piece of work with its quantities chosen: the same again when it is begun anew."""
        what, seed = self.dice.choice(WORK), self.dice.random()

        def work(ctx: Ctx) -> tuple[str, int, bool, dict[int, int]]:
            dice = random.Random(seed)
            if what == "receive":
                ids = ctx.session.scalars(select(PurchaseLine.id)).all()
                chosen = dice.sample(sorted(ids), dice.randint(1, 3))
                row: Any = _receive(ctx, [receiving.Received(i, D(dice.randint(1, 24)) / 4) for i in chosen])
                return RECEIPT, row.id, False, _moved(ctx, RECEIPT, row)
            if what == "issue":
                return ISSUE, (row := self.issue(ctx, dice)).id, False, _moved(ctx, ISSUE, row)
            model, entity = (Receipt, RECEIPT) if what == "reverse_receipt" else (Issue, ISSUE)
            open_ = select(model.id).where(model.state == "posted", *_counted(model))
            latest = ctx.session.scalars(open_.order_by(model.id.desc()).limit(12)).all()
            if not latest:
                raise Refused("there is nothing yet")
            row = get_row(ctx, ctx.registry.get(entity), dice.choice(latest))
            run_action(ctx, ctx.registry.get(entity), row, "reverse", {"reason": "wrong"})
            return entity, row.id, True, {m: -q for m, q in _moved(ctx, entity, row).items()}

        return work

    def issue(self, ctx: Ctx, dice: random.Random) -> Issue:
        """Issue one to three materials to a factory."""
        order = dice.choice(ctx.session.scalars(select(FactoryOrder).order_by(FactoryOrder.id)).all())
        entity = ctx.registry.get(ISSUE)
        head = {"kind": "issue", "factory_order": order, "store": None, "day": ctx.today()}
        row: Issue = save_row(ctx, entity, None, head)
        codes = dice.sample(range(ITEMS), dice.randint(1, 3))
        lines = [
            {"material": f"CRW-{c}", "qty": str(D(dice.randint(1, 40)) / 4), "reason": "lost", "payer": "us"}
            for c in codes
        ]
        run_action(ctx, entity, row, "lines", {"lines": lines})
        run_action(ctx, entity, row, "post")
        return row


def live(config: Config, tenant: TenantInfo, seed: int, seconds: float, together: Any, results: Any) -> None:
    """One person's process."""
    os.environ["HUB_TODAY"] = "2026-11-23"
    hub, person, account = Hub(config), Person(seed), Account()
    together.wait(300)
    cpu, end = time.process_time(), time.monotonic() + seconds
    while time.monotonic() < end or len(account.waits) + account.refused < LEAST:
        work, start = person.plan(), time.monotonic()

        def counted(ctx: Ctx, work: Any = work) -> Any:
            account.began += 1
            return work(ctx)

        try:
            entity, row_id, back, moved = retrying(hub, tenant, counted)
        except Refused as refused:
            account.refused += 1
            if any(p.message == BUSY for p in refused.problems):
                account.failed.append(f"{seed}: {refused}")
            continue
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            account.failed.append(f"{seed}: {error!r}"[:600])
            continue
        account.waits.append(time.monotonic() - start)
        account.done[entity, row_id, back] += 1
        account.stock.update(moved)
    account.cpu = time.process_time() - cpu
    hub.engine.dispose()
    results.put(account)


def crowd(hub: Hub, tenant: TenantInfo, seconds: float, processes: int = PROCESSES) -> list[Account]:
    """Let them; their accounts."""
    hub.engine.dispose()
    spawn = multiprocessing.get_context("spawn")
    results, together = spawn.Queue(), spawn.Barrier(processes)
    people = [
        spawn.Process(target=live, args=(hub.config, tenant, seed, seconds, together, results))
        for seed in range(1, processes + 1)
    ]
    for person in people:
        person.start()
    told = [results.get(timeout=seconds + 300) for _ in people]
    for person in people:
        person.join(60)
    return told


def faults(hub: Hub, tenant: TenantInfo, told: list[Account]) -> list[str]:
    """Everything that is not as it was acknowledged: nothing may be lost, doubled, oversold or unproven."""
    found = [fault for account in told for fault in account.failed]
    done: Counter[tuple[str, int, bool]] = sum((a.done for a in told), Counter())
    stock: Counter[int] = Counter()
    for account in told:
        stock.update(account.stock)
    with hub.context(tenant, write=False) as ctx:
        found += ledger.verify(ctx, record=False)
        first = select(Receipt.id).where(Receipt.delivery_note == OPENING).scalar_subquery()
        kept = Counter(
            (entity, row_id, back)
            for entity, row_id, back in ctx.session.execute(
                select(Posting.entity, Posting.entity_id, Movement.reverses_id.is_not(None))
                .join(
                    Movement, (Movement.posting_id == Posting.id) & (Movement.tenant_id == Posting.tenant_id)
                )
                .where((Posting.entity != RECEIPT) | (Posting.entity_id != first))
                .group_by(Posting.id, Posting.entity, Posting.entity_id, Movement.reverses_id.is_not(None))
            )
        )
        if kept != done:
            found.append(
                f"acknowledged and not kept: {done - kept}; kept and not acknowledged: {kept - done}"
            )
        for model, entity in ((Receipt, RECEIPT), (Issue, ISSUE)):
            states = dict(ctx.session.execute(select(model.id, model.state).where(*_counted(model))).all())
            want = {
                row: "reversed" if done[entity, row, True] else "posted"
                for e, row, _back in done
                if e == entity
            }
            if states != want:
                found.append(
                    f"{entity}: documents are not as acknowledged: {set(states.items()) ^ set(want.items())}"
                )
        materials = ctx.session.scalars(select(Material.id).where(Material.code.startswith("CRW-"))).all()
        there = ledger.balances(ctx, item_kind="material", place_kinds=["store"])
        for m in materials:
            want_qty = START_QTY + D(stock[m]) / 1000
            have = sum((qty for (item, _p), qty in there.items() if item.id == m), D(0))
            if have != want_qty or have < 0:
                found.append(f"material {m}: {have} in the store, {want_qty} acknowledged")
    return found


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine; raises where anything is not as it was acknowledged."""
    os.environ["HUB_TODAY"] = "2026-11-23"
    with fresh_hub(engine) as (hub, tenant):
        furnish(hub, tenant)
        told = crowd(hub, tenant, SECONDS)
        wrong = faults(hub, tenant, told)
        if wrong:
            raise RuntimeError("\n".join(wrong[:20]))
        done, refused = sum(a.done.total() for a in told), sum(a.refused for a in told)
        again = sum(a.began for a in told) - done - refused
        cpu = 1000 * sum(a.cpu for a in told) / done
        wall = 1000 * statistics.median(w for a in told for w in a.waits)
        what = (
            f"{PROCESSES} people receive, issue and reverse {ITEMS} items for {SECONDS:.0f} s: {done:,} documents posted, "
            f"{refused:,} refused, {again:,} begun anew, none lost (per document)"
        )
        yield Result(what, engine, cpu, wall, 1000 * min(w for a in told for w in a.waits), "")
