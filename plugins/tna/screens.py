"""Pages of timelines: the document with its picture, entering actual days, the overview, the week's work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request

from core.api import Action, Ctx, Declare, Problem, Refused, T, pick, run_action
from core.values import Unreadable, parse_date
from core.web.api import EntityView, Page, ctx, route, seen_version
from plugins.base_files import api as files
from plugins.tna import words
from plugins.tna.entities import actions
from plugins.tna.models import Milestone, Timeline
from plugins.tna.services import build, changes, days, status
from plugins.tna.services import owners as owners_of
from plugins.tna.services.changes import ACTUAL
from plugins.tna.shown import columns, hub_page, picture

MOST = 200
"""Timelines in the overview."""


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.screen(build.ENTITY, TimelineView)
    registry.screen("tna.template", TemplateView)
    registry.screen("tna.milestone", MilestoneView)
    registry.view(GanttPage(name="Gantt", endpoint="tna_gantt", url="/tna/gantt"))
    registry.view(MinePage(name="Mine", endpoint="tna_mine", url="/tna/mine"))


def owners(context: Ctx) -> dict[str, Any]:
    """Names of roles by code."""
    return dict(words.role_choices(context))


class TemplateView(EntityView):
    """Templates: the form has wide cells."""

    form_template = "tna/template_form.html"


class TimelineView(EntityView):
    """Timelines."""

    list_template = "tna/list.html"
    document_template = "tna/timeline.html"
    action_template = "tna/action.html"

    def document_values(self, context: Ctx, row: Timeline) -> dict[str, Any]:
        """How it stands, the picture, and what may be done to which milestone."""
        milestones = row.milestones
        outcome = status.outcome(context, milestones)
        known = days.Calendars(context, [row.factory_id])
        ship = owners_of.due(owners_of.courses(context, [row.owner]), row.owner).due
        declared = context.registry.entities.get(row.entity)
        is_open = row.state == "open"
        offered = context.registry.actions[self.entity.name].all_standing(context.enabled)
        return {
            "owner": (declared.label if declared is not None else row.entity, owners_of.address(row.owner)),
            "attachments": files.attachments(context, self.entity.name, row.id),
            "milestones": milestones, "outcome": outcome, "owners": owners(context), "fits": dict(words.FITS),
            "standing": words.standing(outcome.status), "slip": words.slip_text(outcome.slip),
            "standings": {code: words.standing(v.status, v.days) for code, v in outcome.verdicts.items()},
            "names": {m.code: pick(m.names, m.code) for m in milestones}, "ship": ship,
            "moves": days.proposals(row, milestones, known, ship) if is_open else {},
            "mine": {m.code: changes.may_enter(context, m) for m in milestones}, 
            "may_enter": any(changes.may_enter(context, m) for m in milestones),
            "offered": {a.name for a in offered if context.can(a.right)} if is_open else set(),
            "elsewhere": {*actions.PER_MILESTONE, "rebaseline", "keep_targets", "keep_dates", "scale"},
            "picture": picture.of_timeline(
                row, milestones, outcome, context.today(), lambda day: known.is_off(row.factory_id, day)
            ),
        }  # fmt: skip

    def page(self, template: str, **values: Any) -> str:
        """Pages about one milestone say which."""
        row, code = values.get("row"), request.values.get("milestone", "")
        if template == self.action_template and row is not None and code:
            found = next((m for m in row.milestones if m.code == code), None)
            values["milestone"] = _facts(found) if found is not None else None
        return super().page(template, **{"milestone": None, **values})

    def action_defaults(self, context: Ctx, row: Timeline, action: Action) -> dict[str, Any]:
        found = next((m for m in row.milestones if m.code == request.args.get("milestone", "")), None)
        if found is None:
            return super().action_defaults(context, row, action)
        return {
            "milestone": found.code, "actual": found.actual or context.today(), "note": found.note,
            "target": _day(request.args.get("target")) or found.target, "risk": True, "risk_note": found.risk_note,
        }  # fmt: skip

    @route("/<int:row_id>/edit", right="edit")
    def edit(self, row_id: int) -> Any:
        """A timeline has no form of its own."""
        return redirect(self.url_for_row(self.row(row_id)))

    # --- several actual days at once ------------------------------------------------------------------------------

    @route("/<int:row_id>/actuals", right=ACTUAL, methods=("GET", "POST"))
    def actuals(self, row_id: int) -> Any:
        """A grid of days: all are saved, or none."""
        context, row = ctx(), self.row(row_id)
        if request.method == "GET":
            return self._grid(context, row, {}, row.version)
        version = seen_version()

        def work() -> str:
            typed = _typed(row)
            try:
                run_action(
                    context, self.entity, row, "set_actuals", {"actuals": typed},
                    version=version,
                )  # fmt: skip
            except Refused as refused:
                raise Refused(_placed(refused.problems, typed)) from refused
            return self.url_for_row(row)

        return self.attempt(work, lambda errors: self._grid(context, self.row(row_id), errors, version))

    def _grid(self, context: Ctx, row: Timeline, errors: Mapping[str, list[str]], version: Any) -> str:
        return self.page(
            "tna/actuals.html", row=row, milestones=row.milestones, errors=errors, version=version,
            typed=request.form, owners=owners(context), names={m.code: pick(m.names, m.code) for m in row.milestones},
            mine={m.code: changes.may_enter(context, m) for m in row.milestones},
        )  # fmt: skip


def _facts(found: Milestone) -> dict[str, Any]:
    return {"name": pick(found.names, found.code), "target": found.target, "actual": found.actual}


def _day(raw: str | None) -> Any:
    try:
        return parse_date(raw) if raw else None
    except Unreadable:
        return None


def _typed(row: Timeline) -> list[dict[str, Any]]:
    """Rows of the action for the cells that differ from what is stored; Refused at each that is no day."""
    problems: list[Problem] = []
    entries: list[dict[str, Any]] = []
    for m in row.milestones:
        raw = request.form.get(f"actual-{m.code}")
        if raw is None:
            continue
        note = request.form.get(f"note-{m.code}", "").strip()
        try:
            day = parse_date(raw) if raw.strip() else None
        except Unreadable as error:
            problems.append(Problem(str(error), f"actual-{m.code}"))
            continue
        if day != m.actual or (note != m.note and day is not None):
            entries.append({"milestone": m.code, "actual": day, "note": note})
    if problems:
        raise Refused(problems)
    return entries


def _placed(problems: Iterable[Problem], typed: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Problems of the action's rows at the inputs of their milestones."""
    inputs = {
        f"actuals.{i}.{name}": f"{name}-{row['milestone']}"
        for i, row in enumerate(typed)
        for name in ("actual", "note")
    }
    return [Problem(p.message, inputs.get(p.field, p.field), p.params) for p in problems]


