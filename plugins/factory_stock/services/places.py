"""Where issues and goods in move things: places of the ledger and what they mean here.

Material at a factory is kept apart by factory order, so that each has a statement of its own. Standard use leaves the
factory for ``used``; what a count or a return shows to be otherwise goes through ``variance``. Garments come from
``output``: the factory's production, an outside place, because nobody counted the pieces before they were made.
"""

from __future__ import annotations

from core import ledger
from core.api import EntityName, EntityRef

Place = ledger.Place
ORDER = EntityName("outsourcing.order")


def factory(factory_id: int, order_id: int) -> Place:
    """Our material at a factory, for one factory order."""
    return Place("factory", factory_id, EntityRef(ORDER, order_id))


def used(factory_id: int, order_id: int) -> Place:
    """Material in accepted pieces, by standard (consumption and wastage)."""
    return Place("used", factory_id, EntityRef(ORDER, order_id))


def variance(factory_id: int, order_id: int) -> Place:
    """Use above (+) or below (−) the standard, as counted or returned."""
    return Place("variance", factory_id, EntityRef(ORDER, order_id))


def scrap(factory_id: int, order_id: int) -> Place:
    """Material written off at the factory."""
    return Place("scrap", factory_id, EntityRef(ORDER, order_id))


def output(factory_id: int, order_id: int) -> Place:
    """The factory's production for a factory order: where garments come from and rejected ones go back to."""
    return Place("output", factory_id, EntityRef(ORDER, order_id))
