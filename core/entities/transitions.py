"""Actions on documents: the one path that checks right, state, vetoes and version, runs the work and records it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from core.declare.action import Action
from core.declare.declarations import EntityType
from core.declare.page_parts import Block
from core.entities import audit, crud, payload
from core.entities.journal import enter_state, open_entry
from core.entities.lists import list_choices
from core.entities.recording import flush_rows, touch_row
from core.errors import NotFound, Problem, Refused
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def action_of(ctx: Ctx, entity: EntityType, name: str) -> Action:
    """The declared action; NotFound where there is none or its plugin is off."""
    action = ctx.registry.actions[entity.name].standing(name, ctx.enabled)
    if action is None or not _on(ctx, action):
        raise NotFound(T("{what} has no action {name}.", what=entity.label, name=name))
    return action


def _on(ctx: Ctx, action: Action) -> bool:
    return ctx.is_on(ctx.registry.permissions[action.right].plugin)


def possible(ctx: Ctx, entity: EntityType, row: Any) -> list[Action]:
    """Actions that are possible on this document now: right, state and visibility fit. Guards may still refuse."""
    found = [
        a
        for a in ctx.registry.actions[entity.name].all_standing(ctx.enabled)
        if ctx.can(a.right)
        and (not a.from_states or row.state in a.from_states)
        and (a.visible is None or _visible(ctx, a, a.visible, row))
    ]
    return sorted(found, key=lambda a: (a.order, a.name))


def available(ctx: Ctx, entity: EntityType, row: Any) -> list[Action]:
    """The possible ones that the document's page offers."""
    return [a for a in possible(ctx, entity, row) if a.button]


def offered_for_many(ctx: Ctx, entity: EntityType) -> list[Action]:
    """Actions that the list offers for the documents ticked in it; whether each is in a fitting state is asked later."""
    found = [
        a for a in ctx.registry.actions[entity.name].all_standing(ctx.enabled) if a.batch and ctx.can(a.right)
    ]
    return sorted(found, key=lambda a: (a.order, a.name))


def next_step(ctx: Ctx, row: Any, actions: Sequence[Action]) -> Action | None:
    """What comes next for a document, of the actions that are possible on it: the first ``primary`` one that is due."""
    steps = (a for a in actions if a.tone == "primary")
    return next((a for a in steps if a.due is None or _visible(ctx, a, a.due, row)), None)


def _visible(ctx: Ctx, action: Action, visible: Callable[[Ctx, Any], bool], row: Any) -> bool:
    """One that cannot say whether it is offered is not offered."""
    what = f"visible of action {action.entity}.{action.name}"
    return ctx.hooks.guarded(action.plugin, what, lambda: bool(visible(ctx, row)), False)


def blocks(ctx: Ctx, entity: EntityType, row: Any, name: str, data: Mapping[str, Any]) -> list[Block]:
    """Vetoes of the plugins that are on."""
    return list(ctx.hooks.each("before_transition", entity=entity.name, row=row, action=name, data=data))


def run_action(
    ctx: Ctx,
    entity: EntityType,
    row: Any,
    name: str,
    given: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
) -> Any:
    """Carry out an action with its payload, plain or cleaned (:func:`payload.parse`); returns what its function returned.

    Raises Denied, Stale or Refused (wrong state, wrong values, a veto); then nothing has been done.
    A veto with an ``override`` permission yields to a person who has it and sends ``override_reason``, and where the veto
    names a list of reasons also ``override_code``.
    """
    action = action_of(ctx, entity, name)
    ctx.require(action.right)
    crud.check_version(ctx, entity, row, version)
    return _carry_out(ctx, entity, action, [row], given or {})


def run_on_many(
    ctx: Ctx, entity: EntityType, rows: Sequence[Any], name: str, given: Mapping[str, Any] | None = None
) -> list[Any]:
    """Carry out a ``batch`` action on several documents, on all of them or on none; returns what its function returned, for
    each document or, where it takes them together, once.

    Raises Denied, NotFound for one that is done on one document only, and Refused with what is wrong with each document, its
    number before it.
    """
    action = action_of(ctx, entity, name)
    if not action.batch:
        raise NotFound(T("{what} has no action {name}.", what=entity.label, name=name))
    ctx.require(action.right)
    if not rows:
        raise Refused(T("Tick at least one document."))
    if action.batch == "together":
        return [_carry_out(ctx, entity, action, rows, given or {})]
    done, problems = [], list[Problem]()
    for row in rows:
        number = str(getattr(row, entity.key))
        try:
            if action.visible is not None and not _visible(ctx, action, action.visible, row):
                raise Refused(T("“{action}” is not possible here.", action=action.label))
            done.append(_carry_out(ctx, entity, action, [row], given or {}))
        except Refused as refused:
            named = {f.name for f in action.all_fields()} | {"override_reason", "override_code"}
            for p in refused.problems:  # what was typed is wrong for all of them alike
                words = (
                    p.message if p.field in named else T("{number}: {what}", number=number, what=p.message)
                )
                problems.append(Problem(words, p.field if p.field in named else "", p.params))
    if problems:
        raise Refused(problems)
    return done


