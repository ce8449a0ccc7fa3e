"""Rows that a person would not tell apart are told when they are saved, and kept; what is posted says what it said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.api import Ctx, save_row
from core.entities.twins import GONE
from core.kernel.hub import Hub
from core.testing.scenes import stage
from tests.plugins.outsourcing.conftest import catalogue

PARTNER, ORDER = "catalog.partner", "orders.order"


@stage
def office(ctx: Ctx) -> Ctx:
    """A catalogue; customers C1 and C9."""
    catalogue(ctx)
    made(ctx, PARTNER, code="C9", name="Ninth", is_customer=True, currency="USD")
    ctx.warnings.clear()
    return ctx


def made(ctx: Ctx, entity: str, row: Any = None, **data: Any) -> Any:
    if entity == PARTNER:
        data.setdefault("is_customer", True)
    kind = ctx.registry.get(entity)
    refs = {f.name: f.ref for f in kind.fields if f.kind == "ref"}
    for name in refs.keys() & data.keys():
        data[name] = ctx.session.query(ctx.registry.get(refs[name]).model).filter_by(code=data[name]).one()
    return save_row(ctx, kind, row, data)


def said(ctx: Ctx) -> list[str]:
    found = [str(text) for text in ctx.warnings]
    ctx.warnings.clear()
    return found


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"customer_po": "HL-88120"}, {"customer_po": "HL-88120"}, True),
        ({"customer_po": "HL-88120"}, {"customer_po": " hl-８８１２０ "}, True),
        ({"customer_po": "ＨＬ－８８１２０"}, {"customer_po": "HL-88120"}, True),
        ({"customer_po": "HL 88120"}, {"customer_po": "HL88120"}, True),
        ({"customer_po": "Été-1"}, {"customer_po": "Été-1"}, True),
        ({"customer_po": "訂單１"}, {"customer_po": "訂單1"}, True),
        ({"customer_po": "HL-88120"}, {"customer_po": "HL-88121"}, False),
        ({"customer_po": "HL-88120"}, {"customer_po": "HL-88120", "customer": "C9"}, False),
        ({"customer_po": ""}, {"customer_po": ""}, False),
    ],
)
def test_the_same_po_of_a_customer_names_the_other_order(
    office: Ctx, first: dict[str, str], second: dict[str, str], told: bool
) -> None:
    one = made(office, ORDER, **{"customer": "C1", "order_date": office.today(), **first})
    assert said(office) == []
    two = made(office, ORDER, **{"customer": "C1", "order_date": office.today(), **second})
    words = said(office)
    assert len(words) == told
    if told:
        assert one.number in words[0]
        assert "Customer + Customer PO" in words[0]
        made(office, ORDER, two, season="AW")  # another change says nothing again
        assert said(office) == []
        one.state = "cancelled"
        made(office, ORDER, two, customer_po=f"{second['customer_po']} ")
        made(office, ORDER, **{"customer": "C1", "order_date": office.today(), "customer_po": "X"})
        assert all(one.number not in text for text in said(office))


@pytest.mark.parametrize(
    ("entity", "first", "second", "told"),
    [
        (PARTNER, {"name": "Far East Mills"}, {"name": "FAR EAST  MILLS"}, True),
        (PARTNER, {"name": "Far East Mills", "names": {"zh_Hant_TW": "遠東"}}, {"name": "遠東"}, True),
        (PARTNER, {"name": "遠東"}, {"name": "Far East", "names": {"zh_Hant_TW": "遠東"}}, True),
        (PARTNER, {"name": "A", "tax_id": "12345678"}, {"name": "B", "tax_id": "1234 5678"}, True),
        (PARTNER, {"name": "A"}, {"name": "B"}, False),
        ("catalog.color", {"name": "Navy blue"}, {"name": "navy Blue"}, True),
    ],
)
def test_master_data_that_is_called_the_same(
    office: Ctx, entity: str, first: dict[str, Any], second: dict[str, Any], told: bool
) -> None:
    made(office, entity, code="T1", **first)
    said(office)
    made(office, entity, code="T2", **second)
    words = said(office)
    assert [("T1" in text) for text in words] == [True] * told


def test_twins_that_are_declared_are_there(hub: Hub) -> None:
    """The first is a text, the others are references or values of the row."""
    declared = {e.name: e.twins for e in hub.registry.entities.values() if e.twins}
    assert {"orders.order", PARTNER, "catalog.material", "catalog.style", "receiving.receipt"} <= set(
        declared
    )
    for name, groups in declared.items():
        fields = {f.name: f for f in hub.registry.get(name).fields}
        for first, *rest in groups:
            assert fields[first].kind == "text"
            assert set(rest) <= set(fields)
    states = {s.code for e in hub.registry.entities.values() for s in e.states}
    assert set(GONE) <= states


def test_what_is_posted_is_no_longer_edited(hub: Hub) -> None:
    for entity in hub.registry.entities.values():
        codes = {state.code for state in entity.states}
        if "posted" in codes and any(not f.readonly for f in entity.fields):
            assert entity.edit_states == ("draft",), f"{entity.name}: its words after posting are remarks"


def test_a_ship_date_in_the_past_is_told_when_it_is_confirmed(office: Ctx) -> None:
    from core.api import run_action
    from plugins.orders.services import lines
    from plugins.orders.services.inputs import LineInput

    for day, told in ((date(2020, 1, 31), True), (date(2099, 1, 31), False)):
        order = made(office, ORDER, customer="C1", order_date=date(2019, 12, 1))
        line = LineInput("ST-1", "NVY", "US-LAX", day, "2", (("S", 5),), name="lines-0")
        lines.save_lines(office, order, [line])
        said(office)
        run_action(office, office.registry.get(ORDER), order, "confirm")
        assert order.state == "confirmed"
        assert [
            f"{order.number}: the ship date 2020-01-31 lies in the past." in text for text in said(office)
        ] == [True] * told


def test_people_see_it_on_the_page_that_follows(office: Ctx, client_as: Any) -> None:
    made(office, ORDER, customer="C1", order_date=office.today(), customer_po="HL-1")
    office.session.commit()
    client = client_as("merch")
    reply = client.post(
        "/orders/order/new", data={"customer": "C1", "order_date": "2026-11-01", "customer_po": "hl-1"}
    )
    assert reply.status_code == 302
    page = client.get(reply.location).text
    assert '<p class="note warn"' in page
    assert "Look whether it is there twice" in page
    assert "Look whether it is there twice" not in client.get(reply.location).text
