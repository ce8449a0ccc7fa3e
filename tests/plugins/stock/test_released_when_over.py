"""What is still kept for an order when it is over goes back to free stock, on its record (A7)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx
from core.data.records import AuditEntry
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.material_gate.conftest import free, keep
from tests.plugins.outsourcing.conftest import do
from tests.plugins.purchasing.conftest import fo as fo
from tests.plugins.purchasing.conftest import mill as mill
from tests.plugins.purchasing.conftest import stock
from tests.plugins.stock.conftest import D, held, paper, put, shirt, st


def told(ctx: Ctx, entity: str, id: int) -> list[list[list[str]]]:
    """What the record of a document says was released."""
    entries = ctx.session.scalars(
        select(AuditEntry.changes).where(
            AuditEntry.entity == entity,
            AuditEntry.entity_id == id,
            AuditEntry.reason == "What was kept for it was released.",
        )
    )
    return [changes for changes in entries if changes]


@pytest.mark.parametrize("action", ["cancel", "close"])
def test_garments_kept_for_a_customer_order(depot: Ctx, so: CustomerOrder, action: str) -> None:
    put(depot, shirt(depot), "100", kind="goods_in")
    do(depot, paper(depot, "reserve", st(depot, "80"), owner=so.number), "post")
    do(depot, so, action, **({"reason": "bankrupt"} if action == "cancel" else {}))
    assert (held(depot, shirt(depot)), held(depot, shirt(depot), "reserved")) == (D(100), D(0))
    moved = ledger.movements(depot, entity="orders.order", entity_id=so.id)
    assert [(m.kind, m.qty, m.on) for m in moved] == [("release", D(80), depot.today())]
    name = ledger.names(depot, [shirt(depot)])[shirt(depot)].name
    assert told(depot, "orders.order", so.id) == [[[name, "80", "0"]]]


def test_material_kept_for_a_factory_order(mill: Ctx, fo: FactoryOrder) -> None:
    free(mill, "LBL M", "100")
    free(mill, "LBL S", "30")
    keep(mill, fo, "LBL M", "80")
    keep(mill, fo, "LBL S", "30")
    do(mill, fo, "cancel", reason="style dropped")
    assert stock(mill, ("store", "reserved")) == {("LBL", "store"): D(130)}
    moved = ledger.movements(mill, entity="outsourcing.order", entity_id=fo.id)
    assert len({m.at for m in moved}) == 1  # one posting
    (changes,) = told(mill, "outsourcing.order", fo.id)
    assert sorted((was, now) for _name, was, now in changes) == [("30", "0"), ("80", "0")]


def test_nothing_kept_says_nothing(mill: Ctx, fo: FactoryOrder) -> None:
    do(mill, fo, "cancel", reason="style dropped")
    assert not told(mill, "outsourcing.order", fo.id)
    assert not ledger.movements(mill, entity="outsourcing.order", entity_id=fo.id)
