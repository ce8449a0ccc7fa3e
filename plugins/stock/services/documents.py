"""Stock documents: what may be entered, what comes in by itself, filling in lines, figures of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core import ledger
from core.api import Ctx, Problem, Refused, T, Text, list_choices, next_number, note_changes
from core.db import flush_rows
from core.values import ZERO, shown_in
from plugins.catalog.api import Material
from plugins.stock.hookspecs import Keeper
from plugins.stock.models.documents import StockDocument, StockLine
from plugins.stock.services import items, keepers, shelf, stamps, stores
from plugins.stock.services.keepers import Needs
from plugins.stock.words.documents import (
    CAUSE_LISTS,
    COUNT,
    KINDS,
    OWNED,
    RELEASE,
    REPLACEMENT,
    RESERVE,
    RETURN,
    TRANSFER,
)

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
    until, day = value("kept_until"), value("day") or ctx.today()
    if kind == RESERVE and until is not None and until < day:
        problems.append(
            Problem(T("It cannot expire before {day}, when it begins.", day=day.isoformat()), "kept_until")
        )
    garments, materials = KINDS[kind].garments, KINDS[kind].materials
    if kind in OWNED:
        owner = _owner(ctx, row, kind, str(value("owner") or ""))
        if isinstance(owner, Problem):
            problems.append(owner)
        elif owner is not None:
            garments, materials = owner.item_kind == "garment", owner.item_kind == "material"
    cause = value("cause")
    if cause and cause not in dict(list_choices(CAUSE_LISTS[kind])(ctx) if kind in CAUSE_LISTS else ()):
        problems.append(Problem(T("Choose a reason from the list."), "cause"))
    rows = children.get("lines", ())
    if len(rows) > MOST_LINES:
        problems.append(Problem(T("At most {n} lines.", n=MOST_LINES), "lines"))
    return problems + items.check(ctx, rows, garments=garments, materials=materials, counted=kind == COUNT)


def _owner(ctx: Ctx, row: StockDocument | None, kind: str, number: str) -> Keeper | Problem | None:
    """The kind of document it is for; None where that cannot be told now and nothing of it changes."""
    if not number.strip():
        return Problem(T("For which order?"), "owner")
    if row is not None and row.owner.upper() == number.strip().upper():
        return keepers.kinds(ctx).get(row.owner_entity)
    found = keepers.find_owner(ctx, number, keepers.returning(ctx) if kind == RETURN else None)
    if found is None:
        return Problem(T("There is no order “{code}”.", code=number.strip()), "owner")
    return found.keeper


def before_save(ctx: Ctx, row: StockDocument, is_new: bool, *, of_kind: str = "") -> None:
    """Maker, day, store; the number from the series of its kind."""
    if is_new:
        row.kind = row.kind or of_kind
        stamps.created(ctx, row)
        row.cause, row.quality = row.cause or "", row.quality or "good"
        row.number = next_number(ctx, KINDS[row.kind].series)
    row.day = row.day or ctx.today()
    if row.kind != RESERVE:
        row.kept_until = None
    row.settlement = (row.settlement or REPLACEMENT) if row.kind == RETURN else ""
    _know_owner(ctx, row)
    for line in row.lines:
        line.size, line.lot, line.note = (line.size or "").strip(), (line.lot or "").strip(), line.note or ""


def _know_owner(ctx: Ctx, row: StockDocument) -> None:
    """The document behind the number that was typed."""
    row.owner = (row.owner or "").strip() if row.kind in OWNED else ""
    if not row.owner:
        row.owner_entity, row.owner_id = "", 0
        return
    found = keepers.find_owner(ctx, row.owner, keepers.returning(ctx) if row.kind == RETURN else None)
    if found is not None:
        row.owner = str(getattr(found.row, ctx.registry.get(found.keeper.entity).key))
        row.owner_entity, row.owner_id = found.ref.entity, found.ref.id


def causes(ctx: Ctx, kind: str = "") -> list[tuple[str, Text | str]]:
    """Reasons of all lists, each once; of one kind only where it is named."""
    codes = [CAUSE_LISTS[kind]] if kind in CAUSE_LISTS else list(CAUSE_LISTS.values())
    found: dict[str, Text | str] = {}
    for code in codes:
        for key, label in list_choices(code)(ctx):
            found.setdefault(key, label)
    return list(found.items())


def suggest_lines(ctx: Ctx, row: StockDocument, what: str = "") -> Text:
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
    flush_rows(ctx.session)
    row.lines = [
        StockLine(position=i, qty=None if row.kind == COUNT else found[item], note="", **values)
        for i, (item, values) in enumerate(zip(wanted, items.to_lines(ctx, wanted), strict=True))
    ]
    for line in row.lines:  # a reference set as a row does not fill its column by itself
        for name in ("material", "style", "color", "destination"):
            linked = getattr(line, name)
            setattr(line, f"{name}_id", linked.id if linked is not None else None)
    note_changes(ctx, row, ("lines", before, len(row.lines)))
    flush_rows(ctx.session)
    return T("{n} lines filled in.", n=len(row.lines))


def _suggested(ctx: Ctx, row: StockDocument, what: str) -> Needs:
    if row.kind in (COUNT, TRANSFER):
        return _free(ctx, row, what)
    owner = keepers.of_document(ctx, row)
    if owner is None:
        return {}
    if row.kind == RETURN:
        gone, back = keepers.delivered(ctx, owner), keepers.returned(ctx, owner.ref)
        return _positive((i, qty - back.get(i, ZERO)) for i, qty in (gone.items if gone else {}).items())
    kept = keepers.kept(ctx, owner.ref)
    here = {item: qty for (item, store), qty in kept.items() if store == row.store_id}
    if row.kind == RELEASE:
        return here
    open_ = keepers.still_needed(ctx, owner)
    total = keepers.sum_lots((item, qty) for (item, _store), qty in kept.items())
    if row.kind == RESERVE:
        left = {item: qty - total.get(item, ZERO) for item, qty in open_.items()}
        return _spread(_free(ctx, row, "", {i.id for i in open_}), left)
    return _spread(here, {item: qty - open_.get(item, ZERO) for item, qty in total.items()})


def _free(ctx: Ctx, row: StockDocument, what: str, ids: set[int] | None = None) -> Needs:
    """Free stock of the document's store (for a count all that lies there); ``what`` narrows it to main material, trims or
    garments."""
    kind = {"main": "material", "trim": "material", "garment": "garment"}.get(what)
    if row.kind == COUNT:
        lies = shelf.of_store(ctx, row.store_id, item_kind=kind, on=row.day)
        sums = {item: lies.lying(item) for item in lies.lies}
    else:
        found = ledger.balances(ctx, item_kind=kind, places=[stores.place(row.store_id)])
        sums = {i: qty for (i, _place), qty in found.items() if qty > 0 and (ids is None or i.id in ids)}
    if what in ("main", "trim"):
        of_class = set(ctx.session.scalars(select(Material.id).where(Material.material_class == what)))
        sums = {item: qty for item, qty in sums.items() if item.id in of_class}
    return sums


def _spread(there: Needs, left: Mapping[ledger.Item, Any]) -> Needs:
    """As much of each lot, in the order of lots, as is left to take of its item."""
    remaining = dict(left)
    taken: Needs = {}
    for item in sorted(there, key=lambda i: (i.id, i.color_id, i.size_id, i.dest_id, i.lot)):
        part = min(there[item], remaining.get(keepers.without_lot(item), ZERO))
        if part > 0:
            taken[item] = part
            remaining[keepers.without_lot(item)] -= part
    return taken


def _positive(found: Iterable[tuple[ledger.Item, Any]]) -> Needs:
    return {item: qty for item, qty in found if qty > 0}


def _shown(called: ledger.Named, qty: Decimal | None) -> Decimal | None:
    return None if qty is None else shown_in(qty, called.unit, called.step)


def _difference(line: StockLine) -> Decimal | None:
    return line.qty - line.book if line.qty is not None and line.book is not None else None


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
                "position": line.position + 1, "name": called[item].name, "unit": called[item].unit,
                "qty": _shown(called[item], line.qty), "book": _shown(called[item], line.book), "note": line.note,
                "difference": _shown(called[item], _difference(line)),
                "item": item,
            }
            for line, item in zip(found, of, strict=True)
        ],
    }  # fmt: skip
