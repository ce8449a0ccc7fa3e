"""A line of a sheet for every kind of document and master data: tried, brought in, brought in again changed, taken back."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from core.api import Ctx, get_row
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from core.remote import describe_row, to_json
from core.testing.states import States
from plugins.imports.models import Batch
from plugins.imports.services import batches, intakes, running, undoing
from plugins.imports.services.targets import guess_columns
from plugins.imports.services.templates import make_template

NEW = "new"
"""Rows of this kind have no key of their own that a sheet could name: the same line makes another one."""
DAILY = ("engineering.bom", "receiving.receipt", "catalog.supplier_price")
KINDS: dict[str, tuple[str, str, str]] = {
    # kind: headings, a line, what is different when it comes again ({key}: the number it got)
    "base_company.currency": ("code,decimals", "CHF,2", "CHF,3"),
    "base_company.rate": ("currency,valid_from,rate", "USD,2027-01-05,32.5", "USD,2027-01-05,32.75"),
    "base_company.list_item": ("list_code,code,name", "stock.count_reasons,IMP9,Nine", "stock.count_reasons,IMP9,Neun"),
    "base_fields.field": ("entity,kind,name,code", "catalog.destination,text,Zone,zone9", ""),
    "catalog.calendar": ("code,name,days.day,days.kind", "K9,Nine,2027-02-01,off", "K9,Neun,2027-02-02,off"),
    "catalog.payment_term": (
        "code,name,lines.pct,lines.trigger,lines.days", "T9,Nine,100,shipment,30", "T9,Nine,100,shipment,45",
    ),
    "catalog.destination": ("code,name", "D9,Nine", "D9,Neun"),
    "catalog.partner": (
        "code,name,is_customer,addresses.kind,addresses.address", "P9,Nine,yes,office,One", "P9,Nine,yes,office,Two",
    ),
    "catalog.color": ("code,name", "Z9,Nine", "Z9,Neun"),
    "catalog.size_run": ("code,name,sizes.code", "R9,Nine,XS9", "R9,Nine,XL9"),
    "catalog.style": ("code,name,size_run,unit,colors.color", "S9,Nine,ALPHA-5,pcs,NVY", "S9,Neun,ALPHA-5,pcs,WHT"),
    "catalog.material": (
        "code,name,material_class,stock_uom,purchase_uom,factor,gate_stage", "M9,Nine,trim,pcs,pcs,1,sewing",
        "M9,Neun,trim,pcs,pcs,1,sewing",
    ),
    "catalog.supplier_price": (
        "supplier,material,currency,price,valid_from", "S01,LBL-MAIN,USD,1.5,2027-01-05", "S01,LBL-MAIN,USD,1.6,2027-01-05",
    ),
    "catalog.factory_price": (
        "factory,style,process,currency,price,valid_from", "F01,TR-01,sewing,USD,1.5,2027-01-05",
        "F01,TR-01,sewing,USD,1.75,2027-01-05",
    ),
    "catalog.goods_price": (
        "vendor,style,currency,price,valid_from", "S01,TR-01,USD,1.5,2027-01-05", "S01,TR-01,USD,1.6,2027-01-05",
    ),
    "orders.order": (
        "number,customer,order_date,notes,style,color,destination,ship_date,price,S,M",
        ",C01,2026-11-02,a,TR-01,NVY,US-LAX,2027-03-01,5,10,20", "{key},C01,2026-11-02,b,TR-01,NVY,US-LAX,2027-03-01,5,10,30",
    ),
    "purchasing.order": (
        "number,material_class,supplier,currency,order_date,material,color,qty,price",
        ",trim,S04,USD,2026-11-02,LBL-MAIN,,100,1.5", "{key},trim,S04,USD,2026-11-02,LBL-MAIN,,120,1.5",
    ),
    "stock.store": ("code,name", "W9,Nine", "W9,Neun"),
    "stock.document": (
        "number,kind,day,cause,lines.material,lines.qty", ",count,2026-11-01,opening,LBL-MAIN,7",
        "{key},count,2026-11-01,opening,LBL-MAIN,8",
    ),
    "tna.template": (
        "code,name,lines.code,lines.names.en,lines.owner_role,lines.offset_days,lines.scope",
        "A9,Nine,cut,Cut,merch,10,order", "A9,Nine,cut,Cut,merch,12,order",
    ),
    "engineering.bom": (
        "number,style,operations.name,operations.minutes,level,material,consumption,uom,stage,place",
        ",TR-01,Sew,5,1,LBL-MAIN,1,pcs,sewing,neck", "{key},TR-01,Sew,6,1,LBL-MAIN,2,pcs,sewing,neck",
    ),
    "engineering.change": (
        "number,reason,kind,material,by,effectivity",
        ",a,replace,LBL-MAIN,LBL-CARE,now",
        "{key},b,replace,LBL-MAIN,LBL-CARE,now",
    ),
    "engineering.substitute": (
        "main,by,ratio,priority,strategy,valid_from,customers.customer", "LBL-MAIN,LBL-CARE,1,1,after_main,2027-01-05,C01", NEW,
    ),
    "fulfilment.context": ("code,name,reference,ships_via", "X9,Nine,optional,own", "X9,Neun,optional,own"),
    "fulfilment.sheet": (
        "number,customer_order,place,day,notes,lines.order,line,purchase_order,S",
        ",SO-26102,ours,2026-11-02,a,SO-26102,1,PG-2026-0001,1", "{key},SO-26102,ours,2026-11-02,b,SO-26102,1,PG-2026-0001,2",
    ),
    "fulfilment.return": (
        "number,customer_order,bearer,remedy,fate,source,line,purchase_order,reason,M",
        ",SO-26101,seller,credit,restock,customer,1,PG-2026-0003,defect,1", "",
    ),
    "fulfilment.settlement": (
        "number,customer_order,notes,line,lines.kind,S",
        ",SO-26102,a,1,agreement,1",
        "{key},SO-26102,b,1,agreement,2",
    ),
    "invoicing.tax": ("code,name,rates.valid_from,rates.pct", "V9,Nine,2027-01-01,5", "V9,Nine,2027-01-01,6"),
    "invoicing.payment": (
        "number,direction,partner,paid_on,currency,amount", ",in,C01,2026-11-02,USD,10", "{key},in,C01,2026-11-02,USD,12",
    ),
    "outsourcing.order": ("number,factory,currency,order_date,notes", ",F01,USD,2026-11-02,a", "{key},F01,USD,2026-11-02,b"),
    "outsourcing.payment": (
        "number,factory,paid_on,kind,currency,amount,splits.order,splits.amount",
        ",F02,2026-11-02,deposit,USD,10,FO-2026-0002,10",
        "",
    ),
    "outsourcing.adjustment": (
        "number,order,agreed_on,amount,reason", ",FO-2026-0002,2026-11-02,10,a", "{key},FO-2026-0002,2026-11-02,10,b",
    ),
    "shipping.shipment": (
        "number,customer_order,destination,notes,line,S", ",SO-26001,US-LAX,a,1,1", "{key},SO-26001,US-LAX,b,1,2",
    ),
    "factory_stock.issue": (
        "number,kind,factory_order,day,notes,material,qty", ",issue,FO-2026-0001,2026-11-02,a,THR-402,1", "",
    ),
    "factory_stock.goods_in": (
        "number,kind,factory_order,day,notes,line,color,S", ",goods_in,FO-2026-0001,2026-11-02,a,1,NVY,1", "",
    ),
    "planning.forecast": ("number,style,color,month,qty", ",TR-01,NVY,2027-05-01,100", "{key},TR-01,NVY,2027-05-01,120"),
    "planning.scenario": (
        "number,name,horizon_days,assumptions.kind,assumptions.day,assumptions.days,assumptions.document",
        ",a,90,late,2026-12-10,5,PM-2026-0003", "",
    ),
    "claims.claim": (
        "number,kind,purchase_order,line_no,severity,description,opened_on", ",material,PM-2026-0003,1,minor,a,2026-11-02",
        "{key},material,PM-2026-0003,1,minor,b,2026-11-02",
    ),
    "receiving.receipt": (
        "採購單,收料日期,送貨單號,line,received,roll,lot,lines.rolls.qty",
        "PM-2026-0003,2026-11-02,DN-9,1,,R1,L1,1",
        NEW,
    ),
}  # fmt: skip
GONE = ("cancelled", "reversed", "retired", "discarded")
KEPT = ("engineering.bom", "fulfilment.settlement")
"""Lines of these could not be given back, so no sheet replaces them."""
ELSEWHERE = {"planning.run": "a run is asked for, not known from a sheet"}


@pytest.fixture(scope="module")
def demo(hub_states: States) -> Iterator[TenantInfo]:
    """A copy of the demo company."""
    with hub_states.own_demo() as made:
        yield made


@pytest.fixture
def bring(hub: Hub, demo: TenantInfo) -> Callable[..., Batch]:
    """``bring(kind, headings, line)``: by the administrator; the batch, as it is afterwards."""

    def units() -> AbstractContextManager[Ctx]:
        return hub.context(demo, "admin@demo.example", locale="zh_Hant_TW")

    def work(kind: str, headings: str, line: str, *, check: bool = False, mode: str = "both") -> Batch:
        with units() as ctx:
            batch = batches.start_batch(ctx, kind, "a.csv", f"{headings}\n{line}\n".encode())
            assert all(batch.columns), dict(zip(batch.headings, batch.columns, strict=True))
            batch.mode = mode
            number = batch.id
        (running.check if check else running.bring_in)(units, number, lambda _done, _total: None)
        with units() as ctx:
            return ctx.session.scalars(select(Batch).where(Batch.id == number)).one()

    return work


def rows(hub: Hub, demo: TenantInfo, kind: str) -> dict[int, Any]:
    """What is there of a kind: what its page shows beside its state and version, by id."""
    with hub.context(demo, "admin@demo.example", write=False) as ctx:
        entity = ctx.registry.get(kind)
        found = ctx.session.scalars(select(entity.model)).all()
        names = [f.name for f in entity.fields if hasattr(entity.model, f.name)] + [
            t.name for t in entity.children
        ]
        told = {row.id: describe_row(ctx, entity, row, names) for row in found if not _gone(row)}
        action = ctx.registry.actions[entity.name].standing(entity.line_action, ctx.enabled)
        if action is not None and action.held is not None:
            told = {
                row.id: {**told[row.id], "lines": to_json(ctx, action.held(ctx, row))}
                for row in found
                if row.id in told
            }
    return {i: {n: _plain(value) for n, value in each.items() if n != "version"} for i, each in told.items()}


def _gone(row: Any) -> bool:
    return getattr(row, "state", "") in GONE or not getattr(row, "active", True)


def _plain(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [{k: v for k, v in row.items() if k != "id"} for row in value]
    return value


@pytest.mark.parametrize(
    "kind", [k if k in DAILY else pytest.param(k, marks=pytest.mark.more) for k in KINDS]
)
def test_a_line_of_every_kind(hub: Hub, demo: TenantInfo, bring: Callable[..., Batch], kind: str) -> None:
    headings, line, changed = KINDS[kind]
    there = rows(hub, demo, kind)
    tried = bring(kind, headings, line, check=True)
    assert (tried.problems, rows(hub, demo, kind)) == ([], there)
    first = bring(kind, headings, line)
    assert (first.problems, len(first.made), first.status) == ([], 1, "done")
    brought = rows(hub, demo, kind)
    again = None
    if changed and changed != NEW:
        key = str(brought[first.made[0]]["key"])
        again = bring(kind, headings, changed.replace("{key}", key))
        if kind in KEPT:
            assert (len(again.problems), again.made, again.changed) == (1, [], [])
            assert rows(hub, demo, kind) == brought
            again = None
        else:
            assert (again.problems, again.made, [c[0] for c in again.changed]) == ([], [], first.made)
            assert rows(hub, demo, kind)[first.made[0]] != brought[first.made[0]]
    if again is not None:
        with hub.context(demo, "admin@demo.example") as ctx:
            undoing.take_back(ctx, batches.get_batch(ctx, again.id))
        assert rows(hub, demo, kind) == brought
    with hub.context(demo, "admin@demo.example") as ctx:
        undoing.take_back(ctx, batches.get_batch(ctx, first.id))
    assert rows(hub, demo, kind) == there


def test_a_delivery_with_its_rolls_is_posted_in_one_go(hub: Hub, demo: TenantInfo) -> None:
    head = "採購單,收料日期,送貨單號,line,roll,lot,lines.rolls.qty"
    text = f"{head}\nPM-2026-0003,2026-11-02,DN-8,1,R1,L1,20\n,,,,R2,L1,21\n,,,2,R3,L2,5\n"

    def units() -> AbstractContextManager[Ctx]:
        return hub.context(demo, "admin@demo.example")

    with units() as ctx:
        batch = batches.start_batch(ctx, "receiving.receipt", "a.csv", text.encode())
        batches.set_columns(ctx, batch, batch.columns, "both", "post")
        number = batch.id
    running.bring_in(units, number, lambda _done, _total: None)
    with units() as ctx:
        batch = batches.get_batch(ctx, number)
        assert (batch.problems, len(batch.made)) == ([], 1)
        entity = ctx.registry.get("receiving.receipt")
        receipt = get_row(ctx, entity, batch.made[0])
        assert (receipt.state, receipt.delivery_note) == ("posted", "DN-8")
        lines = describe_row(ctx, entity, receipt, ["figures"])["figures"]["lines"]
        assert [[roll["roll"] for roll in line["rolls"]] for line in lines] == [["R1", "R2"], ["R3"]]
        undoing.take_back(ctx, batch)
        assert receipt.state == "reversed"


def test_the_same_sheet_again_says_so_and_makes_nothing(
    hub: Hub, demo: TenantInfo, bring: Callable[..., Batch]
) -> None:
    head = "採購單,收料日期,送貨單號,line,received,roll,lot,lines.rolls.qty"
    line = "PM-2026-0003,2026-11-02,DN-7,1,,R1,L1,1"
    first = bring("receiving.receipt", head, line)
    assert (len(first.made), first.problems) == (1, [])
    for check in (True, False):
        again = bring("receiving.receipt", head, line, check=check)
        assert (again.made, [problem[0] for problem in again.problems]) == ([], [2])
        assert "a.csv" in again.problems[0][2]
    with hub.context(demo, "admin@demo.example") as ctx:
        undoing.take_back(ctx, batches.get_batch(ctx, first.id))
    back = bring("receiving.receipt", head, line)  # what was taken back may come again
    assert (len(back.made), back.problems) == (1, [])
    forced = bring("receiving.receipt", head, line, mode="again")
    assert (len(forced.made), forced.problems) == (1, [])
    told = bring("receiving.receipt", head, line)
    assert told.made == []
    for batch in (forced, back):
        with hub.context(demo, "admin@demo.example") as ctx:
            undoing.take_back(ctx, batches.get_batch(ctx, batch.id))


def test_of_rows_that_are_alike_those_that_are_more_come_in(
    hub: Hub, demo: TenantInfo, bring: Callable[..., Batch]
) -> None:
    head, line = "direction,partner,paid_on,currency,amount", "in,C01,2026-11-03,USD,7"
    first = bring("invoicing.payment", head, f"{line}\n{line}")
    more = bring("invoicing.payment", head, f"{line}\n{line}\n{line}")
    assert (len(first.made), len(more.made), [p[0] for p in more.problems]) == (2, 1, [2, 3])
    with hub.context(demo, "admin@demo.example") as ctx:
        undoing.take_back(ctx, batches.get_batch(ctx, more.id))
        undoing.take_back(ctx, batches.get_batch(ctx, first.id))


def test_a_template_offers_choices_and_comes_back_filled_in(hub: Hub, demo: TenantInfo) -> None:
    with hub.context(demo, "admin@demo.example", locale="zh_Hant_TW") as ctx:
        data, _media = make_template(ctx, ctx.registry.get("catalog.material"), "xlsx")
        book = load_workbook(io.BytesIO(data))
        page: Any = book.worksheets[0]
        heads = {cell.value: cell for cell in page[1]}
        assert "必填" in heads["類別"].comment.text
        offered = page.data_validations.dataValidation
        rules = {str(rule.sqref).partition("2:")[0]: rule.formula1 for rule in offered}
        sheet, _bang, span = rules[heads["類別"].column_letter].partition("!")
        assert [row[0].value for row in book[sheet][span.replace("$", "")]] == ["主料", "副料"]
        assert heads["庫存單位"].column_letter in rules
        page.append(["007", "Nine"])
        for name, value in (("類別", "副料"), ("庫存單位", "pcs"), ("採購單位", "pcs"), ("使用階段", "車縫")):
            page[f"{heads[name].column_letter}2"] = value
        out = io.BytesIO()
        book.save(out)
        batch = batches.start_batch(ctx, "catalog.material", "a.xlsx", out.getvalue())
        assert all(batch.columns)
        assert batch.rows[0][1][0] == "007"
        data, _media = make_template(ctx, ctx.registry.get("orders.order"), "xlsx")
        page = load_workbook(io.BytesIO(data)).worksheets[0]
        headings = [cell.value for cell in page[1]]
        assert guess_columns(ctx, ctx.registry.get("orders.order"), headings).count("lines.*sizes") >= 5
        ctx.session.rollback()


def test_every_kind_that_comes_in_is_among_them(hub: Hub, demo: TenantInfo) -> None:
    with hub.context(demo, "admin@demo.example", write=False) as ctx:
        assert {e.name for e in intakes.importable(ctx)} == KINDS.keys() | ELSEWHERE.keys()
