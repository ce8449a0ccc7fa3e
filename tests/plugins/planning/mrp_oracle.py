"""Material requirements reckoned the slow way: every bucket of every item, fractions, recursion; from the formulas alone.

net(t) = max(0, safety + gross(t) − left(t−1) − comes(t)); what is ordered is raised to the MOQ, then to the multiple, in
orders of at most the largest; it begins its lead time earlier, in the first bucket at the earliest.
"""

from fractions import Fraction as F
from math import ceil


def requirements(items, demands, supplies, buckets, size):
    """``items``: dicts; returns {item: [(bucket, quantity, day of begin, net)]} and {item: [left over by bucket]}."""
    orders, left = {}, {}

    def gross(item):
        total = [F(0)] * buckets
        first = [None] * buckets
        for wanted, day, qty in demands:
            if wanted == item and day < buckets * size:
                t = max(day, 0) // size
                total[t] += qty
                first[t] = day if first[t] is None else min(first[t], day)
        for parent, each in enumerate(items):
            for part, per in each["parts"]:
                if part == item:
                    for _t, qty, begin, _net in planned(parent):
                        t = begin // size
                        total[t] += ceil(F(qty) * per)
                        first[t] = begin if first[t] is None else min(first[t], begin)
        return total, first

    def planned(item):
        if item not in orders:
            each, (total, first) = items[item], gross(item)
            have, found, remains = F(each["on_hand"]), [], []
            for t in range(buckets):
                for which, day, qty in supplies:
                    if which == item and max(day, 0) // size == t:
                        have += qty
                touched = (
                    t == 0 or total[t] or any(w == item and max(d, 0) // size == t for w, d, _q in supplies)
                )
                net = max(F(0), each["safety"] + total[t] - have) if touched else F(0)
                have -= total[t]
                due = first[t] if first[t] is not None else t * size
                open_net = net
                while open_net > 0:
                    qty = open_net
                    if each["most"] >= each["multiple"]:
                        largest = each["most"] // each["multiple"] * each["multiple"]
                        qty = min(qty, largest)
                    qty = max(qty, each["moq"])
                    qty = ceil(F(qty) / each["multiple"]) * each["multiple"]
                    if each["most"] >= each["multiple"]:
                        qty = min(
                            qty,
                            max(largest, ceil(F(max(1, each["moq"])) / each["multiple"]) * each["multiple"]),
                        )
                    found.append((t, qty, max(0, due - each["lead"]), net))
                    open_net -= qty
                    have += qty
                remains.append(have)
            orders[item], left[item] = found, remains
        return orders[item]

    for item in range(len(items)):
        planned(item)
    return orders, left


def longest_way_down(items, item):
    """How many levels lie above an item."""
    above = [p for p, each in enumerate(items) if any(part == item for part, _per in each["parts"])]
    return 1 + max((longest_way_down(items, p) for p in above), default=-1)


def substituted(items, demands, supplies, swaps, buckets, size):
    """What stands in for what, need by need, and then the requirements as above.

    ``demands`` are (item, day, quantity, for whom); ``swaps`` (main, other, ratio, strategy, for whom, last day), None: any,
    in the order in which they are tried. Bucket by bucket what lacks first is covered first, whichever item it is of. What is
    taken of the other one is wanted of it, what it covers comes of the main.
    Returns {(main, other, bucket): [covered, taken]} and what :func:`requirements` returns.
    """
    wants = [each[:3] for each in demands]
    comes = list(supplies)
    found = {}

    def free(item, t):
        """There by every later bucket, and wanted by nobody; what others stand for of it is not passed on."""
        have, least = items[item]["on_hand"] - items[item]["safety"], None
        orders, _left = requirements(items, wants, comes, buckets, size)
        for at in range(buckets):
            have += sum(q for i, d, q in supplies if i == item and max(d, 0) // size == at)
            have -= sum(
                q for i, d, q in wants if i == item and 0 <= max(d, 0) // size == at and d < buckets * size
            )
            have -= sum(
                ceil(F(qty) * per)
                for parent, each in enumerate(items)
                for part, per in each["parts"]
                if part == item
                for _t, qty, begin, _net in orders[parent]
                if begin // size == at
            )
            if at >= t:
                least = have if least is None else min(least, have)
        return max(0, least)

    def wanted(main, t, of):
        return sum(w[2] for w in of if w[0] == main and w[1] < buckets * size and max(w[1], 0) // size == t)

    def state(main, t):
        """Needs [day, quantity, for whom, how early it is served], what is there, what others want of it and its own needs."""
        orders, left = requirements(items, wants, comes, buckets, size)
        needs = [
            [d, q, who, place]
            for place, (i, d, q, who) in enumerate(demands)
            if i == main and d < buckets * size and max(d, 0) // size == t
        ]
        needs += [
            [begin, ceil(F(qty) * per), 0, F(10**9)]
            for parent, each in enumerate(items)
            for part, per in each["parts"]
            if part == main
            for _t, qty, begin, _net in orders[parent]
            if begin // size == t
        ]
        needs.sort(key=lambda need: need[0])
        there = left[main][t - 1] if t else F(items[main]["on_hand"])
        others = wanted(main, t, wants) - wanted(main, t, demands)
        return needs, there + wanted(main, t, comes), others + sum(need[1] for need in needs)

    def stand_in(main, t, strategy, needs, lacks):
        for which, other, ratio, when, whose, last in swaps:
            if which != main or when != strategy or other == main:
                continue
            for need in needs if strategy == "before" else needs[::-1]:
                if (whose is not None and need[2] not in whose) or (last is not None and need[0] > last):
                    continue
                covered = max(0, min(need[1], lacks))
                there_is = free(other, t) if covered else 0
                while covered and ceil(covered * ratio) > there_is:
                    covered -= 1
                if covered:
                    taken = ceil(covered * ratio)
                    need[1] -= covered
                    lacks -= covered
                    wants.append((other, max(0, need[0]), taken))
                    comes.append((main, max(0, need[0]), covered))
                    was = found.setdefault((main, other, t), [0, 0])
                    was[0] += covered
                    was[1] += taken

    def first_lack(main, needs, there):
        """The first need that what is there does not meet: by that the mains take turns."""
        for day, qty, _who, place in needs:
            there -= qty
            if there < 0:
                return day, place, main
        return 10**9, 0, main

    for t in range(buckets):
        now = {main: state(main, t) for main in {swap[0] for swap in swaps}}
        for main in sorted(now, key=lambda main: first_lack(main, now[main][0], 0)):
            needs, _there, short = now[main]
            stand_in(main, t, "before", needs, short)
        for main in sorted(now, key=lambda main: first_lack(main, now[main][0], now[main][1])):
            needs, there, short = now[main]
            before = sum(c for (m, o, at), (c, _x) in found.items() if m == main and at == t)
            stand_in(main, t, "after", needs, short - there - before)
    return found, *requirements(items, wants, comes, buckets, size)
