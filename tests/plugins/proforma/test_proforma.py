"""PO → PI: quantities, totals, states, refusals; the purchase order is left alone; the PDF is read back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx, NotFound, Refused
from core.base_api import Denied, TenantInfo
from core.entities import audit
from core.kernel import enablement
from core.kernel.hub import Hub
from kit.printing import documents
from plugins.proforma.documents import invoice
from plugins.proforma.models import ProformaInvoice
from plugins.proforma.services import invoices
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from tests.plugins.outsourcing.conftest import do
from tests.plugins.purchasing.conftest import D, bought, came, got, ids, line, order

DAY = date(2026, 11, 23)


def pi(ctx: Ctx, po: PurchaseOrder, *qty: str, **header: Any) -> ProformaInvoice:
    """A proforma invoice with these quantities for the first lines."""
    lines = [{"line": n, "qty": q} for n, q in enumerate(qty, 1)]
    made: ProformaInvoice = do(
        ctx, po, "proforma", lines=lines, **{"pi_date": DAY, "valid_until": None, **header}
    )
    return made


def state_of(ctx: Ctx, po: PurchaseOrder) -> Any:
    """Everything the purchase order is."""
    ctx.session.expire_all()
    fresh = ctx.session.scalars(select(PurchaseOrder).where(PurchaseOrder.id == po.id)).one()
    lines = ctx.session.scalars(select(PurchaseLine).where(PurchaseLine.order_id == po.id)).all()
    rows: list[Any] = [fresh, *lines]
    found = [{c.key: getattr(r, c.key) for c in type(r).__table__.columns} for r in rows]
    return found, len(audit.audit_history(ctx, "purchasing.order", po.id))


def text_of(pdf: bytes) -> str:
    """Everything that is printed, without blanks."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))


def test_untouched_it_says_what_the_order_says(mill: Ctx, po: PurchaseOrder) -> None:
    before = state_of(mill, po)
    made = pi(mill, po)
    assert (made.number, made.state, made.currency) == ("PI-2026-0001", "current", "USD")
    assert [(x.qty, x.amount) for x in made.lines] == [(D(100), D(250)), (D(40), D(100)), (D(10), D("73.35"))]
    assert (made.subtotal, made.total) == (D("423.35"), D("423.35"))
    assert state_of(mill, po) == before


def test_quantities_of_its_own(mill: Ctx, po: PurchaseOrder) -> None:
    before, moves = state_of(mill, po), len(ledger.movements(mill))
    made = pi(mill, po, "120.5", "0", "9.99", freight=D("12.5"), insurance=D("1.255"))
    # 120.5 × 2.5; 9.99 × 7.335 = 73.27665; 1.255 half up
    assert [(x.position, x.qty, x.difference, x.amount) for x in made.lines] == [
        (1, D("120.5"), D("20.5"), D("301.25")),
        (2, D("9.99"), D("-0.01"), D("73.28")),
    ]
    assert (made.subtotal, made.insurance, made.total) == (D("374.53"), D("1.26"), D("388.29"))
    assert [str(w) for w in invoices.over(made.lines)] == ["FAB: 20.5 m more than ordered (100)."]
    shown = invoices.figures(mill, made)
    assert shown["sums"] == [
        {"uom": "m", "qty": D("120.5"), "po_qty": D(100), "difference": D("20.5")},
        {"uom": "kg", "qty": D("9.99"), "po_qty": D(10), "difference": D("-0.01")},
    ]
    assert shown["dropped"] == 1
    assert state_of(mill, po) == before
    assert len(ledger.movements(mill)) == moves


def test_the_newest_is_current_and_the_others_are_superseded(mill: Ctx, po: PurchaseOrder) -> None:
    first, second, third = pi(mill, po), pi(mill, po, "1", number="X/7"), pi(mill, po, "2")
    assert [x.state for x in (first, second, third)] == ["superseded", "superseded", "current"]
    assert [x.number for x in invoices.of_order(mill, po.id)] == ["PI-2026-0002", "X/7", "PI-2026-0001"]
    other = pi(mill, bought(mill, line(mill, "FAB", "1", color="NVY")))
    assert (third.state, other.state) == ("current", "current")


