"""The entities: templates, timelines and, for lists and files, milestones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import ChildTable, Column, Ctx, Declare, EntityType, Field, Filter, T, Text, pick
from plugins.tna import words
from plugins.tna.models import MOST_DAYS, Milestone, Template, TemplateLine, Timeline
from plugins.tna.services import status, templates
from plugins.tna.shown import columns

NO_FORM = T("A timeline has no form: each milestone is changed on its page.")


def _badges(ctx: Ctx, rows: Sequence[Timeline]) -> Mapping[int, Any]:
    return {key: words.standing(now["status"]) for key, now in status.current(ctx, rows).items()}


def _kept(name: str) -> Any:
    """A kept figure as a column, as of today."""

    def load(ctx: Ctx, rows: Sequence[Timeline]) -> Mapping[int, Any]:
        return {key: now[name] for key, now in status.current(ctx, rows).items()}

    return load


def _slips(ctx: Ctx, rows: Sequence[Timeline]) -> Mapping[int, Any]:
    return {key: words.slip_mark(now["slip"]) for key, now in status.current(ctx, rows).items()}


def _by_status(ctx: Ctx, found: Any, value: str) -> Any:
    return found.where(Timeline.status.in_(value.split("+")))


def _standings(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return [*words.status_choices(ctx), ("late+at_risk", T("Late or at risk"))]


def register(registry: Declare) -> None:
    """Declare them."""
    registry.entity(_template())
    registry.entity(_timeline())
    registry.entity(_milestone())


def _template() -> EntityType:
    return EntityType(
        name=templates.ENTITY, model=Template, label=T("Timeline template"), plural=T("Timeline templates"),
        fields=(
            Field("code", T("Code"), required=True, max_length=40),
            Field("name", T("Name"), required=True, max_length=120),
            Field("names", T("Name in other languages"), "names", wide=True),
            Field("standard", T("Standard"), "bool", help=T("New timelines take it.")),
            Field("active", T("Active"), "bool", default=True,
                  help=T("Off: no longer offered; documents that use it stay.")),
        ),
        children=(
            ChildTable(
                "lines", T("Milestones"), TemplateLine,
                (
                    Field("code", T("Code"), required=True, max_length=40),
                    Field("names", T("Name"), "names"),
                    Field("owner_role", T("Owner"), "choice", required=True, choices=words.role_choices),
                    Field("offset_days", T("Days before shipping"), "int", required=True, max=MOST_DAYS),
                    Field("calendar", T("Calendar"), "choice", choices=words.CALENDARS, default="company"),
                    Field("working_days", T("Working days"), "bool"),
                    Field("predecessors", T("After"), max_length=400),
                    Field("min_days", T("Days after these"), "int", max=MOST_DAYS),
                    Field("warn_days", T("Warn days ahead"), "int", max=MOST_DAYS),
                    Field("event", T("Set by itself"), "choice", choices=words.event_choices),
                    Field("critical", T("On the critical path"), "bool"),
                    Field("scope", T("Belongs to"), "choice", choices=words.SCOPES, default="fo"),
                ),
                help=T("“After” holds the codes of the milestones before it, separated by blanks."),
            ),
        ),
        columns=(
            "code", "name", "standard", "active",
            Column("milestones", T("Milestones"), "int", load=columns.milestone_counts, sort=False),
        ),
        search=("code", "name"), default_sort="code", validate=templates.validate, before_save=templates.before_save,
        after_save=templates.after_save, view_roles=("merch", "mgr"), edit_roles=(), menu=("tna", 90),
    )  # fmt: skip


def _timeline() -> EntityType:
    return EntityType(
        name="tna.timeline", model=Timeline, label=T("Production timeline"), plural=T("Production timelines"),
        key="number", title="", states=words.STATES,
        fields=(
            Field("number", T("Number"), readonly=True),
            Field("factory", T("Factory"), "ref", ref="catalog.partner", where={"is_factory": True}, readonly=True),
            Field("template", T("Template"), "ref", ref="tna.template", readonly=True),
            Field("anchor", T("Ship date"), "date", readonly=True),
            Field("made_on", T("Made on"), "date", fact=True, readonly=True),
            Field("rebaselines", T("Times the dates were moved"), "int", readonly=True),
            Field("fit", T("When it did not fit"), "choice", choices=words.FITS, readonly=True),
        ),
        columns=(
            Column("number", T("Number"), "text", attr="number"),
            "factory",
            Column("status", T("Status"), "badge", attr="status", load=_badges),
            Column("slip", T("Projected slip"), "text", attr="slip", load=_slips),
            "anchor",
            Column("next_on", T("Next target"), "date", attr="next_on", load=_kept("next_on")),
            Column("next", T("Next milestone"), "text", load=columns.next_names, sort=False),
            Column("late", T("Milestones late"), "int", attr="late", load=_kept("late")),
            Column("late_other", T("of these not critical"), "int", attr="late_other", load=_kept("late_other"), hidden=True),
            Column("done", T("Milestones done"), "text", load=columns.progress, sort=False),
            Column("state", T("State"), "state", attr="state", hidden=True),
        ),
        filters=(Filter("status", T("Status"), _standings, _by_status), "factory", "anchor"),
        search=("number",), default_sort="-slip", creatable=False, editable=lambda ctx, row: NO_FORM,
        menu=("tna", 10), icon="gantt", edit_roles=("merch", "mgr"),
    )  # fmt: skip


def _milestone() -> EntityType:
    return EntityType(
        name="tna.milestone", model=Milestone, label=T("Milestone"), plural=T("Milestones"), key="code", title="",
        fields=(
            Field("timeline", T("Production timeline"), "ref", ref="tna.timeline", readonly=True),
            Field("owner_role", T("Owner"), "choice", choices=words.role_choices, readonly=True),
            Field("target", T("Target"), "date", readonly=True),
            Field("baseline", T("Baseline"), "date", readonly=True),
            Field("actual", T("Actual"), "date", fact=True, readonly=True),
            Field("critical", T("On the critical path"), "bool", readonly=True),
            Field("note", T("Remark"), readonly=True),
            Field("skip_reason", T("Skipped because"), "long", readonly=True),
        ),
        columns=(
            "timeline",
            Column("code", T("Code"), "text", attr="code"),
            Column("name", T("Milestone"), "text", load=lambda ctx, rows: {m.id: pick(m.names, m.code) for m in rows},
                   sort=False),
            "owner_role",
            Column("status", T("Status"), "badge", load=columns.verdict_badges, sort=False),
            "target", "baseline",
            Column("projected", T("Projected"), "date", load=columns.projections, sort=False),
            "actual", "critical", "note",
        ),
        filters=("timeline", "owner_role", "target", "actual"), search=("code",), default_sort="id", creatable=False,
        editable=lambda ctx, row: NO_FORM, edit_roles=(), menu=None,
    )  # fmt: skip
