"""Stock documents: what may be entered, what comes in by itself, filling in lines, figures of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.api import Ctx, Problem, Refused, T, Text, crud, ledger, lists, note_changes, numbering
from plugins.catalog.models import Material
from plugins.inventory.models import StockDocument, StockLine
from plugins.inventory.services import items, orders
from plugins.inventory.words import CAUSE_LISTS, COUNT, KINDS, ORDER_KINDS, RELEASE, RESERVE, RETURN, TRANSFER
from plugins.stock import stores
from plugins.stock.services import stamps

MOST_LINES = 2000


def check(
    ctx: Ctx,
    row: StockDocument | None,
    data: Mapping[str, Any],
    children: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    of_kind: str = "",
) -> list[Problem]:
    """What is wrong with a header and its lines before they are saved. A form ``of_kind`` does not ask for the kind."""

    def value(name: str) -> Any:
        return data[name] if name in data else getattr(row, name, None)

    kind = str(value("kind") or of_kind)
    if kind not in KINDS:
        return [Problem(T("Which kind of document?"), "kind")]
    problems = []
    if row is not None and kind != row.kind:
        problems.append(
            Problem(
                T("The number {number} belongs to its kind. Make a new document.", number=row.number), "kind"
            )
        )
    for name in ("store", "target_store"):
        store = value(name)
        if store is not None and not store.active:
            problems.append(Problem(T("{store} is no longer in use.", store=store.code), name))
    if kind == TRANSFER:
        target, source = value("target_store"), value("store") or stores.default(ctx)
        if target is None or target.id == source.id:
            problems.append(Problem(T("Choose another store to move to."), "target_store"))
    garments, materials = KINDS[kind].garments, KINDS[kind].materials
    if kind in ORDER_KINDS:
        customer, factory = value("customer_order"), value("factory_order")
        if bool(customer) == bool(factory):
            problems.append(
                Problem(T("Name a customer order or a factory order, one of both."), "customer_order")
            )
        else:
            garments, materials = bool(customer), bool(factory)
    if kind == RETURN and value("customer_order") is None:
        problems.append(Problem(T("Against which customer order?"), "customer_order"))
    cause = value("cause")
    if cause and cause not in dict(lists.choices(CAUSE_LISTS[kind])(ctx) if kind in CAUSE_LISTS else ()):
        problems.append(Problem(T("Choose a reason from the list."), "cause"))
    if "day" in data and data["day"] is not None:
        problems += stamps.check_day(ctx, data["day"])
    rows = children.get("lines", ())
    if len(rows) > MOST_LINES:
        problems.append(Problem(T("At most {n} lines.", n=MOST_LINES), "lines"))
    return problems + items.check(ctx, rows, garments=garments, materials=materials, counted=kind == COUNT)


def before_save(ctx: Ctx, row: StockDocument, is_new: bool, *, of_kind: str = "") -> None:
    """Maker, day, store; the number from the series of its kind."""
    if is_new:
        row.kind = row.kind or of_kind
        stamps.created(ctx, row)
        row.cause, row.quality = row.cause or "", row.quality or "good"
        row.number = numbering.next_number(ctx, KINDS[row.kind].series)
    row.day = row.day or ctx.today()
    for line in row.lines:
        line.size, line.lot, line.note = (line.size or "").strip(), (line.lot or "").strip(), line.note or ""


def causes(ctx: Ctx, kind: str = "") -> list[tuple[str, Text | str]]:
    """Reasons of all lists, each once; of one kind only where it is named."""
    codes = [CAUSE_LISTS[kind]] if kind in CAUSE_LISTS else list(CAUSE_LISTS.values())
    found: dict[str, Text | str] = {}
    for code in codes:
        for key, label in lists.choices(code)(ctx):
            found.setdefault(key, label)
    return list(found.items())


def fill(ctx: Ctx, row: StockDocument, what: str = "") -> Text:
    """Replace the lines of a draft by what its kind suggests.

    Count: all that the books have in the store, not counted yet (``what``: main, trim or garment only). Reservation:
    what the order still needs, as far as it is free. Release and surplus: what is kept, or kept beyond the need.
    Return: what was shipped and not returned. Transfer: all free stock of the store.
    """
    found = _suggested(ctx, row, what)
    if not found:
        raise Refused(T("There is nothing to fill in."))
    if len(found) > MOST_LINES:
        raise Refused(
            T("{n} items are too many for one document: choose one kind of goods.", n=len(found)), "what"
        )
    called = ledger.names(ctx, found)
    wanted = sorted(found, key=lambda item: (called[item].name, item.lot))
    before = len(row.lines)
    row.lines = []
    crud.flush(ctx.session)
    row.lines = [
        StockLine(position=i, qty=None if row.kind == COUNT else found[item], note="", **values)
        for i, (item, values) in enumerate(zip(wanted, items.to_lines(ctx, wanted), strict=True))
    ]
    for line in row.lines:  # a reference set as a row does not fill its column by itself
        for name in ("material", "style", "color", "destination"):
            linked = getattr(line, name)
            setattr(line, f"{name}_id", linked.id if linked is not None else None)
    note_changes(ctx, row, ("lines", before, len(row.lines)))
    crud.flush(ctx.session)
    return T("{n} lines filled in.", n=len(row.lines))


def _suggested(ctx: Ctx, row: StockDocument, what: str) -> orders.Needs:
    if row.kind == RETURN:
        if row.customer_order is None:
            return {}
        back = orders.returned(ctx, [row.customer_order.id])
        gone = orders.shipped(ctx, [row.customer_order.id])
        return _positive((item, qty - back.get(item, orders.ZERO)) for item, qty in gone.items())
    if row.kind in (COUNT, TRANSFER):
        return _free(ctx, row, what)
    owner = orders.owner_of(row)
    if owner is None:
        return {}
    entity, order = owner
    kept = orders.reserved(ctx, entity, order.id)
    here = {item: qty for (item, store), qty in kept.items() if store == row.store_id}
    if row.kind == RELEASE:
        return here
    open_ = orders.still_needed(ctx, entity, order)
    total = orders.by_plain((item, qty) for (item, _store), qty in kept.items())
    if row.kind == RESERVE:
        left = {item: qty - total.get(item, orders.ZERO) for item, qty in open_.items()}
        return _spread(_free(ctx, row, "", {i.id for i in open_}), left)
    return _spread(here, {item: qty - open_.get(item, orders.ZERO) for item, qty in total.items()})


def _free(ctx: Ctx, row: StockDocument, what: str, ids: set[int] | None = None) -> orders.Needs:
    """Free stock of the document's store; ``what`` narrows it to main material, trims or garments."""
    kind = {"main": "material", "trim": "material", "garment": "garment"}.get(what)
    found = ledger.balances(
        ctx, item_kind=kind, places=[stores.place(row.store_id)], on=row.day if row.kind == COUNT else None
    )  # fmt: skip
    sums = {item: qty for (item, _place), qty in found.items() if qty > 0 and (ids is None or item.id in ids)}
    if what in ("main", "trim"):
        from sqlalchemy import select

        of_class = set(ctx.session.scalars(select(Material.id).where(Material.material_class == what)))
        sums = {item: qty for item, qty in sums.items() if item.id in of_class}
    return sums


