"""``hub do``: actions with their payloads; making, changing, deleting; ``--help`` and ``--schema`` say what they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from core.cli import inputs
from core.cli.common import as_json, carry_out, context, for_tenant, put, table
from core.declare.action import Action
from core.declare.declarations import EntityType
from core.declare.fields import Field, PayloadTable
from core.declare.payload_schema import payload_schema
from core.entities.lists import list_choices
from core.errors import Problem, Refused
from core.kernel.context import Ctx
from core.remote import describe_row, entity_of, payload_of_verb, perform, row_of


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
            takes = payload_of_verb(ctx, entity, verb)
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
        typed = dict(given)
        version = inputs.version_of(typed)
        row = row_of(ctx, entity, number) if number else None
        takes = payload_of_verb(ctx, entity, verb)
        try:
            done = perform(ctx, entity, verb, row, inputs.merged(takes, typed, sent), version=version)
        except Refused as refused:
            raise Refused([_with_choices(ctx, p) for p in refused.problems]) from refused
        row, message = done.row, done.message
        ctx.session.flush()
        if done.deleted:
            answer: dict[str, Any] = {"entity": entity.name, "id": row.id, "key": number, "deleted": True}
        else:
            ctx.session.expire_all()
            answer = describe_row(ctx, ctx.registry.entity_for(row), row)
        if message:
            answer["message"] = str(message)
        if ctx.warnings:
            answer["warnings"] = [str(warning) for warning in ctx.warnings]
        state = f": {ctx.registry.entity_for(row).state(answer['state']).label}" if "state" in answer else ""
        return answer, str(message or f"{ctx.registry.entity_for(row).label} {answer['key']}{state}")

    answer, line = carry_out(tenant, work, person)
    if wants_json:
        put(answer)
    else:
        click.echo(line)
        for warning in answer.get("warnings", ()):
            click.echo(f"! {warning}", err=True)


def _with_choices(ctx: Ctx, problem: Problem) -> Problem:
    """A problem whose words say what may be chosen, where a person at a screen sees that in a box."""
    block = problem.params.get("block")
    if problem.field != "override_code" or block is None:
        return problem
    known = "; ".join(f"{code} ({label})" for code, label in list_choices(block.reasons)(ctx))
    return replace(problem, message=f"{problem.message} {known}")


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
