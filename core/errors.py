"""What can go wrong, in the words a person understands.

Services raise these; the edge (screen, command line, job) shows them. None of them imports Flask.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.text.i18n import T, Text


class HubError(Exception):
    """Base of every error that is shown to a person; ``message`` is translatable."""

    def __init__(self, message: Text | str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where it was typed.

    ``field`` is the name of the form field, ``""`` for the whole document; a cell of a table is
    ``"lines-3-qty"``, exactly the name of the input that held it.
    """

    message: Text | str
    field: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.message)


class Refused(HubError):
    """The input or the state of things does not allow it. Nothing has been saved."""

    def __init__(self, problems: Text | str | Problem | Iterable[Problem], field: str = "") -> None:
        if isinstance(problems, Problem):
            self.problems: tuple[Problem, ...] = (problems,)
        elif isinstance(problems, str | Text):
            self.problems = (Problem(problems, field),)
        else:
            self.problems = tuple(problems)
        super().__init__("; ".join(str(p) for p in self.problems))


class Unavailable(Refused):
    """It cannot be done at this moment, through no fault of the person's: the same again a little later may go well."""


class Denied(HubError):
    """The person may not do this; ``permission`` names the right that is missing."""

    def __init__(self, permission: str, message: Text | str | None = None) -> None:
        self.permission = permission
        super().__init__(
            message or T("You do not have the right to do this ({permission}).", permission=permission)
        )


class NotFound(HubError):
    """No such thing in this tenant. Never says whether another tenant has it."""


class Stale(HubError):
    """Somebody else changed the document after this person opened it.

    ``changes`` lists (label, theirs) of what changed since, from the audit trail.
    """

    def __init__(
        self, message: Text | str, by: str, at: datetime | None, changes: list[tuple[str, Any, Any]]
    ) -> None:
        super().__init__(message)
        self.by = by
        self.at = at
        self.changes = changes


class Unreadable(HubError, ValueError):
    """What was typed or pasted does not state a value of the kind that is wanted; the message says why."""


class PluginFailed(Exception):
    """A plugin failed while it was told of something or asked whether it may be. Nothing has been saved."""

    def __init__(self, plugin: str, cause: str) -> None:
        super().__init__(f"{plugin}: {cause}")
        self.plugin = plugin
        self.cause = cause
        self.message = T("{plugin} failed. Nothing was saved; the log says why.", plugin=plugin)


class StartError(HubError):
    """The hub cannot start; the message names the plugin, the distribution and the remedy."""
