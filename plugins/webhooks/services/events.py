"""Which events there are: what every entity does, and what plugins declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.api import Ctx, EntityType, T, Text


@dataclass(frozen=True)
class Group:
    """A kind of document with its events, (name, title)."""

    name: str
    title: Text
    events: tuple[tuple[str, Text], ...]


def everything(entity: str) -> str:
    """The name that stands for every event of a kind of document, those of later versions too."""
    return f"{entity}.*"


def entered(entity: str, state: str) -> str:
    """The event of coming into a state."""
    return f"{entity}.state.{state}"


def list_groups(ctx: Ctx) -> list[Group]:
    """The events that this person may subscribe to, by kind: documents first, then what has no states."""
    kinds = [k for k in ctx.registry.entities.values() if ctx.can(f"{k.name}.view")]
    kinds.sort(key=lambda kind: not kind.states)
    return [Group(kind.name, kind.plural, tuple(_of_kind(ctx, kind))) for kind in kinds]


def known_events(ctx: Ctx) -> frozenset[str]:
    """Every name that this person may subscribe to."""
    return frozenset(name for group in list_groups(ctx) for name, _title in group.events)


def _of_kind(ctx: Ctx, kind: EntityType) -> Iterator[tuple[str, Text]]:
    name = kind.name
    yield everything(name), T("everything")
    yield f"{name}.created", T("created")
    yield f"{name}.changed", T("changed")
    if kind.deletable:
        yield f"{name}.deleted", T("deleted")
    for state in kind.states:
        yield entered(name, state.code), T("is now: {state}", state=state.label)
    for event in ctx.registry.events.values():
        if event.entity in (name, "") and ctx.is_on(event.plugin):
            yield declared(name, event.code), event.label


def declared(entity: str, code: str) -> str:
    """The name of a declared event as it happens to a kind of document."""
    return f"{entity}.event.{code}"


def wants(events: Iterable[str], name: str, entity: str) -> bool:
    """Does a subscription to ``events`` hear of this one?"""
    return name in events or everything(entity) in events
