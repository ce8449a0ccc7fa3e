"""The Hub page: figures and what needs attention; what waits for this person; how far documents are; then a tab for each
plugin that has something to show, and what changed last."""

from __future__ import annotations

from flask import render_template, request

from core.api import Ctx, T
from core.base_api import shown_rows
from core.web.base_api import ICONS, entity_url
from plugins.base_home.services import first_steps, overview

TONES = {"bad": T("urgent"), "warn": T("soon")}
"""What an alert's colour says, in words."""


def home(ctx: Ctx) -> str:
    """The page, with the tab that was asked for in front."""
    shown = overview.build_overview(ctx, request.args.get("tab", ""))
    return render_template(
        "base_home/home.html",
        hub=shown,
        steps=first_steps.first_steps(ctx),
        recent=[
            (entry, entity, entity_url(entity.name, entry.entity_id))
            for entry, entity in overview.recent(ctx)
        ],
        rows_of=lambda part: shown_rows(ctx, part.table.entity, part.page),
        icons=ICONS,
        tones=TONES,
    )
