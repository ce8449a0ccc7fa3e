"""The menu: what is on for this tenant and this person may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app

from core.declare.page_parts import NavItem
from core.kernel.context import Ctx
from core.text.i18n import Text


@dataclass(frozen=True)
class Group:
    """A heading of the menu with its entries."""

    code: str
    label: Text | str
    items: tuple[NavItem, ...]


def entity_url(name: str, row_id: int | None = None) -> str:
    """Address of an entity's list, or of one document."""
    base = "/" + name.replace(".", "/") + "/"
    return base if row_id is None else f"{base}{row_id}"


OWN = "me"
"""The group that stands in the person's own menu, not beside the page."""


def menu(ctx: Ctx) -> list[Group]:
    """Groups in the order their plugins ask for; empty groups are left out. :data:`OWN` is one of them."""
    found: dict[str, list[NavItem]] = {}
    for entity in ctx.registry.entities.values():
        if entity.menu and ctx.can(f"{entity.name}.view"):
            category, order = entity.menu
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
        Group(code, titles.get(code, code), tuple(sorted(items, key=lambda i: (i.order, str(i.label)))))
        for code, items in found.items()
    ]
    return sorted(groups, key=lambda group: (ranks.get(group.code, (99, 0)), group.code))
