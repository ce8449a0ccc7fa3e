"""Why an order is as far as it is: pieces of one size of one line, from one purchase order or from stock. Pure figures.

100 % can always be explained: accepted + replaced + substituted + settled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal


@dataclass
class Cell:
    """Pieces of one size of a row.

    ordered   of this row; ``most``: may be done of the whole size of the order line, over all rows
    received, damaged  came, and of those could not be taken
    goods, resent  accepted: as ordered, and in place of pieces that went back; ``final``: of both, what is finalised
    returned  went back, of those ``owed`` are to be replaced and ``closed`` are not
    substituted, agreed  closed by other goods, and by credit or agreement
    reach     what the purchase order still allows; None where there is none
    """

    ordered: int = 0
    most: int = 0
    received: int = 0
    damaged: int = 0
    goods: int = 0
    resent: int = 0
    final: int = 0
    returned: int = 0
    owed: int = 0
    closed: int = 0
    substituted: int = 0
    agreed: int = 0
    reach: int | None = None
    purchase_line_id: int = 0

    @property
    def accepted(self) -> int:
        """Accepted as ordered and not gone back: what goes back is taken off these first."""
        return max(0, self.goods - self.returned)

    @property
    def replaced(self) -> int:
        """Sent again and not gone back."""
        return self.resent - max(0, self.returned - self.goods)

    @property
    def settled(self) -> int:
        """Closed without goods: by credit or agreement, or because what went back is not to be replaced."""
        return self.agreed + self.closed

    @property
    def done(self) -> int:
        """All of the explanation together."""
        return self.accepted + self.replaced + self.substituted + self.settled

    @property
    def open(self) -> int:
        """Ordered and not done."""
        return max(0, self.ordered - self.done)

    @property
    def to_replace(self) -> int:
        """Went back to be replaced and did not come again, as far as anything is open."""
        return max(0, min(self.owed - self.resent, self.open))

    @property
    def balance(self) -> int:
        """QTY BALANCE: still to come as ordered."""
        return max(0, self.open - self.to_replace)

    @property
    def returnable(self) -> int:
        """May still go back: what was accepted finally, less what went back."""
        return max(0, self.final - self.returned)


def most_of(ordered: int, tolerance_pct: Decimal) -> int:
    """Most pieces that may be done of a size: ordered × (1 + tolerance), whole pieces."""
    return int((ordered * (100 + tolerance_pct) / 100).to_integral_value(rounding=ROUND_FLOOR))


def cut(cells: Sequence[Cell], ordered: int) -> None:
    """A size of which more is on purchase orders than the customer (still) wants is measured by what he wants: the last rows
    give way, first by what is open of them."""
    surplus = sum(cell.ordered for cell in cells) - ordered
    for may_go in ("open", "ordered"):
        for cell in reversed(cells):
            part = max(0, min(surplus, getattr(cell, may_go)))
            cell.ordered -= part
            surplus -= part


def spread(qty: int, cells: Sequence[Cell], name: str) -> None:
    """Give ``qty`` pieces that are closed to the rows of a size as ``name``, each what is open of it, the rest to the last."""
    for i, cell in enumerate(cells):
        part = qty if i == len(cells) - 1 else min(qty, cell.open)
        setattr(cell, name, getattr(cell, name) + part)
        qty -= part
