"""Parts of others on a printed purchase order (document_blocks, printed_blocks): now in a draft, as issued afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, DocumentBlock, Refused, hookimpl
from core.kernel.hub import Hub
from core.remote import perform
from core.testing.scenes import stage
from kit.printing import documents
from plugins.base_fields.models import CustomValue
from plugins.base_printing.models import FrozenBlocks
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lines
from tests.plugins.outsourcing.conftest import do
from tests.plugins.purchasing.conftest import line, order

FIELDS: tuple[dict[str, Any], ...] = (
    {"kind": "choice", "code": "lane", "name": "Lane", "names": {"zh_Hant_TW": "航線"},
     "options": [{"code": "sea", "name": "By sea", "names": {"zh_Hant_TW": "海運"}}, {"code": "air", "name": "By air"}]},
    {"kind": "number", "code": "weight", "name": "Weight", "decimals": 2, "unit": "kg"},
    {"kind": "text", "code": "unsaid", "name": "Nobody filled this in"},
)  # fmt: skip


@stage
def po(mill: Ctx) -> PurchaseOrder:
    """A draft with two custom fields that are printed, one of which says nothing, and one that is not printed."""
    fields = mill.registry.get("base_fields.field")
    for one in FIELDS:
        perform(mill, fields, "create", None, {"entity": "purchasing.order", "printed": True, **one})
    perform(
        mill, fields, "create", None, {"entity": "purchasing.order", "kind": "text", "code": "own", "name": "Ours"}
    )  # fmt: skip
    made = order(mill)
    lines.save(mill, made, [line(mill, "FAB", "100", color="NVY")])
    entity = mill.registry.get("purchasing.order")
    perform(mill, entity, "edit", made, {"x_lane": "sea", "x_weight": "12.5", "x_own": "between us"})
    return made


def _said(ctx: Ctx, row: PurchaseOrder, language: str = "en") -> str:
    return str(documents.compose(ctx, "purchasing.order", row, language).html)


def test_a_draft_prints_what_stands_in_the_fields_in_each_language(po: PurchaseOrder, ctx: Ctx) -> None:
    english, chinese = _said(ctx, po), _said(ctx, po, "zh_Hant_TW")
    for words in ("Lane", "By sea", "12.5 kg"):
        assert words in english
    assert "航線" in chinese
    assert "海運" in chinese
    assert "between us" not in english
    assert "Nobody filled" not in english
    assert english.index("By sea") < english.index('class="sign"')
    assert english.count("By sea") == 1


def test_an_issued_document_prints_what_it_said(po: PurchaseOrder, ctx: Ctx) -> None:
    do(ctx, po, "issue")
    assert "By sea" in _said(ctx, po)
    lane = ctx.session.scalars(select(CustomValue).where(CustomValue.text == "sea")).one()
    lane.text = "air"
    ctx.session.flush()
    assert "By sea" in _said(ctx, po)
    assert "By air" not in _said(ctx, po)
    kept = len(ctx.session.scalars(select(FrozenBlocks)).all())
    assert kept == 1


def test_where_nothing_is_put_on_it_nothing_is_kept(mill: Ctx) -> None:
    row = order(mill)
    lines.save(mill, row, [line(mill, "FAB", "100", color="NVY")])
    do(mill, row, "issue")
    assert mill.session.scalars(select(FrozenBlocks)).all() == []


class Broken:
    """Fails while it is asked, or while it is drawn."""

    def __init__(self, template: str) -> None:
        self.template = template

    @hookimpl
    def document_blocks(self) -> list[DocumentBlock]:
        if not self.template:
            raise RuntimeError("on fire")
        return [DocumentBlock(self.template, {}, 1)]


@pytest.mark.parametrize("template", ["", "base_fields/nowhere.html"])
def test_a_part_that_fails_is_named_and_the_document_lives(
    po: PurchaseOrder, ctx: Ctx, hub: Hub, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = hub.manager.register(Broken(template), "broken_one")
    monkeypatch.setattr(ctx, "hooks", type(ctx.hooks)(ctx, hub.manager, ctx.enabled | {"broken_one"}))
    monkeypatch.setattr(ctx, "enabled", ctx.enabled | {"broken_one"})
    try:
        said = _said(ctx, po)
        assert "A part of broken_one could not be shown." in said
        assert "By sea" in said
    finally:
        hub.manager.unregister(name=name)


def test_what_is_for_some_roles_is_on_no_paper(po: PurchaseOrder, ctx: Ctx) -> None:
    fields = ctx.registry.get("base_fields.field")
    given = {
        "entity": "purchasing.order",
        "kind": "text",
        "name": "Secret",
        "printed": True,
        "roles": ["mgr"],
    }
    with pytest.raises(Refused) as refused:
        perform(ctx, fields, "create", None, given)
    assert [p.field for p in refused.value.problems] == ["printed"]
