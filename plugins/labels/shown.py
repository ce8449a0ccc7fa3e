"""The way to labels from the pages of documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, EntityType, Panel, T, hookimpl


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """At the foot of everything that has a number or a code."""
    return [Panel(T("Labels"), "labels/panel.html", {}, place="foot", order=96, folded=True)]


def listed(ctx: Ctx, entity: EntityType) -> bool:
    """Does its list offer labels of what is ticked?"""
    return any(entity.name in (found or ()) for found in ctx.hooks.label_kinds())