def _carry_out(
    ctx: Ctx, entity: EntityType, action: Action, rows: Sequence[Any], given: Mapping[str, Any]
) -> Any:
    """State, values, vetoes, work, audit and event of an action, on one document or on several together."""
    wrong = [row for row in rows if action.from_states and row.state not in action.from_states]
    if wrong:
        raise Refused(
            [
                Problem(
                    T("“{action}” is not possible: {number} is {state}.", action=action.label,
                      number=getattr(row, entity.key), state=entity.state(row.state).label)
                )
                for row in wrong
            ]
        )  # fmt: skip
    values = dict(given)
    override = str(values.pop("override_reason", "") or "").strip()
    code = str(values.pop("override_code", "") or "").strip()
    if action.run is None:
        raise Refused(T("“{action}” is done on its own page.", action=action.label))
    subject = rows if action.batch == "together" else rows[0]
    data = payload.parse(ctx, action, values, subject)
    passed = [(row, block) for row in rows for block in blocks(ctx, entity, row, action.name, data)]
    _pass(ctx, [block for _row, block in passed], override, code)
    with ExitStack() as stack:
        entries = [stack.enter_context(open_entry(ctx, entity, row)) for row in rows]
        result = action.run(ctx, subject, data)
        if action.edits and not any(entry.changes for entry in entries):
            return result
        for entry in entries:
            if action.to_state and entry.moved_to is None:
                enter_state(ctx, entry.row, action.to_state)
    reason = "; ".join(r for r in (str(data.get("reason") or ""), code, override) if r)
    for entry in entries:
        touch_row(entry.row)
    flush_rows(ctx.session)
    for entry in entries:
        audit.record_audit(
            ctx, entity.name, entry.row.id, action.name, number=str(getattr(entry.row, entity.key)),
            from_state=entry.before, to_state=entry.moved_to, changes=entry.changes, reason=reason,
        )  # fmt: skip
    flush_rows(
        ctx.session
    )  # while something waits to be written, listeners would read everything anew (core.kernel.memo)
    for row, block in passed:
        ctx.hooks.after_override(
            entity=entity.name, row=row, action=action.name, block=block, code=code, reason=override
        )
    for entry in entries:
        ctx.hooks.after_transition(
            entity=entity.name, row=entry.row, action=action.name, data=data, from_state=entry.before,
            changes=tuple(entry.changes),
        )  # fmt: skip
    flush_rows(ctx.session)
    return result


def follow(
    ctx: Ctx, row: Any, to_state: str, *, because: str, reason: str = "", changes: Iterable[audit.Change] = ()
) -> bool:
    """Bring a document into another state as the consequence of something else; returns False where it is in it already.

    ``because`` is what the audit trail calls it and what listeners hear as the action (``complete``, ``supersede``). No
    right and no veto is asked: what it follows from has been allowed. The version rises, and ``after_transition`` tells.
    Raises KeyError for a state that the entity does not declare.
    """
    entity, noted = ctx.registry.entity_for(row), list(changes)
    if row.state == to_state:
        return False
    with open_entry(ctx, entity, row) as entry:
        enter_state(ctx, row, to_state)
    touch_row(row)
    flush_rows(ctx.session)
    audit.record_audit(
        ctx, entity.name, row.id, because, number=str(getattr(row, entity.key)), from_state=entry.before,
        to_state=to_state, changes=noted, reason=reason,
    )  # fmt: skip
    flush_rows(ctx.session)
    ctx.hooks.after_transition(
        entity=entity.name, row=row, action=because, data={}, from_state=entry.before, changes=tuple(noted)
    )
    flush_rows(ctx.session)
    return True


def _pass(ctx: Ctx, found: list[Block], override: str, code: str) -> None:
    """Every veto yields to a reason given by somebody who may, or all of them are said, each where it is answered."""
    problems = []
    for block in found:
        if not (override and block.override and ctx.can(block.override)):
            place = "override_reason" if block.override and ctx.can(block.override) else ""
            problems.append(Problem(block.reason, place, {"block": block}))
            continue
        if len(override) < block.min_text:
            words = T("Say why in at least {n} characters.", n=block.min_text)
            problems.append(Problem(words, "override_reason", {"block": block}))
        if block.reasons and code not in dict(list_choices(block.reasons)(ctx)):
            problems.append(Problem(T("Choose a reason."), "override_code", {"block": block}))
    if problems:
        raise Refused(problems)
