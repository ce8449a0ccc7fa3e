"""What may be issued for a factory order, or taken back from the factory: the rows of the entry page, with defaults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core import ledger
from core.api import Ctx
from plugins.catalog.api import Key
from plugins.factory_stock.models import Issue, IssueLine
from plugins.factory_stock.services import issuing, need, places
from plugins.factory_stock.services.issue_lines import TEXTS, ZERO, LineInput, by_key, item_of
from plugins.stock.services import groups, on_hand


@dataclass
class Row:
    """A lot of a group, with its figures in stock units and what is typed."""

    typed: LineInput
    name: groups.GroupName
    lot: str
    required: Decimal
    issued: Decimal
    there: Decimal
    at_factory: Decimal
    first: bool = True
    """The first lot of its group."""

    @property
    def open(self) -> Decimal:
        """Required and not issued yet."""
        return max(ZERO, self.required - self.issued)


def text(value: Decimal) -> str:
    """A quantity as it is typed."""
    return f"{value.normalize():f}" if value else ""


def build(ctx: Ctx, issue: Issue, typed: Sequence[LineInput] | None = None) -> list[Row]:
    """Rows of the page; with ``typed`` they show that instead of the saved lines or the defaults. Query count fixed."""
    order_id, factory_id = issue.factory_order_id, issue.factory_id
    needs = {n.key: n.required for n in need.of_orders(ctx, [order_id])[order_id]}
    sent = {key: qty for (_o, key), qty in issuing.issued(ctx, [order_id]).items()}
    at = places.factory(factory_id, order_id)
    out = issue.kind == "issue"
    book = {i: q for (i, p), q in ledger.balances(ctx, item_kind="material", places=[at]).items() if p == at}
    used = _used(ctx, issue) if not out else {}
    wanted = {key.material for key in (*needs, *sent)} | {i.id for i in (*book, *used)}
    wanted |= {line.material_id for line in issue.lines}
    there = on_hand.of_store(ctx, issue.store_id, places.ORDER, order_id, "material", wanted)
    saved = {item_of(line): line for line in issue.lines}
    known = [*needs, *sent]
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
    names = groups.names(ctx, keys)
    held = by_key(ctx, book)
    rows: list[Row] = []
    for key in sorted(keys, key=lambda k: (k not in needs, names[k].material, str(names[k]))):
        left = max(ZERO, needs.get(key, ZERO) - sent.get(key, ZERO))
        if not lots[key]:
            lots[key].add(groups.item_of(key, sizes))
        for n, item in enumerate(sorted(lots[key], key=lambda i: i.lot)):
            available = there.of(item)
            line = saved.get(item)
            default = min(left, available) if out and not issue.lines else ZERO
            left -= default
            name = names[key]
            mine = LineInput(
                len(rows), name.material, name.color, name.size, name.destination, item.lot,
                text(line.qty) if line and (line.qty or issue.kind != "count") else "0" if line else text(default),
                line.reason if line else "", line.payer if line else "", line.note if line else "",
            )  # fmt: skip
            rows.append(
                Row(mine, name, item.lot, needs.get(key, ZERO), sent.get(key, ZERO), available,
                    held.get(key, ZERO) if out else book.get(item, ZERO), n == 0)
            )  # fmt: skip
    if typed is not None:
        _retype(rows, typed)
    return rows


def _used(ctx: Ctx, issue: Issue) -> Mapping[ledger.Item, Decimal]:
    at = places.used(issue.factory_id, issue.factory_order_id)
    return {i: q for (i, _p), q in ledger.balances(ctx, item_kind="material", places=[at]).items()}


def _retype(rows: list[Row], typed: Sequence[LineInput]) -> None:
    """Show what was typed; further lines of the page keep their place in ``LineInput.n`` beyond the rows."""
    given = {(t.material, t.color, t.size, t.destination, t.lot): t for t in reversed(typed)}
    for row in rows:
        mine = row.typed
        found = given.get((mine.material, mine.color, mine.size, mine.destination, mine.lot))
        row.typed = found or LineInput(
            mine.n, mine.material, mine.color, mine.size, mine.destination, mine.lot
        )


@dataclass
class Saved:
    """A saved line in words."""

    line: IssueLine
    name: groups.GroupName


def saved(ctx: Ctx, issue: Issue) -> list[Saved]:
    """The lines of a document with the names of what they move; a fixed number of queries."""
    codes = groups.size_codes(ctx, {line.size_id for line in issue.lines if line.size_id})
    keys = {line.id: groups.key_of(item_of(line), codes) for line in issue.lines}
    names = groups.names(ctx, set(keys.values()))
    return [Saved(line, names[keys[line.id]]) for line in issue.lines]


def read(form: Mapping[str, str]) -> list[LineInput]:
    """The lines that a form posted, ``lines-<n>-<what>``."""
    found: dict[int, LineInput] = {}
    for name, value in form.items():
        parts = name.split("-", 2)
        if (
            len(parts) == 3
            and parts[0] == "lines"
            and parts[1].isdecimal()
            and parts[1].isascii()
            and len(parts[1]) < 7
            and parts[2] in TEXTS
        ):
            setattr(found.setdefault(int(parts[1]), LineInput(int(parts[1]))), parts[2], value)
    return [found[n] for n in sorted(found)]


def default_lines(ctx: Ctx, issue: Issue) -> list[LineInput]:
    """Required − issued for each group, as far as the store has it, from the oldest lot on."""
    return [row.typed for row in build(ctx, issue) if row.typed.qty]
