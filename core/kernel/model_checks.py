"""The models of the loaded plugins, looked at once at start: they can be mapped, and every table is its plugin's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import configure_mappers

from core.data.db import Base
from core.data.migrate import owner_of
from core.declare.registry import Registry
from core.errors import StartError
from core.kernel.blame import describe, home_of
from core.kernel.plugins import LoadedPlugin


def check_models(plugins: Iterable[LoadedPlugin], registry: Registry) -> None:
    """Raise StartError for a model that cannot be mapped, a table that is not named after its plugin, and a field of an entity
    whose rows could not be read."""
    plugins = list(plugins)
    try:
        configure_mappers()
    except Exception as error:
        said = str(error) if isinstance(error, StartError) else describe(error)
        raise StartError(f"{_blamed(plugins)}: its models cannot be used: {said}") from error
    names = {"core", *(p.name for p in plugins)}
    for plugin in plugins:
        home = home_of(plugin.module.__name__)
        for mapper in Base.registry.mappers:
            module, table = mapper.class_.__module__, str(mapper.local_table.name)  # type: ignore[attr-defined]
            if module.startswith(f"{home}.") and (owner := owner_of(table, names)) != plugin.name:
                whose = f"is named after plugin '{owner}'" if owner else "is named after no plugin"
                raise StartError(
                    f"plugin '{plugin.name}' ({plugin.distribution}): table {table} of {mapper.class_.__name__} {whose}. "
                    f"Let its name begin with {plugin.name}_."
                )
    for entity in registry.entities.values():
        rows = [(entity.model, entity.fields), *((t.model, t.fields) for t in entity.children)]
        for model, fields in rows:
            for spec in fields:
                if spec.kind == "ref" and not hasattr(model, spec.name):
                    raise StartError(
                        f"plugin '{entity.plugin}': field '{spec.name}' of '{entity.name}' is a reference, and "
                        f"{model.__name__} has no relationship of that name. "
                        f'Add to {model.__name__}: {spec.name}: Mapped[…] = link("{model.__name__}.{spec.attr}", "…").'
                    )


def _blamed(plugins: list[LoadedPlugin]) -> str:
    """The plugin whose model a mapping error is about."""
    failed: list[Any] = [m for m in Base.registry.mappers if getattr(m, "_configure_failed", None)]
    module = failed[0].class_.__module__ if failed else ""
    for plugin in plugins:
        if module.startswith(f"{home_of(plugin.module.__name__)}."):
            return f"plugin '{plugin.name}' ({plugin.distribution})"
    return "the hub"
