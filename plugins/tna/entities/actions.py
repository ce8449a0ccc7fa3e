"""Actions on timelines; and what documents that have one get: a column of their list, and one that is made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Column, Ctx, Declare, EntityRef, Field, PayloadTable, Refused, T, Text
from plugins.base_files import api as files
from plugins.tna.hookspecs import TimelineKind
from plugins.tna.models import Timeline
from plugins.tna.services import build, changes, templates
from plugins.tna.services.changes import ACTUAL, ACTUAL_ANY, Entry
from plugins.tna.shown import hub_page

NAME = build.ENTITY
EDIT = f"{NAME}.edit"
ALL = ("merch", "purch", "wh", "qc", "prod", "fin", "mgr")
ONE = Field("milestone", T("Milestone"), required=True, max_length=40)
TEMPLATE = Field(
    "template", T("Template"), "ref", ref="tna.template", where={"active": True},
    help=T("Empty: the standard template."),
)  # fmt: skip
ACTUALS = PayloadTable(
    "actuals",
    T("Actual days"),
    (
        ONE,
        Field("actual", T("Actual"), "date", fact=True, help=T("Empty: take back what was entered.")),
        Field("note", T("Remark"), max_length=400),
    ),
)
PER_MILESTONE = ("set_actual", "set_actuals", "set_target", "warn", "skip", "unskip")
"""Actions that have their place beside a milestone instead of the bar at the top."""
Data = Mapping[str, Any]


def file_kind(code: str) -> str:
    """How files of a milestone are marked among those of its timeline."""
    return code.lower()[:40]


def _set_actual(ctx: Ctx, row: Timeline, data: Data) -> None:
    found = changes.milestone(row, data["milestone"])
    if data.get("actual") is None and found.typed is None and not data.get("file"):
        raise Refused(T("Enter the day."), "actual")
    entry = Entry(data.get("actual"), data.get("note") or "")
    changes.set_actuals(ctx, row, {found.code: entry}, {found.code: "actual"})
    if data.get("file"):
        name, content = data["file"]
        files.attach(ctx, NAME, row.id, name, content, file_kind(found.code))


def _set_actuals(ctx: Ctx, row: Timeline, data: Data) -> None:
    entries = {r["milestone"].upper(): Entry(r["actual"], r["note"]) for r in data["actuals"]}
    places = {r["milestone"].upper(): f"actuals.{i}.actual" for i, r in enumerate(data["actuals"])}
    changes.set_actuals(ctx, row, entries, places)


def _set_target(ctx: Ctx, row: Timeline, data: Data) -> None:
    changes.set_target(ctx, row, data["milestone"], data["target"])


def _warn(ctx: Ctx, row: Timeline, data: Data) -> None:
    changes.warn(ctx, row, data["milestone"], bool(data.get("risk")), data.get("risk_note") or "")


def _change_template(ctx: Ctx, row: Timeline, data: Data) -> None:
    build.change_template(ctx, row, data["template"])


def _pending(ctx: Ctx, row: Timeline) -> bool:
    return row.pending > 0


def _undecided(ctx: Ctx, row: Timeline) -> bool:
    return row.compressed > 0 and not row.fit


def _can_scale(ctx: Ctx, row: Timeline) -> bool:
    return _undecided(ctx, row) and row.anchor > ctx.today()


def declare(registry: Declare, kind: TimelineKind) -> None:
    """Documents of this kind have timelines: their list shows how it stands, and one is made by hand. Called by the plugin
    that tells of them (hook ``timeline_kinds``) in its ``register``."""

    def create(ctx: Ctx, row: Any, data: Data) -> Timeline:
        owner = EntityRef(kind.entity, row.id)
        return build.create(ctx, owner, data.get("template") or templates.standard(ctx))

    registry.extend_columns(
        kind.entity,
        Column(
            "tna", T("Timeline"), "badge", load=hub_page.badges(kind.entity), sort=False, right=hub_page.RIGHT
        ),
    )
    registry.action(
        Action(
            kind.entity, "tna_create", T("Make a timeline"), create, kind.by_hand, permission=EDIT, fields=(TEMPLATE,),
            visible=lambda ctx, row: build.find_timeline(ctx, EntityRef(kind.entity, row.id)) is None, batch="each", order=45,
        )
    )  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them, and the rights to enter actual days."""
    registry.permission(ACTUAL, T("Enter actual days of milestones of one's own role"), ALL)
    registry.permission(ACTUAL_ANY, T("Enter actual days of everybody's milestones"), ("merch", "mgr"))
    for action in (*_milestone_actions(), *_timeline_actions()):
        registry.action(action)


