"""Balances for programs: how much of what is where, now or at the end of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import ledger
from core.api import Ctx, Field, T, Text
from plugins.inventory.services.balances import Words
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
        color, size, destination = words.of(item)
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
