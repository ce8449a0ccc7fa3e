"""Balances for programs: how much of what is where, now or at the end of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import ledger
from core.api import Ctx, Field, T, Text
from plugins.inventory.services import ageing, balances
from plugins.inventory.services.balances import Words
from plugins.inventory.words import VALUES
from plugins.rest.api import Reading


def _kinds(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return [(k.code, k.label) for k in ctx.registry.item_kinds.values() if ctx.is_on(k.plugin)]


def _places(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return [(k.code, k.label) for k in ctx.registry.place_kinds.values() if k.inside and ctx.is_on(k.plugin)]


def list_balances(ctx: Ctx, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each item in each place inside, lots and destinations apart; zero ones are left out."""
    places = [asked["place_kind"]] if asked["place_kind"] else [code for code, _label in _places(ctx)]
    named = asked["material"] if asked["item_kind"] == "material" else asked["style"]
    ids = [named.id] if named is not None else None
    sums = ledger.balances(
        ctx, item_kind=asked["item_kind"], item_ids=ids, place_kinds=places, on=asked["on"]
    )
    called = ledger.names(ctx, {item for item, _place in sums}, {place for _item, place in sums})
    words = Words(ctx, {item for item, _place in sums})
    rows = []
    for (item, place), qty in sums.items():
        color, size, destination = words.labels(item)
        rows.append(
            {
                "item_id": item.id, "item": called[item].name, "unit": called[item].unit, "color": color, "size": size,
                "destination": destination, "lot": item.lot, "place_kind": place.kind, "place": called[place].name,
                "document": f"{place.document.entity}/id:{place.document.id}" if place.document else "", "qty": qty,
            }
        )  # fmt: skip
    return sorted(
        rows, key=lambda row: [str(row[name]) for name in ("item", "color", "size", "lot", "place")]
    )


BALANCES = Reading(
    "inventory.balances",
    T("Balances"),
    "inventory.view",
    list_balances,
    (
        Field("item_kind", T("What"), "choice", required=True, choices=_kinds),
        Field("material", T("Material"), "ref", ref="catalog.material"),
        Field("style", T("Style"), "ref", ref="catalog.style"),
        Field("place_kind", T("Kind of place"), "choice", choices=_places),
        Field("on", T("At the end of"), "date"),
    ),
)
"""What lies where, as of a day."""


def list_ageing(ctx: Ctx, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each item of a group in stock, the longest idle first; what it is worth for who may see that."""
    worth = ctx.can(VALUES)
    return [
        {
            "item_id": row.item.id, "item": row.code, "name": row.name, "color": row.color, "size": row.size,
            "destination": row.destination, "unit": row.unit, "qty": row.qty, "idle": row.idle, "days": row.days,
            "class": row.group, "last_in": row.last_in, "last_out": row.last_out, "customer": row.customer,
            **({"value": row.value} if worth else {}),
        }
        for row in ageing.idle_stock(ctx, asked["group"])
    ]  # fmt: skip


def list_on_order(ctx: Ctx, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each line that is to come, of one material or of all."""
    named = asked["material"]
    rows = balances.on_order(ctx, None if named is None else [named.id]) or []
    called = ledger.names(ctx, {row.item for row in rows})
    words = Words(ctx, {row.item for row in rows})
    found = []
    for row in rows:
        color, size, destination = words.labels(row.item)
        found.append(
            {
                "item_id": row.item.id, "item": called[row.item].name, "unit": called[row.item].unit, "color": color,
                "size": size, "destination": destination, "number": row.number, "due": row.due, "qty": row.qty,
                "document": f"{row.source.entity}/id:{row.source.id}",
            }
        )  # fmt: skip
    return sorted(found, key=lambda row: (row["due"] is None, str(row["due"]), row["number"], row["item"]))


def _groups(_ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return [("main", T("Main material")), ("trim", T("Trims")), ("garment", T("Finished goods"))]


AGEING = Reading(
    "inventory.ageing",
    T("Ageing"),
    "inventory.view",
    list_ageing,
    (Field("group", T("What"), "choice", required=True, choices=_groups),),
)
"""How long stock has been idle."""
ON_ORDER = Reading(
    "inventory.on_order",
    T("On order"),
    "inventory.view",
    list_on_order,
    (Field("material", T("Material"), "ref", ref="catalog.material"),),
)
"""What is to come."""
