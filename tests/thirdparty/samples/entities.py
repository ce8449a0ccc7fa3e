"""Requests for samples: what is declared of them, and what their actions do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from core import ledger
from core.api import (
    Action,
    ChildTable,
    Ctx,
    Declare,
    EntityType,
    Field,
    Filter,
    ListSpec,
    PayloadTable,
    Problem,
    Refused,
    State,
    T,
    Text,
    list_choices,
    note_changes,
)
from tests.thirdparty.samples.models import Maker, Request, RequestLine, Stamp

KINDS = (("proto", T("Prototype")), ("fit", T("Fit sample")), ("pp", T("Pre-production sample")))


def _total(row: Request) -> Decimal:
    return sum((line.pieces * (line.price or Decimal(0)) for line in row.lines), Decimal(0))


def figures(ctx: Ctx, row: Request) -> dict[str, Any]:
    return {"pieces": sum(line.pieces for line in row.lines), "total": _total(row)}


def check(
    ctx: Ctx, row: Request | None, data: Mapping[str, Any], children: Mapping[str, Any]
) -> list[Problem]:
    return [
        Problem(T("A sample of nothing."), f"lines-{i}-pieces")
        for i, line in enumerate(children.get("lines", ()))
        if line.get("pieces") == 0
    ]


def send(ctx: Ctx, row: Request, data: Mapping[str, Any]) -> Text:
    if not row.lines:
        raise Refused(T("There is nothing to send."))
    return T("{number} was sent.", number=row.number)


def stamp(ctx: Ctx, row: Request, data: Mapping[str, Any]) -> None:
    ctx.session.add(Stamp(request_id=row.id, word=data["word"]))
    note_changes(ctx, row, ("stamp", None, data["word"]))
    ctx.hooks.sample_stamped(row=row, word=data["word"])


def pack(ctx: Ctx, row: Request, data: Mapping[str, Any]) -> None:
    for i, box in enumerate(data["boxes"]):
        if box.get("pieces") == 13:
            raise Refused(T("Thirteen brings bad luck."), f"boxes.{i}.pieces")
        if "pieces" in box:
            note_changes(ctx, row, ("box", box.get("box"), f"{box['pieces']} {box.get('weight')}"))


def measure(ctx: Ctx, row: Request, data: Mapping[str, Any]) -> None:
    for line in data["lines"]:
        note_changes(ctx, row, (line["article"], None, [p["inches"] for p in line.get("points", ())]))


def nothing(ctx: Ctx, row: Request, data: Mapping[str, Any]) -> None:
    return None


def _urgent(ctx: Ctx, found: Any, value: str) -> Any:
    return found.where(Request.urgent.is_(value == "yes"))


def register(registry: Declare) -> None:
    registry.movement_kind(ledger.MovementKind("move", T("Moved")))
    registry.list(
        ListSpec("samples.note", T("Sample notes"), (("soon", "As soon as you can", "儘快", "尽快"),))
    )
    registry.permission("samples.force", T("Send samples in spite of a veto"), ("mgr",))
    registry.entity(
        EntityType(
            name="samples.maker", model=Maker, label=T("Sample maker"), plural=T("Sample makers"), aliases=("name", "names"),
            fields=(
                Field("code", T("Code"), required=True, max_length=40),
                Field("name", T("Name"), required=True, max_length=200),
                Field("names", T("Names"), "names"),
                Field("inhouse", T("In house"), "bool"),
                Field("since", T("Since"), "date"),
            ),
            columns=("code", "name", "since"), filters=("inhouse", "since"), search=("code", "name"),
            default_sort="code", deletable=True, edit_roles=("merch", "mgr"), delete_roles=("mgr",), menu=("master", 90),
        )
    )  # fmt: skip
    registry.entity(
        EntityType(
            name="samples.request", model=Request, label=T("Sample request"), plural=T("Sample requests"),
            key="number", title="notes", series="samples.request", pattern="SR-{YYYY}-{0000}",
            fields=(
                Field("number", T("Number"), readonly=True),
                Field("maker", T("Maker"), "ref", ref="samples.maker"),
                Field("kind", T("Kind"), "choice", choices=KINDS),
                Field("wanted", T("Wanted on"), "date", default=lambda ctx: ctx.today() + timedelta(days=7)),
                Field("fee", T("Fee"), "money", sees="*", places=2, min=0, max=Decimal(100000)),
                Field("discount", T("Discount"), "pct", min=0, max=100),
                Field("notes", T("Notes"), "long", max_length=500),
                Field("urgent", T("Urgent"), "bool"),
            ),
            states=(
                State("draft", T("Draft")),
                State("sent", T("Sent"), "info"),
                State("done", T("Done"), "done", closed=True),
            ),
            children=(
                ChildTable(
                    "lines", T("Lines"), RequestLine,
                    (
                        Field("article", T("Article"), required=True, max_length=40),
                        Field("pieces", T("Pieces"), "int", required=True, min=0),
                        Field("fabric", T("Fabric"), "qty"),
                        Field("price", T("Price"), "price", sees="*", min=0),
                    ),
                ),
            ),
            columns=("number", "maker", "kind", "wanted", "fee"),
            filters=("maker", "kind", "wanted", Filter("hurry", T("Hurry"), lambda ctx: [("yes", T("Yes"))], _urgent)),
            search=("number", "notes"), totals=("fee",), figures=figures, validate=check, edit_states=("draft",),
            menu=("development", 10), edit_roles=("merch", "mgr"),
        )
    )  # fmt: skip
    for action in (
        Action("samples.request", "send", T("Send"), send, ("draft",), "sent", roles=("merch",), tone="primary",
               batch="each"),
        Action(
            "samples.request", "stamp", T("Stamp"), stamp, roles=("merch", "qc"),
            fields=(
                Field("word", T("Word"), required=True, max_length=40),
                Field("note", T("Note"), "choice", choices=list_choices("samples.note")),
            ),
        ),
        Action(
            "samples.request", "pack", T("Pack"), pack, ("draft",), roles=("merch",), edits=True,
            fields=(Field("packed_on", T("Packed on"), "date"),),
            tables=(
                PayloadTable(
                    "boxes", T("Boxes"),
                    (
                        Field("box", T("Box"), "int", min=1),
                        Field("pieces", T("Pieces"), "int", required=True, min=1),
                        Field("weight", T("Weight"), "qty", default=Decimal(1)),
                        Field("sealed", T("Sealed"), "bool"),
                        Field("maker", T("Maker"), "ref", ref="samples.maker"),
                    ),
                    key="box", required=True,
                ),
            ),
        ),
        Action(
            "samples.request", "measure", T("Measure"), measure, ("draft",), roles=("merch",), button=False,
            tables=(
                PayloadTable(
                    "lines", T("Lines"), (Field("article", T("Article"), required=True),),
                    tables=(
                        PayloadTable(
                            "points", T("Points"),
                            (
                                Field("point", T("Point"), required=True, max_length=20),
                                Field("inches", T("Inches"), "qty", required=True, places=2),
                            ),
                        ),
                    ),
                ),
            ),
        ),
        Action("samples.request", "finish", T("Finish"), nothing, ("sent",), "done", roles=("mgr",), reason=True),
        Action("samples.request", "remind", T("Remind"), nothing, permission="samples.request.view", batch="each"),
    ):  # fmt: skip
        registry.action(action)