class MilestoneView(EntityView):
    """Milestones in lists; each one is shown on its timeline."""

    @route("/<int:row_id>", right="view")
    def document(self, row_id: int) -> Any:
        """Its place on the timeline."""
        row = self.row(row_id)
        return redirect(f"/tna/timeline/{row.timeline_id}#m-{row.code}")

    @route("/<int:row_id>/edit", right="edit")
    def edit(self, row_id: int) -> Any:
        """The same."""
        return self.document(row_id)


class GanttPage(Page):
    """All running timelines, one below the other."""

    plugin = "tna"
    menu_place = ("tna", 5)
    right = hub_page.RIGHT
    label = T("Timelines as a picture")

    @route("/", right=hub_page.RIGHT)
    def index(self) -> str:
        """The next to ship first; filtered by number, status, factory."""
        context = ctx()
        asked = columns.Overview(
            request.args.get("q", "")[:40],
            request.args.get("status", "")[:20],
            request.args.get("factory", "")[:40],
        )
        rows, total = columns.running(context, asked, MOST)
        milestones, outcomes = columns.with_steps(context, rows)
        company = days.Calendars(context, []).company
        drawn = picture.overview(rows, milestones, outcomes, context.today(), company.is_off)
        return render_template(
            "tna/gantt.html", view=self, asked=asked, total=total, picture=drawn, statuses=words.status_choices(context)
        )  # fmt: skip


class MinePage(Page):
    """What is overdue or due this week, for one's own roles or another one."""

    plugin = "tna"
    menu_place = ("tna", 8)
    right = hub_page.RIGHT
    label = T("Mine this week")

    @route("/", right=hub_page.RIGHT)
    def index(self) -> str:
        """Milestones by target; who has none of the tenant's roles sees everybody's."""
        context = ctx()
        known, mine, chosen = owners(context), context.own_roles(), request.args.get("role", "")
        wanted = {chosen} if chosen in known else set(mine & known.keys())
        found = columns.due(context, None if chosen == "all" or not wanted else wanted)
        return render_template(
            "tna/mine.html", view=self, items=found, owners=known, chosen=chosen, words=words,
            may_enter=lambda m: changes.may_enter(context, m),
        )  # fmt: skip