def _spread(there: orders.Needs, left: Mapping[ledger.Item, Any]) -> orders.Needs:
    """As much of each lot, in the order of lots, as is left to take of its item."""
    remaining = dict(left)
    taken: orders.Needs = {}
    for item in sorted(there, key=lambda i: (i.id, i.color_id, i.size_id, i.dest_id, i.lot)):
        part = min(there[item], remaining.get(orders.plain(item), orders.ZERO))
        if part > 0:
            taken[item] = part
            remaining[orders.plain(item)] -= part
    return taken


def _positive(found: Iterable[tuple[ledger.Item, Any]]) -> orders.Needs:
    return {item: qty for item, qty in found if qty > 0}


def figures(ctx: Ctx, row: StockDocument) -> dict[str, Any]:
    """Lines in words, with what the books said of a count."""
    found = list(row.lines)
    of = items.of_lines(ctx, found)
    called = ledger.names(ctx, of)
    reasons = dict(causes(ctx))
    return {
        "kind": row.kind,
        "cause": str(reasons.get(row.cause, row.cause)),
        "lines": [
            {
                "position": line.position + 1, "name": called[item].name, "unit": called[item].unit, "qty": line.qty,
                "book": line.book, "note": line.note,
                "difference": line.qty - line.book if line.qty is not None and line.book is not None else None,
                "item": item,
            }
            for line, item in zip(found, of, strict=True)
        ],
    }  # fmt: skip
