"""Bringing a batch in: documents in chunks, each chunk kept as a whole, or one by one where something in it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from core.api import Ctx, EntityType, Refused, T
from core.base_api import HubError
from core.remote import describe_row, entity_of, find_rows, perform
from plugins.imports.models import Batch
from plugins.imports.services.batches import get_batch
from plugins.imports.services.documents import Document, Reader, place_of
from plugins.imports.services.fingerprints import find_brought, keep_brought, note_digests
from plugins.imports.services.intakes import Intake, intake_of
from plugins.imports.services.known import known_row
from plugins.imports.services.lines import held_lines, replace_lines
from plugins.imports.services.targets import list_targets
from plugins.imports.words import AGAIN, CHUNK, DRAFT, SOURCE, TABLE

Units = Callable[[], AbstractContextManager[Ctx]]
"""Opens a unit of work: committed at its end, rolled back when it raises."""
MOST_PROBLEMS = 500


class _Undone(Exception):
    """Ends a unit of work without keeping anything of it."""


class _Elsewhere(Refused):
    """Somebody else brings the same file in."""


class Outcome:
    """What came of some documents."""

    def __init__(self) -> None:
        self.made: list[tuple[Document, int]] = []
        self.changed: list[list[Any]] = []
        self.left_out = 0
        self.problems: list[list[Any]] = []


def check(units: Units, batch_id: int, progress: Callable[[int, int], None]) -> None:
    """Try every row and keep nothing but what was found wrong."""
    found = Outcome()
    for documents, total in _chunks(units, batch_id, 0):
        one = _tried(units, batch_id, documents, keep=False)
        found.problems += one.problems
        progress(documents[-1].stop, total)
        if len(found.problems) >= MOST_PROBLEMS:
            break
    with units() as ctx:
        batch = get_batch(ctx, batch_id)
        batch.problems, batch.status = found.problems[:MOST_PROBLEMS], "checked"


def bring_in(units: Units, batch_id: int, progress: Callable[[int, int], None]) -> None:
    """Bring in what is not in yet. Rows that are refused are told and left out; what came before stays."""
    with units() as ctx:
        batch = get_batch(ctx, batch_id)
        if batch.status not in ("checked", "running", "stopped", "draft"):
            raise Refused(T("This file was brought in already."))
        start, batch.status, batch.problems = batch.position, "running", []
    for documents, total in _chunks(units, batch_id, start):
        _tried(units, batch_id, documents, keep=True)
        progress(documents[-1].stop, total)
    with units() as ctx:
        batch = get_batch(ctx, batch_id)
        batch.status = "done"


def _chunks(units: Units, batch_id: int, start: int) -> Iterator[tuple[list[Document], int]]:
    """The documents of a batch from a row on, so many at a time, and how many rows there are."""
    with units() as ctx:
        batch = get_batch(ctx, batch_id)
        entity = entity_of(ctx, batch.entity)
        rows = list(batch.rows)
        found = list(Reader(ctx, entity, batch.headings, batch.columns).documents(rows))
        note_digests(intake_of(ctx, entity), found)
    each = (document for document in found if document.start >= start)
    while documents := list(islice(each, CHUNK)):
        yield documents, len(rows)


def _tried(units: Units, batch_id: int, documents: list[Document], *, keep: bool) -> Outcome:
    """All at once; where one is refused, each by itself."""
    outcome = Outcome()
    try:
        with units() as ctx:
            batch = _held(ctx, batch_id, documents[0].start if keep else None)
            intake = intake_of(ctx, entity_of(ctx, batch.entity))
            for document in _not_brought(ctx, batch, documents, outcome):
                _one(ctx, intake, batch, document, outcome)
            if not keep:
                raise _Undone
            _note(ctx, batch, outcome, documents[-1].stop)
        return outcome
    except _Undone:
        return outcome
    except _Elsewhere:
        raise
    except HubError:
        pass  # which one it was is found out below
    whole = Outcome()
    for document in documents:
        single = Outcome()
        try:
            with units() as ctx:
                batch = _held(ctx, batch_id, document.start if keep else None)
                intake = intake_of(ctx, entity_of(ctx, batch.entity))
                for each in _not_brought(ctx, batch, [document], single):
                    _one(ctx, intake, batch, each, single)
                if not keep:
                    raise _Undone
                _note(ctx, batch, single, document.stop)
        except _Undone:
            pass
        except _Elsewhere:
            raise
        except HubError as error:
            single = Outcome()
            with units() as ctx:
                single.problems = list(_problems(ctx, batch_id, document, error))
            if keep:
                with units() as ctx:
                    _note(ctx, get_batch(ctx, batch_id), single, document.stop)
        whole.problems += single.problems
    return whole


def _held(ctx: Ctx, batch_id: int, position: int | None) -> Batch:
    """The batch, ours until this unit of work ends; _Elsewhere where it is not at ``position`` any more."""
    batch = get_batch(ctx, batch_id, hold=position is not None)
    if position is not None and batch.position != position:
        raise _Elsewhere(T("This file is being brought in already."))
    return batch


def _not_brought(ctx: Ctx, batch: Batch, documents: list[Document], outcome: Outcome) -> Iterator[Document]:
    """The documents that no sheet brought in before; the others are told."""
    known = {} if batch.mode == AGAIN else find_brought(ctx, entity_of(ctx, batch.entity), documents)
    for document in documents:
        if words := known.get(document.digest):
            outcome.problems.append([document.line, "", str(words)])
        else:
            yield document


def _note(ctx: Ctx, batch: Batch, outcome: Outcome, position: int) -> None:
    keep_brought(ctx, batch, outcome.made)
    batch.made = [*batch.made, *(row_id for _document, row_id in outcome.made)]
    batch.changed = [*batch.changed, *outcome.changed]
    batch.left_out += outcome.left_out
    batch.problems = [*batch.problems, *outcome.problems][:MOST_PROBLEMS]
    batch.position = position


def _one(ctx: Ctx, intake: Intake, batch: Batch, document: Document, outcome: Outcome) -> None:
    entity = intake.entity
    row = known_row(ctx, entity, document) if intake.source is None else None
    if (row is None and batch.mode == "known") or (row is not None and batch.mode == "new"):
        outcome.left_out += 1
        return
    tables = {name: rows for name, rows in document.tables.items() if name in intake.own_tables}
    lines = document.tables.get(TABLE) if intake.lines else None
    sent = {**document.header, **tables}
    if row is None:
        made = _make(ctx, intake, sent)
        outcome.made.append((document, made.id))
    else:
        sent.pop(entity.key, None)  # what names the row stays as it is written there
        before = _before(ctx, entity, row, sent)
        if lines:
            before[TABLE] = held_lines(ctx, entity, row)
        made = perform(ctx, entity, "edit", row, sent, version=getattr(row, "version", None)).row
    if lines:
        replace_lines(ctx, entity, made, lines)
    ctx.session.flush()
    if row is None and batch.then:
        perform(ctx, entity, batch.then, made, {})
        ctx.session.flush()
    if row is not None:
        outcome.changed.append([row.id, getattr(row, "version", 0), before])


def _make(ctx: Ctx, intake: Intake, sent: dict[str, Any]) -> Any:
    """The new document: by its own form, or by the action of the document that the row names."""
    if intake.source is None:
        return perform(ctx, intake.entity, "create", None, sent).row
    called = str(sent.pop(SOURCE, ""))
    known = find_rows(ctx, intake.source, [called])
    row = known.get(called.upper())
    if row is None:
        raise Refused(T("There is no {what} “{code}”.", what=intake.source.label, code=called), SOURCE)
    draft = {DRAFT: True} if intake.drafts else {}
    return perform(ctx, intake.source, intake.verb, row, {**sent, **draft}).row


def _before(ctx: Ctx, entity: EntityType, row: Any, sent: dict[str, Any]) -> dict[str, Any]:
    """What a row holds now in the fields and tables that are about to change."""
    names = {name.split(".")[0] for name in sent}
    held = describe_row(ctx, entity, row, parts=())
    return {name: value for name, value in held.items() if name in names}


def _problems(ctx: Ctx, batch_id: int, document: Document, error: HubError) -> Iterator[list[Any]]:
    """What is wrong with a document: line, column, sentence. A value that the sheet does not have is called as on our pages."""
    if not isinstance(error, Refused):
        yield [document.line, "", str(error)]
        return
    called = {
        t.name: str(t.label) for t in list_targets(ctx, entity_of(ctx, get_batch(ctx, batch_id).entity))
    }
    for problem in error.problems:
        line, heading = place_of(document, problem.field)
        name = ".".join(step for step in problem.field.replace("-", ".").split(".") if not step.isdigit())
        yield [line, heading or called.get(name, ""), str(problem.message)]
