"""Awkward stories of one purchase order, told as a table: 100 m of fabric at 2.00, 5 % more may come.

The right figures are computed by hand: accepted is received less rejected less returned to be replaced, the balance what was
ordered less that, the total quantity × price whatever came.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core import ledger
from core.api import Ctx, Refused
from core.kernel import enablement
from plugins.purchasing.models import PurchaseOrder
from tests.plugins.purchasing.conftest import at, bought, came, do, got, ids, left, line, mill

__all__ = ["mill"]


class Story:
    """A purchase order with what is done to it; receipts and returns are remembered in their order."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx = ctx
        self.po: PurchaseOrder = bought(ctx, line(ctx, "FAB", "100", color="NVY"))
        self.papers: list[Any] = []

    def tell(self, step: str) -> None:
        """One step: a verb and its values; ``!`` before it: it must be refused."""
        verb, *values = step.split()
        if verb.startswith("!"):
            with pytest.raises(Refused), self.ctx.session.begin_nested():
                getattr(self, verb[1:])(*values)
            self.ctx.session.expire_all()
        else:
            made = getattr(self, verb)(*values)
            self.papers += [made] if made is not None else []
        self.ctx.memo.clear()

    def come(self, qty: str, bad: str = "0") -> Any:
        more = {"reject_reason": "shade"} if bad != "0" else {}
        return came(self.ctx, self.po, got(ids(self.ctx, self.po)[0], qty, bad, **more))

    def back(self, receipt: str, qty: str, kind: str) -> Any:
        row = {"line": 1, "qty": Decimal(qty), "reason": "defect"}
        return do(self.ctx, self.papers[int(receipt)], "return", lines=[row], kind=kind)

    def undo(self, number: str) -> None:
        do(self.ctx, self.papers[int(number)], "reverse", reason="it was not so")

    def revise(self, qty: str, price: str = "2", reprice: str = "new") -> None:
        change = {"line": 1, "qty": qty, "price": price}
        do(self.ctx, self.po, "revise", lines=[change], reason="agreed", reprice=reprice)

    def short(self) -> None:
        do(self.ctx, self.po, "short_close", line=1, reason="no more yarn")

    def cancel(self) -> None:
        do(self.ctx, self.po, "cancel", reason="not wanted")

    def off(self, plugin: str) -> None:
        enablement.disable_plugin(self.ctx, plugin)

    def on(self, plugin: str) -> None:
        enablement.enable_plugin(self.ctx, plugin)


# steps                                                                      accepted, balance, total
STORIES: list[tuple[str, tuple[str, str, str]]] = [
    ("come 60; undo 0", ("0", "100", "200")),
    ("come 60; undo 0; revise 50", ("0", "50", "100")),
    ("come 60; !revise 50; revise 60", ("60", "0", "120")),
    ("come 60; revise 120; come 60", ("120", "0", "240")),
    ("come 60; short; !come 10", ("60", "0", "200")),
    ("come 60; short; undo 0", ("0", "0", "200")),
    ("come 60; !cancel; undo 0; cancel", ("0", "100", "200")),
    ("come 100; back 0 10 replacement", ("90", "10", "200")),
    ("come 100; back 0 10 replacement; come 10", ("100", "0", "200")),
    ("come 100; back 0 10 credit; come 5; !come 0.01", ("105", "0", "200")),
    ("come 100; back 0 10 replacement; undo 1", ("100", "0", "200")),
    ("come 60; back 0 10 replacement; !undo 0; undo 1; undo 0", ("0", "100", "200")),
    ("come 60; back 0 60 replacement; !back 0 0.01 credit", ("0", "100", "200")),
    ("come 60; back 0 30 credit; back 0 30 replacement", ("30", "70", "200")),
    ("come 100 8", ("92", "8", "200")),
    ("come 100 8; come 8; !come 5.01", ("100", "0", "200")),
    ("come 105; !come 0.01; undo 0; come 100", ("100", "0", "200")),
    ("come 60; revise 100 3; come 40", ("100", "0", "300")),
    ("come 60; revise 100 3 all; undo 0", ("0", "100", "300")),
    ("come 60; off proforma; off inventory; undo 0; on inventory; on proforma; come 70", ("70", "30", "200")),
    ("come 60; off material_gate; come 40; on material_gate; undo 1", ("60", "40", "200")),
]


@pytest.mark.parametrize(("steps", "right"), STORIES, ids=[s[0] for s in STORIES])
def test_it_leaves_these_figures(mill: Ctx, steps: str, right: tuple[str, str, str]) -> None:
    story = Story(mill)
    for step in steps.split("; "):
        story.tell(step)
    mill.session.refresh(story.po)
    found = (at(mill, story.po).accepted, left(mill, story.po), story.po.total)
    assert found == tuple(map(Decimal, right))
    assert ledger.verify(mill) == []
