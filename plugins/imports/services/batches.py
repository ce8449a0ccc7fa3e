"""Batches: a file that is being brought in, and the memory of how columns were understood."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.api import Action, Ctx, EntityType, NotFound, Problem, Refused, T, enqueue_job, record_audit
from core.remote import entity_of
from plugins.imports.models import Batch
from plugins.imports.services.intakes import intake_of
from plugins.imports.services.sheets import sheet_rows
from plugins.imports.services.targets import guess_columns, list_targets
from plugins.imports.words import BATCH, JOB, MODES, POST, RIGHT


def start_batch(ctx: Ctx, entity_name: str, filename: str, data: bytes) -> Batch:
    """Read a file and keep its rows, with a proposal for its columns. Refused for what cannot be read."""
    ctx.require(RIGHT)
    entity = entity_of(ctx, entity_name)
    intake_of(ctx, entity)
    headings, rows = sheet_rows(filename, data)
    if not rows:
        raise Refused(T("There is nothing to read."), "file")
    row = Batch(
        entity=entity.name, filename=filename[:200], user_id=ctx.user.id if ctx.user else None, user_name=ctx.actor,
        at=ctx.now(), headings=headings, rows=[[line, cells] for line, cells in rows],
        columns=guess_columns(ctx, entity, headings, _remembered(ctx, entity.name)), made=[], changed=[], problems=[],
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    return row


def _remembered(ctx: Ctx, entity: str) -> dict[str, str]:
    """Where columns went, by their headings, when this person last brought such a file in."""
    wanted = select(Batch.headings, Batch.columns).where(
        Batch.entity == entity, Batch.status == "done", Batch.user_id == (ctx.user.id if ctx.user else None)
    )
    last = ctx.session.execute(wanted.order_by(Batch.id.desc()).limit(1)).one_or_none()
    return dict(zip(last[0], last[1], strict=True)) if last is not None else {}


def get_batch(ctx: Ctx, batch_id: int, *, hold: bool = False) -> Batch:
    """One's own batch; anybody's for the system; NotFound otherwise. ``hold``: nobody else changes it meanwhile."""
    wanted = select(Batch).where(Batch.id == batch_id)
    row = ctx.session.scalars(wanted.with_for_update() if hold else wanted).one_or_none()
    if row is None or (ctx.user is not None and row.user_id != ctx.user.id):
        raise NotFound(T("There is no such file."))
    return row


def list_batches(ctx: Ctx) -> list[Batch]:
    """One's own batches, newest first."""
    wanted = select(Batch).where(Batch.user_id == (ctx.user.id if ctx.user else None))
    return list(ctx.session.scalars(wanted.order_by(Batch.id.desc()).limit(50)))


def next_actions(ctx: Ctx, entity: EntityType) -> list[Action]:
    """What new documents may go on with as soon as they are in: actions out of their first state that this person has the right
    to and that need nothing typed."""
    if not entity.states:
        return []
    first = entity.states[0].code
    return [
        action
        for action in ctx.registry.actions[entity.name].all_standing(ctx.enabled)
        if action.run is not None
        and (action.name == POST or action.to_state not in (None, first))
        and first in action.from_states
        and action.tone != "danger"
        and ctx.can(action.right)
        and not action.tables
        and not any(f.required for f in action.all_fields())
    ]


def set_columns(ctx: Ctx, batch: Batch, columns: Sequence[str], mode: str, then: str = "") -> None:
    """Say where each column goes, and what new documents go on with (one of :func:`next_actions`). Refused where two columns go
    to the same place, or a needed one is missing."""
    if batch.status not in ("draft", "checked"):
        raise Refused(T("This file was brought in already."))
    entity = entity_of(ctx, batch.entity)
    targets = {t.name: t for t in list_targets(ctx, entity)}
    problems = []
    for at, name in enumerate(columns):
        if name and name not in targets:
            problems.append(Problem(T("There is nothing called {name}.", name=name), f"column-{at}"))
        elif name and ".*" not in name and name in columns[:at]:
            problems.append(Problem(T("Another column goes there already."), f"column-{at}"))
    if not any(columns):
        problems.append(Problem(T("Say where at least one column goes."), ""))
    if mode not in dict(MODES):
        problems.append(Problem(T("Choose one."), "mode"))
    if then and then not in {a.name for a in next_actions(ctx, entity)}:
        problems.append(Problem(T("Choose one."), "then"))
    if problems:
        raise Refused(problems)
    batch.then = then
    batch.columns, batch.mode, batch.problems, batch.status = list(columns), mode, [], "draft"


def enqueue_batch(ctx: Ctx, batch: Batch, *, keep: bool) -> int:
    """Have it checked (or brought in) in the background; the id of the job."""
    record_audit(ctx, BATCH, batch.id, "run" if keep else "check", number=batch.filename)
    return enqueue_job(ctx, JOB, {"batch": batch.id, "keep": keep}, total=len(batch.rows)).id
