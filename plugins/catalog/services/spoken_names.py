"""What sizes and colourways are called beside their codes: XXL and 2XL, the customer's name of a colour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from core.values import code_key
from plugins.catalog.models import Color, Size, StyleColor


def size_key(code: str) -> str:
    """A size as it is compared where its letters may be counted: XXL is 2XL, XXS is 2XS."""
    key = code_key(code)
    match = re.fullmatch(r"(X{2,})([SL])", key)
    return f"{len(match[1])}X{match[2]}" if match else key


def find_size(sizes: Sequence[Size], typed: str) -> Size | None:
    """The one of ``sizes`` that is called so: by its code, else with its letters counted."""
    exact = next((size for size in sizes if code_key(size.code) == code_key(typed)), None)
    return exact or next((size for size in sizes if size_key(size.code) == size_key(typed)), None)


def colorways(lines: Iterable[StyleColor]) -> dict[str, Color]:
    """The colourways of a style by all they are called, compared by ``code_key``: codes first, then what the customer calls
    them, their names. What two of them are called is no name for either."""
    codes = {code_key(own.color.code): own.color for own in lines}
    called: dict[str, Color | None] = {}
    for own in lines:
        names = {own.customer_code, own.color.name, *(own.color.names or {}).values()}
        for name in {code_key(each) for each in names if each}:
            called[name] = own.color if name not in called else None
    return {name: color for name, color in called.items() if color is not None} | codes
