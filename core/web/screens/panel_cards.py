"""Parts that plugins put on a page, drawn as cards: one that fails says so in its place, one may be drawn inside another."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from flask import request
from jinja2 import pass_context
from markupsafe import Markup

from core.text.i18n import T

log = logging.getLogger(__name__)


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
    return _drawn(context, plugin, panel) or _failed(plugin)


@pass_context
def panel_card(context: Any, plugin: str, panel: Any) -> Markup:
    """A plugin's part of a page as a card. One that fails says so in its place, and the page lives."""
    if getattr(panel, "later", False) and request.args.get("part") != panel.key:
        return _awaited(plugin, panel)
    place = _place(panel)
    body = _drawn(context, plugin, panel)
    above, below = _inside(context, panel)
    if body is None:
        return Markup('<section class="card panel">{}{}{}</section>').format(above, _failed(plugin), below)
    return Markup('<section class="card panel"{}><h2>{}</h2>{}{}{}</section>').format(
        place, str(panel.title), above, body, below
    )


def _inside(context: Any, panel: Any) -> tuple[Markup, Markup]:
    """Other parts that are drawn in the card of this one: above it, below it. A folded one has its title to open it by."""
    drawn = {True: Markup(""), False: Markup("")}
    for plugin, part in context.get("inside", {}).get(getattr(panel, "topic", ""), ()):
        asked = request.args.get("part") == part.key
        if part.later and not asked:
            body: Markup | None = _awaited(plugin, part, "panel")
        else:
            body = _drawn(context, plugin, part)
            body = _failed(plugin) if body is None else body
        form = (
            '<details class="fold inside"{}{}><summary>{}</summary>{}</details>'
            if part.folded
            else '<div class="inside"{}{} role="group" aria-label="{}">{}</div>'
        )
        drawn[part.order < panel.order] += Markup(form).format(  # noqa: S704 - two forms of ours
            Markup(' id="{}"').format(part.key),
            Markup(" open") if asked and part.folded else "",
            str(part.title),
            body,
        )
    return drawn[True], drawn[False]


def _place(panel: Any) -> Markup:
    """How a part is named on its page, and whether it begins folded."""
    key = Markup(' id="{}"').format(panel.key) if getattr(panel, "key", "") else Markup("")
    return key + Markup(" data-folded") if getattr(panel, "folded", False) else key


def _awaited(plugin: str, panel: Any, form: str = "card panel") -> Markup:
    """The place of a part that is drawn when somebody comes to it; in the card of another one without title and name, which the
    fold around it has."""
    card = form != "panel"
    return Markup(
        '<section class="{5}"{4} data-part="{0}" data-plugin="{1}" aria-busy="false">{2}'
        '<p><a class="button" href="?part={0}#{0}">{3}</a></p></section>'
    ).format(
        panel.key, plugin, Markup("<h2>{}</h2>").format(str(panel.title)) if card else "", str(T("Show")),
        _place(panel) if card else "", form,
    )  # fmt: skip
