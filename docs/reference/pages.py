"""The pages of the reference, each as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args

from core.api import EntityType
from core.declare import hookspecs
from core.declare.action import Action
from core.declare.changes import SaveChange
from core.declare.declarations import ChildTable, Column, ColumnKind, Filter, State, Tone
from core.declare.fields import Field, Kind, PayloadTable
from core.declare.handle import Declare
from core.declare.kinds import DocumentKind, Event, JobKind, ListSpec, ProcessStep
from core.declare.manifest import API_VERSION, Manifest
from core.declare.page_parts import Alert, Block, Figure, FramePart, NavItem, Panel, SearchHit, Task, Tile
from core.errors import Problem
from core.kernel.config import load_config
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.testing import rooms
from docs.reference.kinds import COLUMNS, FIELDS

DECLARED = (
    EntityType, Field, ChildTable, State, Column, Filter, Action, PayloadTable, DocumentKind, JobKind, ListSpec, Event,
    ProcessStep,
)  # fmt: skip
SHOWN = (Block, Panel, Tile, Alert, Task, Figure, NavItem, SearchHit, FramePart, Problem, SaveChange)
MADE = "<!-- made by python -m docs.reference: change the code, not this file -->"


def pages() -> dict[str, str]:
    """File name → text."""
    hub = Hub(load_config())
    made: dict[str, Callable[[Hub], Iterator[str]]] = {
        "README.md": _index,
        "manifest.md": _manifest,
        "declarations.md": _declarations,
        "kinds.md": _kinds,
        "hooks.md": _hooks,
        "parts.md": _parts,
        "context.md": _context,
        "templates.md": _templates,
        "builders.md": _builders,
    }
    found = {}
    for name, make in made.items():
        title, *rest = make(hub)
        found[name] = "\n".join([f"# {title}", "", MADE, "", *rest]).rstrip() + "\n"
    hub.engine.dispose()
    return found


def _index(hub: Hub) -> Iterator[str]:
    yield "Reference for plugin authors"
    yield "Made from the code, and compared with it by a test. How things belong together is told in"
    yield "[the tutorial](../tutorial.md) and in [Writing a plugin](../plugins.md)."
    yield ""
    yield "| page | what |"
    yield "|---|---|"
    for name, what in (
        ("manifest", "every key of a manifest"),
        ("declarations", "every method of `registry`, every kind of declaration"),
        ("kinds", "kinds of fields and columns, tones, roles, menu groups"),
        ("hooks", "every hook, core's and each plugin's"),
        ("parts", "what hooks give back: vetoes, panels, tiles, alerts, tasks"),
        ("context", "every part of `ctx`"),
        ("templates", "what is in the templates of panels, pages and papers"),
        ("builders", "what plugins offer to the tests of others"),
    ):
        yield f"| [{name}]({name}.md) | {what} |"


def _manifest(hub: Hub) -> Iterator[str]:
    yield "Manifest"
    yield f"The module-level `manifest` of `plugin.py`. This hub speaks API {API_VERSION}."
    yield ""
    yield from _described(Manifest)


def _declarations(hub: Hub) -> Iterator[str]:
    yield "Declarations"
    yield _words(Declare)
    yield ""
    yield "## Methods of registry"
    yield ""
    for name, member in vars(Declare).items():
        if not name.startswith("_") and inspect.isfunction(member):
            yield f"### registry.{name}"
            yield ""
            yield f"`{name}{_signature(member)}`"
            yield ""
            yield _words(member)
            yield ""
    yield "## What is declared"
    yield ""
    for kind in DECLARED:
        yield f"### {kind.__name__}"
        yield ""
        yield from _described(kind)
        yield ""


def _kinds(hub: Hub) -> Iterator[str]:
    yield "Kinds of fields and columns"
    yield "## Fields"
    yield ""
    yield "| kind | what | in Python | in the model |"
    yield "|---|---|---|---|"
    for kind in get_args(Kind):
        yield f"| `{kind}` | {' | '.join(FIELDS[kind])} |"
    yield ""
    yield "## Columns"
    yield ""
    yield "| kind | how it looks | what it is given |"
    yield "|---|---|---|"
    for kind in get_args(ColumnKind):
        yield f"| `{kind}` | {' | '.join(COLUMNS[kind])} |"
    yield ""
    yield f"Tones: {', '.join(f'`{tone}`' for tone in get_args(Tone))}."
    yield ""
    yield "## Roles of a new tenant"
    yield ""
    yield "| code | name | by |"
    yield "|---|---|---|"
    for role in hub.registry.roles.values():
        yield f"| `{role.code}` | {role.name} | `{role.plugin}` |"
    yield ""
    yield '`admin` may do everything; `("*",)` is every role that is declared.'
    yield ""
    yield "## Menu groups"
    yield ""
    yield "The name of a plugin (its title is the heading, its manifest's `menu` the place), `admin`, or one of these:"
    yield ""
    for group in sorted(hub.registry.menu_groups.values(), key=lambda g: (g.order, g.code)):
        yield f"- `{group.code}`: {group.label} ({group.order}), by `{group.plugin or 'core'}`"


def _hooks(hub: Hub) -> Iterator[str]:
    yield "Hooks"
    yield "Implement one as a function marked `@hookimpl` in `plugin.py` or imported there; leave out arguments you do not use."
    yield ""
    own = [n for n, f in vars(hookspecs).items() if getattr(f, "oem_hub_spec", None) is not None]
    yield from _hook_group("core", [getattr(hookspecs, n) for n in own])
    for plugin in sorted(hub.plugins, key=lambda p: p.name):
        others = [p.module for p in hub.plugins if p is not plugin]
        answers = hub.manager.subset_hook_caller("register_hookspecs", others)(
            registry=hub.handle(plugin.name)
        )
        found = [
            getattr(specs, n)
            for specs in answers
            for n in sorted(vars(specs))
            if hub.manager.parse_hookspec_opts(specs, n) is not None
        ]
        if found:
            yield from _hook_group(plugin.name, found)


def _hook_group(owner: str, specs: list[Any]) -> Iterator[str]:
    yield f"## {owner}"
    yield ""
    for spec in specs:
        yield f"### {spec.__name__}"
        yield ""
        yield f"`{spec.__name__}{_signature(spec)}`"
        yield ""
        yield _words(spec)
        yield ""


def _parts(hub: Hub) -> Iterator[str]:
    yield "What hooks give back"
    yield "Plain values, imported from `core.api` where anybody's plugin may make one."
    yield ""
    for kind in SHOWN:
        yield f"## {kind.__name__}"
        yield ""
        yield from _described(kind)
        yield ""


def _context(hub: Hub) -> Iterator[str]:
    yield "The context"
    yield _words(Ctx)
    yield ""
    yield "| part | what |"
    yield "|---|---|"
    for name, member in vars(Ctx).items():
        if not name.startswith("_") and (isinstance(member, property) or inspect.isfunction(member)):
            shown = name if isinstance(member, property) else f"{name}{_signature(member)}"
            words = _words(member.fget if isinstance(member, property) else member)
            yield f"| `{shown.replace('|', chr(92) + '|')}` | {' '.join(words.split())} |"
    yield ""
    for kind in (TenantInfo, UserInfo):
        yield f"## {kind.__name__}"
        yield ""
        yield f"{_words(kind)} {', '.join(f'`{f.name}`' for f in fields(kind))}."
        yield ""


def _templates(hub: Hub) -> Iterator[str]:
    from core.web.app import create_app
    from core.web.screens import render
    from kit.printing import documents

    app = create_app(hub)
    yield "Templates"
    yield 'Jinja, with everything escaped; a name that is not there is an error. Sentences are `_("…", name=value)`.'
    yield ""
    yield "## A panel"
    yield ""
    yield 'The template of a `Panel` gets `panel` (`panel.title`, `panel["values"]`: what the hook gave; write it in brackets,'
    yield "`values` by a dot is a method), and whatever the page around it has: `ctx` always, on a document's page `row` and `entity`."
    yield "A template of a `Block` gets `block`."
    yield ""
    yield "## A page of your own"
    yield ""
    yield '`self.page("acme_kits/kit.html", name=value)` of `core.web.api.Page`: those names, `ctx` and `request`. It begins with'
    yield '`{% extends "hub/page.html" %}`; macros are in `hub/macros.html`.'
    yield ""
    yield "## Filters and functions of pages"
    yield ""
    yield "| name | what |"
    yield "|---|---|"
    for name in sorted(n for n, f in app.jinja_env.filters.items() if _ours(f, render)):
        yield f"| `{{{{ x\\|{name} }}}}` | {' '.join(_words(app.jinja_env.filters[name]).split())} |"
    for name in sorted(n for n, f in app.jinja_env.globals.items() if _ours(f, render)):
        yield f"| `{{{{ {name}(…) }}}}` | {' '.join(_words(app.jinja_env.globals[name]).split())} |"
    yield ""
    yield "## A paper"
    yield ""
    yield 'The template of a `DocumentKind` begins with `{% extends "kit/base.html" %}` and fills the blocks `title`, `style` and'
    yield "`body`. It gets what `context(ctx, row)` gave, `hub_ctx`, `language` and `watermark`. `foot` and `edge` among the values"
    yield "are printed at the bottom and along the edge of each page. Filters of its own:"
    yield ""
    yield "| name | what |"
    yield "|---|---|"
    for name, function in sorted(documents.environment_of(hub).filters.items()):
        if _ours(function, documents):
            yield f"| `{{{{ x\\|{name} }}}}` | {' '.join(_words(function).split())} |"


def _builders(hub: Hub) -> Iterator[str]:
    yield "Builders for tests"
    yield 'Fixtures of `pytest_plugins = ["core.testing.plugin"]`, working in the test\'s `ctx`; in a `@stage` import them and give'
    yield "`ctx` first. Each makes what it names and what is not there."
    yield ""
    for plugin in sorted(hub.plugins, key=lambda p: p.name):
        for function in rooms.builders_of(plugin):
            yield f"### {function.__name__}"
            yield ""
            yield f"`from {function.__module__} import {function.__name__}`"
            yield ""
            yield f"`{function.__name__}{_signature(function)}`"
            yield ""
            yield _words(function)
            yield ""


def _ours(function: Any, module: Any) -> bool:
    return getattr(function, "__module__", "") == module.__name__


def _described(kind: type) -> Iterator[str]:
    """The docstring's words, then a table of the keys with their types and defaults."""
    yield _words(kind)
    yield ""
    if is_dataclass(kind):
        yield "| key | type | unless given |"
        yield "|---|---|---|"
        for each in fields(kind):
            default = each.default if each.default is not MISSING else None
            made = each.default_factory is not MISSING
            needed = each.default is MISSING and not made
            shown = "needed" if needed else "empty" if made else f"`{_short(default)}`"
            typed = re.sub(r"\s+", " ", str(each.type)).replace("|", "\\|")
            yield f"| `{each.name}` | `{typed}` | {shown} |"


def _short(value: Any) -> str:
    return f"{value.__name__}" if callable(value) and hasattr(value, "__name__") else repr(value)


def _words(thing: Any) -> str:
    """A docstring as Markdown: roles of Sphinx become code, aligned lists a block."""
    text = inspect.cleandoc(thing.__doc__ or "")
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text).replace("``", "`")
    lines, block = [], False
    for line in text.splitlines():
        aligned = re.match(r"^(\w[\w, /.]*?)  +(\S.*)$", line)
        going_on = block and line.startswith("      ")
        if aligned:
            lines.append(f"- `{aligned[1]}`: {aligned[2]}")
        elif going_on:
            lines.append(f"  {line.strip()}")
        else:
            lines.append(line)
        block = bool(aligned or going_on)
    return "\n".join(lines)


def _signature(function: Any) -> str:
    found = inspect.signature(function)
    kept = [p for n, p in found.parameters.items() if n != "self"]
    shown = [p.replace(default=...) if callable(p.default) and p.default is not p.empty else p for p in kept]
    return re.sub(r"'([^']+)'", r"\1", str(found.replace(parameters=shown)))
