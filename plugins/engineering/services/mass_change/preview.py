"""What a change would do to every line it finds, before anything is decided; and what of it is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from core.api import Ctx, T, Text, pick
from core.db import among
from plugins.catalog.api import Material, Style
from plugins.engineering.models import EngineeringChange, MaterialSource
from plugins.engineering.services.checks import edges
from plugins.engineering.services.mass_change import asking, reading
from plugins.engineering.services.mass_change.rules import Edit, outcomes
from plugins.engineering.services.structures import Owner
from plugins.engineering.words import MADE

MOST = 5_000
"""Lines that one change may touch."""


@dataclass(frozen=True)
class Found:
    """A line that a change finds. ``position`` is where it stands (None: a new one); ``problem`` says why it cannot be
    changed."""

    owner: Owner
    code: str
    name: str
    position: int | None
    edit: Edit | None
    problem: Text | None = None

    @property
    def key(self) -> str:
        """What names it on a page: the same whenever it is opened."""
        return f"{self.owner.kind}-{self.owner.id}-{'new' if self.position is None else self.position}"


def preview(ctx: Ctx, change: EngineeringChange) -> list[Found]:
    """Every line that the rule of a change finds, in the order of the BOMs' codes. A fixed number of statements."""
    rule = asking.rule_of(change)
    owners = asking.owners_of(ctx, change)
    lines = reading.lines_of(ctx, owners)
    facts = reading.facts_of(ctx, (rule.material, rule.by, rule.line.material if rule.line else None))
    called = names_of(ctx, owners)
    new = rule.by or (rule.line.material if rule.line else None)
    looped = barred(ctx, new, owners) if new is not None else {}
    found = []
    for owner in owners:
        placed = lines.get(owner, [])
        for each in outcomes([line.values for line in placed], rule, facts):
            at = placed[each.position].position if each.position is not None else None
            edit = each.edit and Edit(each.edit.before, each.edit.after, at)
            problem = each.problem or looped.get(owner)
            found.append(Found(owner, *called[owner], at, None if problem else edit, problem))
    return found


def barred(ctx: Ctx, material_id: int, owners: Collection[Owner]) -> Mapping[Owner, Text]:
    """Why the new material cannot come into some of these BOMs: a made material would be made of itself; it is to be made, and
    nobody says how. A statement or two for each level below it."""
    below = edges(ctx, {material_id}, drafts=False)
    source = ctx.session.scalar(select(MaterialSource.source).where(MaterialSource.row_id == material_id))
    if source in MADE and not below.get(material_id):
        code = ctx.session.scalar(select(Material.code).where(Material.id == material_id)) or ""
        return dict.fromkeys(owners, T("{material} is made, but has no active BOM.", material=code))
    reached, todo = set[int](), [material_id]
    while todo:
        each = todo.pop()
        if each not in reached:
            reached.add(each)
            todo += below.get(each, ())
    return {
        owner: T("It would be made of itself.")
        for owner in owners
        if owner.kind == "material" and owner.id in reached
    }


def names_of(ctx: Ctx, owners: Iterable[Owner]) -> dict[Owner, tuple[str, str]]:
    """Code and name of owners; a statement for each kind."""
    found: dict[Owner, tuple[str, str]] = {}
    for kind, model in (("style", Style), ("material", Material)):
        ids = {owner.id for owner in owners if owner.kind == kind}
        if ids:
            rows = ctx.session.execute(
                select(model.id, model.code, model.name, model.names).where(among(model.id, ids))
            )
            found |= {Owner(kind, i): (code, pick(names, name)) for i, code, name, names in rows}
    return found
