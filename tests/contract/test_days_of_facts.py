"""A day on which something happened is never one to come: every field of every entity, action and table that takes a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from core.api import Ctx, Field
from core.declare.fields import all_tables
from core.entities.facts import future_facts
from core.entities.forms import clean
from core.kernel.hub import Hub
from core.kernel.plugins import BASE_GROUP, discover

MAY_COME = {
    # when something is to happen, or holds from
    "catalog.calendar.day": "holidays are known ahead", "catalog.supplier_price.valid_from": "prices hold from a day on",
    "catalog.supplier_price.valid_to": "and up to one", "catalog.factory_price.valid_from": "prices hold from a day on",
    "catalog.factory_price.valid_to": "and up to one", "base_company.rate.valid_from": "rates hold from a day on",
    "catalog.goods_price.valid_from": "prices hold from a day on", "catalog.goods_price.valid_to": "and up to one",
    "invoicing.tax.valid_from": "rates hold from a day on",
    "engineering.bom.valid_from": "a version holds from a day on", "engineering.bom.retired_on": "and up to one",
    "engineering.change.effective_on": "changes take effect on a day",
    "engineering.substitute.valid_from": "it may be taken from a day on", "engineering.substitute.valid_to": "and up to one",
    "invoicing.invoice.due_date": "money is to come", "invoicing.bill.due_date": "money is to go",
    "planning.forecast.month": "orders are expected", "planning.scenario.day": "something may happen",
    "planning.run.day": "planned as of it", "planning.message.day": "supply is to come",
    "planning.message.to_day": "and would better come", "planning.suggestion.due": "it is wanted",
    "planning.suggestion.ready_on": "it is there", "planning.suggestion.release_on": "it is to be ordered",
    "orders.order.ship_date": "goods are to leave", "outsourcing.order.ship_date": "goods are to leave",
    "purchasing.order.required_date": "goods are to come", "purchasing.order.valid_until": "a PI holds until then",
    "purchasing.order.ship_date": "goods are to leave (its PI)","claims.claim.due_date": "an answer is to be given",
    "tna.timeline.anchor": "goods are to leave", "tna.timeline.target": "a milestone is to be reached",
    "tna.milestone.target": "a milestone is to be reached",
    "tna.milestone.baseline": "a milestone was to be reached",
    "stock.document.kept_until": "a reservation holds up to it",
    "shipping.shipment.day": "a draft says when goods are to leave; shipping on a day to come is refused",
    # what a paper is dated, by agreement of both sides
    "orders.order.order_date": "dated", "outsourcing.order.order_date": "dated", "purchasing.order.order_date": "dated",
    "purchasing.order.pi_date": "dated", "proforma.invoice.pi_date": "dated",
    "proforma.invoice.valid_until": "it holds until then", "proforma.invoice.ship_date": "goods are to leave",
}  # fmt: skip
"""Days that may lie ahead, and why; every other one states a fact."""


def days(hub: Hub) -> Iterator[tuple[str, Field]]:
    """Every field that holds a day: ``entity.field`` of its document, actions and tables counted with it."""
    ours = {*discover(), *discover(BASE_GROUP)}
    for entity in (e for e in hub.registry.entities.values() if e.plugin in ours):
        for spec in (*entity.fields, *(f for child in entity.children for f in child.fields)):
            yield f"{entity.name}.{spec.name}", spec
    every = (a for shelf in hub.registry.actions.values() for a in shelf.values())
    for action in (a for a in every if a.plugin in ours):
        for spec in (*action.all_fields(), *(f for table in all_tables(action.tables) for f in table.fields)):
            yield f"{action.entity}.{spec.name}", spec


def test_every_day_states_a_fact_or_may_come(hub: Hub) -> None:
    found = {name: spec.fact for name, spec in days(hub) if spec.kind == "date"}
    ahead = {name for name, fact in found.items() if not fact}
    assert sorted(ahead - set(MAY_COME)) == [], "fact=True, or why it may lie ahead"
    assert sorted(set(MAY_COME) - ahead) == [], "no such day, or it is a fact"


def test_a_day_to_come_is_refused_wherever_it_is_typed(hub: Hub, ctx: Ctx) -> None:
    tomorrow = ctx.today() + timedelta(days=1)
    tried = 0
    for name, spec in days(hub):
        if spec.kind != "date" or not spec.fact or spec.readonly:
            continue
        for day in (tomorrow.isoformat(), tomorrow.strftime("%Y/%m/%d"), tomorrow):
            _values, problems = clean(ctx, [spec], {spec.name: day})
            assert [p.field for p in problems if "future" in str(p)] == [spec.name], (name, day)
        assert clean(ctx, [spec], {spec.name: ctx.today().isoformat()})[1] == [], name
        assert future_facts(ctx, [spec], {spec.name: tomorrow}), name
        tried += 1
    assert tried > 10
