"""``hub plugin new``: a distribution that installs, loads, migrates and passes its tests as written, with one of each thing
that plugins do: a document with lines, or notes on another's; a panel, a column, a veto, a setting, a job, a paper."""

from __future__ import annotations

import ast
import importlib
import json
import keyword
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from babel.messages.pofile import read_po, write_po

from core.data import migrate, revising
from core.errors import StartError
from core.kernel.config import find_config, load_config
from core.kernel.hub import CORE_FOLDER, Hub
from core.kernel.plugins import import_plugins, kits
from core.text import catalogues
from core.text.i18n import LOCALES

TEMPLATES = Path(__file__).parent / "scaffold"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
NEAR = "orders.order"
"""Whose pages a new plugin adds to, where nobody says another entity."""


@dataclass(frozen=True)
class Near:
    """The entity of another plugin that the new one adds to: its action ``verb`` is what it vetoes, ``builder`` makes one in a
    test on which that action is still to come (a function of ``package``.testing; empty where it offers none)."""

    entity: str
    key: str
    label: str
    table: str
    model: str
    plugin: str
    package: str
    verb: str
    builder: str


def find_near(entity: str) -> Near:
    """What is declared of an entity of a loaded plugin. StartError where there is none, or nothing to veto on it."""
    hub = Hub(load_config())
    kind = hub.registry.entities.get(entity)
    if kind is None:
        known = ", ".join(
            sorted(n for n, e in hub.registry.entities.items() if hub.registry.actions[n] and e.plugin)
        )
        raise StartError(f"no loaded plugin has an entity '{entity}'. There are: {known}")
    module = next(p.module for p in hub.plugins if p.name == kind.plugin)
    package = module.__name__.rpartition(".")[0]
    actions = hub.registry.actions[entity]
    builder, verb = next(_builders(module, kind.model.__name__, set(actions)), ("", ""))
    verb = verb or next((name for name, action in actions.items() if action.to_state), "")
    if not verb:
        raise StartError(
            f"'{entity}' has no action that brings it into another state: nothing of it could be vetoed"
        )
    label = str(kind.label).lower()
    return Near(
        entity,
        kind.key,
        label,
        kind.model.__tablename__,
        kind.model.__name__,
        kind.plugin,
        package,
        verb,
        builder,
    )


def _builders(module: ModuleType, model: str, actions: set[str]) -> Iterator[tuple[str, str]]:
    """(function, action) of the plugin's testing room: functions that give this model and leave out an action when told."""
    room = Path(str(module.__file__)).parent / "testing.py"
    for node in ast.parse(room.read_text(encoding="utf-8")).body if room.is_file() else ():
        if (
            isinstance(node, ast.FunctionDef)
            and isinstance(node.returns, ast.Name)
            and node.returns.id == model
        ):
            for argument in node.args.kwonlyargs:
                told = argument.annotation
                if argument.arg in actions and isinstance(told, ast.Name) and told.id == "bool":
                    yield node.name, argument.arg


def write_plugin(folder: Path, name: str, noun: str, near: Near) -> Path:
    """Write the distribution ``folder``/``name``; returns its folder. Its document is called ``noun``; where that is empty it
    has none and adds to ``near`` alone.

    Raises StartError where a name will not do, and where the folder is there already.
    """
    check_name("plugin", name)
    if noun:
        check_name("entity", noun)
    home = folder / name
    if home.exists():
        raise StartError(f"{home} is there already. Choose another name, or another folder with --folder.")
    words = _words(home, name, noun, near)
    form = "entity" if noun else "extends"
    for part in ("common", form, *([f"{form}_near"] if near.builder else [])):
        for template in sorted((TEMPLATES / part).rglob("*.tmpl")):
            place = template.relative_to(TEMPLATES / part)
            target = home.joinpath(
                *(_filled(p, words) for p in place.parent.parts), _filled(place.stem, words)
            )
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_filled(template.read_text(encoding="utf-8"), words), encoding="utf-8")
    (home / "package").rename(home / name)
    return home


