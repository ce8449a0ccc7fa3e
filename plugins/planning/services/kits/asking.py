"""What is asked in words: a line for each style, ``ST-1 @NVY #US-LAX, S-1, M-2``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx, Problem, T
from core.values import Unreadable, code_key, fold
from plugins.catalog.api import Destination, Garment, Size, Style, StyleColor, size_key, sizes_of
from plugins.planning.services.forecasts import parse_mix
from plugins.planning.services.kits.analysis import Ask

HEAD = re.compile(r"(?P<style>[^@#]+)(@(?P<color>[^@#]+))?(#(?P<place>[^@#]+))?")
MOST_LINES = 1000


@dataclass(frozen=True)
class Line:
    """A line as it was typed, and what it asks."""

    text: str
    style: str
    ask: Ask


def read_lines(ctx: Ctx, text: str, field: str = "what") -> tuple[list[Line], list[Problem]]:
    """The lines, or what is wrong with them. No colour: all of the style's; no sizes: one of each. Four statements."""
    typed = [line for each in text.splitlines() if (line := fold(each).strip())]
    if len(typed) > MOST_LINES:
        return [], [Problem(T("At most {n} lines at once.", n=MOST_LINES), field)]
    parts = [line.replace("、", ",").partition(",") for line in typed]
    heads = [HEAD.fullmatch(head.strip()) for head, _comma, _mix in parts]
    styles = {
        style.code.upper(): style
        for style in ctx.session.scalars(
            select(Style)
            .where(Style.code.in_({m["style"].strip().upper() for m in heads if m} | {m["style"].strip() for m in heads if m}))
            .options(selectinload(Style.colors).selectinload(StyleColor.color))
        )
    }  # fmt: skip
    sizes = sizes_of(ctx, {style.id for style in styles.values()}) if styles else {}
    asked = {m["place"].strip().upper() for m in heads if m and m["place"]}
    places: dict[str, int] = {}
    if asked:
        places = dict(
            ctx.session.execute(
                select(Destination.code, Destination.id).where(Destination.code.in_(asked))
            ).all()
        )
    found: list[Line] = []
    problems: list[Problem] = []
    for number, (line, head, (_typed, _comma, mix)) in enumerate(zip(typed, heads, parts, strict=True), 1):
        style = styles.get(head["style"].strip().upper()) if head else None
        try:
            if head is None or style is None:
                raise Unreadable(
                    T("There is no style “{code}”.", code=(head["style"] if head else line).strip())
                )
            place = (head["place"] or "").strip().upper()
            if place and place not in places:
                raise Unreadable(T("There is no destination “{code}”.", code=place))
            weights = _weights(style, sizes.get(style.id, []), (head["color"] or "").strip(), mix)
            found.append(Line(line, style.code, Ask(weights, destination=places.get(place))))
        except Unreadable as wrong:
            problems.append(Problem(T("Line {n}: {message}", n=number, message=wrong.message), field))
    return found, problems


def _weights(style: Style, sizes: list[Size], color: str, mix: str) -> dict[Garment, int]:
    colors = [
        own.color_id for own in style.colors if not color or code_key(own.color.code) == code_key(color)
    ]
    if not colors:
        if color:
            raise Unreadable(T("{style} has no colour {color}.", style=style.code, color=color))
        raise Unreadable(T("{style} has no colours.", style=style.code))
    ids = {size_key(size.code): size.id for size in sizes}
    shares = parse_mix(mix) or {size.code: 1 for size in sizes}
    for size in shares:
        if size_key(size) not in ids:
            raise Unreadable(T("{style} has no size {size}.", style=style.code, size=size))
    return {
        Garment(style.id, each, ids[size_key(size)]): share
        for each in colors
        for size, share in shares.items()
    }


def order_ask(ctx: Ctx, cells: dict[tuple[Garment, int | None], int]) -> dict[int | None, dict[Garment, int]]:
    """Pieces of an order by destination."""
    found: dict[int | None, dict[Garment, int]] = {}
    for (item, place), qty in cells.items():
        mine = found.setdefault(place, {})
        mine[item] = mine.get(item, 0) + qty
    return found
