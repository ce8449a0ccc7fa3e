"""What a person may do to a document, or to several: declared once, and offered on pages, in lists and on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from core.declare.fields import Field, PayloadTable
from core.text.i18n import T, Text

if TYPE_CHECKING:
    from core.declare.page_parts import Panel
    from core.errors import Problem
    from core.kernel.context import Ctx


@dataclass(frozen=True)
class Action:
    """Something a person may do to a document: one function with a declaration.

    run          ``run(ctx, row, data)``; ``data`` holds the payload: cleaned values of ``fields``, and under the name of each
                 of ``tables`` a list of cleaned rows; may return a message (Text), or what it made of another kind: a row
                 or a list of rows
    tables       rows it takes beside its fields; a wrong value in one is a Problem at ``lines.3.qty``
    check        ``check(ctx, row, data)``: what is wrong with values that can be read, told together with those that cannot;
                 the latter are not in ``data``
    from_states  states it is offered in (empty: all); ``to_state`` is set by core after ``run`` unless run did
    roles        roles that start with the permission ``<entity>.<name>``
    visible      further condition for offering the button (cheap; the guard inside ``run`` decides)
    tone         ``primary``: a next step; the first of them in ``order`` is the button in the document's header.
    due          ``due(ctx, row)`` says whether it is a next step for this document now
    confirm      a question asked before it is done
    reason       True: a reason is asked for, required and kept in the audit trail
    link         its button opens a page of its own at ``<document>/<link>``, beside run or instead of it; where it begins
                 with ``/``, elsewhere: ``{id}`` and ``{key}`` (its number) in it are the document's
    button       False: no button of its own, because a page does the same in passing; there for the command line and the API
    edits        it edits as a form does: where nothing changed (note_changes), it leaves no trace and no new version
    batch        the list offers it for the documents that are ticked: ``each``, on one after the other, all of them or none;
                 ``together``, at once: it stands in the list of documents wherever others take one (``run(ctx, rows, data)``)
    start        ``start(ctx, row)``: what its dialog starts with beside the defaults of its fields
    preview      ``preview(ctx, row)``: panels above the fields of its dialog that show what it would do
    then         (entity, action): a further button of its dialog carries that out on the document it makes
    held         ``held(ctx, row)``: the rows of its table "lines" that would make the lines there are; a sheet that replaced
                 them is taken back with these, and without it no sheet replaces lines of a document that is there
    at_once      where it is the next step, its button does it with what its dialog starts with
    makes        the kind of document it makes, where that has no form of its own: sheets of such come in through it
    """

    entity: str
    name: str
    label: Text
    run: Callable[[Ctx, Any, Mapping[str, Any]], Any] | None = None
    from_states: tuple[str, ...] = ()
    to_state: str | None = None
    fields: tuple[Field, ...] = ()
    tables: tuple[PayloadTable, ...] = ()
    check: Callable[[Ctx, Any, Mapping[str, Any]], Iterable[Problem]] | None = None
    roles: tuple[str, ...] = ()
    permission: str = ""
    button: bool = True
    edits: bool = False
    visible: Callable[[Ctx, Any], bool] | None = None
    confirm: Text | None = None
    reason: bool = False
    tone: Literal["primary", "normal", "danger"] = "normal"
    due: Callable[[Ctx, Any], bool] | None = None
    batch: Literal["", "each", "together"] = ""
    start: Callable[[Ctx, Any], Mapping[str, Any]] | None = None
    preview: Callable[[Ctx, Any], Sequence[Panel]] | None = None
    held: Callable[[Ctx, Any], Sequence[Mapping[str, Any]]] | None = None
    then: tuple[str, str] = ("", "")
    at_once: bool = False
    makes: str = ""
    link: str = ""
    order: int = 50
    plugin: str = ""

    @property
    def right(self) -> str:
        """The permission that allows it."""
        return self.permission or f"{self.entity}.{self.name}"

    def subject(self, row: Any) -> Any:
        """What its functions are given for one document: it, or a list of it where they take several together."""
        return [row] if self.batch == "together" else row

    def all_fields(self) -> tuple[Field, ...]:
        """The form's fields, the reason included."""
        if not self.reason:
            return self.fields
        return (*self.fields, Field("reason", T("Reason"), "long", required=True, max_length=2000))

    @property
    def asks(self) -> bool:
        """Does it ask for anything before it is done?"""
        return bool(self.fields or self.tables or self.reason or self.confirm)
