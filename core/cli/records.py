"""``hub list``, ``hub show``, ``hub do``: documents and master data, with the same rights and the same audit as the screens."""

from __future__ import annotations

import json
from typing import Any

import click

from core.cli import inputs
from core.cli.common import as_json, carry_out, context, for_tenant, plain, put, table
from core.data.db import Base
from core.declare.declarations import EntityType
from core.entities import crud, query, transitions
from core.entities.query import ListQuery
from core.errors import NotFound, Refused
from core.kernel.context import Ctx
from core.text.i18n import T, Text

HIDDEN = ("password", "file")
"""Kinds of fields whose values are never printed."""


def entity_of(ctx: Ctx, name: str) -> EntityType:
    """A declared entity whose plugin is on for this tenant, and which the person may see."""
    entity = ctx.registry.get(name)
    if entity.plugin != "core" and entity.plugin not in ctx.enabled:
        raise NotFound(T("There is nothing called {name}.", name=name))
    ctx.require(f"{name}.view")
    return entity


def row_of(ctx: Ctx, entity: EntityType, key: str) -> Any:
    """The row people call ``key``: its code or number, or its id where it has neither."""
    if entity.key != "id":
        return crud.find(ctx, entity, key)
    if not key.isdigit():
        raise NotFound(T("There is no {what} “{code}”.", what=entity.label, code=key))
    return crud.get(ctx, entity, int(key))


@click.command("list")
@click.argument("entity")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="NAME=VALUE",
    help="As on the screen; several values mean or.",
)
@click.option("--search", default="", help="Words to look for.")
@click.option("--sort", default="", help="A column; -column for downwards.")
@click.option("--limit", type=click.IntRange(0), default=50, show_default=True, help="Most rows; 0 for all.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--column", "columns", multiple=True, help="Columns to print, in this order.")
@for_tenant
@as_json
def list_(
    entity: str, filters: tuple[str, ...], search: str, sort: str, limit: int, page: int, columns: tuple[str, ...],
    tenant: str | None, person: str | None, wants_json: bool,
) -> None:  # fmt: skip
    """List documents, e.g. hub list orders.order --filter state=open --sort -ship_date."""
    wanted: dict[str, list[str]] = {}
    for pair in filters:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Refused(T("A filter is written as name=value."), "filter")
        wanted.setdefault(name, []).append(value)
    with context(tenant, person, write=False) as ctx:
        kind = entity_of(ctx, entity)
        known = {c.name for c in query.all_columns(ctx, kind)}
        unknown = [c for c in (*columns, sort.lstrip("-")) if c and c not in {*known, "id"}]
        if unknown:
            raise NotFound(
                T("There is no column {name}. There are: {known}.", name=unknown[0], known=", ".join(known))
            )
        asked = ListQuery(search, wanted, sort, page, limit or 500, columns)
        found = query.fetch(ctx, kind, asked)
        rows = _cells(ctx, kind, found.columns, found.rows, found.values)
        if limit > len(found.rows) == 500 or not limit:
            every = query.every(ctx, kind, asked)
            rows = [
                cells for part, values in every for cells in _cells(ctx, kind, found.columns, part, values)
            ]
            rows = rows[(page - 1) * limit : page * limit] if limit else rows
        if wants_json:
            put({"total": found.total, "more": found.more, "rows": rows})
        else:
            table([str(c.label) for c in found.columns], [list(row.values()) for row in rows])


def _cells(ctx: Ctx, entity: EntityType, columns: Any, rows: Any, values: Any) -> list[dict[str, Any]]:
    return [{c.name: plain(ctx, query.cell(entity, c, row, values)) for c in columns} for row in rows]


def document(ctx: Ctx, entity: EntityType, row: Any) -> dict[str, Any]:
    """Everything the page of a document shows, as plain values: decimals are exact strings, references codes."""
    found: dict[str, Any] = {"entity": entity.name, "id": row.id, "key": plain(ctx, getattr(row, entity.key))}
    if entity.states:
        found["state"] = row.state
    if hasattr(row, "version"):
        found["version"] = row.version
    fields = [f for f in entity.fields if f.kind not in HIDDEN and hasattr(row, f.name)]
    found |= {f.name: plain(ctx, getattr(row, f.name)) for f in fields}
    for table_ in entity.children:
        shown = [f for f in table_.fields if f.kind not in HIDDEN]
        found[table_.name] = [
            {"id": child.id, **{f.name: plain(ctx, getattr(child, f.name)) for f in shown}}
            for child in getattr(row, table_.attr or table_.name)
        ]
    found["figures"] = plain(ctx, entity.figures(ctx, row)) if entity.figures else {}
    found["actions"] = [a.name for a in transitions.available(ctx, entity, row)]
    return found


