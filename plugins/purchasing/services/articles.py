"""What a line buys: a material in its purchase unit, or pieces of a style that a vendor makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.api import Ctx, Problem, T
from core.values import ZERO
from plugins.catalog.api import Material, Style, goods_prices, size_ids, sizes_of, supplier_prices
from plugins.catalog.api import best_price as best
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import quantities
from plugins.purchasing.services.inputs import LineInput
from plugins.purchasing.words import GOODS

ONE = Decimal(1)
Sizes = Mapping[tuple[int, str], int]
"""(id of the style, 0 for materials; code) → size."""


@dataclass(frozen=True)
class Units:
    """In what something is bought and stocked: ``factor`` stock units in a purchase unit, ``grain`` their smallest quantity."""

    uom: str
    stock_uom: str
    factor: Decimal
    grain: Decimal


def units(article: Material | Style) -> Units:
    """Finished goods are bought and stocked in pieces of the style."""
    if isinstance(article, Style):
        return Units(article.unit, article.unit, ONE, quantities.step(article.unit))
    return Units(article.purchase_uom, article.stock_uom, article.factor, article.stock_step)


def known_sizes(ctx: Ctx, inputs: Iterable[LineInput]) -> Sizes:
    """Sizes that inputs may name: of a style those of its run, of a material any. A fixed number of queries."""
    given = list(inputs)
    found = {
        (0, code): size for code, size in size_ids(ctx, {i.size for i in given if i.style is None}).items()
    }
    for style_id, sizes in sizes_of(ctx, {i.style.id for i in given if i.style is not None}).items():
        found |= {(style_id, size.code): size.id for size in sizes}
    return found


def size_of(sizes: Sizes, given: LineInput) -> int | None:
    """The size that an input means; None for none, and for one that is unknown."""
    return sizes.get((given.style.id if given.style is not None else 0, given.size)) if given.size else None


def problems(order: PurchaseOrder, given: LineInput, sizes: Sizes) -> list[Problem]:
    """What is wrong with the article of a line, its colour and its size."""
    name = given.name
    if order.material_class == GOODS:
        return _goods(given, sizes)
    material = given.material
    if material is None or given.style is not None:
        return [Problem(T("A material is needed."), f"{name}material")]
    found = []
    if material.material_class != order.material_class:
        found.append(
            Problem(T("{material} does not belong on this list: main materials and trims are ordered apart.",
                      material=material.code), f"{name}material")
        )  # fmt: skip
    if material.by_color and given.color is None:
        found.append(Problem(T("{material} comes in colours.", material=material.code), f"{name}color"))
    if material.by_size and not given.size:
        found.append(Problem(T("{material} comes in sizes.", material=material.code), f"{name}size"))
    return found + _size(given, sizes)


def _goods(given: LineInput, sizes: Sizes) -> list[Problem]:
    name, style = given.name, given.style
    if style is None or given.material is not None:
        return [Problem(T("A style is needed."), f"{name}style")]
    found = []
    if given.color is None:
        found.append(Problem(T("{material} comes in colours.", material=style.code), f"{name}color"))
    if not given.size:
        found.append(Problem(T("{material} comes in sizes.", material=style.code), f"{name}size"))
    return found + _size(given, sizes)


def _size(given: LineInput, sizes: Sizes) -> list[Problem]:
    if not given.size or size_of(sizes, given) is not None:
        return []
    return [Problem(T("There is no size “{code}”.", code=given.size), f"{given.name}size")]


def fill_prices(ctx: Ctx, order: PurchaseOrder, inputs: Iterable[LineInput]) -> None:
    """Prices nobody typed: what the supplier asks for the whole quantity of the material or style. One query."""
    missing = [i for i in inputs if i.price is None and (i.material or i.style) is not None]
    wanted: dict[int, Decimal] = {}
    for given in missing:
        wanted[given.article.id] = wanted.get(given.article.id, ZERO) + (given.qty or ZERO)
    if not wanted:
        return
    if order.material_class == GOODS:
        found = _goods_prices(ctx, order, wanted)
    else:
        found = supplier_prices(ctx, order.supplier_id, order.currency, wanted, order.order_date)
    for given in missing:
        given.price = found.get(given.article.id)


def _goods_prices(ctx: Ctx, order: PurchaseOrder, wanted: Mapping[int, Decimal]) -> dict[int, Decimal]:
    offers = goods_prices(ctx, wanted, order.order_date)
    mine = {
        style: [o for o in rows if o.vendor_id == order.supplier_id and o.currency == order.currency]
        for style, rows in offers.items()
    }
    found = {style: best(rows, wanted[style], order.order_date) for style, rows in mine.items()}
    return {style: row.price for style, row in found.items() if row is not None}


def identity(line: PurchaseLine) -> tuple[int | None, int | None, int | None, str, int | None]:
    """What a line is, whatever its quantity and price: it stays so after issue."""
    size = line.size.code if line.size else ""
    return (line.material_id, line.style_id, line.color_id, size, line.destination_id)


def identity_given(given: LineInput) -> tuple[int | None, int | None, int | None, str, int | None]:
    """:func:`identity` of an input."""
    ids = (row.id if row is not None else None for row in (given.material, given.style, given.color))
    material, style, color = ids
    return (material, style, color, given.size, given.destination.id if given.destination else None)
