"""Find the installed plugins, load the default ones and those that config.toml names, and put them in a dependable order."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from inspect import isfunction
from pathlib import Path
from types import ModuleType

import pluggy

from core.declare import hookspecs
from core.declare.manifest import API_VERSION, Manifest
from core.declare.speakers import Speaker, Speakers
from core.errors import StartError
from core.kernel.blame import blaming
from core.text.i18n import T, Text

GROUP = "oem_hub.plugins"
"""Entry points of plugins that config.toml may name."""
BASE_GROUP = "oem_hub.base"
"""Entry points of default plugins (``Manifest.base``): loaded wherever they are installed."""
KITS = "oem_hub.kits"
NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class LoadedPlugin:
    """A plugin that takes part: its manifest, its wiring module and the distribution it came with."""

    manifest: Manifest
    module: ModuleType
    distribution: str

    @property
    def name(self) -> str:
        """The plugin's name, also the prefix of its tables."""
        return self.manifest.name


def discover(group: str = GROUP) -> dict[str, importlib.metadata.EntryPoint]:
    """Installed plugins by name, from an entry-point group that anybody's distribution may use."""
    return {point.name: point for point in importlib.metadata.entry_points(group=group)}


def absence(name: str, *, kept: bool = False) -> Text:
    """Why nothing can be done with a plugin of this name: it is not loaded, or not even installed (any more, where something
    of it is ``kept``)."""
    if name in discover():
        return T("{name} is installed, but not loaded: add it to [plugins] load in config.toml.", name=name)
    if kept:
        return T(
            "{name} is not installed any more: it does nothing here, and its data and switches are kept. Install it again, "
            "or take out what is left of it: hub plugin purge {name}",
            name=name,
        )
    return T("There is no plugin {name}.", name=name)


def origins() -> dict[str, set[str]]:
    """The distributions that bring a plugin, by its name. Every installed one is read: asked once at a start."""
    found: dict[str, set[str]] = {}
    for group in (BASE_GROUP, GROUP):
        for point in importlib.metadata.entry_points(group=group):
            found.setdefault(point.name, set()).add(_origin(point))
    return found


def _origin(point: importlib.metadata.EntryPoint) -> str:
    return _called(point.dist) if point.dist else "unknown distribution"


# its whole description is parsed for each of the two words, and one brings dozens of plugins
@lru_cache(maxsize=256)
def _called(distribution: importlib.metadata.Distribution) -> str:
    return f"{distribution.name} {distribution.version}"


def kits() -> dict[str, Path]:
    """Folders of installed packages of building blocks (``kit`` is ours), which plugins may import: their sentences are
    translated like anybody's."""
    found = {point.name: find_spec(point.value) for point in importlib.metadata.entry_points(group=KITS)}
    return {name: Path(spec.origin).parent for name, spec in found.items() if spec and spec.origin}


def import_plugins(
    names: Iterable[str], extra: Iterable[ModuleType] = (), without: Collection[str] = ()
) -> list[LoadedPlugin]:
    """Import the default plugins and the named ones, but not those that are left out (``without``), and return them ordered
    by (depth, name).

    ``extra`` are plugin modules given directly (tests). Raises StartError naming plugin, distribution and remedy.
    """
    installed, base, brought = discover(), discover(BASE_GROUP), origins()
    loaded: dict[str, LoadedPlugin] = {}
    for name in (n for n in dict.fromkeys((*sorted(base), *names)) if n not in without):
        point = base.get(name) or installed.get(name)
        if point is None:
            raise StartError(
                f"plugin '{name}' is named in [plugins] load but is not installed. "
                f"Install the distribution that brings it, or remove '{name}' from config.toml."
            )
        if len(several := brought.get(name, ())) > 1:
            raise StartError(
                f"plugin '{name}' is brought by several distributions: {', '.join(sorted(several))}. "
                "Uninstall all but one of them, or give one another name."
            )
        origin = _origin(point)
        with blaming(f"plugin '{name}' ({origin})", "cannot be imported"):
            module = point.load()
        manifest = _manifest(name, module, origin)
        if manifest.name != name:
            raise StartError(
                f"plugin '{name}' ({origin}) calls itself '{manifest.name}' in its manifest. Give both the same name."
            )
        if manifest.base != (name in base):
            raise StartError(
                f"plugin '{name}' ({origin}) says base={manifest.base} in its manifest and is offered as an entry point of "
                f"{BASE_GROUP if name in base else GROUP}. Default plugins are those of {BASE_GROUP} that say base=True."
            )
        loaded[name] = LoadedPlugin(manifest, module, origin)
    for module in extra:
        manifest = _manifest(module.__name__, module, "given directly")
        if manifest.name in loaded:
            raise StartError(
                f"plugin '{manifest.name}' (given directly) has the name of a plugin that is loaded already "
                f"({loaded[manifest.name].distribution}). Give one of them another name."
            )
        loaded[manifest.name] = LoadedPlugin(manifest, module, "given directly")
    return _ordered(loaded)


