"""Actions on the contract of a factory order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, EntityName, Field, Refused, T
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import contracts

ENTITY = EntityName("outsourcing.order")
LIVE = contracts.ISSUED
LANGUAGES = (("en", "English"), ("zh_Hant_TW", "繁體中文"), ("zh_Hans_CN", "简体中文"))
Data = Mapping[str, Any]


def _generate(ctx: Ctx, order: FactoryOrder, data: Data) -> Any:
    made = contracts.generate(ctx, order, data["language"])
    if made.file_id is None:
        return T("{number} is being made in the background.", number=made.number)
    return T("{number} was made: {n} pages.", number=made.number, n=made.pages)


def _mark_sent(ctx: Ctx, order: FactoryOrder, data: Data) -> None:
    contracts.mark_sent(ctx, order)


def _upload(ctx: Ctx, order: FactoryOrder, data: Data) -> Any:
    if not data["file"]:
        raise Refused(T("Choose a file first."), "file")
    name, content = data["file"]
    made = contracts.upload_signed(
        ctx, order, name, content, data["signer"], data["signed_on"], data.get("note") or ""
    )
    return T("{number} is signed.", number=made.number)


def _remove_signed(ctx: Ctx, order: FactoryOrder, data: Data) -> None:
    contracts.remove_signed(ctx, order, data["reason"])


def actions() -> tuple[Action, ...]:
    """Make, send, sign, take back."""
    return (
        Action(
            ENTITY, "generate_contract", T("Make the contract"), _generate, LIVE,
            roles=("merch", "mgr"), order=22, visible=lambda ctx, order: order.contract_status != "signed",
            tone="primary", due=lambda ctx, order: order.contract_status in ("none", "void"), at_once=True,
            start=lambda ctx, order: {"language": contracts.last_language(ctx, order) or "zh_Hant_TW"},
            fields=(Field("language", T("Language"), "choice", required=True, choices=LANGUAGES,
                          default="zh_Hant_TW"),),
        ),
        Action(
            ENTITY, "mark_sent", T("Mark as sent"), _mark_sent, LIVE,
            roles=("merch", "mgr"), visible=lambda ctx, order: order.contract_status == "generated", order=36,
        ),
        Action(
            ENTITY, "upload_signed", T("Upload the signed contract"), _upload, LIVE,
            roles=("merch", "mgr"), order=24, tone="primary",
            due=lambda ctx, order: order.contract_status in ("generated", "sent"),
            visible=lambda ctx, order: order.contract_status in ("generated", "sent", "signed"),
            fields=(
                Field("file", T("File"), "file", required=True, help=T("PDF, JPEG or PNG")),
                Field("signer", T("Signed by"), required=True, max_length=120),
                Field("signed_on", T("Signed on"), "date", fact=True, required=True, default=lambda ctx: ctx.today()),
                Field("note", T("Note"), "long", max_length=2000),
            ),
        ),
        Action(
            ENTITY, "remove_signed", T("Remove the signed contract"), _remove_signed, LIVE, roles=("mgr",), reason=True,
            visible=lambda ctx, order: order.contract_status == "signed", tone="danger", order=72,
        ),
    )  # fmt: skip
