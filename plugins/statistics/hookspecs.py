"""What statistics asks of plugins whose documents tell of goods and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date
from decimal import Decimal

from core.api import Ctx, hookspec
from kit.facts import Facts


@hookspec
def trade_facts(ctx: Ctx, figure: str, by: Set[str]) -> Facts | Sequence[Facts] | None:
    """The rows behind a figure (``sold``, ``bought``, ``shipped``, ``accepted``; ``settled``: ordered and wanted no more), with
    the columns that ``by`` names (:class:`kit.facts.Facts` says which there are); several where several kinds of documents
    tell, with pieces below 0 for what came back. None where the plugin knows nothing of the figure, or does not tell it apart
    so. No query: statistics adds up in the database."""


@hookspec
def customer_debts(ctx: Ctx, on: date) -> Mapping[int, tuple[Decimal, Decimal, str]] | None:
    """What customers owe at the end of a day, in the company's currency: partner id → (all of it, what of that is overdue, the
    address of the documents behind it). None where this person may not see it. A fixed number of queries."""