def _manifest(name: str, module: ModuleType, origin: str) -> Manifest:
    manifest = getattr(module, "manifest", None)
    if not isinstance(manifest, Manifest):
        raise StartError(f"plugin '{name}' ({origin}) has no manifest. Add `manifest = Manifest(...)` to it.")
    if not NAME.fullmatch(manifest.name):
        raise StartError(
            f"plugin '{manifest.name}' ({origin}) has a name that tables, rights and addresses cannot begin with. "
            "Use small letters, digits and underscores."
        )
    if manifest.api != API_VERSION:
        raise StartError(
            f"plugin '{manifest.name}' ({origin}) speaks API {manifest.api}, this hub speaks {API_VERSION}. "
            "Install the version of one that fits the other."
        )
    if manifest.bridge and len(manifest.requires) < 2:
        raise StartError(
            f"plugin '{manifest.name}' ({origin}) is a bridge, but `requires` in its manifest names less than two plugins. "
            "Name all that it joins, or leave out `bridge`."
        )
    return manifest


def _ordered(loaded: dict[str, LoadedPlugin]) -> list[LoadedPlugin]:
    depth: dict[str, int] = {}

    def measure(name: str, path: tuple[str, ...]) -> int:
        if name in path:
            raise StartError(f"plugins require each other in a circle: {' → '.join((*path, name))}")
        if name not in depth:
            plugin = loaded[name]
            for needed in plugin.manifest.requires:
                if needed not in loaded:
                    raise StartError(
                        f"plugin '{name}' ({plugin.distribution}) requires '{needed}', which is not loaded. "
                        f"Install it and add it to [plugins] load in config.toml, or remove '{name}'."
                    )
                if plugin.manifest.base and not loaded[needed].manifest.base:
                    raise StartError(
                        f"default plugin '{name}' ({plugin.distribution}) requires '{needed}', which tenants may switch off. "
                        f"Move what '{name}' needs into a default plugin, or name '{needed}' in extends."
                    )
            before = [n for n in (*plugin.manifest.requires, *plugin.manifest.extends) if n in loaded]
            depth[name] = 1 + max((measure(n, (*path, name)) for n in before), default=0)
        return depth[name]

    for name in loaded:
        measure(name, ())
    return sorted(loaded.values(), key=lambda p: (depth[p.name], p.name))


def in_turn(plugins: Sequence[LoadedPlugin]) -> list[LoadedPlugin]:
    """The plugins in the order in which they declare: the default ones first, so that whoever takes a name of theirs is the one
    to blame; those that add to a feature come after it."""
    loaded, early = {p.name for p in plugins}, set[str]()
    for plugin in plugins:
        before = {*plugin.manifest.requires, *plugin.manifest.extends} & loaded
        if plugin.manifest.base and before <= early:
            early.add(plugin.name)
    return sorted(plugins, key=lambda plugin: plugin.name not in early)


def speakers(plugins: Iterable[LoadedPlugin]) -> Speakers:
    """The loaded plugins as messages name them, each with everything it requires or extends, directly or through others."""
    found: dict[str, Speaker] = {}
    for plugin in plugins:  # in order of dependence
        named = {*plugin.manifest.requires, *plugin.manifest.extends}
        beside = named.union(*(found[name].beside for name in plugin.manifest.requires))
        found[plugin.name] = Speaker(plugin.name, plugin.distribution, frozenset(beside))
    return Speakers(found.values())


def make_manager(plugins: Iterable[LoadedPlugin]) -> pluggy.PluginManager:
    """A plugin manager with core's hooks; misspelt hook implementations stop the start (``check_pending`` is called
    by the hub once plugins have registered hooks of their own)."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    # pluggy calls the one registered last first; like this hooks run in dependency order (demo data, events)
    for plugin in reversed(list(plugins)):
        try:
            manager.register(plugin.module, name=plugin.name)
        except pluggy.PluginValidationError as error:
            raise StartError(f"plugin '{plugin.name}' ({plugin.distribution}): {error}") from error
    return manager


def check_hooks(manager: pluggy.PluginManager, plugin: LoadedPlugin, loaded: Collection[str]) -> None:
    """Raise StartError where a plugin implements a hook that nobody offers, or where one of its functions has the name of a
    hook and is not marked: nobody would ever call it. A hook may be of a plugin that it extends and that is not ``loaded``, or
    be marked as one that need not be there (``@hookimpl(optionalhook=True)``)."""
    may_be_absent = not set(plugin.manifest.extends) <= set(loaded)
    for caller in manager.get_hookcallers(plugin.module) or ():
        mine = [impl for impl in caller.get_hookimpls() if impl.plugin is plugin.module]
        if caller.has_spec() or all(impl.optionalhook for impl in mine):
            continue
        if may_be_absent:
            for impl in mine:
                impl.optionalhook = True  # type: ignore[misc]
        else:
            raise StartError(
                f"plugin '{plugin.name}' ({plugin.distribution}) implements a hook that does not exist: {caller.name}. "
                "Write its name as it is in the list of hooks, or name the plugin that offers it in `requires`."
            )
    for name, value in vars(plugin.module).items():
        own = isfunction(value) and value.__module__ == plugin.module.__name__
        offered = getattr(manager.hook, name, None) if own else None
        if offered is None or not offered.has_spec():
            continue
        marked = manager.parse_hookimpl_opts, manager.parse_hookspec_opts
        if not any(found(plugin.module, name) for found in marked):
            raise StartError(
                f"plugin '{plugin.name}' ({plugin.distribution}): {name} is the name of a hook, and the function is not "
                "marked. Put @hookimpl above it, or give it another name."
            )
