"""The queries of BOMs, declared once: for the page, for files and for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.api import Ctx, EntityName, Field, Refused, T, Text
from core.money import base_currency
from core.values import parse_pieces
from kit.exports.tables import TableColumn
from plugins.catalog.api import FACTORY_PRICES, SUPPLIER_PRICES, PlanDemand, Style, currency_choices, sizes_of
from plugins.engineering.services import queries
from plugins.engineering.services.figures import as_decimal
from plugins.engineering.services.structures import Demand, Owner
from plugins.engineering.words import BOM, MATERIAL, SOURCES
from plugins.engineering.words import STYLE as STYLE_ENTITY

VIEW = f"{BOM}.view"
Rows = list[dict[str, Any]]
SAYS = dict(SOURCES)


@dataclass(frozen=True)
class Query:
    """A question: ``fields`` are what is asked, ``run`` gives rows, ``columns`` (name, label, kind) what the table shows.

    ``right`` is needed beside that of seeing versions; ``note`` says how its figures are computed.
    """

    name: str
    label: Text
    fields: tuple[Field, ...]
    run: Callable[[Ctx, Mapping[str, Any]], Rows]
    columns: tuple[tuple[str, Text, str], ...]
    note: Text
    rights: tuple[str, ...] = (VIEW,)

    def table(self) -> list[TableColumn[dict[str, Any]]]:
        """Its columns for a page or a file."""

        def cell(name: str) -> Callable[[dict[str, Any]], Any]:
            return lambda row: row[name]

        return [TableColumn(name, label, cell(name), kind) for name, label, kind in self.columns]

    def there(self, ctx: Ctx) -> bool:
        """Whether this person may ask it."""
        return all(ctx.can(right) for right in self.rights)


STYLE = Field("style", T("Style"), "ref", ref="catalog.style")
MADE = Field("material", T("Material"), "ref", ref="catalog.material")
PIECES = Field("pieces", T("Pieces"), "pieces", min=1, max=10_000_000, default=1000)
MIX = Field("mix", T("Sizes"), max_length=200, help=T("How many of each: S=1 M=2 L=1. Empty: all alike."))
COLOR = Field("color", T("Colour"), "ref", ref="catalog.color", help=T("Empty: the first colourway."))
LEVELS = Field("levels", T("Levels"), "int", min=1, max=12, help=T("Empty: all the way down."))
DAY = Field("on", T("Version of"), "date", help=T("Empty: what holds now."))


def _owner(asked: Mapping[str, Any]) -> Owner:
    style, material = asked.get("style"), asked.get("material")
    if (style is None) == (material is None):
        raise Refused(T("Say which style, or which made material."), "style")
    return Owner("style", style.id) if style is not None else Owner("material", material.id)  # type: ignore[union-attr]


def mix_of(ctx: Ctx, style: Style, text: str) -> dict[int, int]:
    """``S=1 M=2`` as numbers by size id. Refused for what is no size of the style, or no number."""
    sizes = {size.code.upper(): size.id for size in sizes_of(ctx, [style.id]).get(style.id, ())}
    found: dict[int, int] = {}
    for part in text.replace(",", " ").split():
        code, _sign, number = part.partition("=")
        if code.upper() not in sizes:
            raise Refused(T("Size {size} is not in the size run.", size=code), "mix")
        found[sizes[code.upper()]] = parse_pieces(number) or 0
    return found


def _forward(ctx: Ctx, asked: Mapping[str, Any]) -> Rows:
    owner, pieces = _owner(asked), asked.get("pieces") or 1000
    color = asked["color"].id if asked.get("color") is not None else None
    if owner.kind == "style":
        mix = mix_of(ctx, asked["style"], asked.get("mix") or "")
        demands = queries.demands_of(ctx, asked["style"], pieces, mix, color)
    else:
        demands = [Demand(owner, pieces, color)]
    rows = queries.forward(ctx, demands, levels=asked.get("levels"), day=asked.get("on"))
    return [
        {
            "level": row.level, "material": row.code, "name": row.name, "color": row.color, "size": row.size,
            "destination": row.destination, "source": str(SAYS[row.source]), "net": row.need.net, "gross": row.need.gross,
            "required": row.need.required, "unit": row.uom,
        }
        for row in rows
    ]  # fmt: skip


def _where_used(ctx: Ctx, asked: Mapping[str, Any]) -> Rows:
    rows = queries.where_used(ctx, asked["material"], levels=1 if asked.get("direct") else None)
    return [
        {
            "level": row.level, "entity": STYLE_ENTITY if row.owner.kind == "style" else MATERIAL,
            "kind": str(T("Style") if row.owner.kind == "style" else T("Material")), "code": row.code,
            "name": row.name, "place": row.place, "via": row.via, "consumption": row.consumption, "unit": row.uom,
            "wastage": row.wastage_pct,
        }
        for row in rows
    ]  # fmt: skip


def _open_orders(ctx: Ctx, asked: Mapping[str, Any]) -> Rows:
    styles = {
        use.owner.id: use.code
        for use in queries.where_used(ctx, asked["material"])
        if use.owner.kind == "style"
    }
    sums: dict[tuple[Any, ...], int] = {}
    for each in _visible(ctx, queries.open_orders(ctx, styles)):
        key = (each.source.entity, each.number, styles.get(getattr(each.item, "style", 0), ""), each.due)
        sums[key] = sums.get(key, 0) + int(each.qty)
    return [
        {"entity": entity, "order": number, "style": style, "due": due, "pieces": pieces}
        for (entity, number, style, due), pieces in sorted(
            sums.items(), key=lambda one: (str(one[0][3]), one[0][1])
        )
    ]


def _visible(ctx: Ctx, found: Sequence[PlanDemand]) -> list[PlanDemand]:
    """Of documents that this person may see. One statement at most for each kind of document."""
    ids: dict[str, set[int]] = {}
    for each in found:
        ids.setdefault(each.source.entity, set()).add(each.source.id)
    seen = {
        entity: ctx.scope.visible(ctx.registry.get(EntityName(entity)), mine) for entity, mine in ids.items()
    }
    return [each for each in found if each.source.id in seen[each.source.entity]]


def _cost(ctx: Ctx, asked: Mapping[str, Any]) -> Rows:
    owner, currency = _owner(asked), asked.get("currency") or base_currency(ctx)
    mix = mix_of(ctx, asked["style"], asked.get("mix") or "") if owner.kind == "style" else None
    whole, source, rows = queries.cost_rows(
        ctx, owner, day=asked.get("prices_of") or ctx.today(), currency=currency, lot=asked.get("pieces") or 1000,
        at=asked.get("on"), mix=mix,
    )  # fmt: skip
    found = [
        {
            "level": row.level, "material": row.code, "name": row.name, "source": str(SAYS[row.source]),
            "net": as_decimal(row.net), "gross": as_decimal(row.gross), "unit": row.uom,
            "unit_cost": None if row.unit.missing else as_decimal(row.unit.total), "currency": currency,
            "amount": None if row.unit.missing else as_decimal(row.amount, 4),
            "price": _price(row), "part": "",
        }
        for row in rows
    ]  # fmt: skip
    parts = ((T("Material"), whole.material, ""), (T("Wastage amount"), whole.wastage, ""),
             (T("Processing"), whole.processing, source), (T("Total"), whole.total, ""))  # fmt: skip
    return found + [
        {
            "level": None, "material": "", "name": str(label), "source": "", "net": None, "gross": None, "unit": "",
            "unit_cost": None, "currency": currency, "amount": as_decimal(value, 4), "price": why, "part": str(label),
        }
        for label, value, why in parts
    ]  # fmt: skip


def _price(row: queries.CostRow) -> str:
    if row.price is not None:
        return f"{row.price.partner} · {row.price.price.normalize():f} {row.price.currency}/{row.price.unit}"
    return str(T("no price")) if row.unit.missing else ""


def _difference(ctx: Ctx, asked: Mapping[str, Any]) -> Rows:
    sides = []
    for n in ("first", "second"):
        bom, style = asked.get(n), asked.get(f"{n}_style")
        if (bom is None) == (style is None):
            raise Refused(T("Say a version or a style on each side."), n)
        sides.append(queries.side_of(ctx, bom, style))
    return [
        {"material": code, "first": left, "second": right} for code, left, right in queries.difference(*sides)
    ]


LEVEL = ("level", T("Level"), "int")
CODE = ("material", T("Material"), "text")
NAME = ("name", T("Name"), "text")
UNIT = ("unit", T("Unit"), "text")
QUERIES: Sequence[Query] = (
    Query(
        "forward", T("What it takes"), (STYLE, MADE, PIECES, COLOR, MIX, LEVELS, DAY), _forward,
        (LEVEL, CODE, NAME, ("color", T("Colour"), "text"), ("size", T("Size"), "text"),
         ("destination", T("Destination"), "text"), ("source", T("Source"), "text"), ("net", T("Net"), "qty"),
         ("gross", T("With wastage"), "qty"), ("required", T("Required"), "qty"), UNIT),
        T("Σ pieces × consumption × (1 + wastage), level by level; rounded up to the step of the unit once for each group. "
          "What is made is made in whole steps."),
    ),
    Query(
        "where_used", T("Where used"),
        (Field("material", T("Material"), "ref", ref="catalog.material", required=True),
         Field("direct", T("Directly only"), "bool")), _where_used,
        (LEVEL, ("kind", T("Kind"), "text"), ("code", T("Code"), "text"), NAME, ("place", T("Part of the garment"), "text"),
         ("via", T("Takes"), "text"), ("consumption", T("Consumption"), "qty"), UNIT, ("wastage", T("Wastage %"), "text")),
        T("Versions that hold now. Level 1 takes it directly, the next ones take what is made of it."),
    ),
    Query(
        "open_orders", T("Open orders with it"),
        (Field("material", T("Material"), "ref", ref="catalog.material", required=True),), _open_orders,
        (("order", T("Order"), "text"), ("style", T("Style"), "text"), ("due", T("Due"), "date"),
         ("pieces", T("Pieces"), "int")),
        T("Open documents that want styles with this material in them, on whatever level."),
    ),
    Query(
        "cost", T("What it costs"),
        (STYLE, MADE, PIECES, MIX, Field("currency", T("Currency"), "choice", choices=currency_choices),
         Field("prices_of", T("Prices of"), "date", help=T("Empty: today's.")), DAY), _cost,
        (LEVEL, CODE, NAME, ("source", T("Source"), "text"), ("net", T("Net"), "qty"), ("gross", T("With wastage"), "qty"),
         UNIT, ("unit_cost", T("Unit cost"), "price"), ("amount", T("Cost per piece"), "price"),
         ("currency", T("Currency"), "text"), ("price", T("Price from"), "text")),
        T("Of one piece where so many are made. Bought material at its supplier's price, or the lowest where it has none; "
          "a made material at what it is made of and its own process sheet; processing of a style by its process sheet, or the "
          "lowest price of a factory. Wastage is what it adds on every level."),
        (VIEW, SUPPLIER_PRICES, FACTORY_PRICES),
    ),
    Query(
        "difference", T("What differs"),
        (Field("first", T("First version"), "ref", ref=str(BOM)),
         Field("first_style", T("or style"), "ref", ref="catalog.style"),
         Field("second", T("Second version"), "ref", ref=str(BOM)),
         Field("second_style", T("or style"), "ref", ref="catalog.style")), _difference,
        (CODE, ("first", T("In the first"), "text"), ("second", T("In the second"), "text")),
        T("Lines that are not in both alike."),
    ),
)  # fmt: skip
