"""The search over all documents: by number, customer PO, style, partner; quick, and only what may be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plugins.base_search.services import search
from tests.hub_pages import words

FINDS: list[tuple[str, str, list[str]]] = [
    # typed, kind, what is found of that kind in this order
    ("SO-26001", "Customer orders", ["SO-26001"]),
    ("so-2600", "Customer orders", ["SO-26008", "SO-26007", "SO-26006", "SO-26005", "SO-26004"]),
    ("26003", "Customer orders", ["SO-26003"]),
    ("HL-88121", "Customer orders", ["SO-26002"]),
    ("HL-88121", "Factory orders", ["FO-2026-0001"]),
    ("hl-88", "Customer orders", ["SO-26002", "SO-26001"]),
    ("ST-2603", "Customer orders", ["SO-26006", "SO-26004"]),
    ("ST-2603", "Factory orders", ["FO-2026-0002"]),
    ("ST-2603", "Styles", ["ST-2603"]),
    ("Harborline", "Partners", ["C01"]),
    ("Harborline", "Customer orders", ["SO-26002", "SO-26001"]),
    ("港線", "Partners", ["C01"]),
    ("港線", "Customer orders", ["SO-26002", "SO-26001"]),
    ("FO-2026-0002", "Factory orders", ["FO-2026-0002"]),
    ("PM-2026-0003", "Purchase orders", ["PM-2026-0003"]),
    ("FAB-OXF", "Purchase orders", ["PM-2026-0003"]),
    ("S08", "Purchase orders", ["PT-2026-0003"]),
    ("PY-2026-0002", "Payments", ["PY-2026-0002"]),
    ("SH-2026", "Shipments", ["SH-2026-0001"]),
    ("%", "Customer orders", []),
    ("_", "Customer orders", []),
    ("zzyzx", "Customer orders", []),
]


def found(client: Any, text: str) -> dict[str, list[Any]]:
    """Hits by kind, as the box gets them."""
    reply = client.get("/search", query_string={"json": "1", "q": text})
    assert reply.status_code == 200
    return {group["kind"]: group["hits"] for group in reply.json}


@pytest.mark.parametrize(("text", "kind", "numbers"), FINDS)
def test_it_finds(enter: Callable[[str], Any], text: str, kind: str, numbers: list[str]) -> None:
    groups = found(enter("mgr"), text)
    assert [hit["label"] for hit in groups.get(kind, [])] == numbers
    page = words(enter("mgr").get("/search", query_string={"q": text}).text)
    assert all(number in page for number in numbers)


def test_the_exact_number_comes_first(enter: Callable[[str], Any]) -> None:
    for text, kind in (("FO-2026-0002", "Factory orders"), ("C01", "Partners"), ("ST-2603", "Styles")):
        groups = found(enter("mgr"), text)
        assert next(iter(groups)) == kind
        assert groups[kind][0]["label"] == text


def test_hits_carry_state_and_partner(enter: Callable[[str], Any]) -> None:
    hit = found(enter("mgr"), "FO-2026-0002")["Factory orders"][0]
    assert "Issued" in hit["state"]
    assert "chip" in hit["state"]
    assert hit["partner"]
    assert hit["href"].startswith("/outsourcing/order/")
    assert enter("mgr").get(hit["href"]).status_code == 200


def test_payments_are_found_by_those_who_may_see_them(enter: Callable[[str], Any]) -> None:
    assert "Payments" in found(enter("fin"), "PY-2026")
    assert "Payments" not in found(enter("wh"), "PY-2026")
    assert found(enter(""), "SO-26001") == {}


def test_nothing_typed_finds_nothing(enter: Callable[[str], Any]) -> None:
    assert found(enter("mgr"), "  ") == {}


@pytest.mark.parametrize("text", ["SO-26001", "26", "Harborline", "zzyzx", "a"])
def test_the_number_of_queries_depends_on_kinds_found_and_not_on_rows(
    hub: Any, office: Any, count_queries: Any, text: str
) -> None:
    with hub.context(office, write=False) as ctx:
        search.search_everything(ctx, text)
    with hub.context(office, write=False) as ctx, count_queries() as log:
        groups = search.search_everything(ctx, text)
    sent = [each for each in log.statements if not each.startswith(("SAVEPOINT", "RELEASE"))]
    # two of its own, eight of the plugins at most, and two for each kind that something was found in
    assert len(sent) <= 10 + 2 * len(groups), log


def test_old_documents_are_found_by_their_beginning_and_new_ones_by_what_they_contain(
    hub: Any, office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def labels(text: str) -> list[str]:
        with hub.context(office, write=False) as ctx:
            groups = search.search_everything(ctx, text)
            return [f.hit.label for g in groups if g.entity.name == "orders.order" for f in g.hits]

    monkeypatch.setattr(search, "SCANNED", 2)  # as if only the two newest were looked through
    assert labels("SO-26001") == ["SO-26001"]
    assert labels("HL-88120") == ["SO-26001"]
    assert labels("26103") == ["SO-26103"]  # only its copy is newer
    assert labels("26001") == []


def test_the_plans_use_the_indexes(hub: Any, office: Any, count_queries: Any) -> None:
    """The beginning of a customer PO is looked up, not looked for."""
    if not hub.config.is_sqlite:
        pytest.skip("a planner with statistics does what it likes with eight rows")
    from sqlalchemy import select

    from plugins.orders.models import CustomerOrder

    with hub.context(office, write=False) as ctx:
        statement = select(CustomerOrder.id).where(
            CustomerOrder.tenant_id == office.id, CustomerOrder.customer_po.between("HL", "HL\uffff")
        )
        text = str(statement.compile(ctx.session.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = ctx.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
    assert "ix_orders_order_customer_po" in str(plan)