def test_a_number_typed_by_hand_is_stepped_over(mill: Ctx, po: PurchaseOrder) -> None:
    pi(mill, po, number="PI-2026-0001")
    assert pi(mill, po).number == "PI-2026-0002"


def test_a_later_revision_shows_and_changes_nothing_here(mill: Ctx, po: PurchaseOrder) -> None:
    made = pi(mill, po)
    given = [{"line": 1, "qty": "90", "price": "3"}]
    do(mill, po, "revise", lines=given, reason="agreed by phone", reprice="new")
    assert invoices.stale(made, po)
    assert made.lines[0].said.price == D("2.5")
    assert made.total == D("423.35")
    again = pi(mill, po)
    assert (again.order_revision, again.lines[0].qty, again.total) == (1, D(90), D("443.35"))
    assert not invoices.stale(again, po)


@pytest.mark.parametrize(
    ("qty", "header", "field"),
    [
        (("-1",), {}, "qty-0"),
        (("1.005",), {}, "qty-0"),
        (("0", "0", "0"), {}, ""),
        ((), {"valid_until": date(2026, 11, 22)}, "valid_until"),
        ((), {"ship_date": date(2026, 11, 22)}, "ship_date"),
        ((), {"ship_date": date(2026, 12, 22), "ship_days": 30}, "ship_days"),
        ((), {"pi_date": None}, "pi_date"),
        ((), {"number": "TAKEN"}, "number"),
    ],
)
def test_what_is_refused(
    mill: Ctx, po: PurchaseOrder, qty: tuple[str, ...], header: Mapping[str, Any], field: str
) -> None:
    taken = pi(mill, po, number="TAKEN")
    with pytest.raises(Refused) as refused:
        pi(mill, po, *qty, **header)
    wanted = "lines.0.qty" if field == "qty-0" else field
    assert wanted in {p.field for p in refused.value.problems}
    assert invoices.of_order(mill, po.id) == [taken]
    assert taken.state == "current"


def test_only_an_issued_order_is_converted(mill: Ctx, po: PurchaseOrder) -> None:
    with pytest.raises(Refused, match="issued purchase order"):
        pi(mill, order(mill))
    with pytest.raises(Refused, match="no longer on the order"):
        pi(mill, po, "1", "1", "1", "1")
    do(mill, po, "cancel", reason="no longer wanted")
    with pytest.raises(Refused, match="cancelled"):
        pi(mill, po)


def test_received_goods_do_not_matter(mill: Ctx, po: PurchaseOrder) -> None:
    came(mill, po, got(ids(mill, po)[0], "100"))
    assert pi(mill, po).lines[0].qty == D(100)


def test_only_those_who_may(mill: Ctx, po: PurchaseOrder, ctx_as: Callable[..., Any]) -> None:
    po_id = po.id
    mill.session.commit()
    for role in ("wh", "fin", "qc"):
        with ctx_as(role) as person, pytest.raises(Denied):
            pi(person, person.session.get_one(PurchaseOrder, (person.tenant.id, po_id)))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("PROFORMAINVOICE", "FarEastApparel", "allowed/notallowed", "30daysafterdeposit", "23November2026",
                "threehundredseventy-four", "Notifyparty", "12.5", "E.&O.E.")),
        ("zh_Hant_TW", ("形式發票", "遠東衣業", "收到訂金後30天", "2026年11月23日", "溢短裝", "本單非統一發票", "賣方簽章")),
        ("zh_Hans_CN", ("形式发票", "远东衣业", "收到订金后30天", "2026年11月23日", "溢短装", "卖方签章")),
    ],
)  # fmt: skip
def test_the_pdf_says_it_in_three_languages(
    mill: Ctx, po: PurchaseOrder, language: str, words: tuple[str, ...]
) -> None:
    made = pi(
        mill, po, "120.5", "0", "9.99", ship_days=30, partial="yes", transhipment="no", tolerance_pct=D(3), origin="Taiwan",
        incoterm="FOB Keelung", loading="Keelung", discharge="Hamburg", bank="Bank of Taiwan\nBKTWTWTP\n001-23", mode="sea",
        packages=12, net_kg=D("12.5"), gross_kg=D(14), cbm=D("0.25"), notify="Notify Co.", remarks="Two lots",
    )  # fmt: skip
    text = text_of(documents.render(mill, invoice.KIND, made, language).pdf)
    common = ("PI-2026-0001", po.number, "FOBKeelung", "Hamburg", "BKTWTWTP", "001-23", "120.5", "301.25", "9.99", "73.28",
              "374.53", "FAB", "NVY", "±3%", "SupplierS1", "Taiwan", "NotifyCo.", "Twolots", "0.25m³")  # fmt: skip
    lower = text.lower()
    for word in (*common, *words):
        assert word.lower() in lower, word
    assert "20.5" not in text.replace("120.5", "")  # the difference is ours to know
    inside = text_of(documents.render(mill, invoice.INTERNAL, made, language).pdf)
    assert "+20.5" in inside
    assert "-0.01" in inside


