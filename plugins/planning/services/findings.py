"""What a plan found, as rows: items, suggestions with exceptions first, whom they serve, messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from plugins.catalog.api import Garment, Key
from plugins.engineering.api import Owner
from plugins.planning.models import PlanningSuggestion
from plugins.planning.services.mrp import terms
from plugins.planning.services.scale import quantity
from plugins.planning.services.solving import Solved
from plugins.planning.words import EXCEPTIONS, MATERIAL, SUGGESTION, URGENCY

Row = dict[str, Any]
RANK = {code: n for n, (code, _label) in enumerate(EXCEPTIONS)}
NO_EXCEPTION = 9


@dataclass
class Suggested:
    """Orders of a plan that are one suggestion: one of a material, those of a style that are made together."""

    orders: list[int]
    exception: str = ""
    supplier_id: int | None = None
    price: Decimal | None = None
    currency: str = ""


@dataclass
class Findings:
    """``of_order``: which suggestion an order of the plan belongs to; ``kept``: firm ones of the run before, ``firm``: where
    they stand in this one."""

    solved: Solved
    suggested: list[Suggested] = field(default_factory=list)
    of_order: dict[int, int] = field(default_factory=dict)
    kept: Sequence[PlanningSuggestion] = ()
    firm: dict[int, int] = field(default_factory=dict)


def find(solved: Solved, materials: Collection[int] = ()) -> Findings:
    """The suggestions of a plan (of these materials alone, where some are named), exceptions first, then by day."""
    found = Findings(solved)
    groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for place, order in enumerate(solved.plan.orders):
        item = solved.items[order.item]
        if isinstance(item, Garment):
            groups[item.style, order.due // solved.options.size, -1].append(place)
        elif not materials or item.material in materials:
            groups[-1, -1, place].append(place)
    rows = [Suggested(orders, _exception(solved, orders)) for orders in groups.values()]
    if materials:
        rows = [
            each for each in rows if isinstance(solved.items[solved.plan.orders[each.orders[0]].item], Key)
        ]
    rows.sort(
        key=lambda each: (
            RANK.get(each.exception, NO_EXCEPTION),
            min(solved.plan.orders[n].release for n in each.orders),
            min(solved.plan.orders[n].due for n in each.orders),
        )
    )
    found.suggested = rows
    found.of_order = {order: n for n, each in enumerate(rows) for order in each.orders}
    return found


def _exception(solved: Solved, orders: list[int]) -> str:
    first = solved.plan.orders[orders[0]]
    item = solved.items[first.item]
    owner = Owner("style", item.style) if isinstance(item, Garment) else Owner("material", item.material)
    if owner in solved.problems:
        return "no_color"
    if first.item in solved.unmade:
        return "no_bom"
    if isinstance(item, Key) and solved.rows[first.item].source == terms.BUY:
        known = solved.world.materials.get(item.material)
        if known is None or known.supplier_id is None:
            return "no_supplier"
    if any(solved.plan.orders[n].expedite for n in orders):
        return "expedite"
    return "late" if any(solved.order_ready[n] > solved.plan.orders[n].due for n in orders) else ""


def items(found: Findings, run_id: int) -> Iterator[Row]:
    """Every item that anything happens to."""
    solved = found.solved
    sizes = solved.world.structure.size_codes
    for place, item in enumerate(solved.items):
        moments = solved.plan.moments.get(place)
        if not moments:
            continue
        row = solved.rows[place]
        yield {
            "run_id": run_id, "position": place, "source": row.source, **_named(item, sizes),
            "on_hand": quantity(row.on_hand), "safety": quantity(row.safety),
            "moments": [
                [
                    solved.date(m.bucket * solved.options.size).isoformat(),
                    *(str(quantity(value)) for value in (m.gross, m.came, m.planned, m.left)),
                ]
                for m in moments
            ],
        }  # fmt: skip


def _named(item: Garment | Key, sizes: Any) -> Row:
    if isinstance(item, Garment):
        return {
            "material_id": None, "style_id": item.style, "color_id": item.color, "size_id": item.size,
            "size": sizes.get(item.size, ""), "destination_id": None,
        }  # fmt: skip
    return {
        "material_id": item.material, "style_id": None, "color_id": item.color, "size_id": None, "size": item.size or "",
        "destination_id": item.destination,
    }  # fmt: skip


def suggestions(found: Findings, run_id: int, number: str) -> Iterator[Row]:
    """Suggestions as rows."""
    solved = found.solved
    sizes = solved.world.structure.size_codes
    for place, each in enumerate(found.suggested):
        orders = [solved.plan.orders[n] for n in each.orders]
        first = orders[0]
        item = solved.items[first.item]
        named = _named(item, sizes)
        named.pop("size_id")
        if isinstance(item, Garment):
            named |= {"color_id": None, "size": ""}
        total: dict[str, int] = {
            name: sum(getattr(o, name) for o in orders)
            for name in ("qty", "part", "net", "gross", "safety", "available", "substituted")
        }
        yield {
            "run_id": run_id, "position": place, "item_position": first.item, "number": f"{number}-{place + 1:04}",
            "kind": solved.rows[first.item].source, **named,
            "pieces": _pieces(solved, each) if isinstance(item, Garment) else None,
            **{name: quantity(value) for name, value in total.items()},
            "due": solved.date(min(o.due for o in orders)), "release_on": solved.date(min(o.release for o in orders)),
            "ready_on": solved.date(max(solved.order_ready[n] for n in each.orders)),
            "expedite": max(o.expedite for o in orders), "exception": each.exception,
            "rank": RANK.get(each.exception, NO_EXCEPTION), "supplier_id": each.supplier_id, "price": each.price,
            "currency": each.currency,
        }  # fmt: skip


def _pieces(solved: Solved, each: Suggested) -> list[list[int]]:
    total: dict[tuple[int, int], int] = defaultdict(int)
    for n in each.orders:
        order = solved.plan.orders[n]
        item = solved.items[order.item]
        assert isinstance(item, Garment)
        total[item.color, item.size] += int(quantity(order.qty))
    return [[color, size, qty] for (color, size), qty in sorted(total.items())]


def messages(found: Findings, run_id: int, materials: Collection[int] = ()) -> list[Row]:
    """Messages on supply as rows, the most urgent first."""
    solved, rows = found.solved, []
    for said in (*solved.plan.messages, *solved.claim_messages):
        given = solved.world.supplies[said.supply]
        if given.source.entity == SUGGESTION:
            continue
        if materials and not (isinstance(given.item, Key) and given.item.material in materials):
            continue
        named = _named(given.item, solved.world.structure.size_codes)
        moved = said.kind in (terms.IN, terms.OUT)
        rows.append(
            {
                "run_id": run_id, "item_position": solved.place(given.item),
                "rank": URGENCY[said.kind], "kind": said.kind, "number": given.number, "entity": given.source.entity,
                "entity_id": given.source.id, "line": None if given.line is None else given.line + 1,
                **{name: named[name] for name in ("material_id", "style_id", "color_id", "size")},
                "qty": quantity(said.qty), "day": given.due, "to_day": solved.date(said.day) if moved else None,
            }
        )  # fmt: skip
    return rows


def pegs(found: Findings, run_id: int) -> Iterator[Row]:
    """From which source how much goes to which use."""
    solved = found.solved
    lying: dict[Any, int] = {}
    for n, given in enumerate(solved.world.supplies):
        if given.on_hand and given.meant is None:
            lying.setdefault(given.item, n)
    for claim in solved.claims:
        item = solved.world.demands[claim.demand].item
        yield _peg(
            found,
            run_id,
            item,
            claim.qty,
            _from_supply(found, claim.supply),
            _to(found, terms.DEMAND, claim.demand),
        )
    for peg in solved.plan.pegs:
        if peg.kind == terms.ORDER:
            if peg.source not in found.of_order:
                continue
            source: Row = {"suggestion": found.of_order[peg.source]}
            item = solved.items[solved.plan.orders[peg.source].item]
        elif peg.kind == terms.SUPPLY:
            source, item = _from_supply(found, peg.source), solved.world.supplies[peg.source].item
        elif peg.kind == terms.STOCK:
            item = solved.items[peg.source]
            source = _from_supply(found, lying[item])
        else:
            swap = solved.plan.substitutions[peg.source]
            item, other = solved.items[swap.main], solved.items[swap.substitute]
            assert isinstance(other, Key)
            source = {
                "from_entity": MATERIAL,
                "from_id": other.material,
                "from_number": solved.world.materials[other.material].code,
            }
        yield _peg(found, run_id, item, peg.qty, source, _to(found, peg.use, peg.user))


def stand_ins(found: Findings, run_id: int, materials: Collection[int] = ()) -> Iterator[Row]:
    """Substitutes that the plan counts on, need by need."""
    solved, sizes = found.solved, found.solved.world.structure.size_codes
    for peg in solved.plan.pegs:
        if peg.kind != terms.SUBSTITUTION:
            continue
        swap = solved.plan.substitutions[peg.source]
        main, by = solved.items[swap.main], solved.items[swap.substitute]
        assert isinstance(main, Key)
        assert isinstance(by, Key)
        if materials and main.material not in materials:
            continue
        use = _to(found, peg.use, peg.user)
        decided = (
            solved.world.decided.get(solved.world.demands[peg.user].source, ())
            if peg.use == terms.DEMAND
            else ()
        )
        named, other = _named(main, sizes), _named(by, sizes)
        yield {
            "run_id": run_id, "item_position": swap.main, "by_position": swap.substitute,
            **{name: named[name] for name in ("material_id", "color_id", "size")},
            "by_id": other["material_id"], "by_color_id": other["color_id"], "by_size": other["size"],
            "day": solved.date(swap.day), "covered": quantity(swap.covered), "taken": quantity(swap.taken),
            "decided": any((each.main, each.by) == (main, by) for each in decided),
            "parent": use.get("parent"), "use": use["use"], "to_entity": use.get("to_entity", ""),
            "to_id": use.get("to_id"), "to_number": use.get("to_number", ""),
        }  # fmt: skip


def _peg(found: Findings, run_id: int, item: Garment | Key, qty: int, source: Row, use: Row) -> Row:
    return {
        "run_id": run_id, "item_position": found.solved.place(item), "qty": quantity(qty), "suggestion": None,
        "from_entity": "", "from_id": None, "from_number": "", "from_day": None, "parent": None, "to_entity": "",
        "to_id": None, "to_number": "", "to_line": None, "to_day": None, **source, **use,
    }  # fmt: skip


def _from_supply(found: Findings, place: int) -> Row:
    given = found.solved.world.supplies[place]
    if given.source.entity == SUGGESTION:
        return {"suggestion": found.firm[given.source.id]}
    return {
        "from_entity": given.source.entity,
        "from_id": given.source.id,
        "from_number": given.number,
        "from_day": None if given.on_hand else given.due,
    }


def _to(found: Findings, use: str, user: int) -> Row:
    solved = found.solved
    if use == terms.DEMAND:
        each = solved.world.demands[user]
        if each.source.entity == SUGGESTION:
            return {"use": "made", "parent": found.firm[each.source.id], "to_day": each.due}
        return {
            "use": each.kind, "to_entity": each.source.entity, "to_id": each.source.id, "to_number": each.number,
            "to_line": None if each.line is None else each.line + 1, "to_day": each.due,
        }  # fmt: skip
    if use == terms.SAFETY:
        return {"use": "safety"}
    if use == terms.SUBSTITUTION:
        main = solved.items[solved.plan.substitutions[user].main]
        return {
            "use": "substitute",
            "to_entity": MATERIAL,
            "to_id": main.material if isinstance(main, Key) else None,
            "to_number": solved.world.materials[main.material].code if isinstance(main, Key) else "",
        }
    first = solved.plan.batches[user].orders[0] if use == terms.BATCH else user
    parent = found.of_order.get(first)
    item = solved.items[solved.plan.orders[first].item]
    return {
        "use": "made",
        "parent": parent,
        "to_day": solved.date(solved.plan.orders[first].release),
        "to_number": solved.world.materials[item.material].code if isinstance(item, Key) else "",
    }
