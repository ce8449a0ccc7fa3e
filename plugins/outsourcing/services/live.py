"""Live factory orders as plain values, read once a page: tiles, tasks, alerts and payments all tell of the same ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Text, cast, select

from core.api import Ctx
from plugins.catalog.api import Partner
from plugins.outsourcing.models import FactoryOrder

STATES = ("draft", "issued", "in_production", "completed")
"""Neither closed nor cancelled."""


@dataclass(frozen=True)
class Live:
    """A factory order that is neither closed nor cancelled. ``factory`` is its code, ``agreed_terms`` the lines of the payment
    terms as they were issued."""

    id: int
    number: str
    state: str
    factory: str
    ship_date: date | None
    issue_date: date | None
    contract_status: str
    created_by_id: int | None
    currency: str
    total: Decimal
    terms_id: int | None
    agreed_terms: Sequence[Mapping[str, Any]] | None


def orders(ctx: Ctx, *states: str) -> Sequence[Live]:
    """Those in these states (all, where none is given), the next to ship first. One query, once a page."""
    found = ctx.memo.once("outsourcing.live", lambda: _read(ctx))
    return [each for each in found if each.state in states] if states else found


def _read(ctx: Ctx) -> list[Live]:
    row = FactoryOrder
    rows: Iterable[Any] = ctx.session.execute(
        select(row.id, row.number, row.state, Partner.code, row.ship_date, row.issue_date, row.contract_status,
               row.created_by_id, row.currency, row.total, row.terms_id, cast(row.agreed_terms, Text))
        .join(Partner, (Partner.id == row.factory_id) & (Partner.tenant_id == row.tenant_id))
        .where(row.state.in_(STATES))
    )  # fmt: skip
    found = [Live(*(*row[:-1], _terms(row[-1]))) for row in rows]
    return sorted(found, key=lambda each: (each.ship_date or date.max, each.id))


@lru_cache(maxsize=1000)
def _terms(text: str | None) -> Sequence[Mapping[str, Any]] | None:
    """A few payment terms serve nearly all factory orders."""
    found = json.loads(text or "null")
    return None if found is None else tuple(found)
