"""Extension points of engineering: what a change of BOMs reaches in documents and stock that it knows nothing of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.api import Ctx, EntityRef, Text, hookspec


@dataclass(frozen=True)
class ChangeImpact:
    """Something that a change concerns: a document, or stock of a material that it takes out.

    kind    what it is called in the plural: open orders, factory orders, stock at factories …
    number  how people call the document, or where the stock lies; ``href`` its page
    detail  which style or material of it, how it stands
    qty, unit     how much of it; ``value`` in ``currency``, of stock by its receipts, for those who may see what it costs
    due     when it is wanted
    document      the document, for what others know of it (its timeline)
    """

    kind: Text
    number: str
    href: str = ""
    detail: Text | str = ""
    qty: Decimal | None = None
    unit: str = ""
    value: Decimal | None = None
    currency: str = ""
    due: date | None = None
    document: EntityRef | None = None


@hookspec
def change_impacts(
    ctx: Ctx, material_ids: Collection[int], style_ids: Collection[int]
) -> Sequence[ChangeImpact] | None:
    """What is open with these styles, and what of these materials is on order, in stock or at factories. A fixed number of
    statements."""


@hookspec
def document_timelines(
    ctx: Ctx, entity: str, ids: Sequence[int]
) -> Mapping[int, tuple[Text | str, str]] | None:
    """How the timelines of these documents stand: document id → words and tone (``good``, ``warn``, ``bad``). A fixed number of
    statements."""