@click.command()
@click.argument("entity")
@click.argument("number")
@for_tenant
@as_json
def show(entity: str, number: str, tenant: str | None, person: str | None, wants_json: bool) -> None:
    """Show one document with its lines and every figure of its page."""
    with context(tenant, person, write=False) as ctx:
        kind = entity_of(ctx, entity)
        found = document(ctx, kind, row_of(ctx, kind, number))
        if wants_json:
            put(found)
            return
        state = f" ({kind.state(found['state']).label})" if kind.states else ""
        click.echo(f"{kind.label} {found['key']}{state}")
        fields = [(str(f.label), found[f.name]) for f in kind.fields if found.get(f.name) not in (None, "")]
        table(("", ""), fields)
        for child in kind.children:
            shown = [f for f in child.fields if f.kind not in HIDDEN]
            click.echo(f"\n{child.label}")
            table([str(f.label) for f in shown], [[row[f.name] for f in shown] for row in found[child.name]])
        if found["figures"]:
            click.echo("\nFigures")
            _figures(found["figures"], "  ")
        click.echo(f"\nActions: {', '.join(found['actions']) or 'none'}")


def _figures(values: dict[str, Any], indent: str) -> None:
    for name, value in values.items():
        if isinstance(value, dict):
            click.echo(f"{indent}{name}:")
            _figures(value, indent + "  ")
        elif isinstance(value, list):
            click.echo(f"{indent}{name}:")
            for item in value:
                click.echo(
                    f"{indent}  {item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)}"
                )
        else:
            click.echo(f"{indent}{name}: {value}")


@click.command()
@click.argument("action")
@click.argument("arguments", nargs=-1)
@for_tenant
@as_json
def do(
    action: str, arguments: tuple[str, ...], tenant: str | None, person: str | None, wants_json: bool
) -> None:
    """Do something: hub do ENTITY.ACTION [NUMBER] field=value …

    create, edit and delete work on every kind of document that allows them. field=@path reads a file; a table of lines is
    JSON: lines=@lines.json. What is not given keeps its value (edit) or starts as on the screen. _version=N refuses where
    somebody changed the document since; override_reason=… goes on in spite of a veto, for those who may.
    """
    name, _, verb = action.rpartition(".")
    number = arguments[0] if arguments and "=" not in arguments[0] else ""
    given = inputs.pairs(arguments[1:] if number else arguments)

    def work(ctx: Ctx) -> tuple[dict[str, Any], str]:
        entity = entity_of(ctx, name)
        row, message = _carry_out(ctx, entity, verb, number, dict(given))
        ctx.session.flush()
        if verb == "delete":
            answer: dict[str, Any] = {"entity": entity.name, "id": row.id, "key": number, "deleted": True}
        else:
            ctx.session.expire_all()
            answer = document(ctx, ctx.registry.of(row), row)
        if message:
            answer["message"] = str(message)
        state = f": {ctx.registry.of(row).state(answer['state']).label}" if "state" in answer else ""
        return answer, str(message or f"{ctx.registry.of(row).label} {answer['key']}{state}")

    answer, line = carry_out(tenant, work, person)
    if wants_json:
        put(answer)
    else:
        click.echo(line)


def _carry_out(
    ctx: Ctx, entity: EntityType, verb: str, number: str, given: dict[str, str]
) -> tuple[Any, Text | str | None]:
    """The row that was changed or made, and what the action had to say."""
    version = inputs.version_of(given)
    own = {action.name for action in ctx.registry.actions[entity.name].all_standing(ctx.enabled)}
    if verb in ("create", "edit", "delete") and verb not in own:
        ctx.require(f"{entity.name}.{verb}")
    if verb == "create" and verb not in own:
        return crud.save(ctx, entity, None, *inputs.for_new(ctx, entity, given)), None
    if not number:
        raise Refused(T("Say which {what}: its number or code comes after the action.", what=entity.label))
    row = row_of(ctx, entity, number)
    if verb == "edit" and verb not in own:
        return crud.save(ctx, entity, row, *inputs.for_edit(ctx, entity, row, given), version=version), None
    if verb == "delete" and verb not in own:
        crud.delete(ctx, entity, row)
        return row, None
    action = transitions.action_of(ctx, entity, verb)
    result = transitions.run(
        ctx, entity, row, verb, inputs.for_action(ctx, action, row, given), version=version
    )
    if isinstance(result, Base):  # it made another document
        return result, None
    return row, result if isinstance(result, str | Text) else None


COMMANDS = (list_, show, do)
