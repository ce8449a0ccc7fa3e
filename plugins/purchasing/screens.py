"""Pages of purchase orders: two lists, the document with need and receipts, the grid of lines, the PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import request

from core.api import Ctx, Field, Problem, Refused, Registry, Stale, T, crud, run_action
from core.web.api import EntityView, by_input, ctx, once, route, row_indices, send, undo
from kit.printing import documents
from plugins.purchasing.hookspecs import Purpose
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import header, inputs, lines, purposes
from plugins.purchasing.words import AVAILABILITY, PROGRESS, REPRICE

BLANK = 3
EDITED: tuple[Field, ...] = tuple(f for f in inputs.FIELDS if f.name != "uom")
Rows = list[tuple[int, int, dict[str, str]]]
"""(number of the row, id of the line or 0, texts by field)."""


def register(registry: Registry) -> None:
    """Use this screen for purchase orders."""
    registry.screen("purchasing.order", OrderView)


class OrderView(EntityView):
    """Purchase orders."""

    list_template = "purchasing/orders.html"
    document_template = "purchasing/order.html"

    @route("/new", right="create", methods=("GET", "POST"))
    def new(self) -> Any:
        """The form for a new one, of the class of the list it was opened from."""
        came_from = parse_qs(urlsplit(request.referrer or "").query).get("material_class", [""])
        wanted = request.args.get("material_class") or came_from[0]
        if wanted in ("main", "trim"):
            ctx().cache["purchasing.class"] = wanted
        return self.form_page(None)

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new order goes straight on to its lines."""
        return self.url_for_row(row, "/lines" if is_new else "")

    def document_values(self, context: Ctx, row: PurchaseOrder) -> dict[str, Any]:
        """Words of the page."""
        return {
            "progress_words": PROGRESS,
            "availability": dict(AVAILABILITY),
            "notes": header.note_texts(context, row),
        }

    @route("/<int:row_id>/pdf", right="view")
    def pdf(self, row_id: int) -> Any:
        """The order as PDF in the language asked for; a draft carries a watermark."""
        return send_pdf(ctx(), "purchasing.order", self.row(row_id), draft=self.row(row_id).state == "draft")

    # --- lines ----------------------------------------------------------------------------------------------------

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """The grid of a draft's lines: typed, or pasted from a spreadsheet; saved together or not at all."""

        def save(row: PurchaseOrder, rows: Rows, version: int | None) -> None:
            lines.save(ctx(), row, inputs.read(ctx(), _prefixed(rows)), version=version)

        return self._editor(row_id, "draft", save)

    @route("/<int:row_id>/revise", right="revise", methods=("GET", "POST"))
    def revise(self, row_id: int) -> Any:
        """The same grid for an issued order: what differs becomes a revision, with its reason."""

        def save(row: PurchaseOrder, rows: Rows, version: int | None) -> None:
            crud.check_version(ctx(), self.entity, row, version)
            wanted = inputs.read(ctx(), _prefixed(rows))
            given = {
                "changes": wanted,
                "reason": request.form.get("reason", ""),
                "reprice": request.form.get("reprice"),
            }
            run_action(ctx(), self.entity, row, "revise", given)

        return self._editor(row_id, "issued", save)

    def _editor(self, row_id: int, state: str, save: Any) -> Any:
        context, row = ctx(), self.row(row_id)
        if row.state != state:
            raise Refused(
                T("{number} is {state}.", number=row.number, state=self.entity.state(row.state).label)
            )
        if request.method == "GET":
            held = lines.load(context, row.id)
            served = purposes.of_lines(context, [line.id for line in held])
            found = [(i, line.id, texts(line, served[line.id])) for i, line in enumerate(held)]
            return self._grid(row, found, {}, row.version)
        rows = posted_rows(request.form)
        version = _whole(request.form.get("_version"))

        def work() -> str:
            save(row, [r for r in rows if any(r[2].values())], version)
            return self.url_for_row(row)

        try:
            return once(work)
        except (Refused, Stale) as error:
            undo()
            row = self.row(row_id)
            stale = error if isinstance(error, Stale) else None
            if stale and request.form.get("_mine"):
                version = row.version
            errors = placed(error.problems, rows) if isinstance(error, Refused) else {}
            return self._grid(row, rows, errors, version, stale), 409 if stale else 422

    def _grid(
        self, row: PurchaseOrder, rows: Rows, errors: Mapping[str, list[str]], version: int | None, stale: Any = None
    ) -> str:  # fmt: skip
        following = 1 + max((r[0] for r in rows), default=-1)
        typed = request.form
        return self.page(
            "purchasing/lines.html", row=row, rows=rows, fields=EDITED, errors=errors, version=version, stale=stale,
            blank=[(following + i, 0, {}) for i in range(BLANK if rows else 8)], availability=AVAILABILITY,
            reprice=REPRICE, typed={"reason": typed.get("reason", ""), "reprice": typed.get("reprice", "new")},
        )  # fmt: skip


def texts(line: PurchaseLine, served: Sequence[Purpose]) -> dict[str, str]:
    """A line, bought for ``served``, as the texts of its inputs."""
    return {
        "material": line.material.code, "color": line.color.code if line.color else "",
        "size": line.size.code if line.size else "", "destination": line.destination.code if line.destination else "",
        "qty": _plain(line.qty), "price": _plain(line.price),
        "required_date": line.required_date.isoformat() if line.required_date else "", "availability": line.availability,
        "tolerance_pct": _plain(line.tolerance_pct), "styles": ", ".join(sorted(s.style.code for s in line.styles)),
        "allocations": ", ".join(
            f"{p.number}={_plain(p.qty)}" for p in served
        ),
        "zero_reason": line.zero_reason, "note": line.note,
    }  # fmt: skip


def posted_rows(form: Mapping[str, str]) -> Rows:
    """The rows of the grid as they were posted, without those ticked for removal."""
    found = []
    for index in row_indices(form, "lines"):
        prefix = f"lines-{index}-"
        if form.get(f"{prefix}_delete"):
            continue
        values = {f.name: form.get(f"{prefix}{f.name}", "").strip() for f in EDITED}
        own = form.get(f"{prefix}id", "")
        blank = not any(v for name, v in values.items() if name != "availability")
        if own.isdigit() or not blank:
            found.append((index, int(own) if own.isdigit() else 0, values))
    return found


def _prefixed(rows: Rows) -> list[tuple[str, int, dict[str, str]]]:
    return [(f"lines-{index}-", own, values) for index, own, values in rows]


def placed(problems: Sequence[Problem], rows: Rows) -> dict[str, list[str]]:
    """Messages at their inputs; what has none stands at the top."""
    errors = by_input(problems)
    known = {f"lines-{index}-{f.name}" for index, _own, _values in rows for f in EDITED} | {
        "",
        "reason",
        "reprice",
    }
    for name in set(errors) - known:
        errors.setdefault("", []).extend(errors.pop(name))
    return errors


def send_pdf(context: Ctx, kind: str, row: Any, *, draft: bool = False) -> Any:
    """A document of ours, made now, in the language of the address or of the reader."""
    language = request.args.get("language") or context.locale
    declared = documents.kind(context, kind)
    made = documents.render(context, kind, row, language, draft)
    return send(made.pdf, "application/pdf", declared.filename(row), inline=True)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _whole(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isdigit() else None
