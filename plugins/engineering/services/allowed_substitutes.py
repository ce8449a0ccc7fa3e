"""What may stand in for materials on a day, as plain values; and for which group of a need."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from core.api import Ctx
from core.db import among
from plugins.catalog.api import Key, Material
from plugins.engineering.models.substitutes import Substitute, SubstituteCustomer, SubstituteStyle

Strategy = Literal["after_main", "before_main"]


@dataclass(frozen=True)
class AllowedSubstitute:
    """A substitute that is valid. ``customers`` and ``styles`` are those that it is limited to; empty: none."""

    id: int
    main: int
    main_color: int | None
    by: int
    by_color: int | None
    by_has_color: bool
    by_has_size: bool
    ratio: Decimal
    priority: int
    strategy: Strategy
    valid_from: date
    valid_to: date | None
    customers: frozenset[int]
    styles: frozenset[int]

    def allows(self, customer_ids: Collection[int], style_ids: Collection[int]) -> bool:
        """May it be used for all of these customers and styles?"""
        return (not self.customers or self.customers.issuperset(customer_ids)) and (
            not self.styles or self.styles.issuperset(style_ids)
        )

    def key_for(self, key: Key) -> Key | None:
        """The group that stands in for a group of the main; None where it does not (another colour, none to go by)."""
        if key.material != self.main or (self.main_color is not None and key.color != self.main_color):
            return None
        color = (self.by_color or key.color) if self.by_has_color else None
        if self.by_has_color and color is None:
            return None
        found = Key(self.by, color, key.size if self.by_has_size else None, key.destination)
        return found if found != key else None


def substitutes(
    ctx: Ctx, material_ids: Iterable[int], day: date, until: date | None = None
) -> dict[int, list[AllowedSubstitute]]:
    """What may stand in for these materials on a day (on some day up to ``until``), by main material, in the order in which
    it is used: what is to be used up first, then by priority. One statement. Substitutes of substitutes are not looked at."""
    row, by = Substitute, aliased(Material)
    found = ctx.session.execute(
        select(row.id, row.main_id, row.main_color_id, row.by_id, row.by_color_id, by.by_color, by.by_size, row.ratio,
               row.priority, row.strategy, row.valid_from, row.valid_to,
               SubstituteCustomer.customer_id, SubstituteStyle.style_id)
        .join(by, (by.id == row.by_id) & (by.tenant_id == row.tenant_id))
        .outerjoin(SubstituteCustomer, (SubstituteCustomer.substitute_id == row.id)
                   & (SubstituteCustomer.tenant_id == row.tenant_id))
        .outerjoin(SubstituteStyle, (SubstituteStyle.substitute_id == row.id)
                   & (SubstituteStyle.tenant_id == row.tenant_id))
        .where(among(row.main_id, material_ids), row.valid_from <= (until or day), by.active)
        .where(or_(row.valid_to.is_(None), row.valid_to >= day))
    )  # fmt: skip
    heads: dict[int, Any] = {}
    customers: dict[int, set[int]] = {}
    styles: dict[int, set[int]] = {}
    for each in found:
        heads[each.id] = each
        customers.setdefault(each.id, set()).update({each.customer_id} - {None})
        styles.setdefault(each.id, set()).update({each.style_id} - {None})
    result: dict[int, list[AllowedSubstitute]] = {}
    order = sorted(heads.values(), key=lambda r: (r.strategy != "before_main", r.priority, r.id))
    for each in order:
        result.setdefault(each.main_id, []).append(
            AllowedSubstitute(
                each.id, each.main_id, each.main_color_id, each.by_id, each.by_color_id, each.by_color, each.by_size,
                each.ratio, each.priority, cast("Strategy", each.strategy), each.valid_from, each.valid_to,
                frozenset(customers[each.id]), frozenset(styles[each.id]),
            )
        )  # fmt: skip
    return result
