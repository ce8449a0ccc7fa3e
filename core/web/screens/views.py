"""Lists as somebody keeps them: what they are filtered and sorted by, under a name, for oneself or for everybody here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from core.data.models import UserPref
from core.declare.declarations import EntityType
from core.entities.query import ListQuery
from core.errors import NotFound, Refused
from core.kernel.context import Ctx
from core.kernel.hub import VIEWS_RIGHT
from core.text.i18n import T
from core.web.screens.listing import list_address

KIND = "view"
SHARE = VIEWS_RIGHT
MOST, LONGEST = 50, 60


@dataclass(frozen=True)
class SavedView:
    """A kept list: its name, the address behind the list's own, whether it is everybody's, and whether this person may take it
    away."""

    id: int
    name: str
    address: str
    shared: bool
    removable: bool


def saved_views(ctx: Ctx, entity: EntityType) -> list[SavedView]:
    """Those of this person and those for everybody, by name. One query."""
    if ctx.user is None:
        return []
    rows = ctx.session.scalars(
        select(UserPref)
        .where(
            UserPref.kind == KIND,
            UserPref.screen == entity.name,
            or_(UserPref.user_id == ctx.user.id, UserPref.shared),
        )
        .order_by(UserPref.name, UserPref.id)
    )
    return [SavedView(r.id, r.name, str(r.value), r.shared, _removable(ctx, r)) for r in rows]


def keep_view(ctx: Ctx, entity: EntityType, name: str, asked: ListQuery, *, shared: bool = False) -> None:
    """Keep what was asked under ``name``; one of the same name is replaced. Refused without a name, or for too many;
    Denied without the right to share."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise Refused(T("A name has 1 to {n} characters.", n=LONGEST), "name")
    if shared:
        ctx.require(SHARE)
    if ctx.user is None:
        return
    mine = list(
        ctx.session.scalars(
            select(UserPref).where(
                UserPref.user_id == ctx.user.id, UserPref.kind == KIND, UserPref.screen == entity.name
            )
        )
    )
    row = next((each for each in mine if each.name == name), None)
    if row is None and len(mine) >= MOST:
        raise Refused(T("At most {n} of a list can be kept. Take one away first.", n=MOST), "name")
    if row is None:
        row = UserPref(user_id=ctx.user.id, kind=KIND, screen=entity.name, name=name)
        ctx.session.add(row)
    row.shared, row.value = shared, list_address(asked, page=1)
    ctx.session.flush()


def drop_view(ctx: Ctx, entity: EntityType, view_id: int) -> None:
    """Take a kept list away: one's own, or with the right to share anybody's that is shared. NotFound for any other."""
    row = ctx.session.scalars(
        select(UserPref).where(UserPref.id == view_id, UserPref.kind == KIND, UserPref.screen == entity.name)
    ).one_or_none()
    if row is None or not _removable(ctx, row):
        raise NotFound(T("There is nothing called {name}.", name=str(view_id)))
    ctx.session.delete(row)
    ctx.session.flush()


def _removable(ctx: Ctx, row: Any) -> bool:
    mine = ctx.user is not None and row.user_id == ctx.user.id
    return mine or (row.shared and ctx.can(SHARE))
