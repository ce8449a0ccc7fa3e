"""Pages of the material gate: the kit overview, and an override with the picture it kept."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy import select

from core.api import Ctx, Declare
from core.db import among
from core.web.api import EntityView, Page, ctx, route
from plugins.catalog.models import Partner
from plugins.material_gate import shown, words
from plugins.material_gate.services import kit
from plugins.stock import groups

STATES = ("all", "held", "overridden", "open", "started")
NAMED = 3
"""Groups named in a row; of the others it is said how many they are."""


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.screen(words.RIGHT, OverrideView)
    registry.view(KitPage(name="Kit overview", endpoint="material_gate_kit", url=shown.OVERVIEW.rstrip("/")))


class OverrideView(EntityView):
    """Overrides."""

    document_template = "material_gate/override.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Words for stages."""
        return {"stages": words.STAGE_WORDS}


class KitPage(Page):
    """齊套總覽: every open factory order, how complete its material is and when the rest is promised."""

    plugin = "material_gate"
    prefix = words.RIGHT

    @route("/", right="view")
    def index(self) -> str:
        """The list; ``?state=`` narrows it down."""
        context = ctx()
        rows = kit.kits(context)
        asked = request.args.get("state", "all")
        asked = asked if asked in STATES else "all"
        shown_rows = [k for k in rows if asked in ("all", _kind(k.gate))]
        first = {key for k in shown_rows for key, _qty in k.gate.short[:NAMED]}
        return render_template(
            "material_gate/kits.html", rows=shown_rows, asked=asked, names=groups.names(context, first), named=NAMED,
            factories=_factories(context, {k.order.factory_id for k in shown_rows}),
            counts={s: sum(1 for k in rows if s in ("all", _kind(k.gate))) for s in STATES},
            badge_of=shown.badge, more=len(rows) == kit.MOST, most=kit.MOST,
            base=shown.OVERVIEW, today=context.today(),
        )  # fmt: skip


def _factories(context: Ctx, ids: set[int]) -> dict[int, Partner]:
    return {p.id: p for p in context.session.scalars(select(Partner).where(among(Partner.id, ids)))}


def _kind(found: Any) -> str:
    if found.started:
        return "started"
    if found.state == "open":
        return "open"
    return "overridden" if found.overridden else "held"
