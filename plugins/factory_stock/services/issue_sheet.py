"""What may be issued for a factory order, or taken back from the factory, lot by lot, and what is proposed of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Key, Material
from plugins.factory_stock.models import Issue, IssueLine
from plugins.factory_stock.services import issued, need, places
from plugins.factory_stock.services.issue_lines import by_key, item_of
from plugins.factory_stock.services.issue_payload import new_line
from plugins.stock.api import StandIn, groups, on_hand, stand_ins


@dataclass
class Row:
    """A lot of a group with its figures in stock units, its line where it has one, and what is proposed."""

    item: ledger.Item
    name: groups.GroupName
    required: Decimal
    issued: Decimal
    there: Decimal
    at_factory: Decimal
    line: IssueLine | None
    proposed: Decimal
    first: bool
    """The first lot of its group."""

    @property
    def open(self) -> Decimal:
        """Required and not issued yet."""
        return max(ZERO, self.required - self.issued)


def build_issue_sheet(ctx: Ctx, issue: Issue) -> list[Row]:
    """Rows of the page: what is needed, what was sent, what lies at the factory, what stands on the document. Query count
    fixed."""
    order_id, factory_id = issue.factory_order_id, issue.factory_id
    needs = {n.key: n.required for n in need.of_orders(ctx, [order_id])[order_id]}
    sent = {key: qty for (_o, key), qty in issued.issued(ctx, [order_id]).items()}
    decided = need.stand_ins_of(ctx, order_id)
    needs = stand_ins.shifted(needs, sent, decided)
    at = places.factory(factory_id, order_id)
    out = issue.kind == "issue"
    book = {i: q for (i, p), q in ledger.balances(ctx, item_kind="material", places=[at]).items() if p == at}
    used = _used(ctx, issue) if not out else {}
    wanted = {key.material for key in (*needs, *sent, *(each.by for each in decided))} | {
        i.id for i in (*book, *used)
    }
    wanted |= {line.material_id for line in issue.lines}
    there = on_hand.of_store(ctx, issue.store_id, places.ORDER, order_id, "material", wanted)
    saved = {item_of(line): line for line in issue.lines}
    known = [*needs, *sent, *(each.by for each in decided)] if out else [*needs, *sent]
    sizes = groups.size_ids(ctx, {key.size for key in known if key.size})
    items: list[ledger.Item] = [*saved, *book, *used]
    if out:
        items += there.items()
    codes = groups.size_codes(ctx, {i.size_id for i in items})
    lots: dict[Key, set[ledger.Item]] = defaultdict(set)
    for item in items:
        lots[groups.key_of(item, codes)].add(item)
    chosen = {groups.key_of(i, codes) for i in (*saved, *book, *used)}
    keys = list(dict.fromkeys([*known, *(k for k in lots if k in chosen)]))
    if not out:
        keys = [key for key in keys if lots[key]]
    names = groups.group_names(ctx, keys)
    held = by_key(ctx, book)
    open_ = {key: max(ZERO, needs.get(key, ZERO) - sent.get(key, ZERO)) for key in keys}
    here = {key: sum((there.takeable(item) for item in lots[key]), ZERO) for key in keys}
    _instead(open_, here, decided)
    rows: list[Row] = []
    for key in sorted(keys, key=lambda k: (k not in needs, names[k].material, str(names[k]))):
        left = open_[key]
        if not lots[key]:
            lots[key].add(groups.item_of(key, sizes))
        for n, item in enumerate(sorted(lots[key], key=lambda i: i.lot)):
            available = there.takeable(item)
            line = saved.get(item)
            default = names[key].takeable(min(left, available)) if out and not issue.lines else ZERO
            left -= default
            rows.append(
                Row(item, names[key], needs.get(key, ZERO), sent.get(key, ZERO), available,
                    held.get(key, ZERO) if out else book.get(item, ZERO), line, default, n == 0)
            )  # fmt: skip
    return rows


def _instead(open_: dict[Key, Decimal], here: Mapping[Key, Decimal], decided: Sequence[StandIn]) -> None:
    """What is to be issued of substitutes: all that is there of those that are used up first, of the others what the material
    they stand in for lacks in the store."""
    for each in sorted(decided, key=lambda found: not found.first):
        lacks = open_.get(each.wanted, ZERO)
        if not each.first:
            lacks -= min(lacks, here.get(each.wanted, ZERO))
        free = here.get(each.by, ZERO) - open_.get(each.by, ZERO)
        covers = min(lacks, stand_ins.covered_by(free, each.ratio))
        if covers > 0:
            open_[each.by] += min(free, stand_ins.stands_for(covers, each.ratio))
            open_[each.wanted] -= covers


def _used(ctx: Ctx, issue: Issue) -> Mapping[ledger.Item, Decimal]:
    at = places.used(issue.factory_id, issue.factory_order_id)
    return {i: q for (i, _p), q in ledger.balances(ctx, item_kind="material", places=[at]).items()}


@dataclass
class Saved:
    """A saved line in words."""

    line: IssueLine
    name: groups.GroupName


def saved(ctx: Ctx, issue: Issue) -> list[Saved]:
    """The lines of a document with the names of what they move; a fixed number of queries."""
    codes = groups.size_codes(ctx, {line.size_id for line in issue.lines if line.size_id})
    keys = {line.id: groups.key_of(item_of(line), codes) for line in issue.lines}
    names = groups.group_names(ctx, set(keys.values()))
    return [Saved(line, names[keys[line.id]]) for line in issue.lines]


def propose(ctx: Ctx, issue: Issue) -> list[IssueLine]:
    """Required − issued for each group, as far as the store has it, from the oldest lot on."""
    found = [row for row in build_issue_sheet(ctx, issue) if row.proposed]
    ids = {row.item.id for row in found}
    materials = {m.id: m for m in ctx.session.scalars(select(Material).where(among(Material.id, ids)))}
    return [new_line(materials[row.item.id], row.item, row.proposed) for row in found]
