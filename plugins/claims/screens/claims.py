"""Pages of claims: two lists, the form of each kind, the claim with its pictures, the short form for phones, the PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, jsonify, request

from core.api import Ctx, Declare, EntityType, T
from core.values import decimal_text
from core.web.api import ctx, route
from plugins.claims.models import Claim
from plugins.claims.screens.photos import PhotoRoutes, uploads
from plugins.claims.services import follow_ups, header, lifecycle, links, recent
from plugins.claims.services import photos as pictures
from plugins.claims.services import quick_claim as quick
from plugins.claims.words import KINDS, LIVE
from plugins.purchasing.api import PurchaseLine

PLURALS = {"material": T("Material claims"), "garment": T("Garment claims")}
OTHER_ORDER = {"material": ("factory_order",), "garment": ("purchase_order",)}
"""Filters that a list of one kind has no use for. Like those that only other pages lead to, they show while they are set."""


def register(registry: Declare) -> None:
    """Use this screen for claims."""
    registry.screen("claims.claim", ClaimView)


class ClaimView(PhotoRoutes):
    """Material and garment claims."""

    list_template = "claims/list.html"
    document_template = "claims/claim.html"
    form_template = "claims/form.html"
    taken_over = ("kind",)

    # --- form -----------------------------------------------------------------------------------------------------

    def kind_asked(self) -> str:
        """The kind of a new claim: as the form or the address says."""
        for wanted in (request.form.get("kind"), request.args.get("kind")):
            if wanted in header.SERIES:
                return str(wanted)
        return "garment" if request.args.get("factory_order") else "material"

    def form_entity(self, row: Any) -> EntityType:
        """What is asked for depends on the kind."""
        kind = row.kind if row is not None else self.kind_asked()
        other = links.OF_KIND["garment" if kind == "material" else "material"]
        return replace(self.entity, fields=tuple(f for f in self.entity.fields if f.name not in other))

    def presets(self, entity: EntityType) -> dict[str, str]:
        """The kind, and what the page it was opened from knows."""
        return {**super().presets(entity), "kind": self.kind_asked()}

    def page(self, template: str, **values: Any) -> str:
        """The form also shows the lines or styles of the order that was chosen; a list of one kind is called by it."""
        if template == self.list_template:
            asked = values["asked"].filters
            kind = asked.get("kind", ("",))[0]
            rare = {"shipment", "split", "due_date", *OTHER_ORDER.get(kind, ())}
            if kind in PLURALS:
                values["entity"] = replace(self.entity, plural=PLURALS[kind])
            values["filters"] = [f for f in values["filters"] if f["name"] not in rare or _set(f, asked)]
        if template == self.form_template:
            head = values["form"].header
            name = "purchase_order" if "purchase_order" in head else "factory_order"
            values |= {"parts": parts(ctx(), head[name].data), "part": links.OF_KIND, "kinds": dict(KINDS)}
            values["kind"] = values["row"].kind if values["row"] is not None else self.kind_asked()
        return super().page(template, **values)

    @route("/parts", right="create")
    def parts(self) -> Response:
        """Lines of a purchase order or styles of a factory order, for the form's choice: ``?order=PM-2026-0002``."""
        number = request.args.get("order", "").strip().upper()[:40]
        found = quick.order_of(ctx(), self.kind_asked(), number)
        return jsonify([{"value": value, "label": label} for value, label in parts(ctx(), found)])

    @route("/quick", right="create", methods=("GET", "POST"), upload=True)
    def quick(self) -> Any:
        """The short form: an order, pictures, a line of words. The number says what kind of claim it is."""
        context = ctx()
        typed = {name: request.values.get(name, "") for name in ("kind", "number", "text", "recent")}
        typed["number"] = typed["number"].strip() or typed["recent"]

        def again(errors: dict[str, list[str]]) -> str:
            return self.page(
                "claims/quick.html",
                typed=typed,
                errors=errors,
                recent=recent.orders(context),
                most=pictures.AT_ONCE,
            )

        if request.method == "GET":
            return again({})
        return self.attempt(lambda: self.url_for_row(quick.open_claim(context, typed, uploads())), again)

    # --- document -------------------------------------------------------------------------------------------------

    def document_values(self, context: Ctx, row: Claim) -> dict[str, Any]:
        """Pictures, follow-ups, parts, age."""
        other = links.OF_KIND["garment" if row.kind == "material" else "material"]
        told = ("kind", "description", "resolution", "severity", "uom")
        return {
            "photos": pictures.of_claim(context, row.id), "address": pictures.address,
            "may_change": row.state in LIVE and context.can("claims.claim.edit"), "most": pictures.AT_ONCE,
            "may_link": row.state in LIVE and context.can("claims.claim.link"),
            "follow_ups": follow_ups.shown(context, row), "parts": header.parts_of(context, row),
            "age": lifecycle.days_open(row, context.today()), "kinds": dict(KINDS),
            "fields": [replace(f, suffix=row.uom) if f.name == "qty" else f for f in self.entity.fields
                       if f.name not in told and (f.name not in other or f.name == "color")],
        }  # fmt: skip

    def records(self, context: Ctx, row: Claim) -> dict[str, Any]:
        """What was done to pictures and links is said in words."""
        found = super().records(context, row)
        found["labels"] |= {"file": T("File"), "follow_ups": T("Linked document"), "caption": T("Caption"),
                            "cover": T("Cover picture")}  # fmt: skip
        found["action_labels"] |= {"attach": T("added a file"), "detach": T("took a file off")}
        return found


def _set(shown: dict[str, Any], asked: Mapping[str, Any]) -> bool:
    return any(name in asked for name in (shown["name"], f"{shown['name']}_from", f"{shown['name']}_to"))


def parts(context: Ctx, order: Any) -> list[tuple[str, str]]:
    """What of an order a claim may be about: (value of the input, words)."""
    if order is None:
        return []
    if hasattr(order, "supplier_id"):
        return [(str(line.position), _line_words(line)) for line in links.lines_of(context, order)]
    return [(label, label.replace("/", " · ")) for label, *_rest in links.works_of(context, order)]


def _line_words(line: PurchaseLine) -> str:
    color = line.color.code if line.color is not None else ""
    return f"{line.position} · {line.article.code} {color} · {decimal_text(line.qty)} {line.uom}"