def _milestone_actions() -> tuple[Action, ...]:
    running = ("open",)
    return (
        Action(
            NAME, "set_actual", T("Enter the actual day"), _set_actual, running, permission=ACTUAL, order=10,
            fields=(
                ONE,
                Field("actual", T("Actual"), "date", fact=True, help=T("Empty: take back what was entered.")),
                Field("note", T("Remark"), wide=True, max_length=400),
                Field("file", T("File"), "file"),
            ),
        ),
        Action(
            NAME, "set_actuals", T("Enter actual days"), _set_actuals, running, permission=ACTUAL, link="actuals", order=9,
            tables=(ACTUALS,),
        ),
        Action(
            NAME, "set_target", T("Move the target"), _set_target, running, permission=EDIT, order=11,
            fields=(
                ONE,
                Field("target", T("Target"), "date", required=True),
                Field("reason", T("Reason"), "long", max_length=2000),
            ),
        ),
        Action(
            NAME, "warn", T("Mark a risk"), _warn, running, permission=ACTUAL, order=12,
            fields=(
                ONE,
                Field("risk", T("At risk"), "bool"),
                Field("risk_note", T("What the risk is"), wide=True, max_length=400),
            ),
        ),
        Action(
            NAME, "skip", T("Skip"), lambda ctx, row, data: changes.skip(ctx, row, data["milestone"], data["reason"]),
            running, permission=EDIT, fields=(ONE,), reason=True, order=13,
        ),
        Action(
            NAME, "unskip", T("Take the skip back"),
            lambda ctx, row, data: changes.unskip(ctx, row, data["milestone"]), running, permission=EDIT,
            fields=(ONE,), order=14,
        ),
    )  # fmt: skip


def _timeline_actions() -> tuple[Action, ...]:
    running = ("open",)

    def rebaseline(ctx: Ctx, row: Timeline, data: Data) -> Text:
        return changes.rebaseline(ctx, row)

    return (
        Action(
            NAME, "rebaseline", T("Take over the new dates"), rebaseline, running, permission=EDIT, visible=_pending,
            confirm=T("Open milestones get new targets; baselines and what is done stay."), tone="primary", order=20,
        ),
        Action(
            NAME, "keep_targets", T("Leave the targets"), lambda ctx, row, data: changes.keep_targets(ctx, row), running,
            permission=EDIT, visible=_pending, order=21,
        ),
        Action(
            NAME, "keep_dates", T("Keep the dates"), lambda ctx, row, data: changes.keep_dates(ctx, row), running,
            permission=EDIT, visible=_undecided, order=30,
        ),
        Action(
            NAME, "scale", T("Shorten to fit"), lambda ctx, row, data: changes.scale(ctx, row), running,
            permission=EDIT, visible=_can_scale, order=31, confirm=T("Open milestones share what time is left."),
        ),
        Action(
            NAME, "change_template", T("Another template"), _change_template, running, permission=EDIT, order=70,
            fields=(Field("template", T("Template"), "ref", required=True, ref="tna.template", where={"active": True}),),
            confirm=T("Targets are counted back anew; actual days of the same milestones stay."),
        ),
    )  # fmt: skip
