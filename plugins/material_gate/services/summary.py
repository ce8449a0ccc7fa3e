"""How the gate of each live demand stands, kept so that lists, tiles and tables need not add up receipts.

Kept when its material, its need or the document itself moves (hook ``milestones_changed``), when the gate's settings
change, when a plugin is switched on, and once a day. What is kept is never decided by: the veto, an override and the page
of a document compute afresh (:mod:`plugins.material_gate.services.gate`). A row kept on another basis (other settings, other
plugins that tell of material) or none at all is computed while it is read. Checks of other plugins are not kept: they are
asked for each time, because only those plugins know when their answer changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from core.api import Ctx, T, hookimpl
from core.db import among, flush_rows
from core.values import decimal_text
from plugins.catalog.api import Key
from plugins.material_gate import words
from plugins.material_gate.hookspecs import HoldCheck
from plugins.material_gate.models import Standing
from plugins.material_gate.services import gate, gated_documents, promises, snapshot
from plugins.material_gate.services.gate import Gate

KEPT = (
    "basis", "started", "overridden", "groups", "ok", "short", "problem", "gone", "next_on", "opens_on", "unpromised",
)  # fmt: skip
SOURCES = ("ordered_supply",)
"""Hooks whose plugins the figures depend on."""
JOB = "material_gate.daily"
PART = 200
"""Demands computed at a time."""
_table = Standing.table()
_WRITE = (
    update(_table)
    .where(_table.c.tenant_id == bindparam("_tenant"), _table.c.demand_id == bindparam("_demand"))
    .values({name: bindparam(f"_{name}") for name in (*KEPT, "at")})
)


class Short(NamedTuple):
    """A group that holds, and what is missing of it in stock units."""

    key: Key
    short: Decimal


@dataclass(frozen=True)
class Seen:
    """The gate of one demand as lists show it; the words are those of :class:`Gate`.

    groups, ok  how many groups it needs, and how many are complete
    missing     the groups that hold, as they are kept
    gone        groups that went missing after the start
    next        the next promised day of what holds; ``opens`` the day by which all of it is promised
    unpromised  groups that hold and that nothing is on order for, or only without a day
    """

    demand_id: int
    state: Literal["open", "hold", "none"]
    started: bool = False
    overridden: bool = False
    groups: int = 0
    ok: int = 0
    missing: Sequence[Sequence[Any]] = ()
    failing: tuple[HoldCheck, ...] = ()
    gone: int = 0
    next: date | None = None
    opens: date | None = None
    unpromised: int = 0

    @cached_property
    def short(self) -> tuple[Short, ...]:
        """Groups that hold."""
        return tuple(Short(Key(*key), Decimal(qty)) for *key, qty in self.missing)

    @property
    def holding(self) -> int:
        """How much holds: groups and checks."""
        return len(self.missing) + len(self.failing)

    @property
    def held(self) -> bool:
        """Production may not start now."""
        return self.state == "hold" and not self.started and not self.overridden

    @property
    def complete_pct(self) -> Decimal | None:
        """Groups that are complete ÷ all groups; None where nothing is needed."""
        return Decimal(self.ok) * 100 / self.groups if self.groups else None


# --- reading -------------------------------------------------------------------------------------------------------------


def of_demands(ctx: Ctx, demand_ids: Iterable[int]) -> dict[int, Seen]:
    """How these demands stand. One query where everything is kept, and those of other plugins' checks; once a page."""
    return ctx.memo.each("material_gate.seen", demand_ids, lambda ids: _of(ctx, ids))


def _of(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, Seen]:
    rows = ctx.session.execute(
        select(Standing.demand_id, *(getattr(Standing, name) for name in KEPT)).where(
            among(Standing.demand_id, demand_ids), Standing.basis == basis(ctx)
        )
    )
    found = {demand_id: _seen(demand_id, dict(zip(KEPT, values, strict=True))) for demand_id, *values in rows}
    found |= fresh(ctx, [demand_id for demand_id in demand_ids if demand_id not in found])
    live = [demand_id for demand_id, seen in found.items() if seen.state != "none"]
    for demand_id, said in gate.asked(ctx, live).items():
        failing = (*found[demand_id].failing, *(check for check in said if not check.ok))
        found[demand_id] = replace(
            found[demand_id], failing=failing, state="hold" if failing else found[demand_id].state
        )
    return found


def fresh(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, Seen]:
    """The same without what is kept, and without other plugins' checks. A fixed number of queries."""
    if not demand_ids:
        return {}
    kept = compute(ctx, demand_ids)
    return {
        demand_id: _seen(demand_id, kept[demand_id]) if demand_id in kept else Seen(demand_id, "none")
        for demand_id in demand_ids
    }


