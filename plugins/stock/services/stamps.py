"""What every document of stock does alike: what it starts with, how it is brought in, where a refusal is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from core import ledger
from core.api import Ctx, Refused, record_save
from core.db import flush_rows
from kit.papers import stamp_created
from plugins.stock.services import stores


def created(ctx: Ctx, row: Any) -> None:
    """Fill what a new document starts with: maker, day, default store."""
    stamp_created(ctx, row)
    row.posted_by = ""
    row.day = row.day or ctx.today()
    if row.store is None:
        row.store = stores.default(ctx)
        row.store_id = row.store.id


def start(ctx: Ctx, row: Any) -> Any:
    """Bring in a draft that was made elsewhere, on record like one made on its form; gives its entity."""
    created(ctx, row)
    ctx.session.add(row)
    flush_rows(ctx.session)
    record_save(ctx, row, "create", is_new=True)
    return ctx.registry.entity_for(row)


@contextmanager
def said_at(day: str, items: Mapping[ledger.Item, str] | None = None) -> Iterator[None]:
    """What the ledger refuses inside is said where it was typed: a closed period at the input ``day``, the want of an item
    at the input of that item."""
    try:
        yield
    except Refused as refused:
        problems = []
        for problem in refused.problems:
            asked = problem.params
            place = (
                day
                if "closed_until" in asked
                else (items or {}).get(asked["item"], "")
                if "item" in asked
                else ""
            )
            problems.append(replace(problem, field=problem.field or place))
        raise Refused(problems) from refused
