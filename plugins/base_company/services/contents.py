"""What a feature brings: lists, actions, columns, papers, parts of pages, jobs. Said before it is switched, and on its card."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from core.api import Ctx, T, Text
from core.base_api import LoadedPlugin

PARTS: dict[str, Text] = {
    "entity_panels": T("Parts on pages of documents"),
    "dashboard_tiles": T("Figures on the Hub page"),
    "dashboard_panels": T("Parts of the Hub page"),
    "alerts": T("Alerts"),
    "tasks": T("Tasks"),
    "before_transition": T("What it holds against actions"),
}
"""What hooks give to pages, by hook."""
Contents = list[tuple[Text, list[str]]]
"""(what kind of thing, names)."""


def goes_with(ctx: Ctx, name: str) -> list[LoadedPlugin]:
    """The plugin, and the bridges that go with it."""
    return [
        p
        for p in ctx.hub.plugins
        if p.name in ctx.enabled and (p.name == name or (p.manifest.bridge and name in p.manifest.requires))
    ]


def contents(ctx: Ctx, plugins: Collection[LoadedPlugin]) -> Contents:
    """What is there while these plugins are on. No query."""
    names = {p.name for p in plugins}
    registry = ctx.registry
    own = {e.name for e in registry.entities.values() if e.plugin in names}

    def called(entity: str) -> str:
        return str(registry.entities[entity].label) if entity in registry.entities else entity

    found: list[tuple[Text, Iterator[str]]] = [
        (T("Lists and documents"), (str(e.plural) for e in registry.entities.values() if e.name in own)),
        (T("Actions"), (f"{called(e)} · {a.label}" for e, actions in registry.actions.items() if e not in own
                        for a in actions.values() if a.plugin in names)),
        (T("Columns"), (f"{called(e)} · {c.label}" for e, columns in registry.columns.items() if e not in own
                        for c in columns.values() if c.plugin in names)),
        (T("Columns of the full-process table"),
         (str(s.label) for steps in registry.steps.values() for s in steps.values() if s.plugin in names)),
        (T("PDF"), (str(d.label) for d in registry.documents.values() if d.plugin in names)),
        (T("On pages"), (str(words) for hook, words in PARTS.items() if _gives(ctx, plugins, hook))),
        (T("Background jobs"), (str(j.label) for j in registry.jobs.values() if j.plugin in names)),
        (T("Settings"), (str(f.label) for p in plugins for f in p.manifest.settings if not f.readonly)),
    ]  # fmt: skip
    return [(kind, sorted(set(each))) for kind, texts in found if (each := list(texts))]


def _gives(ctx: Ctx, plugins: Collection[LoadedPlugin], hook: str) -> bool:
    modules = {p.module for p in plugins}
    caller = getattr(ctx.hub.manager.hook, hook, None)
    return caller is not None and any(i.plugin in modules for i in caller.get_hookimpls())
