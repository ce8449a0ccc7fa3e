"""Actions on purchase orders of finished goods: allot, move a part to another vendor, bring in line with the orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Ctx, Declare, Field, PayloadTable, Problem, Refused, T, note_changes
from plugins.catalog.api import SUPPLIER_PRICES
from plugins.fulfilment.services import aligning, allotting, moving
from plugins.fulfilment.services.moving import Part
from plugins.fulfilment.shown import vendors as shown
from plugins.fulfilment.words import PURCHASE_ORDER
from plugins.purchasing.api import GOODS, PurchaseLine, PurchaseOrder, lines

Data = Mapping[str, Any]
RIGHT = f"{PURCHASE_ORDER}.edit"
LINE = Field("line", T("Line"), "int", required=True, min=1)
PARTS = PayloadTable(
    "parts", T("Parts"),
    (
        LINE,
        Field("qty", T("Pieces"), "int", required=True, min=1),
        Field("price", T("Price"), "price", min=0, sees=SUPPLIER_PRICES, help=T("Empty: the vendor's price list.")),
    ),
    required=True,
)  # fmt: skip
SHARES = PayloadTable(
    "shares",
    T("Customer orders"),
    (
        LINE,
        Field("order", T("Customer order"), "ref", ref="orders.order", required=True),
        Field("order_line", T("Line of the order"), "int", required=True, min=1),
        Field("qty", T("Pieces"), "int", required=True, min=0),
    ),
    required=True,
    help=T("All that an order has of a line; 0 takes it away."),
)


def _move(ctx: Ctx, po: PurchaseOrder, data: Data) -> PurchaseOrder:
    held = _lines(ctx, po)
    parts: list[Part] = []
    problems: list[Problem] = []
    for i, row in enumerate(data["parts"]):
        name = f"parts.{i}."
        line = held.get(row["line"])
        if line is None:
            problems.append(_no_line(po, row["line"], f"{name}line"))
        elif any(part.line is line for part in parts):
            problems.append(Problem(T("Line {line} stands here twice.", line=row["line"]), f"{name}line"))
        else:
            parts.append(Part(line, row["qty"], row.get("price"), name))
    if problems:
        raise Refused(problems)
    target = moving.move(ctx, po, data["vendor"], parts)
    note_changes(ctx, po, ("moved to", None, f"{target.number}: {sum(part.qty for part in parts)}"))
    return target


def _allot(ctx: Ctx, po: PurchaseOrder, data: Data) -> Any:
    held = _lines(ctx, po)
    places = allotting.order_lines_at(ctx, {row["order"].id for row in data["shares"]})
    typed: dict[tuple[int, int, int], tuple[int, str]] = {}
    problems = []
    for i, row in enumerate(data["shares"]):
        name = f"shares.{i}."
        line, order_line = held.get(row["line"]), places.get((row["order"].id, row["order_line"]))
        if line is None:
            problems.append(_no_line(po, row["line"], f"{name}line"))
        elif order_line is None:
            problems.append(_no_line(row["order"], row["order_line"], f"{name}order_line"))
        else:
            typed[order_line, line.size_id or 0, line.id] = (row["qty"], f"{name}qty")
    if problems:
        raise Refused(problems)
    said = allotting.allot(ctx, po, typed)
    note_changes(ctx, po, ("allotted", None, sum(qty for qty, _name in typed.values())))
    return said


def _allot_all(ctx: Ctx, po: PurchaseOrder, data: Data) -> Any:
    said = allotting.allot_all(ctx, po)
    note_changes(ctx, po, ("allotted", None, str(said)))
    return said


def _align(ctx: Ctx, po: PurchaseOrder, data: Data) -> Any:
    return aligning.align(ctx, po, data["reason"])


def _lines(ctx: Ctx, po: PurchaseOrder) -> dict[int, PurchaseLine]:
    return {line.position: line for line in lines.purchase_lines(ctx, po.id)}


def _no_line(document: Any, number: int, field: str) -> Problem:
    return Problem(T("{number} has no line {line}.", number=document.number, line=number), field)


def _goods(ctx: Ctx, po: PurchaseOrder) -> bool:
    return po.material_class == GOODS and bool(po.total or po.lines)


def _some_free(ctx: Ctx, po: PurchaseOrder) -> bool:
    return po.material_class == GOODS and any(qty > 0 for qty in allotting.free(ctx, po).values())


def _wrong(ctx: Ctx, po: PurchaseOrder) -> Sequence[Any]:
    return aligning.changes(ctx, po)


ACTIONS = (
    Action(PURCHASE_ORDER, "allot", T("Allot to orders"), _allot, ("draft", "issued"), link="allot", permission=RIGHT,
           tables=(SHARES,), visible=_goods, order=42),
    Action(PURCHASE_ORDER, "allot_all", T("Allot all, oldest need first"), _allot_all, ("draft", "issued"), permission=RIGHT,
           visible=_some_free, order=43),
    Action(PURCHASE_ORDER, "move", T("Move to another vendor"), _move, ("draft",), link="move", permission=RIGHT,
           tables=(PARTS,), visible=_goods, order=44,
           fields=(Field("vendor", T("Vendor"), "ref", ref="catalog.partner", where={"is_supplier": True}, required=True),)),
    Action(PURCHASE_ORDER, "align", T("Bring in line with orders"), _align, ("draft", "issued"), permission=RIGHT, reason=True,
           visible=lambda ctx, po: bool(_wrong(ctx, po)), preview=shown.proposed_for_purchase, tone="primary",
           due=lambda ctx, po: bool(_wrong(ctx, po)), order=7),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them."""
    for action in ACTIONS:
        registry.action(action)
