"""The lines of a receipt that is a draft are changed on their page, and posted from there."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, Refused, run_action
from plugins.receiving.models import Receipt
from plugins.receiving.services import posting
from tests.journeys.steps import inputs
from tests.plugins.purchasing.conftest import at, bought, ids, line

D = Decimal
SHEET = "/receiving/sheet/"
ROLLS = "R1\tL1\t100\t109.4\nR2\tL1\t50\t54.7\t27.5\t\t58\tx"


def lines_of(ctx: Ctx, receipt_id: int) -> list[tuple[str, Decimal, Decimal, str]]:
    ctx.session.expire_all()
    return [
        (x.line.material.code + (x.line.color.code if x.line.color else ""), x.received, x.rejected, x.note)
        for x in posting.load_lines(ctx, receipt_id)
    ]


def test_a_draft_is_changed_and_posted(mill: Ctx, client_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "300", color="NVY"), line(mill, "FAB", "100", color="WHT"))
    other = bought(mill, line(mill, "FAB", "70", color="NVY"))
    navy, white, more = *ids(mill, po), ids(mill, other)[0]
    mill.session.commit()
    wh = client_as("wh")
    typed = {"store": "MAIN", f"lines-{navy}-rolls": ROLLS, f"lines-{white}-received": "40", "do": "draft"}
    address = wh.post(SHEET, data=typed).location
    number = int(address.rsplit("/", 1)[1])
    assert ">Edit lines</a>" in wh.get(address).text
    page = wh.get(f"{address}/lines").text
    form = inputs(page)
    assert form[f"lines-{white}-received"] == "40"
    assert form[f"lines-{navy}-received"] == ""
    assert ROLLS in page.replace("\r", ""), "the packing list as it was pasted"
    assert f'name="lines-{more}-received"' in page, "what else is open of the supplier"

    # saving what is there changes nothing and leaves no trace
    form |= {f"lines-{navy}-rolls": ROLLS}
    before = lines_of(mill, number)
    version = form["_version"]
    assert wh.post(f"{address}/lines", data=form).status_code == 302
    assert lines_of(mill, number) == before == [("FABNVY", D(150), D(50), ""), ("FABWHT", D(40), D(0), "")]
    assert inputs(wh.get(f"{address}/lines").text)["_version"] == version

    # one goes, one comes, one is another
    form |= {f"lines-{navy}-rolls": "R1\tL1\t90", f"lines-{white}-received": "", f"lines-{more}-note": "late"}
    refused = wh.post(f"{address}/lines", data=form | {f"lines-{more}-received": "70 kg"})
    assert refused.status_code == 422
    assert "ordered in" in refused.text
    uom = other.lines[0].uom
    form |= {f"lines-{more}-received": f"70 {uom}"}
    reply = wh.post(f"{address}/lines", data=form | {"_then": "post"})
    assert reply.status_code == 302, reply.text
    assert lines_of(mill, number) == [("FABNVY", D(90), D(0), ""), ("FABNVY", D(70), D(0), "late")]
    assert mill.session.get(Receipt, (mill.tenant.id, number)).state == "posted"
    assert (at(mill, po).received, at(mill, other).received) == (90, 70)


def test_what_is_refused_when_it_is_posted_saves_nothing(mill: Ctx, client_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    first = ids(mill, po)[0]
    mill.session.commit()
    wh = client_as("wh")
    address = wh.post(SHEET, data={"store": "MAIN", f"lines-{first}-received": "10", "do": "draft"}).location
    number = int(address.rsplit("/", 1)[1])
    form = inputs(wh.get(f"{address}/lines").text) | {f"lines-{first}-received": "500", "_then": "post"}
    reply = wh.post(f"{address}/lines", data=form)
    assert reply.status_code == 422
    assert f'id="e-lines-{first}-received">' in reply.text, "the message stands at the line"
    assert inputs(reply.text)[f"lines-{first}-received"] == "500"
    assert lines_of(mill, number)[0][1] == 10


def test_a_line_that_nobody_ordered_is_named_where_it_was_given(
    mill: Ctx, client_as: Callable[..., Any]
) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    first, order = ids(mill, po)[0], po.number
    mill.session.commit()
    address = (
        client_as("wh")
        .post(SHEET, data={"store": "MAIN", f"lines-{first}-received": "10", "do": "draft"})
        .location
    )
    receipt = mill.session.get(Receipt, (mill.tenant.id, int(address.rsplit("/", 1)[1])))
    rows = [
        {"order": order.lower(), "line": 1, "received": "5"},
        {"order": order, "line": 9, "received": "5"},
    ]
    with pytest.raises(Refused) as refused:
        run_action(mill, mill.registry.get("receiving.receipt"), receipt, "lines", {"lines": rows})
    assert [p.field for p in refused.value.problems] == ["lines.1.received"]


def test_a_message_stands_at_the_line_of_its_supplier(mill: Ctx, client_as: Callable[..., Any]) -> None:
    one = bought(mill, line(mill, "FAB", "100", color="NVY"), line(mill, "FAB", "100", color="WHT"))
    two = bought(mill, line(mill, "LBL", "500", size="S"), supplier="S2", material_class="trim")
    navy, white, label = *ids(mill, one), ids(mill, two)[0]
    mill.session.commit()
    typed = {f"lines-{navy}-received": "5", f"lines-{white}-received": "5", f"lines-{label}-received": "900"}
    reply = client_as("wh").post(SHEET, data={"store": "MAIN", **typed})
    assert reply.status_code == 422
    assert f'id="e-lines-{label}-received">' in reply.text
    assert reply.text.count('class="error"') == 1
