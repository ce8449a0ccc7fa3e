"""進貨: pieces that came from the factory. Lines, limits per size, posting, reversing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from core.api import Ctx, Problem, Refused, T, Text, audit, crud, ledger, note_changes
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.services import checks, lifecycle, rows
from plugins.outsourcing.services.quantities import Codes
from plugins.warehouse import places, stores
from plugins.warehouse.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.warehouse.services import stamps, usage

ENTITY = "warehouse.goods_in"
OVER = "warehouse.goods_in.over"
OPEN = ("in_production", "completed")
SECONDS = "B"
"""The lot that garments kept as seconds have."""


@dataclass
class Figures:
    """Pieces of one colour and size of a line of the factory order."""

    ordered: int = 0
    received: int = 0
    rejected: int = 0
    settled: int = 0
    """Rejected pieces that went back for rework or were kept as seconds."""
    most: int = 0

    @property
    def accepted(self) -> int:
        """Received and not rejected."""
        return self.received - self.rejected

    @property
    def balance(self) -> int:
        """Still to come."""
        return max(0, self.ordered - self.accepted)

    @property
    def waiting(self) -> int:
        """Rejected, and nothing decided yet."""
        return self.rejected - self.settled


@dataclass
class Typed:
    """What was typed for a line in a colour: pieces by size id as (received, rejected)."""

    cartons: int = 0
    inspected: int = 0
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)


def most_of(ctx: Ctx, ordered: int) -> int:
    """Most pieces that may be accepted of a size: ordered × (1 + FG-over %), whole pieces."""
    over = Decimal(str(ctx.setting("outsourcing.fg_over_pct", 3)))
    return int((ordered * (100 + over) / 100).to_integral_value(rounding=ROUND_FLOOR))


def figures(ctx: Ctx, order_id: int) -> dict[usage.Cell, Figures]:
    """Ordered (less what was released), received, rejected by (line, colour, size). Four queries."""
    found: dict[usage.Cell, Figures] = {}
    for cell in rows.cells(ctx, [order_id]):
        at = found.setdefault((cell.line_id, cell.color_id, cell.size_id), Figures())
        at.ordered += cell.qty - cell.released
    for key, (came, bad) in usage.received(ctx, [order_id]).items():
        at = found.setdefault(key, Figures())
        at.received, at.rejected = came, bad
    for kind in ("rework", "seconds"):
        for key, (went, _zero) in usage.received(ctx, [order_id], kind).items():
            found.setdefault(key, Figures()).settled += went
    for at in found.values():
        at.most = most_of(ctx, at.ordered)
    return found


def save(ctx: Ctx, row: GoodsIn, typed: Mapping[tuple[int, int], Typed], version: int | None = None) -> None:
    """Replace the lines of a draft: (line of the factory order, colour) → pieces. Empty ones are left out.

    Raises Refused where a line is not of the factory order or a number makes no sense, Stale.
    """
    crud.check_version(ctx, ctx.registry.of(row), row, version)
    if row.state != "draft":
        raise Refused(T("{number} is posted and can no longer be changed.", number=row.number))
    cells = {(c.line_id, c.color_id, c.size_id) for c in rows.cells(ctx, [row.factory_order_id])}
    problems: list[Problem] = []
    made: list[GoodsInLine] = []
    for (line_id, color_id), given in typed.items():
        sizes = []
        for size_id, (came, bad) in given.sizes.items():
            at = f"cell-{line_id}-{color_id}-{size_id}"
            if (line_id, color_id, size_id) not in cells:
                problems.append(Problem(T("This colour and size is not on the factory order."), at))
            elif came < 0 or bad < 0:
                problems.append(Problem(T("A quantity must be more than zero."), at))
            elif bad > came:
                problems.append(Problem(T("More rejected ({bad}) than received ({came}).", bad=bad, came=came),
                                        f"bad-{line_id}-{color_id}-{size_id}"))  # fmt: skip
            elif came:
                sizes.append(
                    GoodsInSize(size_id=size_id, received=came, rejected=0 if row.kind != "goods_in" else bad)
                )
        total = sum(s.received for s in sizes)
        if given.inspected > total:
            problems.append(
                Problem(T("More inspected ({n}) than received ({came}).", n=given.inspected, came=total),
                        f"inspected-{line_id}-{color_id}")
            )  # fmt: skip
        if sizes:
            made.append(
                GoodsInLine(position=len(made), fo_line_id=line_id, color_id=color_id, cartons=given.cartons,
                            inspected=given.inspected, sizes=sizes)
            )  # fmt: skip
    if problems:
        raise Refused(problems)
    before = pieces(row)
    row.lines = []
    crud.flush(ctx.session)
    row.lines = made
    crud.touch(row)
    note_changes(ctx, row, ("pieces", before, pieces(row)))
    crud.flush(ctx.session)


def pieces(row: GoodsIn) -> int:
    """Pieces received on a document."""
    return sum(size.received for line in row.lines for size in line.sizes)


def post(ctx: Ctx, row: GoodsIn, over_reason: str = "") -> Text | None:
    """Post a draft: accepted pieces to the store, rejected ones apart; our material in accepted pieces counts as used.

    Refused: no line, not in production, above ordered × (1 + FG-over %) without the right and a reason, more rework or
    seconds than were rejected, a date in the future or in a closed period. Completes the factory order with the last pieces.
    """
    order = stamps.lock_order(ctx, row.factory_order_id)
    stamps.in_state(
        order, OPEN, T("{number} is {state}: no goods can come in.", number=order.number,
                       state=ctx.registry.get("outsourcing.order").state(order.state).label),
    )  # fmt: skip
    if not row.lines:
        raise Refused(T("There is no line yet."))
    problems = stamps.check_day(ctx, row.day)
    problems += _over(ctx, row, over_reason) if row.kind == "goods_in" else _beyond(ctx, row)
    if problems:
        raise Refused(problems)
    moves = _moves(ctx, row, order)
    if row.kind == "goods_in":
        fresh = {
            (line.fo_line_id, line.color_id, size.size_id): size.received - size.rejected
            for line in row.lines
            for size in line.sizes
        }
        moves += usage.consume(ctx, order, row.day, fresh)
    ledger.post(ctx, moves, entity=ENTITY, entity_id=row.id, on=row.day, key=f"{ENTITY}:{row.id}:post")
    stamps.posted(ctx, row)
    crud.flush(ctx.session)
    return _complete(ctx, order) if row.kind == "goods_in" else None


def _label(ctx: Ctx, row: GoodsIn) -> Any:
    """Words for a cell: line number, colour, size."""
    order = row.factory_order
    numbers = {line.id: line.position for line in rows.lines(ctx, order)}
    codes = Codes(ctx, rows.cells(ctx, [order.id]))
    return lambda cell: f"{numbers[cell[0]]} {codes.color[cell[1]]} {codes.size[cell[2]]}"


def _over(ctx: Ctx, row: GoodsIn, reason: str) -> list[Problem]:
    known = figures(ctx, row.factory_order_id)
    above = []
    for line in row.lines:
        for size in line.sizes:
            cell = (line.fo_line_id, line.color_id, size.size_id)
            total = known[cell].accepted + size.received - size.rejected
            if total > known[cell].most:
                above.append((cell, total, known[cell]))
    if not above:
        return []
    if ctx.can(OVER) and reason.strip():
        row.over_reason, row.over_by = reason.strip()[:400], ctx.actor
        note_changes(ctx, row, ("over_reason", None, row.over_reason))
        return []
    label = _label(ctx, row)
    problems = [
        Problem(T("Line {cell}: {total} pieces, at most {most} ({ordered} ordered).",
                  cell=label(cell), total=total, most=at.most, ordered=at.ordered), f"cell-{'-'.join(map(str, cell))}")
        for cell, total, at in above
    ]  # fmt: skip
    if ctx.can(OVER):
        problems.append(Problem(T("You may accept more: say why."), "over_reason"))
    return problems


def _beyond(ctx: Ctx, row: GoodsIn) -> list[Problem]:
    known = figures(ctx, row.factory_order_id)
    label = _label(ctx, row)
    return [
        Problem(T("Line {cell}: only {n} rejected pieces are left.", cell=label(cell), n=known[cell].waiting),
                f"cell-{'-'.join(map(str, cell))}")
        for line in row.lines for size in line.sizes
        if size.received > known[cell := (line.fo_line_id, line.color_id, size.size_id)].waiting
    ]  # fmt: skip


def item_of(style_id: int, color_id: int, size_id: int, lot: str = "") -> ledger.Item:
    """Garments in the ledger: style, colour and size, whoever ordered them."""
    return ledger.Item("garment", style_id, color_id, size_id, lot=lot)


def _moves(ctx: Ctx, row: GoodsIn, order: FactoryOrder) -> list[ledger.Move]:
    output = places.output(order.factory_id, order.id)
    good, bad = stores.place(row.store_id), stores.rejected(row.store_id)
    styles: dict[int, int] = {line.id: line.style_id for line in rows.lines(ctx, order)}
    moves = []
    for line in row.lines:
        for size in line.sizes:
            item = item_of(styles[line.fo_line_id], line.color_id, size.size_id)
            came = Decimal(size.received)
            if row.kind == "rework":
                moves.append(ledger.Move("rework", item, bad, output, came, line.id))
            elif row.kind == "seconds":
                second = item_of(item.id, item.color_id, item.size_id, SECONDS)
                moves.append(ledger.Move("regrade", item, bad, output, came, line.id))
                moves.append(ledger.Move("regrade", second, output, good, came, line.id))
            else:
                if size.received > size.rejected:
                    moves.append(ledger.Move("goods_in", item, output, good, came - size.rejected, line.id))
                if size.rejected:
                    moves.append(ledger.Move("reject", item, output, bad, Decimal(size.rejected), line.id))
    return moves


def reverse(ctx: Ctx, row: GoodsIn, reason: str) -> None:
    """Take posted goods in back. Refused: the pieces are no longer there, the factory order is closed."""
    order = stamps.lock_order(ctx, row.factory_order_id)
    stamps.in_state(order, OPEN, T("{number} is closed.", number=order.number))
    ledger.reverse(ctx, entity=ENTITY, entity_id=row.id, on=max(ctx.today(), row.day), reason=reason)
    row.state = "reversed"
    crud.flush(ctx.session)
    if (
        row.kind == "goods_in"
        and order.state == "completed"
        and checks.unfinished(ctx, order, rows.lines(ctx, order))
    ):
        _change(ctx, order, "in_production", "reopen", reason)


def _complete(ctx: Ctx, order: FactoryOrder) -> Text | None:
    """The last pieces complete the factory order."""
    if order.state != "in_production" or checks.unfinished(ctx, order, rows.lines(ctx, order)):
        return None
    before = order.state
    lifecycle.complete(ctx, order)
    order.state, after = before, order.state
    _change(ctx, order, after, "complete", "")
    return T("{number} is complete.", number=order.number)


def _change(ctx: Ctx, order: FactoryOrder, state: str, action: str, reason: str) -> None:
    """Bring the factory order into another state as its own action would, recorded and told to the plugins."""
    before, order.state = order.state, state
    crud.touch(order)
    crud.flush(ctx.session)
    audit.record(
        ctx,
        "outsourcing.order",
        order.id,
        action,
        number=order.number,
        from_state=before,
        to_state=state,
        reason=reason,
    )
    ctx.hooks.after_transition(entity="outsourcing.order", row=order, action=action, data={})


def by_line(row: GoodsIn) -> dict[tuple[int, int], Typed]:
    """The saved lines as they would be typed."""
    found: dict[tuple[int, int], Typed] = defaultdict(Typed)
    for line in row.lines:
        found[line.fo_line_id, line.color_id] = Typed(
            line.cartons, line.inspected, {s.size_id: (s.received, s.rejected) for s in line.sizes}
        )
    return dict(found)


def lines_of(ctx: Ctx, order: FactoryOrder) -> list[FactoryOrderLine]:
    """Lines of the factory order in the order shown."""
    return rows.lines(ctx, order)
