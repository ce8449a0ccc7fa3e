"""How values look: Jinja filters for exact figures, dates, states, names."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import g
from jinja2 import Environment
from markupsafe import Markup, escape

from core.declare.declarations import EntityType
from core.declare.fields import KeptFile
from core.declare.page_parts import Figure
from core.text.i18n import T, Text, pick
from core.values.quantities import shown_in
from core.web.screens.panel_cards import panel_body, panel_card

ICONS = {"neutral": "○", "info": "●", "good": "✓", "warn": "!", "bad": "✕", "done": "■"}


def number(value: Any, places: int | None = None) -> str:
    """An exact number with thousands separators; trailing zeros are dropped unless ``places`` fixes them."""
    if value is None:
        return ""
    exact = Decimal(value)
    if places is not None:
        return f"{exact:,.{places}f}"
    text = f"{exact:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def qty(value: Any, unit: str, step: Decimal | None = None) -> str:
    """A quantity, never finer than its unit (or the smaller ``step`` of the thing): 382.76 yd, 4,043 pcs."""
    return "" if value is None else number(shown_in(Decimal(value), unit, step))


def money(value: Any, currency: str = "") -> str:
    """An amount with its currency's decimals."""
    from core.entities.money import currency_decimals

    if value is None:
        return ""
    return number(value, currency_decimals(g.ctx, currency) if currency else 2)


def day(value: Any) -> str:
    """A day as 2026-11-23; a moment in the tenant's zone with minutes."""
    if isinstance(value, datetime):
        return value.astimezone(g.ctx.zone).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else ""


def percent(value: Any) -> str:
    """A percentage with 2 decimals; – where there is none."""
    return "–" if value is None else f"{Decimal(value):,.2f}%"


def named(row: Any) -> str:
    """The name of a row in the reader's language."""
    return pick(getattr(row, "names", None), str(getattr(row, "name", "") or "")) if row is not None else ""


def who(name: str) -> str:
    """The person of a record; what the hub did by itself in words."""
    return str(T("the system")) if name == "system" else name


def chip(entity: EntityType, code: str) -> Markup:
    """A state as colour + icon + word."""
    state = entity.state(code)
    return badge(state.label, state.tone)


def badge(label: Any, tone: str = "neutral") -> Markup:
    """A word with colour and icon; never colour alone."""
    return Markup('<span class="chip chip-{}"><span aria-hidden="true">{}</span> {}</span>').format(
        tone, ICONS.get(tone, "○"), str(label)
    )


def bar(percentage: Any, label: Any = None, deduction: Any = None) -> Markup:
    """A progress bar capped at 100 %, the true value in words beside it."""
    if percentage is None:
        return Markup('<span class="muted">–</span>')
    width = max(0, min(100, int(Decimal(percentage))))
    cut = max(0, min(100 - width, int(Decimal(deduction or 0))))
    tone = "bar-over" if Decimal(percentage) > 100 else "bar-full" if Decimal(percentage) == 100 else ""
    text = label if label is not None else percent(percentage)
    return Markup(
        '<span class="bar {}"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar-back" width="100" height="8"/><rect class="bar-fill" width="{}" height="8"/>'
        '<rect class="bar-cut" x="{}" width="{}" height="8"/></svg><span class="bar-text">{}</span></span>'
    ).format(tone, width, 100 - cut, cut, str(text))


def figure(found: Figure) -> Markup:
    """A cell of the full-process table, linked to what is behind it."""
    if found.value is None or found.value == "":
        shown: Markup | str = Markup('<span class="muted">–</span>')
    elif found.kind == "pct":
        shown = bar(found.value)
    elif found.kind == "badge":
        shown = badge(found.value, found.tone)
    elif found.kind == "date":
        shown = day(found.value)
    else:
        shown = number(found.value) if found.kind == "int" else str(found.value)
    return (
        Markup('<a class="figure" href="{}">{}</a>').format(found.href, shown)
        if found.href
        else escape(shown)
    )


def cell(value: Any, kind: str, row: Any = None, entity: EntityType | None = None) -> Markup | str:
    """A list cell of the given column kind."""
    if isinstance(value, Figure):
        return figure(value)
    if value is None or value == "":
        return ""
    if isinstance(value, KeptFile):
        return Markup('<a href="{}">{}</a>').format(value.href, value.name)
    if kind == "state" and entity is not None:
        return chip(entity, value)
    if kind == "badge":
        return badge(*value) if isinstance(value, tuple) else badge(value)
    if kind == "thumb":
        return Markup('<img class="thumb" src="{}" alt="" loading="lazy">').format(value)
    if kind == "bar":
        return bar(*value) if isinstance(value, tuple) else bar(value)
    if kind == "qty" and isinstance(value, tuple):
        return qty(*value)
    if kind in ("qty", "int", "price"):
        return number(value)
    if kind == "money":
        return money(*value) if isinstance(value, tuple) else money(value, getattr(row, "currency", "") or "")
    if kind == "pct":
        return percent(value)
    if kind in ("date", "datetime"):
        return day(value)
    if kind == "bool":
        return str(T("yes")) if value else str(T("no"))
    if kind == "link":
        code = getattr(value, "number", None) or getattr(value, "code", None) or str(value)
        name = named(value)
        return (
            Markup("<b>{}</b> {}").format(code, name) if name and name != code else Markup("{}").format(code)
        )
    return str(value) if isinstance(value, Text) else escape(value)


def called(entity: str, code: Any, shown: Any = None) -> Markup:
    """A number or code as a link to its document (``shown``: other words for it); bare where this person may not see it."""
    words = escape(code if shown is None else shown)
    if not code or not g.ctx.can(f"{entity}.view"):
        return words
    return Markup('<a href="{}/called/{}">{}</a>').format(
        f"/{entity.replace('.', '/')}", quote(str(code)), words
    )


def install(env: Environment) -> None:
    """Make the filters known to every template."""
    env.filters.update(number=number, qty=qty, money=money, day=day, percent=percent, named=named, who=who)
    env.globals.update(
        chip=chip, badge=badge, bar=bar, panel_body=panel_body, panel_card=panel_card, called=called
    )
