"""Lines of goods in: pieces by line of the factory order, colour and size, and the figures they are checked against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal

from core.api import Ctx, Problem, Refused, T, check_version, record_save
from core.db import flush_rows
from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.factory_stock.services import usage
from plugins.outsourcing.api import rows

NOT_ORDERED = T("This colour and size is not on the factory order.")


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
    check_version(ctx, ctx.registry.entity_for(row), row, version)
    if row.state != "draft":
        raise Refused(T("{number} is posted and can no longer be changed.", number=row.number))
    made, problems = check(ctx, row, typed)
    if problems:
        raise Refused(problems)
    before = pieces(row)
    row.lines = []
    flush_rows(ctx.session)
    row.lines = made
    record_save(ctx, row, "lines", [("pieces", before, pieces(row))])


def check(
    ctx: Ctx, row: GoodsIn, typed: Mapping[tuple[int, int], Typed]
) -> tuple[list[GoodsInLine], list[Problem]]:
    """The lines that are typed, and what is wrong with them, each at its input."""
    cells = {(c.line_id, c.color_id, c.size_id) for c in rows.cells(ctx, [row.factory_order_id])}
    problems: list[Problem] = []
    made: list[GoodsInLine] = []
    for (line_id, color_id), given in typed.items():
        sizes = []
        for size_id, (came, bad) in given.sizes.items():
            at = f"cell-{line_id}-{color_id}-{size_id}"
            if (line_id, color_id, size_id) not in cells:
                problems.append(Problem(NOT_ORDERED, at))
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
                Problem(
                    T("More inspected ({n}) than received ({came}).", n=given.inspected, came=total),
                    f"inspected-{line_id}-{color_id}",
                )
            )
        if sizes:
            made.append(
                GoodsInLine(position=len(made), fo_line_id=line_id, color_id=color_id, cartons=given.cartons,
                            inspected=given.inspected, sizes=sizes)
            )  # fmt: skip
    return made, problems


def pieces(row: GoodsIn) -> int:
    """Pieces received on a document."""
    return sum(size.received for line in row.lines for size in line.sizes)


def by_line(row: GoodsIn) -> dict[tuple[int, int], Typed]:
    """The saved lines as they would be typed."""
    found: dict[tuple[int, int], Typed] = defaultdict(Typed)
    for line in row.lines:
        found[line.fo_line_id, line.color_id] = Typed(
            line.cartons, line.inspected, {s.size_id: (s.received, s.rejected) for s in line.sizes}
        )
    return dict(found)
