"""Pages of issues: the document, and the page where its lines are typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from core.api import Ctx, Declare, T, list_choices
from core.values import decimal_text
from core.web.api import route
from kit.lines import ActionTable, LineRow, LineTable, Shown, TableView, Together, Typed, edit_lines
from plugins.factory_stock import words
from plugins.factory_stock.models import Issue
from plugins.factory_stock.screens.goods import GoodsInView
from plugins.factory_stock.services import issue_payload, issue_sheet

OWN = ("material", "color", "size", "destination", "lot")


def register(registry: Declare) -> None:
    """Use these pages for the two documents."""
    registry.screen("factory_stock.issue", IssueView)
    registry.screen("factory_stock.goods_in", GoodsInView)


class IssueView(TableView):
    """Material to a factory and back."""

    document_template = "factory_stock/issue.html"

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new document goes straight on to its lines."""
        return self.url_for_row(row, "/lines" if is_new else "")

    def document_values(self, context: Ctx, row: Issue) -> dict[str, Any]:
        """Lines with the names of what they move."""
        reasons = {code: str(label) for code, label in list_choices(words.EXTRA_REASONS)(context)}
        return {"rows": issue_sheet.saved(context, row), "words": words, "reasons": reasons}

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """Type lines; saved together or not at all, and posted where that is asked."""
        row = self.row(row_id)
        page = ActionTable(TABLES[row.kind], save=T("Save"), then="post", note=_about)
        return edit_lines(self, row, "lines", page)


def _about(context: Ctx, row: Issue) -> str:
    return (
        f"{words.ISSUE_KINDS[row.kind]} · {row.factory_order.number} · {row.factory.code} {row.factory.name}"
    )


def _rows(context: Ctx, issue: Issue) -> list[LineRow]:
    """The lots of the sheet; what stands on the document already is typed in its row, else what is proposed."""
    found = []
    for row in issue_sheet.build_issue_sheet(context, issue):
        name, line = row.name, row.line
        own = {
            "material": name.material,
            "color": name.color,
            "size": name.size,
            "destination": name.destination,
            "lot": row.item.lot,
        }
        typed = {"qty": _text(line.qty if line else row.proposed, zero=line is not None)}
        if line is not None:
            typed |= {"reason": line.reason, "payer": line.payer, "note": line.note}
        what = Markup('<b>{}</b> <span class="muted">{}</span>').format(name.material, name.name)
        shown: dict[str, Any] = {**own, "material": what, "there": name.rounded(row.there), "uom": name.uom}
        if row.there < row.open:
            shown["there"] = Markup('<b class="left">{}</b>').format(
                decimal_text(name.rounded(row.there), grouped=True)
            )
        if row.first:
            shown |= {"required": name.rounded(row.required), "issued": name.rounded(row.issued)}
        if row.first or issue.kind != "issue":
            shown["at_factory"] = name.rounded(row.at_factory)
        found.append(
            LineRow(
                typed=typed, shown=shown, offer="\t".join(own.values()), name=f"{name} {row.item.lot}".strip(), sends=own,
                lacks=frozenset(OWN),
            )
        )  # fmt: skip
    return found


def _again(context: Ctx, issue: Issue, offers: Sequence[str]) -> list[LineRow]:
    """The lots that a form names: codes, which the payload reads like those of any row; the figures are not needed to save."""
    rows = []
    for offer in offers:
        own = dict(zip(OWN, offer.split("\t"), strict=False))
        name = " ".join(part for part in own.values() if part)
        rows.append(LineRow(offer=offer, name=name, shown=own, sends=own, lacks=frozenset(OWN)))
    return rows


def _text(value: Decimal, *, zero: bool) -> str:
    return decimal_text(value) if value or zero else ""


OUT = LineTable(
    issue_payload.TABLE,
    (
        Typed("material", kinds=("material",)),
        Typed("color", kinds=("color",)),
        Typed("size", kinds=("size",)),
        Typed("destination", kinds=("destination",)),
        Typed("lot", kinds=("lot",)),
        Shown("required", T("Required"), numeric=True),
        Shown("issued", T("Issued before"), numeric=True),
        Shown("there", T("In the store"), numeric=True),
        Shown("at_factory", T("At factory"), numeric=True),
        Typed("qty", kinds=("quantity",), unit="uom"),
        Together(T("Reason"), (Typed("reason"), Typed("payer"), Typed("note")), folded=T("Reason")),
    ),
    _rows,
    again=_again,
    spare=3,
    cards=True,
    help=T(
        "Proposed is what is required and not issued yet, as far as the store has it. Above the need a reason and who pays are "
        "needed."
    ),
)
BACK = replace(
    OUT,
    columns=tuple(c for c in OUT.columns if getattr(c, "name", "") not in ("required", "issued", "there")),
    spare=0,
    none=T("Nothing of this factory order lies here."),
    help=T("Rows left empty stay as they are."),
)
COUNT = replace(
    BACK,
    help=T(
        "Write what lies at the factory; rows left empty are not counted. The difference to the book counts as used."
    ),
)
TABLES = {"issue": OUT, "return": BACK, "write_off": BACK, "count": COUNT}
