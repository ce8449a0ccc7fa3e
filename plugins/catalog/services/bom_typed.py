"""What is typed in one cell of consumption: colours, and wastage from a quantity on."""

from __future__ import annotations

import re
from typing import Any


def breaks_typed(text: str) -> list[dict[str, Any]]:
    """``500=6 2000=4``: 6 % from 500 pieces of a colour on, 4 % from 2,000; commas between are blanks."""
    pairs = [
        part.partition("=") for part in re.split(r"[;\s]+|,(?=\s)", re.sub(r"\s*=\s*", "=", text)) if part
    ]
    return [{"from_qty": left, "pct": right.rstrip("%")} for left, _sign, right in pairs]


def colors_typed(text: str) -> list[dict[str, Any]]:
    """``NVY=BLK WHT=IVO``, with commas between where names have blanks; ``BLK`` alone is for every colour of the garment."""
    parts = re.split(r"[,;]", text) if re.search(r"[,;]", text) else re.split(r"\s+(?=\S+\s*=)", text)
    pairs = [part.partition("=") for part in parts if part.strip()]
    return [
        {"garment": left.strip(), "color": right.strip()} if sign else {"color": left.strip()}
        for left, sign, right in pairs
    ]
