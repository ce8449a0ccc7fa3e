"""``hub do``: actions with their payloads; making, changing, deleting; ``--help`` and ``--schema`` say what they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from core.cli import inputs
from core.cli.common import as_json, carry_out, context, for_tenant, put, table
from core.cli.records import document, entity_of, row_of
from core.data.db import Base
from core.declare.declarations import Action, EntityType
from core.declare.fields import Field, PayloadTable
from core.declare.payload_schema import payload_schema
from core.entities import crud, transitions
from core.entities.seen import seen_fields
from core.errors import Refused
from core.kernel.context import Ctx
from core.text.i18n import T, Text

FORM = ("create", "edit")
"""What every kind of document has without declaring it: its form; ``delete`` asks for nothing."""


@click.command(add_help_option=False)
@click.argument("action", required=False)
@click.argument("arguments", nargs=-1)
@for_tenant
@as_json
@click.option(
    "--payload", "typed", metavar="JSON", default="", help="Values and tables: JSON, @FILE, or - for what is piped in."
)  # fmt: skip
@click.option("--schema", "wants_schema", is_flag=True, help="Print the JSON Schema of the payload instead.")
@click.option(
    "-h", "--help", "wants_help", is_flag=True, help="Show this; with an action, its fields and tables."
)
@click.pass_context
def do(
    command: click.Context, action: str | None, arguments: tuple[str, ...], tenant: str | None, person: str | None,
    wants_json: bool, typed: str, wants_schema: bool, wants_help: bool,
) -> None:  # fmt: skip
    """Do something: hub do ENTITY.ACTION [NUMBER] field=value …

    create, edit and delete work on every kind of document that allows them. field=@path reads a file; a table of lines is
    JSON: lines=@lines.json; --payload takes values and tables in one. What is not given keeps its value (edit) or starts as on
    the screen. _version=N refuses where somebody changed the document since; override_reason=… goes on in spite of a veto, for
    those who may. hub do ENTITY.ACTION --help prints what an action takes.
    """
    if action is None:
        if not wants_help:
            raise click.UsageError("Missing argument 'ACTION'.")
        click.echo(command.get_help())
        return
    name, _, verb = action.rpartition(".")
    if wants_help or wants_schema:
        with context(tenant, person, write=False) as ctx:
            entity = entity_of(ctx, name)
            takes = _taken(ctx, entity, verb)
            if wants_schema:
                put(payload_schema(ctx, takes))
            else:
                _explain(ctx, entity, takes)
        return
    number = arguments[0] if arguments and "=" not in arguments[0] else ""
    given = inputs.pairs(arguments[1:] if number else arguments)
    sent = inputs.payload_of(typed)

    def work(ctx: Ctx) -> tuple[dict[str, Any], str]:
        entity = entity_of(ctx, name)
        row, message = _carry_out(ctx, entity, verb, number, dict(given), sent)
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
    ctx: Ctx, entity: EntityType, verb: str, number: str, given: dict[str, str], sent: dict[str, Any]
) -> tuple[Any, Text | str | None]:
    """The row that was changed or made, and what the action had to say."""
    version = inputs.version_of(given)
    own = {action.name for action in ctx.registry.actions[entity.name].all_standing(ctx.enabled)}
    if verb in ("create", "edit", "delete") and verb not in own:
        ctx.require(f"{entity.name}.{verb}")
    if verb == "create" and verb not in own:
        return crud.save_row(ctx, entity, None, *inputs.for_new(ctx, entity, given, sent)), None
    if not number:
        raise Refused(T("Say which {what}: its number or code comes after the action.", what=entity.label))
    row = row_of(ctx, entity, number)
    if verb == "edit" and verb not in own:
        return crud.save_row(
            ctx, entity, row, *inputs.for_edit(ctx, entity, row, given, sent), version=version
        ), None
    if verb == "delete" and verb not in own:
        crud.delete_row(ctx, entity, row)
        return row, None
    action = transitions.action_of(ctx, entity, verb)
    result = transitions.run_action(
        ctx, entity, row, verb, inputs.for_action(action, given, sent), version=version
    )
    if isinstance(result, Base):  # it made another document
        return result, None
    return row, result if isinstance(result, str | Text) else None


def _taken(ctx: Ctx, entity: EntityType, verb: str) -> Action:
    """The declared action; for create and edit one that takes the fields and lines of the form."""
    if ctx.registry.actions[entity.name].standing(verb, ctx.enabled) or verb not in FORM:
        action = transitions.action_of(ctx, entity, verb)
        return replace(action, fields=seen_fields(ctx, action.fields))
    fields = tuple(
        f if verb == "create" else replace(f, required=False)
        for f in seen_fields(ctx, entity.fields)
        if not f.readonly
    )
    tables = tuple(PayloadTable(t.name, t.label, t.fields, help=t.help) for t in entity.children)
    label = (
        T("Create {what}", what=entity.plural) if verb == "create" else T("Edit {what}", what=entity.plural)
    )
    return Action(entity.name, verb, label, fields=fields, tables=tables)


def _explain(ctx: Ctx, entity: EntityType, action: Action) -> None:
    """Print the fields and tables of an action."""
    number = "" if action.name == "create" else " NUMBER"
    click.echo(f"hub do {entity.name}.{action.name}{number} …\n{action.label}")
    if action.run is None and action.link:
        click.echo("Done on a page of its own.")
    _fields(ctx, action.all_fields(), "")
    for within in action.tables:
        _table(ctx, within, "")


def _table(ctx: Ctx, spec: PayloadTable, indent: str) -> None:
    needed = " (needed)" if spec.required else ""
    words = f"{spec.label}. {spec.help}" if spec.help else str(spec.label)
    click.echo(f"\n{indent}{spec.name}: table{needed}. {words}")
    _fields(ctx, spec.fields, indent + "  ")
    for within in spec.tables:
        _table(ctx, within, indent + "  ")


def _fields(ctx: Ctx, fields: Sequence[Field], indent: str) -> None:
    rows = []
    for spec in fields:
        if spec.readonly:
            continue
        kind = f"{spec.kind} {spec.ref}".strip() if spec.kind == "ref" else spec.kind
        if spec.kind in ("choice", "choices"):
            kind = " | ".join(code for code, _label in spec.options(ctx)) or kind
        words = f"{spec.label}. {spec.help}" if spec.help else str(spec.label)
        rows.append((f"{indent}{spec.name}{' *' if spec.required else ''}", kind, words))
    table(("", "", ""), rows)


COMMANDS = (do,)
