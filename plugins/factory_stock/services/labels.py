"""Kinds of places and movements of stock at factories, and what people call such places."""

from __future__ import annotations

from collections.abc import Sequence

from core import ledger
from core.api import Ctx, Declare, T, hookimpl
from plugins.stock.api import labels

PLACES = (
    ledger.PlaceKind("factory", T("factory"), inside=True),
    ledger.PlaceKind("used", T("used by standard"), inside=False),
    ledger.PlaceKind("variance", T("used beside the standard"), inside=False),
    ledger.PlaceKind("output", T("production"), inside=False),
)
MOVEMENTS = (
    ledger.MovementKind("issue", T("Issue to the factory")),
    ledger.MovementKind("return", T("Return from the factory")),
    ledger.MovementKind("goods_in", T("Goods in")),
    ledger.MovementKind("consume", T("Used in accepted pieces")),
    ledger.MovementKind("unused", T("Not used after all")),
    ledger.MovementKind("write_off", T("Write-off at the factory")),
    ledger.MovementKind("rework", T("Back to the factory for rework")),
    ledger.MovementKind("regrade", T("Kept as seconds")),
)
WORDS = {
    "factory": T("factory {code}"),
    "used": T("used at {code}, by standard"),
    "variance": T("used at {code}, beside the standard"),
    "output": T("production of {code}"),
}


def register(registry: Declare) -> None:
    """Declare them."""
    for place in PLACES:
        registry.place_kind(place)
    for movement in MOVEMENTS:
        registry.movement_kind(movement)


@hookimpl(specname="stock_names")
def factory_place_names(ctx: Ctx, places: Sequence[ledger.Place]) -> list[ledger.Named]:
    """Places at factories, by the factory's code."""
    return labels.of_partners(ctx, places, WORDS)
