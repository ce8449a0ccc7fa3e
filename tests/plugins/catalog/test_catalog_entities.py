"""Partners, terms, sizes, styles, materials: what may be saved and what may not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.entities import crud, query
from core.entities.recording import flush_rows
from core.errors import Denied, Refused
from plugins.catalog.models import BomLine, BomSize, Size


def fields_of(refused):
    return {p.field for p in refused.value.problems}


def test_a_partner_with_addresses_and_contacts(shop, ctx):
    row = shop.save(
        "partner",
        None,
        {
            "addresses": [{"kind": "office", "address": "1 Road", "phone": ""}, {"kind": "ship_to", "address": "Dock"}],
            "contacts": [{"name": "Ann", "role": "", "email": "ann@x.example", "phone": ""}],
        },
        code="c-9", name="Nine", is_customer=True, is_factory=True, country="tw",
    )  # fmt: skip
    assert (row.code, row.country) == ("C-9", "TW")
    assert [a.kind for a in row.addresses] == ["office", "ship_to"]
    entity = ctx.registry.get("catalog.partner")
    page = query.fetch_page(ctx, entity, query.ListQuery(filters={"kind": ["factory"]}))
    assert [r.code for r in page.rows] == ["C-9"]
    assert page.values["kinds"][row.id] == "Customer, Factory"
    assert not query.fetch_page(ctx, entity, query.ListQuery(filters={"kind": ["supplier"]})).rows
    assert not query.fetch_page(ctx, entity, query.ListQuery(filters={"kind": ["wizard"]})).rows


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"is_customer": False}, "is_customer"),
        ({"country": "Taiwan"}, "country"),
        ({"country": "7W"}, "country"),
        ({"code": "A B"}, "code"),
        ({"code": "A,B"}, "code"),
        ({"code": "A@B"}, "code"),
        ({"code": "taken"}, "code"),
        ({"code": "TAKEN"}, "code"),
    ],
)
def test_a_partner_is_refused_at_the_field(shop, data, field):
    shop.partner("TAKEN")
    with pytest.raises(Refused) as refused:
        shop.save("partner", **{"code": "NEW", "name": "New", "is_customer": True, **data})
    assert field in fields_of(refused)


def test_a_contacts_email_is_checked_in_its_row(shop):
    with pytest.raises(Refused) as refused:
        shop.save("partner", None, {"contacts": [{"name": "A", "email": ""}, {"name": "B", "email": "nowhere"}]},
                  code="P", name="P", is_customer=True)  # fmt: skip
    assert fields_of(refused) == {"contacts-1-email"}


@pytest.mark.parametrize(
    ("shares", "wrong"),
    [
        (["100"], set()),
        (["30", "70"], set()),
        (["33.33", "33.33", "33.34"], set()),
        ([], {"lines"}),
        (["30", "60"], {"lines"}),
        (["60", "60"], {"lines"}),
        (["100", "0"], {"lines-1-pct"}),
    ],
)
def test_terms_add_up_to_the_whole(shop, shares, wrong):
    lines = [{"pct": Decimal(s), "trigger": "shipment", "days": 0} for s in shares]
    if not wrong:
        row = shop.save("payment_term", None, {"lines": lines}, code="TT", name="TT")
        assert sum(line.pct for line in row.lines) == 100
        return
    with pytest.raises(Refused) as refused:
        shop.save("payment_term", None, {"lines": lines}, code="TT", name="TT")
    assert fields_of(refused) == wrong


def test_terms_without_lines_at_all_are_refused_when_new_and_left_alone_later(shop):
    with pytest.raises(Refused):
        shop.save("payment_term", code="TT", name="TT")
    row = shop.save("payment_term", None, {"lines": [{"pct": Decimal(100), "trigger": "shipment", "days": 0}]},
                    code="TT", name="TT")  # fmt: skip
    shop.save("payment_term", row, name="Better name")
    assert (row.name, len(row.lines)) == ("Better name", 1)


@pytest.mark.parametrize(
    ("sizes", "wrong"),
    [
        ("S M L", set()),
        ("", {"sizes"}),
        ("S M S", {"sizes-0-code", "sizes-2-code"}),
        ("S M s", {"sizes-0-code", "sizes-2-code"}),
        ("S M@2", {"sizes-1-code"}),
    ],
)
def test_sizes_of_a_run(shop, sizes, wrong):
    if not wrong:
        assert [s.code for s in shop.run(sizes=sizes).sizes] == sizes.split()
        return
    with pytest.raises(Refused) as refused:
        shop.run(sizes=sizes)
    assert fields_of(refused) == wrong


def test_a_used_size_stays_and_a_free_one_goes(shop, ctx):
    run = shop.run(sizes="S M L")
    style = shop.style(run=run)
    material = shop.material()
    line = BomLine(style_id=style.id, material_id=material.id, uom="kg", color_rule="none")
    line.sizes = [BomSize(size_id=run.sizes[1].id, consumption=Decimal("0.2"))]
    ctx.session.add(line)
    flush_rows(ctx.session)
    small, medium, large = run.sizes
    with pytest.raises(Refused, match="Size M is in use"):
        shop.save("size_run", run, {"sizes": [{"id": small.id, "code": "S"}, {"id": large.id, "code": "L"}]})
    shop.save("size_run", run, {"sizes": [{"id": medium.id, "code": "M"}, {"id": large.id, "code": "L"}]})
    assert [s.code for s in run.sizes] == ["M", "L"]
    assert ctx.session.get(Size, (ctx.session.tenant_id, small.id)) is None


def test_sizes_keep_the_order_they_are_given_in(shop):
    run = shop.run(sizes="S M L")
    turned = [{"id": s.id, "code": s.code} for s in reversed(run.sizes)]
    shop.save("size_run", run, {"sizes": [*turned, {"code": "XL"}]})
    assert [(s.position, s.code) for s in run.sizes] == [(0, "L"), (1, "M"), (2, "S"), (3, "XL")]


def test_a_style_has_each_colour_once(shop):
    navy = shop.color("NVY")
    with pytest.raises(Refused) as refused:
        shop.style(colors=[navy, navy])
    assert fields_of(refused) == {"colors-0-color", "colors-1-color"}


def test_the_size_run_of_a_style_changes_only_while_nothing_uses_it(shop, ctx):
    first, second = shop.run("A"), shop.run("B")
    style = shop.style(run=first)
    shop.save("style", style, size_run=second)
    line = BomLine(
        style_id=style.id, material_id=shop.material().id, uom="kg", consumption=Decimal(1), color_rule="none"
    )
    ctx.session.add(line)
    flush_rows(ctx.session)
    shop.save("style", style, size_run=first)  # consumption for every size fits any run
    line.sizes = [BomSize(size_id=first.sizes[0].id, consumption=Decimal(1))]
    flush_rows(ctx.session)
    with pytest.raises(Refused) as refused:
        shop.save("style", style, size_run=second)
    assert fields_of(refused) == {"size_run"}
    shop.save("style", style, size_run=first, name="Same run, new name")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"factor": Decimal(0)}, "factor"),
        ({"factor": Decimal(2)}, "factor"),
        ({"purchase_uom": "yd", "stock": "m", "factor": Decimal("1.09")}, "factor"),
        ({"content": Decimal(5000)}, "content_uom"),
        ({"content_uom": "m"}, "content_uom"),
    ],
)
def test_a_material_is_refused_at_the_field(shop, data, field):
    with pytest.raises(Refused) as refused:
        shop.material(**data)
    assert fields_of(refused) == {field}


def test_what_is_left_empty_on_a_material(shop):
    row = shop.material("z1", stock="m", moq=None, multiple=None, safety_stock=None, lead_days=None)
    assert (row.code, row.stock_step, row.moq, row.lead_days) == ("Z1", Decimal("0.01"), 0, 0)
    assert shop.material("Z2", stock="pcs").stock_step == 1


def test_prices_are_more_than_nothing_and_end_after_they_begin(shop, ctx):
    given = {
        "supplier": shop.partner("S1", "supplier"), "material": shop.material(), "currency": "USD",
        "price": Decimal("1.25"), "valid_from": date(2026, 1, 1), "valid_to": None, "min_qty": None,
    }  # fmt: skip
    assert shop.save("supplier_price", **given).min_qty == 0
    for wrong, field in (({"price": Decimal(0)}, "price"), ({"valid_to": date(2025, 12, 31)}, "valid_to")):
        with pytest.raises(Refused) as refused:
            shop.save("supplier_price", **{**given, "min_qty": Decimal(9), **wrong})
        assert fields_of(refused) == {field}
    with pytest.raises(Refused, match="stands here twice"):
        shop.save("supplier_price", **given)
    ctx.session.rollback()


@pytest.mark.parametrize(
    ("role", "noun", "may"),
    [
        ("merch", "style", True),
        ("purch", "style", False),
        ("merch", "material", False),
        ("purch", "material", True),
        ("purch", "supplier_price", True),
        ("merch", "factory_price", True),
        ("purch", "factory_price", False),
        ("merch", "payment_term", False),
        ("wh", "partner", False),
        ("mgr", "payment_term", True),
    ],
)
def test_who_may_edit_what(ctx_as, role, noun, may):
    with ctx_as(role, write=False) as ctx:
        assert ctx.can(f"catalog.{noun}.view")
        assert ctx.can(f"catalog.{noun}.edit") is may


def test_a_warehouse_person_cannot_make_a_colour(ctx_as, shop_in):
    with ctx_as("wh") as ctx, pytest.raises(Denied):
        shop_in(ctx).color("RED")


def test_deleting_what_is_used_is_refused_in_words_and_hiding_is_always_possible(hub, tenant):
    from tests.plugins.catalog.conftest import Shop

    with hub.context(tenant) as ctx:
        shop = Shop(ctx)
        navy = shop.color("NVY")
        shop.style(colors=[navy])
        entity = ctx.registry.get("catalog.color")
        shop.save("color", navy, active=False)
    with pytest.raises(Refused, match="still used"), hub.context(tenant) as ctx:
        crud.delete_row(ctx, entity, crud.get_row(ctx, entity, "NVY"))
    with hub.context(tenant) as ctx:
        assert crud.get_row(ctx, entity, "NVY").active is False
        crud.delete_row(ctx, entity, Shop(ctx).color("FREE"))


def test_lists_ask_as_often_for_many_rows_as_for_few(shop, ctx, count_queries):
    def ask(noun):
        ctx.memo.clear()
        with count_queries() as log:
            query.fetch_page(ctx, ctx.registry.get(f"catalog.{noun}"), query.ListQuery())
        return log.count

    navy, white = shop.color("NVY"), shop.color("WHT")
    run = shop.run()
    shop.style("T0", run, [navy])
    before = {noun: ask(noun) for noun in ("style", "size_run", "color")}
    for n in range(1, 8):
        shop.style(f"T{n}", shop.run(f"R{n}"), [navy, white])
    assert {noun: ask(noun) for noun in before} == before
