"""Purchase orders for finished goods: a list and numbers of their own, lines of styles beside materials that stay away."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.api import Refused, run_action, save_row
from plugins.catalog.api import goods_prices
from plugins.catalog.testing import make_color, make_goods_price, make_material, make_partner, make_style
from plugins.purchasing.services import lines
from plugins.purchasing.services.inputs import LineInput
from plugins.purchasing.shown import figures
from plugins.receiving.services import sheet

D = Decimal


def goods_order(ctx, vendor="V1"):
    return save_row(
        ctx, ctx.registry.get("purchasing.order"), None,
        {"supplier": make_partner(ctx, vendor, supplier=True), "material_class": "goods", "order_date": ctx.today()},
    )  # fmt: skip


def pieces(ctx, style="TEE", size="M", qty="10", **more):
    return LineInput(
        None, D(qty), style=make_style(ctx, style), color=make_color(ctx, "NVY"), size=size, **more
    )


def test_a_style_is_bought_finished(ctx):
    make_goods_price(ctx, "TEE", "V1", "4.20")
    make_goods_price(ctx, "TEE", "V1", "3.90", min_qty=100)
    order = goods_order(ctx)
    assert order.number.startswith("PG-")
    lines.save(ctx, order, [pieces(ctx, qty="60"), pieces(ctx, size="L", qty="50")])
    run_action(ctx, ctx.registry.get("purchasing.order"), order, "issue")
    first, second = lines.purchase_lines(ctx, order.id)
    assert (first.uom, first.factor, first.price, first.max_qty) == ("pcs", 1, D("3.9"), 60)
    assert (first.size_id, second.size_id) == tuple(s.id for s in first.style.size_run.sizes[1:])
    assert order.snapshot.lines[0].material == "TEE"
    assert figures.order_figures(ctx, order)["lines"][0]["material_name"] == "Style TEE"
    assert sheet.open_lines(ctx) == ([], False)  # goods are not received as material


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"style": None}, "style is needed"),
        ({"color": None}, "comes in colours"),
        ({"size": ""}, "comes in sizes"),
        ({"size": "XL"}, "no size “XL”"),
        ({"qty": D("1.5")}, "whole numbers"),
        ({"uom": "m"}, "bought in pcs"),
    ],
)
def test_what_is_wrong_with_a_line_of_goods(ctx, given, said):
    order, line = goods_order(ctx), pieces(ctx)
    for name, value in given.items():
        setattr(line, name, value)
    with pytest.raises(Refused, match=said):
        lines.save(ctx, order, [line])


def test_goods_and_materials_are_ordered_apart(ctx, make_purchase_order):
    with pytest.raises(Refused, match="style is needed"):
        lines.save(ctx, goods_order(ctx), [LineInput(make_material(ctx), D(1), color=make_color(ctx))])
    material = make_purchase_order(issue=False)
    with pytest.raises(Refused, match="material is needed"):
        lines.save(ctx, material, [pieces(ctx)])


def test_vendors_are_asked_in_the_order_of_their_priority(ctx, count_queries):
    make_goods_price(ctx, "TEE", "V1", "4", priority=2)
    make_goods_price(ctx, "TEE", "V2", "5")
    make_goods_price(ctx, "POLO", "V3", "9").vendor.active = False
    styles = [make_style(ctx, code).id for code in ("TEE", "POLO", "CAP")]
    with count_queries() as counted:
        found = goods_prices(ctx, styles, ctx.today())
        told = {s: [row.vendor.code for row in rows] for s, rows in found.items()}
    assert told == {styles[0]: ["V2", "V1"]}
    assert counted.count == 1, counted


def test_lines_of_goods_are_typed_by_style(client_as, ctx):
    make_goods_price(ctx, "TEE", "V1", "4.20")
    order = goods_order(ctx)
    lines.save(ctx, order, [pieces(ctx)])
    ctx.session.commit()
    client = client_as("purch")
    page = client.get(f"/purchasing/order/{order.id}/lines").text
    assert "lines-0-style" in page
    assert "lines-0-material" not in page
    assert "/catalog/style/called/TEE" in client.get(f"/purchasing/order/{order.id}").text
    assert order.number in client.get("/purchasing/order/?material_class=goods").text
    assert client.get("/catalog/goods_price/").status_code == 200
