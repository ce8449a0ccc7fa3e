"""What the Hub page says of gates: a tile, alerts, and what waits for whom."""

from __future__ import annotations

from datetime import date

from core.api import Alert, Ctx, T, Task, Text, Tile
from plugins.material_gate import hold, words
from plugins.material_gate.services import kit
from plugins.material_gate.services.kit import Kit
from plugins.material_gate.shown import OVERVIEW

MOST = 5
SHOWN = 12
LOOKED_AT = 400
"""Factory orders looked at for the Hub page, the next to ship first."""


def tiles(ctx: Ctx) -> list[Tile]:
    """How many factory orders that wait for their start are held."""
    if not ctx.can(words.VIEW):
        return []
    rows = _kits(ctx, "issued")
    n = sum(1 for k in rows if k.gate.held)
    value = f"{n}+" if n and len(_all(ctx)) == LOOKED_AT else n
    return [
        Tile(
            T("Held by the material gate"),
            value,
            f"{OVERVIEW}?state=held",
            "bad" if n else "good",
            30,
            "outsourcing",
        )
    ]


def alerts(ctx: Ctx) -> list[Alert]:
    """Gates that will not open before the planned start (or the ship date), and material gone missing after the start."""
    if not ctx.can(words.VIEW):
        return []
    late = [k for k in _kits(ctx, "issued") if k.gate.held and _too_late(k)]
    gone = [k for k in _kits(ctx, "in_production") if k.gate.gone]
    return [Alert(_late_words(k), _href(k), "warn", 15) for k in late[:MOST]] + [
        Alert(T("{number} is in production and {n} groups of material are short since.", number=k.order.number,
                n=k.gate.gone), _href(k), "warn", 16)
        for k in gone[:MOST]
    ]  # fmt: skip


def tasks(ctx: Ctx) -> list[Task]:
    """Held factory orders: for those who may override them, and as missing material for those who buy."""
    decides, buys = ctx.can(words.RIGHT), ctx.can("purchasing.order.create")
    if not ctx.can(words.VIEW) or not (decides or buys):
        return []
    found = []
    for k in (k for k in _kits(ctx, "issued") if k.gate.held and (decides or k.gate.short)):
        due = until(k)
        label = T("Held: {what}", what=hold.sentence(k.gate)) if decides else hold.sentence(k.gate)
        late = due is not None and due < ctx.today()
        found.append(Task(label, k.order.number, _href(k), due, "bad" if late else "warn", "material_gate"))
    return found[:SHOWN]


def until(k: Kit) -> date | None:
    """When its material must be there at the latest: the planned start, or the ship date where nobody plans."""
    return k.start or k.order.ship_date


def _href(k: Kit) -> str:
    return f"/outsourcing/order/{k.order.id}#gate"


def _too_late(k: Kit) -> bool:
    last, opens = until(k), k.gate.opens
    return bool(k.gate.unpromised) or (opens is not None and last is not None and opens > last)


def _late_words(k: Kit) -> Text:
    number, day = k.order.number, str(k.gate.opens)
    if k.gate.unpromised:
        return T(
            "{number} is held: {n} groups of material are short and not promised.",
            number=number,
            n=k.gate.unpromised,
        )
    if k.start:
        return T("{number}: material is promised for {day}, production is planned to start on {start}.",
                 number=number, day=day, start=str(k.start))  # fmt: skip
    return T("{number}: material is promised for {day}, after the ship date {ship}.", number=number, day=day,
             ship=str(k.order.ship_date))  # fmt: skip


def _kits(ctx: Ctx, state: str) -> list[Kit]:
    """Of a state."""
    return [k for k in _all(ctx) if k.order.state == state]


def _all(ctx: Ctx) -> list[Kit]:
    """Read once a page."""
    return ctx.memo.once("material_gate.kits", lambda: kit.kits(ctx, limit=LOOKED_AT))
