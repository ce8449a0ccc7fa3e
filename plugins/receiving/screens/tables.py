"""Tables of a posted receipt: what is inspected, what goes back."""

from __future__ import annotations

from markupsafe import Markup

from core.api import Ctx, T
from core.values import decimal_text
from kit.lines import Chosen, LineRow, LineTable, Shown, Ticks, Together, Typed
from plugins.receiving.models import Receipt, ReceiptLine
from plugins.receiving.services import inspection, line_payload, posting, returnable, targets
from plugins.receiving.services.targets import Target
from plugins.receiving.words import SOURCES

ORDER = Shown("order", T("Order"), note="supplier")
WHAT = Shown("what", T("Material"), head=True)


def order_link(order_id: int, number: str, position: int) -> Markup:
    """A line of an order, as a link."""
    return Markup('<a href="/purchasing/order/{0}#line-{2}">{1}</a>/{2}').format(order_id, number, position)


def what_came(target: Target, more: str = "") -> Markup:
    """Material, colour, size and destination of an order line."""
    rest = " ".join(part for part in (target.color, target.size, target.destination, more) if part)
    return Markup("<b>{}</b> {}").format(target.material, rest)


def lines_of(ctx: Ctx, receipt: Receipt) -> tuple[list[ReceiptLine], dict[int, Target]]:
    """Lines of a receipt, and the order lines that they are against, by id; two queries."""
    found = posting.load_lines(ctx, receipt.id)
    return found, targets.of_lines(ctx, {line.line_id for line in found})


# --- what is inspected -----------------------------------------------------------------------------------------------------


def _waiting(ctx: Ctx, receipt: Receipt) -> list[LineRow]:
    found, known = lines_of(ctx, receipt)
    found = [line for line in found if inspection.pending(line)]
    rolls = posting.load_rolls(ctx, [line.id for line in found])
    result = []
    for line in found:
        target = known[line.line_id]
        row = LineRow(
            offer=str(line.id), name=target.label, sends={"line": line.position},
            shown={
                "order": order_link(target.order_id, target.number, target.position), "what": what_came(target),
                "pending": inspection.pending(line), "uom": target.uom,
            },
        )  # fmt: skip
        if rolls.get(line.id):
            row.lacks, row.chosen = frozenset({"accepted", "rejected"}), True
            row.ticks = {
                "rejected_rolls": [
                    (str(n), f"{roll.roll} {roll.lot} · {decimal_text(roll.qty)} {target.uom}")
                    for n, roll in enumerate(rolls[line.id], 1)
                    if not roll.rejected
                ]
            }
        result.append(row)
    return result


INSPECTION = LineTable(
    line_payload.INSPECTED,
    (
        ORDER,
        WHAT,
        Shown("pending", T("To inspect"), numeric=True, unit="uom"),
        Typed("accepted", all_from="pending"),
        Typed("rejected"),
        Together(
            T("Rolls"),
            (
                Chosen(T("These rolls were inspected")),
                Ticks(
                    "rejected_rolls",
                    "roll",
                    T("Rolls that are rejected"),
                    T("Tick the rolls that are rejected; the others are accepted."),
                ),
            ),
        ),
        Typed("reason"),
    ),
    _waiting,
    spare=0,
    cards=True,
    none=T("Nothing waits for inspection."),
)


# --- what goes back --------------------------------------------------------------------------------------------------------


def _returnable(ctx: Ctx, receipt: Receipt) -> list[LineRow]:
    found, known = lines_of(ctx, receipt)
    lines = {line.id: line for line in found}
    words = dict(SOURCES)
    result = []
    for (line_id, source, lot), there in returnable.left(ctx, found).items():
        target = known[lines[line_id].line_id]
        result.append(
            LineRow(
                offer=f"{line_id}:{source}:{lot}", name=f"{target.label} {lot} {words[source]}",
                lacks=frozenset() if target.uom != target.stock_uom else frozenset({"stock_qty"}),
                sends={"line": lines[line_id].position, "source": source, "lot": lot},
                shown={
                    "order": order_link(target.order_id, target.number, target.position),
                    "what": what_came(target, f"[{lot}]" if lot else ""), "source": words[source], "left": there.qty,
                    "uom": target.uom, "stock_uom": target.stock_uom,
                },
            )
        )  # fmt: skip
    order = {line.id: line.position for line in found}
    return sorted(result, key=lambda row: order[int(row.offer.partition(":")[0])])


GIVING_BACK = LineTable(
    line_payload.GOING_BACK,
    (
        ORDER,
        WHAT,
        Shown("source", T("From")),
        Shown("left", T("Left"), numeric=True, unit="uom"),
        Typed("qty", label=T("Goes back"), all_from="left"),
        Typed("stock_qty", label=T("Measured"), unit="stock_uom"),
        Typed("reason"),
        Typed("note"),
    ),
    _returnable,
    spare=0,
    cards=True,
    none=T("Nothing of it can go back."),
)
