"""Wiring of the bridge between factory orders and the timeline: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.api import Ctx, Declare, EntityRef, Manifest, ProcessStep, T, hookimpl
from plugins.factory_timeline import shown
from plugins.factory_timeline.demo import loader
from plugins.factory_timeline.services import courses
from plugins.tna.api import Course, TimelineKind, declare, hub

manifest = Manifest(
    name="factory_timeline",
    title=T("Timelines of factory orders"),
    version="0.1.0",
    summary=T(
        "Factory orders have timelines, counted back from their ship date; customer orders show the worst of them."
    ),
    category="production",
    menu=25,
    requires=("outsourcing", "tna"),
    bridge=True,
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare what lists of factory orders and customer orders show."""
    declare(registry, courses.KIND)
    registry.step(ProcessStep("tna", "orders.order", T("Timeline"), shown.worst, 60, hub.RIGHT))
    registry.demo(loader.load, after=("receiving",))


@hookimpl
def timeline_kinds(ctx: Ctx) -> Sequence[TimelineKind]:
    """Factory orders."""
    return [courses.KIND]


@hookimpl
def timeline_courses(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Course] | None:
    """Ship date, factory and issue of factory orders."""
    return courses.of_orders(ctx, ids) if entity == courses.ENTITY else None


@hookimpl
def timeline_parts(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Sequence[EntityRef]] | None:
    """Customer orders and styles on factory orders."""
    return courses.parts(ctx, ids) if entity == courses.ENTITY else None


@hookimpl
def timeline_owners(ctx: Ctx, entity: str, ids: Sequence[int]) -> Sequence[EntityRef]:
    """Factory orders that customer orders and styles are on."""
    return courses.owners(ctx, entity, ids)
