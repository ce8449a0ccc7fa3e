"""Lists that the administrator keeps: reasons, notes. Plugins declare them, tenants fill them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.data.records import ListItem
from core.data.tenancy import TenantSession
from core.declare.kinds import ListSpec
from core.text.i18n import Text, pick

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def list_items(ctx: Ctx, list_code: str) -> Sequence[ListItem]:
    """Active entries of a list, in order."""
    wanted = (
        select(ListItem)
        .where(ListItem.list_code == list_code, ListItem.active)
        .order_by(ListItem.position, ListItem.id)
    )
    return ctx.memo.once(
        ("core.list", list_code), lambda: ctx.session.scalars(wanted).all(), (ListItem.__tablename__,)
    )


def list_choices(list_code: str) -> Callable[[Ctx], Sequence[tuple[str, Text | str]]]:
    """For ``Field(choices=...)``: the entries of a list, in the reader's language."""

    def list_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
        return [(item.code, pick(item.names, item.name)) for item in list_items(ctx, list_code)]

    return list_choices


def seed_lists(session: TenantSession, specs: Iterable[ListSpec]) -> None:
    """Give the tenant the entries that these lists start with, where they are empty. Two statements, however many."""
    wanted = list(specs)
    if not wanted:
        return
    have = set(session.scalars(select(ListItem.list_code).distinct()))
    session.insert_many(
        ListItem,
        (
            {
                "list_code": spec.code,
                "code": code,
                "name": english,
                "names": {"zh_Hant_TW": traditional, "zh_Hans_CN": simplified},
                "position": position,
            }
            for spec in wanted
            if spec.code not in have
            for position, (code, english, traditional, simplified) in enumerate(spec.items)
        ),
    )
