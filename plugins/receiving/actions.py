"""Actions on receipts and returns, and receiving on purchase orders: who may do them in which state, what they ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.api import Action, Ctx, Field, Refused, Registry, T, lists, run_action
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import inputs, lines, positions
from plugins.purchasing.services.positions import NOTHING
from plugins.purchasing.services.quantities import ZERO
from plugins.receiving.models import Receipt, ReceiptLine, SupplierReturn
from plugins.receiving.services import inspection, posting, receiving, returns
from plugins.receiving.words import REASONS, RETURN_KINDS, SOURCES
from plugins.stock import stores

ORDER, RECEIPT, RETURN = "purchasing.order", "receiving.receipt", "receiving.return"
KEEPERS = ("wh", "purch", "mgr")
Data = Mapping[str, Any]
LINE = Field("line", T("Line"), "int", required=True, min=1)


def _never(ctx: Ctx, row: Any) -> bool:
    return False  # done on a page of its own, and from the command line


def _nothing(ctx: Ctx, row: Any, data: Data) -> None:
    return None


def _receive(ctx: Ctx, order: PurchaseOrder, data: Data) -> Any:
    """From the command line: ``1=350, 2=300/75`` (line = received / rejected); empty: everything that is open."""
    found = lines.load(ctx, order.id)
    came = positions.of_lines(ctx, [line.id for line in found])
    given = []
    if not (data.get("lines") or "").strip():
        given = [
            receiving.Received(line.id, left)
            for line in found
            if (left := positions.balance(line, came.get(line.id, NOTHING)))
        ]
    by_position = {line.position: line for line in found}
    for part in inputs.split(data.get("lines")):
        head, _, amounts = part.partition("=")
        good, _, bad = amounts.partition("/")
        line = by_position.get(int(head)) if head.strip().isdigit() else None
        if line is None:
            raise Refused(T("{number} has no line {line}.", number=order.number, line=head.strip()), "lines")
        given.append(receiving.Received(line.id, _number(good, "lines"), _number(bad or "0", "lines")))
    receipt = receiving.draft(
        ctx, order.supplier, data.get("store") or stores.default(ctx), given, received_on=data.get("received_on"),
        delivery_note=data.get("delivery_note") or "",
    )  # fmt: skip
    if not data.get("draft"):
        run_action(
            ctx, ctx.registry.get(RECEIPT), receipt, "post", {"over_reason": data.get("over_reason") or ""}
        )
    return receipt


def _number(raw: str, field: str) -> Any:
    from wtforms.validators import ValidationError

    from core.api import parse_decimal

    try:
        return parse_decimal(raw, 6)
    except ValidationError as error:
        raise Refused(str(error), field) from error


def _post(ctx: Ctx, receipt: Receipt, data: Data) -> None:
    if data.get("deviation_ok"):
        for line in posting.load_lines(ctx, receipt.id):
            line.deviation_ok = True
    posting.post(ctx, receipt, data.get("over_reason") or "")


def _reverse(ctx: Ctx, receipt: Receipt, data: Data) -> None:
    posting.reverse(ctx, receipt, data["reason"], data.get("on"))


def _discard(ctx: Ctx, receipt: Receipt, data: Data) -> None:
    receipt.state = "reversed"


def _inspect(ctx: Ctx, receipt: Receipt, data: Data) -> None:
    for line in posting.load_lines(ctx, receipt.id):
        if line.position == data["line"]:
            inspection.inspect(
                ctx, receipt, line, accepted=data.get("accepted") or ZERO, rejected=data.get("rejected") or ZERO,
                reason=data.get("reject_reason") or "",
            )  # fmt: skip
            return
    raise Refused(T("{number} has no line {line}.", number=receipt.number, line=data["line"]), "line")


def _return(ctx: Ctx, receipt: Receipt, data: Data) -> Any:
    line = ctx.session.scalars(
        select(ReceiptLine).where(ReceiptLine.receipt_id == receipt.id, ReceiptLine.position == data["line"])
    ).one_or_none()
    if line is None:
        raise Refused(T("{number} has no line {line}.", number=receipt.number, line=data["line"]), "line")
    given = returns.GoingBack(
        line.id, data["qty"], data["return_reason"], data.get("source") or "stock", data.get("lot") or "",
        note=data.get("note") or "",
    )  # fmt: skip
    made = returns.draft(
        ctx, receipt, [given], kind=data.get("kind") or "replacement", returned_on=data.get("returned_on")
    )
    run_action(ctx, ctx.registry.get(RETURN), made, "post")
    return made


def _post_return(ctx: Ctx, row: SupplierReturn, data: Data) -> None:
    returns.post(ctx, row)


def _reverse_return(ctx: Ctx, row: SupplierReturn, data: Data) -> None:
    returns.reverse(ctx, row, data["reason"])


def _waits(ctx: Ctx, receipt: Receipt) -> bool:
    return receipt.inspect and any(inspection.pending(line) for line in posting.load_lines(ctx, receipt.id))


ACTIONS: tuple[Action, ...] = (
    Action(ORDER, "receive_page", T("Receive"), from_states=("issued",), link="/receiving/sheet/?q={key}",
           permission=f"{RECEIPT}.create",
           tone="primary", order=12),
    Action(ORDER, "receive", T("Receive as text"), _receive, ("issued",), permission=f"{RECEIPT}.create", visible=_never,
           order=96, fields=(
               Field("lines", T("Lines"), "long", help=T("1=350, 2=300/75: line = received / rejected. Empty: all."),
                     default=""),
               Field("received_on", T("Received on"), "date"),
               Field("delivery_note", T("Delivery note"), max_length=80),
               Field("store", T("Store"), "ref", ref="stock.store"),
               Field("over_reason", T("Why more than the tolerance"), max_length=400),
               Field("draft", T("Do not post yet"), "bool"),
           )),
    Action(RECEIPT, "post", T("Post"), _post, ("draft",), "posted", roles=KEEPERS, tone="primary", order=10, fields=(
        Field("over_reason", T("Why more than the tolerance"), max_length=400, default=""),
        Field("deviation_ok", T("The measured quantities are right"), "bool"),
    )),
    Action(RECEIPT, "inspect_page", T("Inspect"), from_states=("posted",), link="inspect", visible=_waits,
           permission=f"{RECEIPT}.inspect", tone="primary", order=15),
    Action(RECEIPT, "inspected", T("Inspected"), _nothing, ("posted",), permission=f"{RECEIPT}.inspect", visible=_never,
           order=17),
    Action(RECEIPT, "inspect", T("Inspect a line"), _inspect, ("posted",), roles=("qc", "wh", "mgr"), visible=_never,
           order=16, fields=(
               LINE,
               Field("accepted", T("Accepted"), "qty"),
               Field("rejected", T("Rejected"), "qty"),
               Field("reject_reason", T("Reason"), "choice", choices=lists.choices(REASONS)),
           )),
    Action(RECEIPT, "return_page", T("Return to supplier"), from_states=("posted",), link="return",
           permission=f"{RETURN}.create", order=30),
    Action(RECEIPT, "return_line", T("Return a line"), _return, ("posted",), permission=f"{RETURN}.create", visible=_never,
           order=31, fields=(
               LINE,
               Field("qty", T("Quantity"), "qty", required=True),
               Field("return_reason", T("Reason"), "choice", required=True, choices=lists.choices(REASONS)),
               Field("kind", T("For"), "choice", choices=RETURN_KINDS),
               Field("source", T("From"), "choice", choices=SOURCES),
               Field("lot", T("Lot"), max_length=40),
               Field("returned_on", T("Returned on"), "date"),
               Field("note", T("Note"), max_length=400),
           )),
    Action(RECEIPT, "reverse", T("Reverse"), _reverse, ("posted",), "reversed", roles=KEEPERS, reason=True, tone="danger",
           order=80, fields=(Field("on", T("On"), "date", help=T("Empty: today.")),)),
    Action(RECEIPT, "discard", T("Discard draft"), _discard, ("draft",), "reversed", roles=KEEPERS, tone="danger",
           confirm=T("Discard this draft? Its number is not used again."), order=85),
    Action(RETURN, "post", T("Post"), _post_return, ("draft",), "posted", roles=KEEPERS, tone="primary", order=10),
    Action(RETURN, "reverse", T("Reverse"), _reverse_return, ("posted",), "reversed", roles=KEEPERS, reason=True,
           tone="danger", order=80),
)  # fmt: skip


def register(registry: Registry) -> None:
    """Declare them; permissions that a page of its own needs come with the action it stands for."""
    for action in sorted(ACTIONS, key=lambda a: bool(a.permission)):
        registry.action(action)
