"""Sheets of the trade: orders with sizes across, materials with Chinese headings, consumption, partners with addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx, Refused
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from core.remote import describe_row, row_of
from core.testing.states import States
from plugins.catalog.models import Material, Partner
from plugins.imports.models import Batch
from plugins.imports.services import batches, running, undoing
from plugins.orders.models import CustomerOrder


@pytest.fixture(scope="module")
def demo(hub_states: States) -> Iterator[TenantInfo]:
    """A copy of the demo company."""
    with hub_states.own_demo() as made:
        yield made


@pytest.fixture
def bring(hub: Hub, demo: TenantInfo) -> Callable[[str, str], tuple[int, Any]]:
    """Brought in by the administrator; (id of the batch, what is wrong)."""

    def units() -> AbstractContextManager[Ctx]:
        return hub.context(demo, "admin@demo.example", locale="zh_Hant_TW")

    def work(entity: str, text: str, then: str = "") -> tuple[int, Any]:
        with units() as ctx:
            batch = batches.start_batch(ctx, entity, "a.csv", text.encode())
            batches.set_columns(ctx, batch, batch.columns, "both", then)
            number = batch.id
        running.bring_in(units, number, lambda _done, _total: None)
        with units() as ctx:
            return number, ctx.session.scalars(select(Batch.problems).where(Batch.id == number)).one()

    return work


def test_orders_with_sizes_across(hub: Hub, demo: TenantInfo, bring: Any) -> None:
    with hub.context(demo, write=False) as ctx:
        order = ctx.session.scalars(select(CustomerOrder).order_by(CustomerOrder.id)).first()
        assert order is not None
        told = describe_row(ctx, ctx.registry.entity_for(order), order)
        line = order.lines[0]
        style, color, destination = line.order_style.style.code, line.color.code, line.destination.code
        sizes = [s.code for s in line.order_style.style.size_run.sizes]
    head = f"客戶,訂單日期,客戶 PO,款式,顏色,目的地,交期,單價,{','.join(sizes[:2])},備註欄"
    rows = [
        f"{told['customer']},2026-11-02,IMP-1,{style},{color},{destination},2027-03-01,5.25,100,200,x",
        f",,,{style},{color},{destination},2027-04-01,5.25,10,-,x",
        f"{told['customer']},2026-11-02,IMP-2,{style},{color},{destination},2027-03-01,5.25,7,,x",
    ]
    number, problems = bring("orders.order", "\n".join([head, *rows]))
    assert problems == []
    with hub.context(demo, write=False) as ctx:
        made = ctx.session.scalars(select(Batch.made).where(Batch.id == number)).one()
        kind = ctx.registry.get("orders.order")
        found = [row_of(ctx, kind, f"id:{row_id}") for row_id in made]
        pieces = [[sum(s.qty for s in line.sizes) for line in order.lines] for order in found]
        assert pieces == [[300, 10], [7]]
        assert [order.state for order in found] == ["draft", "draft"]
    with hub.context(demo, "admin@demo.example") as ctx:
        undoing.take_back(ctx, batches.get_batch(ctx, number))
    with hub.context(demo, write=False) as ctx:
        assert {row_of(ctx, kind, f"id:{row_id}").state for row_id in made} == {"cancelled"}


def test_materials_with_chinese_headings_and_choices(hub: Hub, demo: TenantInfo, bring: Any) -> None:
    head = "料號,name,類別,庫存單位,採購單位,factor,使用階段"
    text = f"{head}\nIMP-FAB,測試布,主料,yd,yd,1,裁剪\nIMP-BTN,測試釦,副料,pcs,gross,144,Sewing\n"
    number, problems = bring("catalog.material", text)
    with hub.context(demo, write=False) as ctx:
        batch = ctx.session.scalars(select(Batch).where(Batch.id == number)).one()
        assert (problems, batch.columns) == ([], batch.columns), batch.columns
        kinds = dict(
            ctx.session.execute(
                select(Material.code, Material.material_class).where(Material.code.startswith("IMP-"))
            ).all()
        )
    assert len(set(kinds.values())) == 2


def test_partners_with_addresses(hub: Hub, demo: TenantInfo, bring: Any) -> None:
    head = "代碼,name,is_customer,addresses.kind,addresses.address"
    text = f"{head}\nIMPC,Import Co,是,office,One\nIMPC,Import Co,是,ship_to,Two\n"
    _number, problems = bring("catalog.partner", text)
    assert problems == []
    with hub.context(demo, write=False) as ctx:
        row = ctx.session.scalars(select(Partner).where(Partner.code == "IMPC")).one()
        assert (row.is_customer, [a.address for a in row.addresses]) == (True, ["One", "Two"])


@pytest.mark.parametrize("then", ["", "post"])
def test_opening_stock_is_brought_in_and_posted_in_one_go(
    hub: Hub, demo: TenantInfo, bring: Any, then: str
) -> None:
    code = f"IMP-OPEN{len(then)}"
    head = "料號,name,類別,庫存單位,採購單位,factor,使用階段"
    assert bring("catalog.material", f"{head}\n{code},釦,副料,pcs,pcs,1,Sewing\n")[1] == []

    def there() -> Any:
        with hub.context(demo, write=False) as ctx:
            material = ctx.session.scalars(select(Material.id).where(Material.code == code)).one()
            return ledger.totals(ctx, "material", [material], ["store"]).get(material, 0)

    with hub.context(demo, write=False) as ctx:
        why = next(
            c for c, _w in ctx.registry.get("stock.document").field("cause").options(ctx) if "open" in c
        )
    text = f"kind,day,cause,lines.material,lines.qty\ncount,2026-11-01,{why},{code},7\n"
    number, problems = bring("stock.document", text, then)
    assert problems == []
    with hub.context(demo, write=False) as ctx:
        kind = ctx.registry.get("stock.document")
        made = ctx.session.scalars(select(Batch.made).where(Batch.id == number)).one()
        assert [row_of(ctx, kind, f"id:{i}").state for i in made] == ["posted" if then else "draft"]
    assert there() == (7 if then else 0)
    with hub.context(demo, "admin@demo.example") as ctx:
        undoing.take_back(ctx, batches.get_batch(ctx, number))
    with hub.context(demo, write=False) as ctx:
        assert [row_of(ctx, kind, f"id:{i}").state for i in made] == ["reversed" if then else "cancelled"]
    assert there() == 0


def test_only_what_needs_nothing_typed_may_follow(hub: Hub, demo: TenantInfo) -> None:
    with hub.context(demo, "admin@demo.example") as ctx:
        batch = batches.start_batch(ctx, "stock.document", "a.csv", b"kind,day\ncount,2026-11-01\n")
        for wrong in ("cancel", "reverse", "nothing"):
            with pytest.raises(Refused) as refused:
                batches.set_columns(ctx, batch, batch.columns, "both", wrong)
            assert [p.field for p in refused.value.problems] == ["then"]
        ctx.session.rollback()
