"""A small plugin that plans by the events of others: it hears what moved."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date

import pytest

from core.api import Ctx, hookimpl
from core.kernel import enablement
from core.kernel.hub import Hub

DERIVING = {"tna", "material_gate"}
"""Plugins of ours that hear too, and read much to follow: their queries would be counted with those of the telling."""


class Told:
    """What the plugin heard since it was last asked."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[int, ...]]] = []

    def since(self) -> list[tuple[str, tuple[int, ...]]]:
        """(entity, ids) of each telling, in order; asking empties it."""
        found, self.heard = self.heard, []
        return found


@pytest.fixture
def told(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """The listening plugin, switched on in place of those of ours that hear. It must come before the contexts that
    shall tell it."""
    ear = Told()

    @hookimpl
    def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
        ear.heard.append((entity, tuple(ids)))

    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) - DERIVING | {"listening"})
    plugin = type(sys)("listening")
    plugin.milestones_changed = milestones_changed  # type: ignore[attr-defined]
    hub.manager.register(plugin, name="listening")
    yield ear
    hub.manager.unregister(plugin)


def days_of(ctx: Ctx, entity: str, id: int) -> dict[str, date]:
    """The events of one document, from every plugin that is on."""
    ctx.session.flush()
    found: dict[str, date] = {}
    for answer in ctx.hooks.milestones(entity=entity, ids=[id]):
        for code, day in (answer or {}).get(id, {}).items():
            assert ctx.registry.events[code].entity in (entity, "")  # "": of several kinds of documents
            assert code not in found
            found[code] = day
    return found