def test_a_long_one_is_printed_whole(mill: Ctx) -> None:
    colors = ("NVY", "WHT")
    many = bought(
        mill, *(line(mill, "FAB", str(n + 1), color=colors[n % 2], note=f"row {n}") for n in range(80))
    )
    made = pi(mill, many)
    rendered = documents.render(mill, invoice.KIND, made, "en")
    assert rendered.pages > 1
    assert text_of(rendered.pdf).count("MaterialFAB") == 80
    assert made.total == D(2 * 80 * 81 // 2)


# --- over HTTP -----------------------------------------------------------------------------------------------------------


def dialog(html: str) -> dict[str, str]:
    """The inputs of the dialog."""
    tags = re.findall(r"<(?:input|textarea)[^>]*>", html)
    pairs = [(re.search(r'name="([^"]+)"', t), re.search(r'value="([^"]*)"', t)) for t in tags]
    return {n[1]: v[1] if v else "" for n, v in pairs if n and n[1] not in ("csrf_token", "_key", "q")}


def test_the_journey_in_a_browser(
    mill: Ctx, po: PurchaseOrder, client_as: Callable[..., Any], hub: Hub
) -> None:
    address, before = f"/purchasing/order/{po.id}", state_of(mill, po)
    mill.session.commit()
    purch = client_as("purch")
    assert f'href="{address}/proforma"' in purch.get(address).text
    page = purch.get(f"{address}/proforma")
    form = dialog(page.text)
    assert (form["lines-0-qty"], form["pi_date"], form["valid_until"]) == ("100", "2026-11-23", "2026-12-07")
    wrong = purch.post(f"{address}/proforma", data={**form, "lines-0-qty": "ten", "freight": "x"})
    assert wrong.status_code == 422
    assert 'value="ten"' in wrong.text
    assert wrong.text.count("is not a number") == 2
    key = {"_key": "p" * 24}
    made = purch.post(f"{address}/proforma", data={**form, **key, "lines-0-qty": "130"})
    assert made.status_code == 302
    assert (
        purch.post(f"{address}/proforma", data={**form, **key, "lines-0-qty": "130"}).location
        == made.location
    )
    shown = purch.get(made.location).text
    for part in ("PI-2026-0001", "+30", "498.35", "30 m more than ordered (100)"):
        assert part in shown, part
    pdf = purch.get(f"{made.location}/pdf/proforma.invoice?language=zh_Hant_TW")
    assert pdf.mimetype == "application/pdf"
    assert "形式發票" in text_of(pdf.data)
    on_order = purch.get(address).text
    assert "PI-2026-0001" in on_order
    assert "superseded" in purch.get(f"{address}/proforma").text
    assert purch.get("/proforma/invoice/").status_code == 200
    assert purch.post(f"{made.location}/edit", data={"number": "X"}).status_code == 422
    assert purch.get("/proforma/invoice/new").status_code == 404
    with hub.context(mill.tenant, write=False) as ctx:
        assert len(invoices.of_order(ctx, po.id)) == 1
        assert state_of(ctx, po) == before


def test_the_order_page_says_when_it_went_on(
    mill: Ctx, po: PurchaseOrder, client_as: Callable[..., Any]
) -> None:
    made = pi(mill, po)
    do(mill, po, "revise", lines=[{"line": 1, "qty": "101"}], reason="one more", reprice="new")
    mill.session.commit()
    purch = client_as("purch")
    for address in (f"/purchasing/order/{po.id}", f"/proforma/invoice/{made.id}", "/proforma/invoice/"):
        assert "PO changed after this PI" in purch.get(address).text, address
    do(mill, po, "cancel", reason="fell through")
    mill.session.commit()
    assert "PO cancelled" in purch.get(f"/proforma/invoice/{made.id}").text
    assert f"{po.id}/proforma" not in purch.get(f"/purchasing/order/{po.id}").text
    late = purch.get(f"/purchasing/order/{po.id}/proforma")
    assert late.status_code == 422
    assert "cancelled" in late.text


def test_others_neither_see_nor_make_it(
    mill: Ctx, po: PurchaseOrder, other_tenant: TenantInfo, client_as: Callable[..., Any]
) -> None:
    made = pi(mill, po)
    mill.session.commit()
    stranger, keeper = client_as("mgr", other_tenant), client_as("wh")
    for address in (
        f"/proforma/invoice/{made.id}",
        f"/proforma/invoice/{made.id}/pdf/proforma.invoice",
        f"/purchasing/order/{po.id}/proforma",
    ):
        assert stranger.get(address).status_code == 404, address
    assert keeper.get(f"/proforma/invoice/{made.id}").status_code == 403  # it is made of prices
    assert keeper.get(f"/purchasing/order/{po.id}/proforma").status_code == 403
    assert f"{po.id}/proforma" not in keeper.get(f"/purchasing/order/{po.id}").text


def test_switched_off_for_one_and_on_again(
    mill: Ctx,
    po: PurchaseOrder,
    tenant: TenantInfo,
    other_tenant: TenantInfo,
    client_as: Callable[..., Any],
    hub: Hub,
) -> None:
    made, first = pi(mill, po), ids(mill, po)[0]
    mill.session.commit()
    purch, others = client_as("purch"), client_as("mgr", other_tenant)
    address = f"/purchasing/order/{po.id}"
    pages = (
        f"/proforma/invoice/{made.id}",
        f"/proforma/invoice/{made.id}/pdf/proforma.invoice",
        "/proforma/invoice/",
        f"{address}/proforma",
    )
    with hub.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "proforma")
    for page in pages:
        assert purch.get(page).status_code == 404, page
    shown = purch.get(address)
    assert shown.status_code == 200
    assert "proforma" not in shown.text.lower()
    assert "Make PI" not in shown.text
    assert "proforma" not in purch.get("/").text.lower()
    assert others.get("/proforma/invoice/").status_code == 200
    with hub.context(tenant) as ctx:
        with pytest.raises(NotFound, match="no action"):
            pi(ctx, ctx.session.get_one(PurchaseOrder, (tenant.id, po.id)))
        came(ctx, ctx.session.get_one(PurchaseOrder, (tenant.id, po.id)), got(first, "60"))  # buying goes on
        enablement.enable_plugin(ctx, "proforma")
    for page in pages:
        assert purch.get(page).status_code == 200, page
    assert "Make PI" in purch.get(address).text
    assert made.number in purch.get(address).text


def test_pages_ask_as_often_for_many_lines(
    mill: Ctx, po: PurchaseOrder, client_as: Callable[..., Any], count_queries: Callable[[], Any]
) -> None:
    many = bought(mill, *(line(mill, "FAB", "1", color="NVY", note=f"row {n}") for n in range(40)))
    pairs = [(pi(mill, each).id, each.id) for each in (po, many)]
    mill.session.commit()
    purch = client_as("purch")

    def count(address: str) -> int:
        purch.get(address)
        with count_queries() as log:
            assert purch.get(address).status_code == 200
        return int(log.count)

    for template in ("/proforma/invoice/{0}", "/purchasing/order/{1}/proforma", "/purchasing/order/{1}"):
        few, lots = (count(template.format(*pair)) for pair in pairs)
        assert few == lots, template


def test_the_page_stands_on_purchase_orders_alone(mill: Ctx) -> None:
    assert "proforma" in dict(mill.hooks.each("action_tables", entity="purchasing.order"))
    assert mill.hooks.each("action_tables", entity="proforma.invoice") == []
