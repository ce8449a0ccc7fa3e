"""Pages of the material gate: the kit overview, and an override with the picture it kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from core.api import Ctx, Declare, T, Text
from core.web.api import EntityView, Page, ctx, route
from kit.exports.tables import sheet_of_table, sorted_rows
from plugins.material_gate import words
from plugins.material_gate.services import gated_documents, kit_overview
from plugins.material_gate.services.kit_overview import Kit
from plugins.material_gate.shown import columns
from plugins.material_gate.shown.kit_table import of_kits
from plugins.stock.api import groups

STATES = ("all", "held", "overridden", "open", "started")
NAMED = 3
"""Groups named in a row; of the others it is said how many they are."""


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.screen(words.RIGHT, OverrideView)
    registry.view(
        KitPage(name="Kit overview", endpoint="material_gate_kit", url=columns.OVERVIEW.rstrip("/"))
    )


class OverrideView(EntityView):
    """Overrides."""

    document_template = "material_gate/override.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Words for stages."""
        return {"stages": words.STAGE_WORDS}


class KitPage(Page):
    """齊套總覽: every open document, how complete its material is and when the rest is promised."""

    plugin = "material_gate"
    prefix = words.RIGHT

    @route("/", right="view")
    def index(self) -> str:
        """The list; ``?state=`` narrows it down."""
        context = ctx()
        rows = kit_overview.kits(context)
        asked, sort = _asked(), request.args.get("sort", "")[:60]
        shown_rows = [k for k in rows if asked in ("all", _kind(k.gate))]
        first = {key for k in shown_rows for key, _qty in k.gate.short[:NAMED]}
        places, names = _places(context, shown_rows), groups.group_names(context, first)
        return render_template(
            "material_gate/kits.html", rows=sorted_rows(shown_rows, of_kits(_head(context), places, names), sort),
            asked=asked, names=names, named=NAMED, places=places, head=_head(context), sort=sort, address=_address,
            counts={s: sum(1 for k in rows if s in ("all", _kind(k.gate))) for s in STATES},
            badge_of=columns.badge, more=len(rows) == kit_overview.MOST, most=kit_overview.MOST,
            base=columns.OVERVIEW, today=context.today(),
        )  # fmt: skip

    @route("/export/<kind>", right="view", limited="exports")
    def export(self, kind: str) -> Any:
        """The same as a file, with every group that is short."""
        context, asked = ctx(), _asked()
        rows = [k for k in kit_overview.kits(context) if asked in ("all", _kind(k.gate))]
        short = groups.group_names(context, {key for k in rows for key, _qty in k.gate.short})
        columns = of_kits(_head(context), _places(context, rows), short)
        rows = sorted_rows(rows, columns, request.args.get("sort", "")[:60])
        return self.send_table(kind, sheet_of_table(str(T("Material complete?")), columns, rows), "kits")


def _asked() -> str:
    asked = request.args.get("state", "all")
    return asked if asked in STATES else "all"


def _address(**changes: str) -> str:
    return "?" + urlencode({k: v for k, v in {**request.args.to_dict(), **changes}.items() if v})


def _places(context: Ctx, rows: Sequence[Kit]) -> dict[int, str]:
    """Where the work is done, by demand, as far as anybody says."""
    by_entity: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
        by_entity[row.document.ref.entity][row.document.ref.id] = row.document.demand_id
    found: dict[int, str] = {}
    for entity, ids in by_entity.items():
        for answer in context.hooks.work_places(entity=entity, owner_ids=list(ids)):
            found |= {ids[owner]: said for owner, said in (answer or {}).items()}
    return found


def _head(context: Ctx) -> Text | str:
    """What the documents are called."""
    labels = [context.registry.get(entity).label for entity in gated_documents.kinds(context)]
    return labels[0] if len(labels) == 1 else T("Order")


def _kind(found: Any) -> str:
    if found.started:
        return "started"
    if found.state == "open":
        return "open"
    return "overridden" if found.overridden else "held"
