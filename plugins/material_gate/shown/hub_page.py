"""What the Hub page says of gates: a tile, alerts, and what waits for whom."""

from __future__ import annotations

from datetime import date

from core.api import Alert, Ctx, T, Task, Text, Tile, hookimpl
from plugins.material_gate import words
from plugins.material_gate.services import asking, gated_documents, hold, kit_overview
from plugins.material_gate.services.kit_overview import Kit
from plugins.material_gate.shown.columns import OVERVIEW

MOST = 5
SHOWN = 12
LOOKED_AT = 400
"""Documents looked at for the Hub page, the next due first."""


@hookimpl(specname="dashboard_tiles")
def tiles(ctx: Ctx) -> list[Tile]:
    """How many documents that wait for their start are held."""
    if not ctx.can(words.VIEW):
        return []
    n = sum(1 for k in _kits(ctx, "waits") if k.gate.held)
    value = f"{n}+" if n and len(_all(ctx)) == LOOKED_AT else n
    return [
        Tile(
            T("Held by the material gate"),
            value,
            f"{OVERVIEW}?state=held",
            "bad" if n else "good",
            30,
            menu(ctx),
        )
    ]


@hookimpl
def alerts(ctx: Ctx) -> list[Alert]:
    """Gates that will not open before the planned start (or the day it is due), and material gone missing after the start."""
    if not ctx.can(words.VIEW):
        return []
    late = [k for k in _kits(ctx, "waits") if k.gate.held and _too_late(k)]
    gone = [k for k in _kits(ctx, "started") if k.gate.gone]
    return [Alert(_late_words(k), k.document.href, "warn", 15) for k in late[:MOST]] + [
        Alert(T("{number} is in production and {n} groups of material are short since.", number=k.document.number,
                n=k.gate.gone), k.document.href, "warn", 16)
        for k in gone[:MOST]
    ]  # fmt: skip


@hookimpl
def tasks(ctx: Ctx) -> list[Task]:
    """Held documents: for those who may override them, and as missing material for those who buy."""
    decides, buys = ctx.can(words.RIGHT), ctx.can("purchasing.order.create")
    if not ctx.can(words.VIEW) or not (decides or buys):
        return []
    found = _questions(ctx) if decides else []
    for k in (k for k in _kits(ctx, "waits") if k.gate.held and (decides or k.gate.short)):
        due = until(k)
        label = T("Held: {what}", what=hold.sentence(k.gate)) if decides else hold.sentence(k.gate)
        late = due is not None and due < ctx.today()
        found.append(
            Task(label, k.document.number, k.document.href, due, "bad" if late else "warn", "material_gate")
        )
    return found[:SHOWN]


def _questions(ctx: Ctx) -> list[Task]:
    """What others ask this person for, with what is short."""
    return [
        Task(T("{who} asks to start: {n} groups of material short", who=row.user_name, n=row.short), row.owner,
             f"/material_gate/override/{row.id}", None, "bad", "material_gate")
        for row in asking.open_questions(ctx).values()
    ]  # fmt: skip


def until(k: Kit) -> date | None:
    """When its material must be there at the latest: the planned start, or the day it is due where nobody plans."""
    return k.start or k.document.due


def _too_late(k: Kit) -> bool:
    last, opens = until(k), k.gate.opens
    return bool(k.gate.unpromised) or (opens is not None and last is not None and opens > last)


def _late_words(k: Kit) -> Text:
    number, day = k.document.number, str(k.gate.opens)
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
             ship=str(k.document.due))  # fmt: skip


def menu(ctx: Ctx) -> str:
    """The heading under which the gate stands: that of the first kind of document it holds."""
    return next((kind.menu for kind in gated_documents.kinds(ctx).values()), "stock")


def _kits(ctx: Ctx, phase: str) -> list[Kit]:
    """Those whose work waits, or has started."""
    return [k for k in _all(ctx) if k.document.phase == phase]


def _all(ctx: Ctx) -> list[Kit]:
    """Read once a page."""
    return ctx.memo.once("material_gate.kits", lambda: kit_overview.kits(ctx, limit=LOOKED_AT))
