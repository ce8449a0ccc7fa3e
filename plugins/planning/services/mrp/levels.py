"""In which order items are planned: parents before their components, substitutes together with what they stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from plugins.planning.services.mrp.terms import Family, Item


class Cycle(ValueError):
    """An item is made of itself; ``path`` are the items from it back to it."""

    def __init__(self, path: Sequence[int]) -> None:
        super().__init__("an item is made of itself")
        self.path = list(path)


def levels(
    items: Sequence[Item], families: Sequence[Family] = ()
) -> tuple[list[list[int]], set[tuple[int, int]]]:
    """Items by low-level code, and the pairs (main, substitute) that had to be left out.

    All that wants an item stands on an earlier level than the item itself. An item and its substitutes share a level, so
    that what is free of a substitute is known when it is asked for. Raises :class:`Cycle`.
    """
    below = [
        families[each.family].parts if each.family >= 0 else [part.item for part in each.components]
        for each in items
    ]
    _check(below)
    pairs = {(main, other.item) for main, each in enumerate(items) for other in each.substitutes}
    ignored: set[tuple[int, int]] = set()
    found, stuck = _coded(below, heads := _heads(items, pairs))
    if stuck:
        ignored = {pair for pair in pairs if _reaches(below, *pair) or _reaches(below, pair[1], pair[0])}
        found, stuck = _coded(below, heads := _heads(items, pairs - ignored))
    while stuck:  # groups that are entangled with each other: in these nothing stands for anything
        entangled = {pair for pair in pairs - ignored if heads[pair[0]] in stuck}
        ignored |= entangled or pairs
        found, stuck = _coded(below, heads := _heads(items, pairs - ignored))
    return found, ignored


def _heads(items: Sequence[Item], pairs: set[tuple[int, int]]) -> list[int]:
    """For each item, one that stands for all that share its level: families, and what may stand for each other."""
    group = list(range(len(items)))

    def head(item: int) -> int:
        while group[item] != item:
            group[item] = group[group[item]]
            item = group[item]
        return item

    first: dict[int, int] = {}
    for item, each in enumerate(items):
        if each.family >= 0:
            group[head(item)] = head(first.setdefault(each.family, item))
    for main, other in pairs:
        group[head(main)] = head(other)
    return [head(item) for item in range(len(items))]


def _coded(parts: Sequence[Collection[int]], heads: Sequence[int]) -> tuple[list[list[int]], set[int]]:
    """Items by the longest way down to their group; and the groups in a cycle or below one, where there are such."""
    below: dict[int, set[int]] = defaultdict(set)
    above: dict[int, int] = dict.fromkeys(heads, 0)
    for parent, each in enumerate(parts):
        for part in each:
            child = heads[part]
            if child == heads[parent]:
                return [], {child}
            if child not in below[heads[parent]]:
                below[heads[parent]].add(child)
                above[child] += 1
    code = dict.fromkeys(above, 0)
    ready = [item for item, count in above.items() if not count]
    while ready:
        item = ready.pop()
        for child in below[item]:
            code[child] = max(code[child], code[item] + 1)
            above[child] -= 1
            if not above[child]:
                ready.append(child)
    if stuck := {item for item, count in above.items() if count}:
        return [], stuck
    result: list[list[int]] = [[] for _ in range(max(code.values(), default=-1) + 1)]
    for item, top in enumerate(heads):
        result[code[top]].append(item)
    return result, set()


def _check(parts: Sequence[Collection[int]]) -> None:
    state = bytearray(len(parts))  # 1: on the way, 2: done
    for start in range(len(parts)):
        if state[start] or not parts[start]:
            continue
        path, ways = [start], [iter(parts[start])]
        state[start] = 1
        while path:
            part = next(ways[-1], None)
            if part is None:
                state[path.pop()] = 2
                ways.pop()
            elif state[part] == 1:
                raise Cycle([*path[path.index(part) :], part])
            elif not state[part]:
                state[part] = 1
                path.append(part)
                ways.append(iter(parts[part]))


def _reaches(parts: Sequence[Collection[int]], top: int, wanted: int) -> bool:
    seen, ahead = {top}, [top]
    while ahead:
        for part in parts[ahead.pop()]:
            if part == wanted:
                return True
            if part not in seen:
                seen.add(part)
                ahead.append(part)
    return False