def _seen(demand_id: int, kept: Mapping[str, Any]) -> Seen:
    missing, problem = kept["short"], kept["problem"]
    failing = (HoldCheck(T("Material need is known"), False, problem),) if problem else ()
    return Seen(
        demand_id, "hold" if missing or failing else "open", kept["started"], kept["overridden"], kept["groups"], kept["ok"],
        missing, failing, kept["gone"], kept["next_on"], kept["opens_on"], kept["unpromised"],
    )  # fmt: skip


# --- computing and keeping -----------------------------------------------------------------------------------------------


def told_by(ctx: Ctx) -> set[str]:
    """Plugins that are on and tell of material."""
    callers = (getattr(ctx.hub.manager.hook, name) for name in SOURCES)
    return {impl.plugin_name for caller in callers for impl in caller.get_hookimpls()} & ctx.enabled


def basis(ctx: Ctx) -> str:
    """What the figures depend on beside the demand: settings of the gate, and which plugins tell of material."""
    numbers = (decimal_text(value) for value in (words.tolerance(ctx), words.growth(ctx)))
    return " ".join((*numbers, *sorted(words.gated_stages(ctx)), *sorted(told_by(ctx))))


def compute(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What is to be kept of those of these demands that are live. A fixed number of queries."""
    gates = [found for found in gate.of_material(ctx, demand_ids).values() if found.state != "none"]
    coming, on = promises.of_gates(ctx, gates), basis(ctx)
    return {found.demand_id: {"basis": on, **_values(found, coming)} for found in gates}


def _values(found: Gate, coming: Mapping[tuple[int, Key], promises.Promise]) -> dict[str, Any]:
    days = [coming.get((found.demand_id, g.key)) for g in found.short]
    firsts = [p.first for p in days if p is not None and p.first is not None]
    lasts = [p.last for p in days if p is not None and p.last is not None]
    return {
        "started": found.started, "overridden": found.overridden, "groups": len(found.groups),
        "ok": sum(1 for g in found.groups if g.ok), "short": [[*snapshot.key(g), decimal_text(g.short)] for g in found.short],
        "problem": "; ".join(str(check.detail) for check in found.failing), "gone": len(found.gone),
        "next_on": min(firsts, default=None), "opens_on": max(lasts, default=None), "unpromised": len(days) - len(lasts),
    }  # fmt: skip


def refresh(ctx: Ctx, demand_ids: Iterable[int]) -> None:
    """Compute and keep how these demands stand; what is not live is forgotten. A fixed number of queries.

    Rows are locked before anything is added up: of two people who receive for one demand the second sees what the first
    received.
    """
    flush_rows(ctx.session)
    wanted = sorted(set(demand_ids))
    if not wanted:
        return
    columns = (getattr(Standing, name) for name in KEPT)
    before = {
        demand_id: dict(zip(KEPT, values, strict=True))
        for demand_id, *values in ctx.session.execute(
            select(Standing.demand_id, *columns)
            .where(among(Standing.demand_id, wanted))
            .order_by(Standing.demand_id)
            .with_for_update()
        )
    }
    now, at = compute(ctx, wanted), ctx.now()
    over = sorted(before.keys() - now.keys())
    if over:
        ctx.session.execute(delete(Standing).where(among(Standing.demand_id, over)))
    moved = [demand_id for demand_id in now.keys() & before.keys() if now[demand_id] != before[demand_id]]
    if moved:
        stamp = {"_tenant": ctx.session.tenant_id, "_at": at}
        ctx.session.execute(
            _WRITE,
            [{**stamp, "_demand": o, **{f"_{name}": now[o][name] for name in KEPT}} for o in sorted(moved)],
        )
    new = sorted(now.keys() - before.keys())
    ctx.session.insert_many(Standing, [{"demand_id": o, "at": at, **now[o]} for o in new])


def parts(ctx: Ctx) -> list[list[int]]:
    """Demands to be computed: those that are live and those that are kept, some at a time."""
    ordered = sorted({*gated_documents.live(ctx), *ctx.session.scalars(select(Standing.demand_id))})
    return [ordered[i : i + PART] for i in range(0, len(ordered), PART)]


@hookimpl(specname="settings_changed")
def rebuild(ctx: Ctx) -> int:
    """Compute and keep all of them; returns how many were looked at."""
    every = parts(ctx)
    for part in every:
        refresh(ctx, part)
    return sum(map(len, every))


def run_daily(ctx: Ctx, payload: Any, progress: Any) -> dict[str, Any]:
    """The daily job: the same, each part in a transaction of its own."""
    every = parts(ctx)
    for part in every:
        with progress.write() as inner:
            refresh(inner, part)
    return {"demands": sum(map(len, every))}
