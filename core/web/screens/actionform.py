"""The dialog of an action: its fields and tables as inputs, and what was posted as the action's payload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.declare.action import Action
from core.declare.fields import Field, PayloadTable
from core.entities.forms import HubForm, build_form
from core.entities.seen import seen_fields
from core.errors import Problem, Refused
from core.kernel.context import Ctx
from core.values import parse_id
from core.web.screens.formdata import MOST_ROWS, blank, by_input, row_indices, too_many

OVERRIDE = ("override_reason", "override_code")


class ActionForm:
    """The form of an action: filled with what it starts with, or with what was ``posted``.

    ``errors`` maps an input's name to its messages; ``tables`` maps a table to (None, row form), as the macro
    ``child_table`` wants them.
    """

    def __init__(
        self, ctx: Ctx, action: Action, posted: Any = None, start: Mapping[str, Any] | None = None
    ) -> None:
        self.ctx = ctx
        self.action = action
        self.posted = posted
        self.fields = seen_fields(ctx, action.all_fields())
        self.header = build_form(ctx, self.fields, posted, start)
        self.errors: dict[str, list[str]] = {}
        self.problems: list[Problem] = []
        self.prefixes = {
            t.name: self._prefixes(posted, t) if posted is not None else [] for t in action.tables
        }
        self.tables = {
            t.name: [
                (None, build_form(ctx, t.fields, posted, None, prefix)) for prefix in self.prefixes[t.name]
            ]
            for t in action.tables
        }

    def blank(self, table: PayloadTable, index: str) -> HubForm:
        """An empty row of a table, for adding."""
        start = {f.name: f.initial(self.ctx) for f in table.fields}
        return build_form(self.ctx, table.fields, None, start, f"{table.name}-{index}-")

    def given(self, files: Any) -> dict[str, Any]:
        """What was posted, as the payload that the action is run with; an upload as (filename, bytes).

        Raises Refused where a table has more rows than one form takes.
        """
        if self.problems:
            raise Refused(self.problems)
        found = _posted(self.posted, files, self.fields, "")
        for table in self.action.tables:
            found[table.name] = [
                _posted(self.posted, files, table.fields, prefix) for prefix in self.prefixes[table.name]
            ]
        return found | {name: self.posted[name] for name in OVERRIDE if self.posted.get(name)}

    def _prefixes(self, posted: Any, table: PayloadTable) -> list[str]:
        indices = row_indices(posted, table.name)
        self.problems += too_many(table.name, len(indices))
        prefixes = (f"{table.name}-{index}-" for index in indices[:MOST_ROWS])
        return [p for p in prefixes if not posted.get(f"{p}_delete") and not blank(posted, p, table.fields)]

    def show(self, error: Exception) -> None:
        """Put the messages where their values were typed."""
        if not isinstance(error, Refused):
            self.errors = {"": [str(error)]}
            return
        inputs = {*(f.name for f in self.header), *self.tables, *OVERRIDE}
        inputs |= {f.name for rows in self.tables.values() for _own, form in rows for f in form}
        self.errors = by_input(at_inputs(error.problems, self.prefixes), inputs)


def at_inputs(problems: Iterable[Problem], prefixes: Mapping[str, Sequence[str]]) -> list[Problem]:
    """Problems of a payload's rows at the inputs they were typed in: ``lines.3.qty`` → ``lines-7-qty``, where the fourth
    prefix of ``lines`` is ``lines-7-``. Rows within a row (``lines.3.rolls.0.qty``) belong to the input of the whole of them,
    ``lines-7-rolls``; other problems stay as they are."""
    placed = []
    for problem in problems:
        table, _, rest = problem.field.partition(".")
        index, _, inner = rest.partition(".")
        if table in prefixes and (at := parse_id(index)) is not None and at < len(prefixes[table]):
            name = prefixes[table][at] + inner.partition(".")[0]
            problem = Problem(problem.message, name, problem.params)
        placed.append(problem)
    return placed


def _posted(posted: Any, files: Any, fields: Iterable[Field], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for spec in fields:
        name = prefix + spec.name
        if spec.readonly:
            continue
        if spec.kind == "file":
            upload = files.get(name)
            found[spec.name] = (
                (upload.filename, upload.stream.read()) if upload is not None and upload.filename else None
            )
        elif spec.kind == "choices":
            found[spec.name] = posted.getlist(name)
        elif spec.kind == "names":
            found |= {k[len(prefix) :]: v for k, v in posted.items() if k.startswith(f"{name}.")}
        else:
            found[spec.name] = posted.get(name, "")
    return found
