"""The menu: what is on for this tenant and this person may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.data.models import UserPref
from core.declare.page_parts import NavItem
from core.kernel.context import Ctx
from core.text.i18n import Text


@dataclass(frozen=True)
class Group:
    """A heading of the menu with its entries. ``works``: the person does something in at least half of it, and it is among
    the first of those; other groups are folded at first."""

    code: str
    label: Text | str
    items: tuple[NavItem, ...]
    works: bool = False


def entity_url(name: str, row_id: int | None = None) -> str:
    """Address of an entity's list, or of one document."""
    base = "/" + name.replace(".", "/") + "/"
    return base if row_id is None else f"{base}{row_id}"


MASTER = 80
"""Groups from this rank on are seldom needed: master data, administration."""
OPEN = 13
"""So many entries are open at first: a menu is looked over, not searched."""
OWN = "me"
"""The group that stands in the person's own menu, not beside the page."""


def menu(ctx: Ctx) -> list[Group]:
    """Groups in the order their plugins ask for; empty groups are left out. :data:`OWN` is one of them."""
    found: dict[str, list[NavItem]] = {}
    works: dict[str, list[int]] = {}
    mine = _worked_on(ctx)
    for entity in ctx.registry.entities.values():
        if entity.menu and ctx.can(f"{entity.name}.view"):
            category, order = entity.menu
            works.setdefault(category, []).append(mine[entity.name])
            found.setdefault(category, []).append(
                NavItem(entity.plural, entity_url(entity.name), category, order)
            )
    for page in current_app.extensions["hub_screens"].pages.all_standing(ctx.enabled):
        view = page.view
        place: Any = getattr(view, "menu_place", None)  # Flask-Admin keeps an object of its own in ``menu``
        if place and (not view.right or ctx.can(view.right)):
            found.setdefault(place[0], []).append(NavItem(view.label, f"{view.url}/", place[0], place[1]))
    for plugin, item in ctx.hooks.isolated("nav_items"):
        if isinstance(item, NavItem):
            found.setdefault(item.category, []).append(item)
        else:
            ctx.failed.add(plugin)
    declared = ctx.registry.menu_groups
    titles = {p.name: p.manifest.title for p in ctx.hub.plugins} | {
        g.code: g.label for g in declared.values()
    }
    ranks = {p.name: (p.manifest.menu, i) for i, p in enumerate(ctx.hub.plugins)}
    ranks |= {g.code: (g.order, 0) for g in declared.values()}
    groups = [
        Group(
            code,
            titles.get(code, code),
            tuple(sorted(items, key=lambda i: (i.order, str(i.label)))),
            2 * sum(map(bool, works.get(code, ()))) >= max(1, len(works.get(code, ())))
            and ranks.get(code, (99, 0))[0] < MASTER,
        )
        for code, items in found.items()
    ]
    shown = sorted(groups, key=lambda group: (ranks.get(group.code, (99, 0)), group.code))
    # who may do everything works nowhere in particular: the first groups are theirs
    everything = "*" in ctx.permissions
    return _opened(shown, {} if everything else {code: sum(counts) for code, counts in works.items()})


def _opened(groups: list[Group], rights: Mapping[str, int]) -> list[Group]:
    """The groups, of which those that a person works in are open until :data:`OPEN` entries are reached: first those in
    which there is most to do per entry (``rights``)."""
    left, opened = OPEN, set()
    for group in sorted(groups, key=lambda group: -rights.get(group.code, 0) / len(group.items)):
        if group.works and len(group.items) <= left:
            left -= len(group.items)
            opened.add(group.code)
    return [replace(group, works=group.code in opened) for group in groups]


def _worked_on(ctx: Ctx) -> Counter[str]:
    """What this person may do to kinds of documents but look at them: so many things to each."""
    known = ctx.registry.permissions.keys()
    rights = known if "*" in ctx.permissions else ctx.permissions & known
    return Counter(right.rpartition(".")[0] for right in rights if not right.endswith(".view"))


def favourites(ctx: Ctx, groups: Iterable[Group]) -> list[NavItem]:
    """The entries that this person keeps at the top of the menu, in the order in which they were kept; of those that are
    there. None where the database does not answer: the page that says so has a menu too."""
    try:
        kept = ctx.memo.once("core.favourites", lambda: list(row.value or ()) if (row := _kept(ctx)) else [])
    except SQLAlchemyError:
        return []
    known = {item.href: item for group in groups for item in group.items}
    return [known[href] for href in kept if href in known]


def toggle_favourite(ctx: Ctx, href: str) -> None:
    """Keep an entry of the menu at its top, or no longer. What is no entry is ignored."""
    if ctx.user is None or href not in {item.href for group in menu(ctx) for item in group.items}:
        return
    row = _kept(ctx)
    if row is None:
        row = UserPref(user_id=ctx.user.id, kind="menu", screen="", name="", value=[])
        ctx.session.add(row)
    before = list(row.value or ())
    row.value = [h for h in before if h != href] if href in before else [*before, href]
    ctx.session.flush()


def _kept(ctx: Ctx) -> UserPref | None:
    if ctx.user is None:
        return None
    return ctx.session.scalars(
        select(UserPref).where(
            UserPref.user_id == ctx.user.id, UserPref.kind == "menu", UserPref.screen == ""
        )
    ).one_or_none()
