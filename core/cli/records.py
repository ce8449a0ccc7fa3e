"""``hub list`` and ``hub show``: documents and master data, with the same rights and the same audit as the screens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from core.cli.common import as_json, context, for_tenant, put, table
from core.declare.declarations import Column, EntityType
from core.declare.fields import Field
from core.entities import paging, query
from core.entities.additions import every_field
from core.entities.columns import all_columns, choice_words, words_of
from core.entities.query import ListQuery
from core.entities.seen import seen_fields
from core.errors import NotFound, Refused
from core.kernel.context import Ctx
from core.remote.documents import HIDDEN, describe_row, entity_of, list_cells, row_of
from core.text.i18n import T


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
        known = {c.name for c in all_columns(ctx, kind)}
        unknown = [c for c in (*columns, sort.lstrip("-")) if c and c not in {*known, "id"}]
        if unknown:
            raise NotFound(
                T("There is no column {name}. There are: {known}.", name=unknown[0], known=", ".join(known))
            )
        asked = ListQuery(search, wanted, sort, page, limit or 500, columns)
        found = query.fetch_page(ctx, kind, asked)
        rows = list_cells(ctx, kind, found.columns, found.rows, found.values)
        if limit > len(found.rows) == 500 or not limit:
            every = paging.every(ctx, kind, asked)
            rows = [
                cells
                for part, values in every
                for cells in list_cells(ctx, kind, found.columns, part, values)
            ]
            rows = rows[(page - 1) * limit : page * limit] if limit else rows
        for plugin in sorted(ctx.failed):
            click.echo(f"hub: {T('A part of {plugin} could not be shown.', plugin=plugin)}", err=True)
        if wants_json:
            put({"total": found.total, "more": found.more, "rows": rows})
        else:
            words = choice_words(ctx, kind, found.columns)
            states = {state.code: state.label for state in kind.states}
            words |= {c.name: states for c in found.columns if c.kind == "state"}
            shown = [[in_words(c, row[c.name], words.get(c.name, {})) for c in found.columns] for row in rows]
            table([str(c.label) for c in found.columns], shown)


def in_words(column: Column, value: Any, words: Mapping[str, Any]) -> Any:
    """A cell as one reads it: of a badge its word, of a bar its percentage, of a quantity or an amount its unit too; of a
    state and a choice what ``words`` says of its code; of a file its name."""
    if isinstance(value, str):
        return words.get(value, value)
    if isinstance(value, dict) and "name" in value:
        return value["name"]
    if not isinstance(value, list) or not value:
        return value
    if column.kind == "bar":
        return value[1] if len(value) > 1 and value[1] is not None else f"{value[0]}%"
    return value[0] if column.kind == "badge" else " ".join(str(part) for part in value if part is not None)


@click.command()
@click.argument("entity")
@click.argument("number")
@for_tenant
@as_json
def show(entity: str, number: str, tenant: str | None, person: str | None, wants_json: bool) -> None:
    """Show one document with its lines and every figure of its page."""
    with context(tenant, person, write=False) as ctx:
        kind = entity_of(ctx, entity)
        found = describe_row(ctx, kind, row_of(ctx, kind, number))
        if wants_json:
            put(found)
            return
        state = f" ({kind.state(found['state']).label})" if kind.states else ""
        click.echo(f"{kind.label} {found['key']}{state}")
        every = every_field(ctx, kind)
        fields = [
            (str(f.label), _told(ctx, kind, f, found[f.name]))
            for f in every
            if found.get(f.name) not in (None, "")
        ]
        table(("", ""), fields)
        for child in kind.children:
            shown = [f for f in seen_fields(ctx, child.fields) if f.kind not in HIDDEN]
            click.echo(f"\n{child.label}")
            rows = [[_told(ctx, kind, f, row[f.name]) for f in shown] for row in found[child.name]]
            table([str(f.label) for f in shown], rows)
        if found["figures"]:
            click.echo("\nFigures")
            _figures(found["figures"], "  ")
        click.echo(f"\nActions: {', '.join(found['actions']) or 'none'}")


def _told(ctx: Ctx, entity: EntityType, spec: Field, value: Any) -> Any:
    """A value as one reads it: of a choice its word, of a file its name."""
    if spec.kind == "choice":
        return words_of(ctx, entity, spec).get(str(value), value)
    return value["name"] if spec.kind == "file" and value else value


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


COMMANDS = (list_, show)
