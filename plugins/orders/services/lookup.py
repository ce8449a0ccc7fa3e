"""The catalogue as order entry needs it: styles with colours and size runs, destinations, by code; loaded at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.api import Ctx, EntityName, pick
from core.values import code_key, fold
from plugins.catalog.api import Color, Destination, Size, SizeRun, Style, StyleColor, colorways, size_key

DESTINATION = EntityName("catalog.destination")
STYLE = EntityName("catalog.style")


@dataclass(frozen=True)
class StyleInfo:
    """A style with its colourways and its size run, each by compared code in their order."""

    style: Style
    colors: Mapping[str, Color]
    sizes: Mapping[str, Size]
    aliases: Mapping[str, Color]
    same_sizes: Mapping[str, str]

    def color(self, typed: str) -> Color | None:
        """The colourway that is called so: by its code, by what the customer calls it, by its name."""
        return self.colors.get(code_key(typed)) or self.aliases.get(code_key(typed))

    def size(self, typed: str) -> str:
        """The key of the size that is called so, XXL and 2XL being one; of one that the run has not, the typed one's."""
        return (
            code_key(typed)
            if code_key(typed) in self.sizes
            else self.same_sizes.get(size_key(typed), code_key(typed))
        )

    @property
    def name(self) -> str:
        """The style's name in the reader's language."""
        return named(self.style)


@dataclass(frozen=True)
class Lookup:
    """What was found for the codes of one entry; unknown codes are simply not there."""

    styles: Mapping[str, StyleInfo]
    destinations: Mapping[str, Destination]

    def style(self, code: str) -> StyleInfo | None:
        """The style with this code, however it was typed."""
        return self.styles.get(code_key(code))

    def destination(self, code: str) -> Destination | None:
        """The destination with this code, however it was typed."""
        return self.destinations.get(code_key(code))


def named(row: Style | Color) -> str:
    """A name in the reader's language."""
    return pick(row.names, row.name)


def lookup_codes(ctx: Ctx, styles: Iterable[str], destinations: Iterable[str] = ()) -> Lookup:
    """Look up codes, without case and blanks: a fixed number of queries however many lines there are."""
    options = [
        selectinload(Style.colors).selectinload(StyleColor.color),
        selectinload(Style.size_run).selectinload(SizeRun.sizes),
    ]
    found = _by_code(ctx, STYLE, styles, options)
    return Lookup(
        {code: describe(style) for code, style in found.items()},
        _by_code(ctx, DESTINATION, destinations, []),
    )


def describe(style: Style) -> StyleInfo:
    """The colours and sizes of a style that was loaded with them."""
    sizes = {code_key(s.code): s for s in style.size_run.sizes}
    return StyleInfo(
        style,
        {code_key(c.color.code): c.color for c in style.colors},
        sizes,
        colorways(style.colors),
        {size_key(code): code for code in sizes},
    )


def size_keys(ctx: Ctx) -> frozenset[str]:
    """Every size code there is, by :func:`size_key`."""
    return frozenset(size_key(code) for code in ctx.session.scalars(select(Size.code).distinct()))


def _by_code(ctx: Ctx, name: str, codes: Iterable[str], options: list[Any]) -> dict[str, Any]:
    entity = ctx.registry.get(name)
    model: Any = entity.model
    typed = {fold(c) for c in codes}
    typed |= {form for c in typed for form in (c.upper(), c.lower(), re.sub(r"\s+", "", c).upper())}
    typed.discard("")
    if not typed:
        return {}
    every = ctx.scope.narrow(entity, select(model).options(*options))
    rows = ctx.session.scalars(every.where(model.code.in_(sorted(typed))))
    found = {code_key(row.code): row for row in rows}
    left = {code_key(c) for c in typed} - set(found)
    if left:  # a code with capitals and small letters, or with blanks: cannot use the index, so only for what is left
        bare = func.replace(func.upper(model.code), " ", "")
        rows = ctx.session.scalars(every.where(bare.in_(sorted(left))))
        found |= {code_key(row.code): row for row in rows}
    return found
