"""Extension points of the material gate: whose work it holds, further checks, when work is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.api import Ctx, Text, hookspec


@dataclass(frozen=True)
class GateKind:
    """A kind of document whose work waits for the material of its demand.

    start    the action that is held while material is missing
    waits    states in which it is still to come; ``started`` those after it, in which the gate only informs
    menu     the heading of the menu under which overview and overrides stand
    """

    entity: str
    start: str
    waits: tuple[str, ...]
    started: tuple[str, ...]
    menu: str = "stock"


@dataclass(frozen=True)
class HoldCheck:
    """Something beside material that must be so before work starts, such as "production sample approved"."""

    label: Text
    ok: bool
    detail: Text | str = ""


@hookspec
def gate_kinds(ctx: Ctx) -> Sequence[GateKind] | None:
    """Kinds of documents that are held; they are demands of stock. Each is also declared once with
    ``plugins.material_gate.api.declare``."""


@hookspec
def override_denied(ctx: Ctx, entity: str, owner_id: int) -> Text | None:
    """Why this person, whatever their rights, is not the one to let this document start in spite of its gate."""


@hookspec
def work_places(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> Mapping[int, str] | None:
    """Where the work of these documents is done, such as a factory, for the overview: document id → code and name."""


@hookspec
def hold_checks(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> Mapping[int, Sequence[HoldCheck]] | None:
    """Further checks of these documents: document id → checks. A failing one holds the start like a group that is short, is
    shown with them and yields to the same override. A fixed number of queries however many documents."""


@hookspec
def planned_start(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, date] | None:
    """The day on which the work of these documents is planned to start (開裁), as far as somebody plans it."""


@hookspec
def planned_days(
    ctx: Ctx, entity: str, ids: Sequence[int], events: Sequence[str]
) -> Mapping[int, Mapping[str, date]] | None:
    """The days for which events (codes) of these documents are planned, as far as somebody does; not those of the past."""
