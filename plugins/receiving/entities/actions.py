"""Actions on receipts and returns, and receiving itself: who may do them in which state, what they ask, what runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, Declare, Field, Problem, Refused, T, run_action
from core.remote import find_rows
from core.values import ZERO
from kit.papers import discard_action, reverse_action
from plugins.purchasing.api import GOODS, NOTHING, PurchaseOrder, lines, positions
from plugins.receiving.models import Receipt, SupplierReturn
from plugins.receiving.services import drafts, inspection, line_payload, posting, receiving, returns, targets
from plugins.receiving.words import PURCHASE_ORDER, RECEIPT, RETURN, RETURN_KINDS
from plugins.stock.api import stores

KEEPERS = ("wh", "purch", "mgr")
Data = Mapping[str, Any]


def _receive(ctx: Ctx, order: PurchaseOrder, data: Data) -> Any:
    found, rows = lines.purchase_lines(ctx, order.id), data["lines"]
    given = line_payload.received(_ids(order.number, found, rows), rows) if rows else _everything(ctx, found)
    receipt = receiving.draft(
        ctx, order.supplier, data["store"] or stores.default(ctx), given, received_on=data["received_on"],
        delivery_note=data["delivery_note"], inspect=True if data["inspect"] else None, notes=data["notes"],
    )  # fmt: skip
    if not data["draft"]:
        run_action(ctx, ctx.registry.get(RECEIPT), receipt, "post", {"over_reason": data["over_reason"]})
    return receipt


def _check_received(ctx: Ctx, order: PurchaseOrder, data: Data) -> list[Problem]:
    """What is wrong with the lines that can be read, beside those that cannot."""
    known = {line.position: line.id for line in lines.purchase_lines(ctx, order.id)}
    rows = data["lines"]
    ids = [known.get(row.get("line", 0), 0) for row in rows]
    return [
        *(
            Problem(
                T("{number} has no line {line}.", number=order.number, line=row["line"]), f"lines.{i}.line"
            )
            for i, row in enumerate(rows)
            if row.get("line") and not ids[i]
        ),
        *line_payload.check_rows(ctx, ids, rows, order.supplier),
    ]


def _expected(ctx: Ctx, order: PurchaseOrder) -> bool:
    """Something of it is still to come."""
    return bool(_everything(ctx, list(order.lines)))


def _of_material(ctx: Ctx, order: PurchaseOrder) -> bool:
    """Finished goods come otherwise."""
    return order.material_class != GOODS


def _everything(ctx: Ctx, found: list[Any]) -> list[receiving.Received]:
    came = positions.of_lines(ctx, [line.id for line in found])
    left = {line.id: positions.balance(line, came.get(line.id, NOTHING)) for line in found}
    return [receiving.Received(line_id, qty) for line_id, qty in left.items() if qty]


def _ids(number: str, found: list[Any], rows: list[Data]) -> list[int]:
    """Ids of the lines that rows name by their number. Refused for those that are not there."""
    known = {line.position: line.id for line in found}
    problems = [
        Problem(T("{number} has no line {line}.", number=number, line=row["line"]), f"lines.{i}.line")
        for i, row in enumerate(rows)
        if row["line"] not in known
    ]
    if problems:
        raise Refused(problems)
    return [known[row["line"]] for row in rows]


def _write(ctx: Ctx, receipt: Receipt, data: Data) -> None:
    """The lines of a draft are these."""
    rows = data["lines"]
    entity = ctx.registry.get(PURCHASE_ORDER)
    known = targets.named(
        ctx, {o.id for o in find_rows(ctx, entity, [row["order"] for row in rows]).values()}
    )
    problems = [
        Problem(T("There is no such order line."), f"lines.{i}.received")
        for i, row in enumerate(rows)
        if (row["order"].upper(), row["line"]) not in known
    ]
    if problems:
        raise Refused(problems)
    given = line_payload.received([known[row["order"].upper(), row["line"]] for row in rows], rows)
    drafts.rewrite(ctx, receipt, given)


def _post(ctx: Ctx, receipt: Receipt, data: Data) -> None:
    if data["deviation_ok"]:
        for line in posting.load_lines(ctx, receipt.id):
            line.deviation_ok = True
    posting.post(ctx, receipt, data["over_reason"])


def _reverse(ctx: Ctx, receipt: Receipt, data: Data) -> None:
    posting.reverse(ctx, receipt, data["reason"], data["on"])


def _inspect(ctx: Ctx, receipt: Receipt, data: Data) -> None:
    rows = data["lines"]
    if not rows:
        raise Refused(T("Say what is accepted or rejected."))
    found = {line.id: line for line in posting.load_lines(ctx, receipt.id)}
    ids = _ids(receipt.number, list(found.values()), rows)
    rolls = posting.load_rolls(ctx, ids)
    problems: list[Problem] = []
    for i, (line_id, row) in enumerate(zip(ids, rows, strict=True)):
        there = rolls.get(line_id, ())
        numbers = [r["roll"] for r in row.get("rejected_rolls", ())]
        wrong = [n for n, number in enumerate(numbers) if number > len(there)]
        problems += [
            Problem(T("A roll is not on this receipt."), f"lines.{i}.rejected_rolls.{n}.roll") for n in wrong
        ]
        if wrong:
            continue
        try:
            inspection.inspect(
                ctx, receipt, found[line_id], accepted=row["accepted"] or ZERO, rejected=row["rejected"] or ZERO,
                reason=row["reason"] or "", rejected_rolls=[there[number - 1].id for number in numbers],
            )  # fmt: skip
        except Refused as refused:
            problems += [
                Problem(p.message, f"lines.{i}.{p.field}" if p.field else "", p.params)
                for p in refused.problems
            ]
    if problems:
        raise Refused(problems)


def _waits(ctx: Ctx, receipt: Receipt) -> bool:
    return receipt.inspect and any(inspection.pending(line) for line in posting.load_lines(ctx, receipt.id))


def _return(ctx: Ctx, receipt: Receipt, data: Data) -> Any:
    at = _ids(receipt.number, list(posting.load_lines(ctx, receipt.id)), data["lines"])
    given = [
        returns.GoingBack(
            line_id, row["qty"], row["reason"] or "", row["source"] or "stock", row["lot"], row["stock_qty"], row["note"],
            f"lines.{i}.",
        )
        for i, (line_id, row) in enumerate(zip(at, data["lines"], strict=True))
    ]  # fmt: skip
    made = returns.draft(
        ctx, receipt, given, kind=data["kind"] or "replacement", returned_on=data["returned_on"], notes=data["notes"]
    )  # fmt: skip
    run_action(ctx, ctx.registry.get(RETURN), made, "post")
    return made


def _post_return(ctx: Ctx, row: SupplierReturn, data: Data) -> None:
    returns.post(ctx, row)


def _reverse_return(ctx: Ctx, row: SupplierReturn, data: Data) -> None:
    returns.reverse(ctx, row, data["reason"])


ACTIONS: tuple[Action, ...] = (
    Action(PURCHASE_ORDER, "receive", T("Receive"), _receive, ("issued",), link="/receiving/sheet/?q={key}",
           permission=f"{RECEIPT}.create", makes=RECEIPT, visible=_of_material,
           tone="primary", due=_expected, order=12, check=_check_received, tables=(line_payload.RECEIVED,), fields=(
               Field("received_on", T("Received on"), "date", fact=True, help=T("Empty: today.")),
               Field("delivery_note", T("Delivery note"), max_length=80),
               Field("store", T("Store"), "ref", ref="stock.store"),
               Field("inspect", T("Inspection before use"), "bool"),
               Field("over_reason", T("Why more than the tolerance"), max_length=400),
               Field("notes", T("Notes"), "long", max_length=2000, default=""),
               Field("draft", T("Do not post yet"), "bool"),
           )),
    Action(RECEIPT, "lines", T("Edit lines"), _write, ("draft",), link="lines", permission=f"{RECEIPT}.create", edits=True,
           order=5, tables=(line_payload.WRITTEN,)),
    Action(RECEIPT, "post", T("Post"), _post, ("draft",), "posted", roles=KEEPERS, tone="primary", order=10, fields=(
        Field("over_reason", T("Why more than the tolerance"), max_length=400, default=""),
        Field("deviation_ok", T("The measured quantities are right"), "bool"),
    )),
    Action(RECEIPT, "inspect", T("Inspect"), _inspect, ("posted",), link="inspect", visible=_waits,
           roles=("qc", "wh", "mgr"), tone="primary", order=15, tables=(line_payload.INSPECTED,)),
    Action(RECEIPT, "return", T("Return to supplier"), _return, ("posted",), link="return", permission=f"{RETURN}.create",
           order=30, tables=(line_payload.GOING_BACK,), fields=(
               Field("kind", T("For"), "choice", choices=RETURN_KINDS, default="replacement",
                     help=T("Replacement opens the order again for these goods, credit does not.")),
               Field("returned_on", T("Returned on"), "date", fact=True, default=lambda ctx: ctx.today(),
                     help=T("Empty: today.")),
               Field("notes", T("Notes"), "long", max_length=2000, default=""),
           )),
    reverse_action(RECEIPT, _reverse, roles=KEEPERS,
                   fields=(Field("on", T("On"), "date", fact=True, help=T("Empty: today.")),)),
    discard_action(RECEIPT, roles=KEEPERS),
    Action(RETURN, "post", T("Post"), _post_return, ("draft",), "posted", roles=KEEPERS, tone="primary", order=10),
    reverse_action(RETURN, _reverse_return, roles=KEEPERS),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them."""
    for action in ACTIONS:
        registry.action(action)
