"""Change after issue: a revision takes new quantities, prices, dates and further lines, with a reason.

A price applies to receipts posted from then on, or to all of them where the revision says so. Nothing goes below what was
accepted; material, colour, size and destination of a line never change (receive against a new line).
"""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Change, Ctx, Problem, Refused, T
from core.values import ZERO, decimal_text
from kit.papers import add_revision, check_reason
from plugins.purchasing.models import PurchaseLine, PurchaseOrder, PurchaseRevision
from plugins.purchasing.services import articles, lines, positions, purposes, snapshot
from plugins.purchasing.services.inputs import LineInput
from plugins.purchasing.services.positions import NOTHING


def revise(
    ctx: Ctx, order: PurchaseOrder, inputs: Sequence[LineInput], reason: str, *, reprice: str = "new"
) -> PurchaseRevision:
    """Make revision R+1 of an issued order. Every line is in ``inputs`` (by id), new ones without id come behind.

    Refused with every reason: no reason, no change, below what was accepted, a line left out or made another.
    """
    if order.state != "issued":
        raise Refused(T("{number} is not issued.", number=order.number))
    check_reason(reason)
    if reprice not in ("new", "all"):
        raise Refused(T("Reprice receipts from now on, or all."), "reprice")
    found = {line.id: line for line in lines.purchase_lines(ctx, order.id)}
    served = purposes.of_lines(ctx, list(found))
    came = positions.of_lines(ctx, found)
    articles.fill_prices(ctx, order, [i for i in inputs if not i.id])
    problems = lines.check(ctx, order, inputs) + _guards(found, came, inputs)
    if problems:
        raise Refused(problems)
    changes: list[Change] = []
    repriced: list[PurchaseLine] = []
    written: list[PurchaseLine] = []
    sizes = articles.known_sizes(ctx, inputs)
    for given in inputs:
        line = found.get(given.id)
        if line is None:
            line = PurchaseLine(position=1 + max((x.position for x in order.lines), default=0), styles=[])
            lines.identify(line, given, sizes)
            lines.apply(ctx, order, line, given)
            order.lines.append(line)
            written.append(line)
            changes.append(
                (f"{line.position} {lines.label(line)}", None, f"{decimal_text(given.qty)} {line.uom}")
            )
            continue
        written.append(line)
        changed = lines.diff(line, served[line.id], given)
        if changed:
            if line.price != given.price:
                repriced.append(line)
            changes += changed
            lines.apply(ctx, order, line, given)
    if reprice == "all":
        ctx.hooks.lines_repriced(prices={line.id: line.price or ZERO for line in repriced})
    row = PurchaseRevision(order_id=order.id, reprice=reprice, snapshot=order.snapshot)
    add_revision(ctx, order, row, changes, reason)
    lines.refresh(ctx, order)
    snapshot.keep_snapshot(ctx, order, lines.purchase_lines(ctx, order.id))
    purposes.write(
        ctx, order, {line.id: lines.wanted(order, given) for line, given in zip(written, inputs, strict=True)}
    )
    return row


def _guards(
    found: dict[int, PurchaseLine], came: dict[int, positions.Position], inputs: Sequence[LineInput]
) -> list[Problem]:
    problems = []
    left_out = set(found) - {i.id for i in inputs}
    for line_id in sorted(left_out, key=lambda i: found[i].position):
        line = found[line_id]
        problems.append(Problem(T("Line {line} cannot go any more: short-close it.", line=line.position)))
    for given in inputs:
        if given.price is None:
            problems.append(Problem(T("A price is needed."), f"{given.name}price"))
        elif given.price == 0 and not given.zero_reason:
            problems.append(Problem(T("It costs nothing: say why."), f"{given.name}zero_reason"))
        held = found.get(given.id)
        if given.id and held is None:
            problems.append(Problem(T("A line was removed by somebody else. Open the document again.")))
        if held is None:
            continue
        if articles.identity(held) != articles.identity_given(given):
            problems.append(
                Problem(T("Line {line}: material, colour, size and destination stay. Add a new line.", line=held.position),
                        f"{given.name}{'style' if held.style_id else 'material'}")
            )  # fmt: skip
        taken = came.get(given.id, NOTHING).taken
        if given.qty < taken:
            problems.append(
                Problem(
                    T("{taken} {uom} were accepted already.", taken=decimal_text(taken), uom=held.uom),
                    f"{given.name}qty",
                )
            )
    return problems
