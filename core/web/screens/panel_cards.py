"""Parts that plugins put on a page, drawn as cards: one that fails says so in its place, one may be drawn inside another."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from flask import request
from jinja2 import pass_context
from markupsafe import Markup

from core.text.i18n import T

log = logging.getLogger("hub")


def _drawn(context: Any, plugin: str, panel: Any) -> Markup | None:
    """A plugin's part of a page; None where it fails: the log has the reason."""
    body = None
    if not isinstance(panel, Exception):
        try:
            template = context.environment.get_template(panel.template)
            with context["ctx"].hooks.apart():
                ready = replace(panel, values=panel.values()) if callable(panel.values) else panel
                body = Markup(template.render({**context.get_all(), "panel": ready}))  # noqa: S704 - autoescaped
        except Exception as error:
            log.exception("the panel %s of plugin %s could not be drawn", panel.template, plugin)
            hub, tenant = context["ctx"].hub, context["ctx"].tenant
            hub.failures.note(tenant.id, plugin, f"panel {panel.template}", error)
    return body


def _failed(plugin: str) -> Markup:
    sentence = T("A part of {plugin} could not be shown.", plugin=plugin)
    return Markup('<p class="note bad">{}</p>').format(str(sentence))


@pass_context
def panel_body(context: Any, plugin: str, panel: Any) -> Markup:
    """A plugin's part of a page inside another one, bare. One that fails says so in its place, and the page lives."""
    body = _drawn(context, plugin, panel)
    return _failed(plugin) if body is None else body


@pass_context
def panel_card(context: Any, plugin: str, panel: Any) -> Markup:
    """A plugin's part of a page as a card. One that fails says so in its place, and the page lives."""
    if getattr(panel, "later", False) and request.args.get("part") != panel.key:
        head = Markup("<h2>{}</h2>").format(str(panel.title))
        return _awaited(plugin, panel, "card panel", _place(panel), head)
    body = _drawn(context, plugin, panel)
    above, below = _inside(context, panel)
    if body is None:
        return Markup('<section class="card panel">{}{}{}</section>').format(above, _failed(plugin), below)
    return Markup('<section class="card panel"{}><h2>{}</h2>{}{}{}</section>').format(
        _place(panel), str(panel.title), above, body, below
    )


def _inside(context: Any, panel: Any) -> tuple[Markup, Markup]:
    """Other parts that are drawn in the card of this one: above it, below it."""
    above, below = Markup(""), Markup("")
    for plugin, part in context.get("inside", {}).get(getattr(panel, "topic", ""), ()):
        if part.order < panel.order:
            above += _part(context, plugin, part)
        else:
            below += _part(context, plugin, part)
    return above, below


def _part(context: Any, plugin: str, part: Any) -> Markup:
    """A part in the card of another one; a folded one has its title to open it by."""
    asked = request.args.get("part") == part.key
    body = _awaited(plugin, part, "panel") if part.later and not asked else panel_body(context, plugin, part)
    if part.folded:
        opened = Markup(" open") if asked else Markup("")
        return Markup('<details class="fold inside" id="{}"{}><summary>{}</summary>{}</details>').format(
            part.key, opened, str(part.title), body
        )
    return Markup('<div class="inside" id="{}" role="group" aria-label="{}">{}</div>').format(
        part.key, str(part.title), body
    )


def _place(panel: Any) -> Markup:
    """How a part is named on its page, and whether it begins folded."""
    key = Markup(' id="{}"').format(panel.key) if getattr(panel, "key", "") else Markup("")
    return key + Markup(" data-folded") if getattr(panel, "folded", False) else key


def _awaited(plugin: str, panel: Any, kind: str, place: Markup | str = "", head: Markup | str = "") -> Markup:
    """Where a part is drawn when somebody comes to it: as a card, or bare in the fold that has its name and title."""
    return Markup(
        '<section class="{}"{} data-part="{}" data-plugin="{}" aria-busy="false">{}'
        '<p><a class="button" href="?part={}#{}">{}</a></p></section>'
    ).format(kind, place, panel.key, plugin, head, panel.key, panel.key, str(T("Show")))