def check_name(what: str, word: str) -> None:
    """StartError where tables and modules cannot be called so."""
    if not NAME.fullmatch(word) or keyword.iskeyword(word) or len(word) > 30:
        raise StartError(
            f"'{word}' is no name for a {what}. Use small letters, digits and single underscores, at most 30: acme_kits."
        )


def write_first_migration(home: Path, name: str) -> Path:
    """The migration that makes the tables of a plugin just written; nothing of this installation is touched."""
    sys.path.insert(0, str(home))
    try:
        module = importlib.import_module(f"{name}.plugin")
        with tempfile.TemporaryDirectory(prefix="hub-new-") as data:
            url = f"sqlite:///{Path(data) / 'hub.db'}"
            hub = Hub(load_config(data=Path(data), database_url=url, owner_url=url), extra=(module,))
            migrate.upgrade_database(hub)
            made = revising.revision(hub, name, "first tables")
            hub.engine.dispose()
    finally:
        sys.path.remove(str(home))
    return made


def write_translations(home: Path, name: str, noun: str, near: Near) -> None:
    """Both Chinese catalogues, every sentence filled: with what the hub and its plugins say already, else with the scaffold's
    words. Names that the author gave stay as they are: nobody else can translate them."""
    words = _words(home, name, noun, near)
    own = {
        _filled(msgid, words): [_filled(said, words) for said in both]
        for msgid, both in json.loads((TEMPLATES / "words.json").read_text(encoding="utf-8")).items()
    }
    package = home / name
    catalogues.update(package)
    loaded = [Path(str(p.module.__file__)).parent for p in import_plugins(load_config().plugins)]
    for i, locale in enumerate(LOCALES[1:]):
        known: dict[str, str] = {}
        for folder in (CORE_FOLDER, *kits().values(), *loaded):
            known = {**_sentences(folder, locale), **known}
        path = catalogues.po_path(package, locale)
        with path.open("rb") as source:
            catalogue = read_po(source, locale=locale)
        for message in catalogue:
            if message.id and not message.string:
                said = str(message.id)
                message.string = known.get(said) or (own[said][i] if said in own else said)
        with path.open("wb") as out:
            write_po(out, catalogue, width=120)
    catalogues.update(package)


def _sentences(package: Path, locale: str) -> dict[str, str]:
    path = catalogues.po_path(package, locale)
    if not path.exists():
        return {}
    with path.open("rb") as source:
        return {
            str(m.id): str(m.string)
            for m in read_po(source, locale=locale)
            if m.id and m.string and not m.context
        }


def _words(home: Path, name: str, noun: str, near: Near) -> dict[str, str]:
    """What stands for each ``§…§`` of the templates."""
    label = noun.replace("_", " ").capitalize()
    config = find_config()
    hint = f'config = "{os.path.relpath(config.resolve(), home.resolve())}"'
    plural = f"{label}es" if label.endswith(("s", "x", "ch", "sh")) else f"{label}s"
    return {
        "name": name,
        "noun": noun,
        "NOUN": noun.upper(),
        "Class": "".join(part.capitalize() for part in noun.split("_")),
        "label": label.lower(),
        "labels": plural.lower(),
        "Label": label,
        "Labels": plural,
        "Title": name.replace("_", " ").capitalize(),
        "dashed": name.replace("_", "-"),
        "PREFIX": "".join(part[0] for part in name.split("_")).upper() + noun[:1].upper(),
        "config_line": hint if config.is_file() else '# config = "../hub/config.toml"',
        "near": near.entity,
        "near_key": near.key,
        "near_label": near.label,
        "near_labels": f"{near.label}s",
        "near_table": near.table,
        "Near": near.model,
        "near_plugin": near.plugin,
        "near_package": near.package,
        "near_verb": near.verb,
        "builder": near.builder,
        "alert_href": f"/{name}/{noun}/?state=draft" if noun else f"/{near.entity.replace('.', '/')}/",
    }


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub("§([A-Za-z_]+)§", lambda match: words[match[1]], text)
