"""What must be true of a version before it holds: nothing is made of itself, and what is made is known how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from core.api import Ctx, Refused, T
from core.db import among
from plugins.catalog.api import Material
from plugins.engineering.models import EngineeringBom, EngineeringBomLine, MaterialSource
from plugins.engineering.services.structures import CycleFound, Owner
from plugins.engineering.words import MADE


def owner_of(bom: EngineeringBom) -> Owner:
    """The style or material that a version makes."""
    if bom.style_id is not None:
        return Owner("style", bom.style_id)
    return Owner("material", bom.material_id or 0)


def check_structure(ctx: Ctx, bom: EngineeringBom, lines: Iterable[EngineeringBomLine]) -> None:
    """Refused where the version's own material is somewhere below it (with the path), or where a material that is made has no
    active BOM (naming it)."""
    taken = {line.material_id for line in lines}
    below = edges(ctx, taken, drafts=False)
    check_cycle(ctx, owner_of(bom), taken, below)
    made = set(
        ctx.session.scalars(
            select(MaterialSource.row_id).where(
                among(MaterialSource.row_id, taken), MaterialSource.source.in_(MADE)
            )
        )
    )
    missing = sorted(made - set(below))
    if missing:
        codes = ctx.session.scalars(select(Material.code).where(among(Material.id, missing)))
        raise Refused(
            T(
                "{materials}: made, but without an active BOM. Make one active first, or say that it is bought.",
                materials=", ".join(sorted(codes)),
            )
        )


def check_cycle(ctx: Ctx, owner: Owner, taken: Iterable[int], below: Mapping[int, Sequence[int]]) -> None:
    """Refused where ``owner`` stands below itself, with the path in codes."""
    graph = dict(below)
    if owner.kind == "material":
        graph[owner.id] = sorted(taken)
    starts = [owner.id] if owner.kind == "material" else sorted(taken)
    path = find_cycle(starts, graph)
    if path:
        names = dict(
            ctx.session.execute(select(Material.id, Material.code).where(among(Material.id, set(path)))).all()
        )
        raise CycleFound([Owner("material", i) for i in path], names)


def find_cycle(starts: Iterable[int], graph: Mapping[int, Sequence[int]]) -> list[int]:
    """A way that comes back to where it began, from the first to itself again; empty where there is none."""
    seen: set[int] = set()
    for start in starts:
        path, todo = [start], [iter(graph.get(start, ()))]
        while todo:
            child = next(todo[-1], None)
            if child is None:
                todo.pop()
                seen.add(path.pop())
            elif child in path:
                return [*path[path.index(child) :], child]
            elif child not in seen:
                path.append(child)
                todo.append(iter(graph.get(child, ())))
    return []


def edges(ctx: Ctx, materials: Iterable[int], *, drafts: bool) -> dict[int, list[int]]:
    """What made materials are made of, all the way down: material → materials. With ``drafts`` the newest draft of each goes
    before its active version. A statement or two for each level."""
    found: dict[int, list[int]] = {}
    frontier, asked = set(materials), set[int]()
    while frontier:
        asked |= frontier
        chosen = current_boms(ctx, frontier, drafts=drafts)
        lines: dict[int, list[int]] = {bom: [] for bom in chosen.values()}
        if lines:
            for bom_id, material_id in ctx.session.execute(
                select(EngineeringBomLine.bom_id, EngineeringBomLine.material_id).where(
                    among(EngineeringBomLine.bom_id, lines)
                )
            ):
                lines[bom_id].append(material_id)
        for material_id, bom_id in chosen.items():
            found[material_id] = sorted(set(lines[bom_id]))
        frontier = {m for bom_id in chosen.values() for m in lines[bom_id]} - asked
    return found


def current_boms(ctx: Ctx, materials: Iterable[int], *, drafts: bool) -> dict[int, int]:
    """The version of each material that counts: the active one, or with ``drafts`` its newest draft where it has one."""
    states = ("active", "draft") if drafts else ("active",)
    rows = ctx.session.execute(
        select(EngineeringBom.material_id, EngineeringBom.id)
        .where(among(EngineeringBom.material_id, materials), EngineeringBom.state.in_(states))
        .order_by(EngineeringBom.state, EngineeringBom.version_no)  # active before draft, the newest last
    )
    return {material_id: bom_id for material_id, bom_id in rows if material_id is not None}


def drafts_below(ctx: Ctx, bom: EngineeringBom) -> list[EngineeringBom]:
    """Drafts of the made materials under a version, what is deepest first. Refused for a cycle among them."""
    taken = {line.material_id for line in bom.lines}
    graph = edges(ctx, taken, drafts=True)
    check_cycle(ctx, owner_of(bom), taken, graph)
    order: list[int] = []

    def go_down(material_id: int) -> None:
        if material_id not in order and material_id in graph:
            for child in graph[material_id]:
                go_down(child)
            order.append(material_id)

    for material_id in sorted(taken):
        go_down(material_id)
    chosen = current_boms(ctx, order, drafts=True)
    drafts = {
        row.material_id: row
        for row in ctx.session.scalars(
            select(EngineeringBom).where(
                among(EngineeringBom.id, set(chosen.values())), EngineeringBom.state == "draft"
            )
        )
    }
    return [drafts[i] for i in order if i in drafts]
