"""The contract: what it says in three languages, how it is made, signed, taken back and kept."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pikepdf
import pypdf
import pytest
from PIL import Image
from sqlalchemy import select

from core.entities import audit, crud
from core.entities.recording import flush_rows
from core.entities.transitions import run_action
from core.errors import Refused
from core.text.i18n import LOCALES, Text, locale_scope
from core.work import jobs
from kit.printing import documents
from plugins.base_company.services import company
from plugins.base_files import api as files
from plugins.catalog.models import (
    BomLine,
    BomSize,
    Color,
    Destination,
    Material,
    Partner,
    PartnerAddress,
    PartnerContact,
    PaymentTerm,
    PaymentTermLine,
    Size,
    SizeRun,
    Style,
)
from plugins.orders.models import CustomerOrder, OrderLine, OrderStyle
from plugins.outsourcing.documents.contract_values import lots, rates, size_rows, tables
from plugins.outsourcing.models import Contract, FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.outsourcing.services import contracts, lifecycle, snapshot
from plugins.outsourcing.services.supply import consumption

DAY = date(2026, 12, 11)
SIZES = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL", "5XL")
LONG = "Women's relaxed-fit brushed-back organic cotton fleece hooded sweatshirt with kangaroo pocket"
LONG_TW = "女款寬鬆版有機棉磨毛刷毛連帽長袖上衣附袋鼠口袋與撞色抽繩"
LONG_CN = "女款宽松版有机棉磨毛刷毛连帽长袖上衣附袋鼠口袋与撞色抽绳"


def pdf_file():
    document = pikepdf.new()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def picture(kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, kind)
    return out.getvalue()


def master_data(ctx):
    """A factory, a style with ten sizes and a long name, its material."""
    session = ctx.session
    ctx.set_setting(
        "company",
        {"name": "Formosa Apparel", "names": {"zh_Hant_TW": "福爾摩沙成衣貿易股份有限公司"}, "base_currency": "TWD",
         "tax_id": "12345678", "representative": "陳美玲", "address": "臺北市迪化街一段 100 號", "bank": "017-000-12345678"},
    )  # fmt: skip
    terms = PaymentTerm(code="CMT-30-70", name="30/70")
    terms.lines = [
        PaymentTermLine(position=0, pct=Decimal(30), trigger="contract_signed", days=0),
        PaymentTermLine(position=1, pct=Decimal(70), trigger="fg_accepted", days=20),
    ]
    factory = Partner(
        code="F01", name="Dongguan Hengfeng Garment Co.", names={"zh_Hant_TW": "東莞恒豐製衣廠"}, is_factory=True,
        mode="CMT", tax_id="91441900MA4W", representative="李建国", bank="中国银行 7400", currency="CNY",
    )  # fmt: skip
    factory.addresses = [PartnerAddress(address="广东省东莞市厚街镇", phone="+86 769")]
    factory.contacts = [PartnerContact(name="王丽", email="wang.li@hengfeng.example")]
    customer = Partner(code="C01", name="Harborline", is_customer=True, currency="USD")
    run_ = SizeRun(code="R", name="XXS-5XL", sizes=[Size(code=c, position=i) for i, c in enumerate(SIZES)])
    place = Destination(code="US-LAX", name="Los Angeles")
    navy = Color(code="NVY", name="Navy", names={"zh_Hant_TW": "藏青", "zh_Hans_CN": "藏青"})
    fabric = Material(
        code="FAB-1", name="Fleece", names={"zh_Hant_TW": "刷毛布", "zh_Hans_CN": "刷毛布"}, material_class="main",
        stock_uom="kg", stock_step=Decimal("0.01"), purchase_uom="kg", factor=Decimal(1),
    )  # fmt: skip
    session.add_all([terms, factory, customer, run_, place, navy, fabric])
    session.flush()
    style = Style(
        code="ST-1",
        name=LONG,
        names={"zh_Hant_TW": LONG_TW, "zh_Hans_CN": LONG_CN},
        size_run_id=run_.id,
        unit="pcs",
    )
    low, high = (
        BomSize(size_id=run_.sizes[i].id, consumption=Decimal(c)) for i, c in ((0, "0.150"), (9, "0.198"))
    )
    style.bom = [
        BomLine(material_id=fabric.id, uom="kg", wastage_pct=Decimal(6), place="Body", sizes=[low, high])
    ]
    session.add(style)
    session.flush()
    return terms, factory, customer, run_, place, navy, style


@pytest.fixture
def order(ctx):
    """A draft with one line of ten sizes, 1,000 pieces at 6.80."""
    terms, factory, customer, run_, place, navy, style = master_data(ctx)
    session = ctx.session
    made = FactoryOrder(
        number="FO-2026-0001", state="draft", contract_status="none", factory_id=factory.id, currency="CNY",
        order_date=date(2026, 9, 25), revision=0, terms_id=terms.id, tax_pct=Decimal(0), created_at=ctx.now(), qty=1000,
        total=Decimal("6800"), incoterm="EXW", delivery_place="厚街廠", notes="<b>大貨頭缸</b> & 核可",
    )  # fmt: skip
    bought = CustomerOrder(
        number="SO-1", state="confirmed", customer_id=customer.id, customer_po="HL-88120", currency="USD",
        order_date=date(2026, 9, 1), created_at=ctx.now(),
    )  # fmt: skip
    session.add_all([made, bought])
    session.flush()
    part = OrderStyle(order_id=bought.id, style_id=style.id)
    session.add(part)
    session.flush()
    row = OrderLine(
        order_id=bought.id, order_style_id=part.id, color_id=navy.id, destination_id=place.id, ship_date=DAY,
        price=Decimal(9), qty=1000,
    )  # fmt: skip
    line = FactoryOrderLine(
        order_id=made.id, position=1, customer_order_id=bought.id, order_style_id=part.id, style_id=style.id,
        destination_id=place.id, customer_po="HL-88120", ship_date=DAY, qty=1000, price=Decimal("6.80"),
        amount=Decimal("6800"),
    )  # fmt: skip
    session.add_all([row, line])
    session.flush()
    session.add_all(
        FactoryOrderSize(line_id=line.id, order_line_id=row.id, color_id=navy.id, size_id=s.id, qty=100)
        for s in run_.sizes
    )
    session.flush()
    session.expire(made)
    return made


@pytest.fixture
def issued(ctx, order):
    order.snapshot = snapshot.build_snapshot(ctx, order)
    order.state, order.issue_date = "issued", date(2026, 9, 25)
    flush_rows(ctx.session)
    return order


def text_of(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def squeeze(text):
    return re.sub(r"\s+", "", text)


SAYS = {
    "zh_Hant_TW": (
        "委外加工合約書", "甲方（定作人）", "福爾摩沙成衣貿易股份有限公司", "統一編號", "東莞恒豐製衣廠", LONG_TW, "藏青",
        "人民幣陸仟捌佰元整", "第十六條", "主要缺點AQL2.5", "30%於本合約簽訂時支付；70%於成衣驗收合格後20日內支付",
        "公司章（大章）", "代表人章（小章）", "中華民國", "印花稅票黏貼處", "騎縫章", "刷毛布", "附件二",
    ),
    "zh_Hans_CN": (
        "委托加工合同", "定作方（甲方）", "统一社会信用代码", "法定代表人", LONG_CN, "人民币陆仟捌佰元整", "第十六条",
        "公章或合同专用章", "骑缝章", "附件二",
    ),
    "en": (
        "OUTSOURCING(PROCESSING)CONTRACT", "Principal(PartyA)", "DongguanHengfengGarmentCo.", squeeze(LONG),
        "ChineseYuanRenminbiSixthousandeighthundredonly", "16.Copiesandannexes",
        "30%onsigningofthiscontract,70%within20daysafteracceptanceofthefinishedgoods", "Companyseal",
        "Annex1", "Annex2",
    ),
}  # fmt: skip
ALWAYS = (
    "CT-FO-2026-0001", "HL-88120", "SO-1", "ST-1", "US-LAX", "2026-12-11", "6.80", "6,800.00", "1,000", "91441900MA4W",
    "12345678", "李建国", "<b>大貨頭缸</b>&核可", "0.15–0.198", "FAB-1", *SIZES,
)  # fmt: skip


@pytest.mark.parametrize(
    "language", [pytest.param(x, marks=[pytest.mark.more] if x == "zh_Hans_CN" else []) for x in LOCALES]
)
def test_what_it_says(ctx, issued, language):
    contract = contracts.generate(ctx, issued, language)
    name, media, pdf = contracts.file_of(ctx, contract)
    assert (name, media) == (f"CT-FO-2026-0001-{language}.pdf", "application/pdf")
    pages = text_of(pdf)
    said = squeeze("".join(pages))
    assert [part for part in (*ALWAYS, *SAYS[language]) if part not in said] == []
    assert [
        part for part in ("legaladvice", "法律意見", "法律意见") if part in said
    ] == []  # that is for the administrator
    assert contract.pages == len(pages) <= documents.INLINE_PAGES
    with locale_scope(language):
        foot = Text("Page {page} of {pages}", {"page": len(pages), "pages": len(pages)}, home="kit.printing")
        assert squeeze(str(foot)) in squeeze(pages[-1])
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font.get_object()["/FontDescriptor"].get_object(), font


def test_it_is_made_from_the_snapshot(ctx, issued):
    issued.factory.name, issued.factory.names = "Renamed", None
    ctx.session.scalars(select(BomLine)).one().wastage_pct = Decimal(77)
    flush_rows(ctx.session)
    said = documents.compose(ctx, contracts.KIND, issued, "en").html
    assert "Dongguan Hengfeng" in said
    assert "Renamed" not in said
    assert "77 %" not in said


def test_pieces_that_keep_an_earlier_price(ctx, issued):
    line = replace(issued.snapshot.lines[0], parts=((400, Decimal("6.50")),), amount=Decimal("6680.00"))
    issued.snapshot = replace(issued.snapshot, lines=(line,))
    flush_rows(ctx.session)
    said = squeeze(documents.compose(ctx, contracts.KIND, issued, "en").html)
    assert "400×6.50<br/>600×6.80" in said
    assert rates(300, Decimal("6.8"), [(400, "6.5")]) == [(300, Decimal("6.5"))]
    assert rates(300, Decimal("6.8"), None) == []


def test_notes_keep_their_lines(ctx, order):
    order.notes = "first\n\nsecond <i>"
    flush_rows(ctx.session)
    assert "first</p><p>second &lt;i&gt;</p>" in documents.compose(ctx, contracts.KIND, order, "en").html


def test_what_the_fonts_lack_is_named_before_issue_and_never_stops_what_is_issued(ctx, order):
    """Master data in another script is told of with its place when it would be frozen; what was frozen before prints a box."""
    order.factory.addresses[0].address = "东莞 🙏 路"
    order.notes = "thanks 🙏"
    with pytest.raises(Refused) as refused:
        run_action(ctx, ctx.registry.get("outsourcing.order"), order, "issue")
    said = [str(p.message) for p in refused.value.problems]
    assert [text.split(" cannot")[0] for text in said] == [
        "Notes: “thanks 🙏”",
        "Factory, Address: “东莞 🙏 路”",
    ]
    order.state, order.issue_date, order.snapshot = "issued", DAY, snapshot.build_snapshot(ctx, order)
    for language in LOCALES:
        assert contracts.generate(ctx, order, language).status == "generated"


def test_the_tenant_sets_the_numbers(ctx, issued):
    given = {
        "contract_late_pct": Decimal("0.3"),
        "contract_court": "臺灣臺北地方法院",
        "contract_stamp_summary": True,
    }
    company.save_settings(ctx, "outsourcing", given)
    said = squeeze(documents.compose(ctx, contracts.KIND, issued, "zh_Hant_TW").html)
    assert "每逾一日按遲延部分價款之0.3%" in said
    assert "臺灣臺北地方法院" in said
    assert "印花稅票黏貼處" not in said


def test_with_the_companys_logo(ctx, issued):
    blob = files.store(ctx, picture("PNG"))
    ctx.set_setting("company", {**ctx.setting("company"), "logo": blob.id})
    made = pypdf.PdfReader(io.BytesIO(documents.render(ctx, contracts.KIND, issued, "en").pdf))
    assert [image.image.size for image in made.pages[0].images] == [(60, 80)]
    assert len(made.pages) <= 5


def test_a_full_package_factory_gets_no_material_list(ctx, order):
    order.factory.mode = "FOB"
    flush_rows(ctx.session)
    said = documents.compose(ctx, contracts.KIND, order, "zh_Hant_TW").html
    assert "包工包料" in said
    assert "附件一" not in said


def test_only_an_issued_order_has_a_contract_but_any_can_be_looked_at(ctx, order):
    with pytest.raises(Refused, match="issued"):
        contracts.generate(ctx, order, "en")
    assert all("DRAFT" in page for page in text_of(documents.render(ctx, contracts.KIND, order, "en").pdf))
    assert ctx.session.scalars(select(Contract)).all() == []


def test_its_life(ctx, issued):
    first = contracts.generate(ctx, issued, "en")
    assert (issued.contract_status, first.status, first.number, len(first.sha256)) == (
        "generated",
        "generated",
        "CT-FO-2026-0001",
        64,
    )
    second = contracts.generate(ctx, issued, "zh_Hans_CN")
    ctx.session.refresh(first)
    assert (first.status, second.status) == ("superseded", "generated")
    contracts.mark_sent(ctx, issued)
    assert issued.contract_status == "sent"
    signed = contracts.upload_signed(ctx, issued, "簽回.pdf", pdf_file(), "李建国", date(2026, 9, 28))
    assert (issued.contract_status, signed.status, signed.signed_filename) == ("signed", "signed", "簽回.pdf")
    with pytest.raises(Refused, match="signed"):
        contracts.generate(ctx, issued, "en")
    better = contracts.upload_signed(ctx, issued, "scan.jpg", picture(), "李建国", date(2026, 9, 29))
    ctx.session.refresh(signed)
    assert (signed.status, better.status, better.sha256) == ("superseded", "signed", second.sha256)
    assert contracts.file_of(ctx, signed, signed=True)[0] == "簽回.pdf"
    assert contracts.file_of(ctx, better, signed=True)[1] == "image/jpeg"
    back = contracts.remove_signed(ctx, issued, "wrong page")
    ctx.session.refresh(better)
    assert (issued.contract_status, back.status, back.signed_file_id) == ("generated", "generated", None)
    assert (better.status, "wrong page" in better.note) == ("superseded", True)
    lifecycle.void_contracts(ctx, issued)
    issued.revision = 1
    flush_rows(ctx.session)
    assert (issued.contract_status, contracts.current(ctx, issued)) == ("void", None)
    assert contracts.generate(ctx, issued, "en").number == "CT-FO-2026-0001-R1"
    assert len(ctx.session.scalars(select(Contract)).all()) == 5


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"filename": "signed.pdf", "data": picture()}, "file", "not what its name says"),
        ({"data": b"<html>"}, "file", "not accepted"),
        ({"data": picture("WEBP"), "filename": "a.webp"}, "file", "not accepted"),
        ({"signer": " "}, "signer", "Who signed"),
        ({"signed_on": date(2026, 11, 24)}, "signed_on", "lies in the future"),
        ({"signed_on": date(2026, 9, 24)}, "signed_on", "before"),
    ],
)
def test_a_signed_copy_that_cannot_be(ctx, issued, change, field, said):
    contracts.generate(ctx, issued, "en")
    given = {
        "filename": "s.pdf",
        "data": pdf_file(),
        "signer": "Li",
        "signed_on": date(2026, 9, 28),
        **change,
    }
    with pytest.raises(Refused, match=said) as refused:
        contracts.upload_signed(ctx, issued, **given)
    assert refused.value.problems[0].field == field
    assert issued.contract_status == "generated"


def test_nothing_to_sign_yet(ctx, issued):
    with pytest.raises(Refused, match="no contract"):
        contracts.upload_signed(ctx, issued, "s.pdf", pdf_file(), "Li", date(2026, 9, 28))
    with pytest.raises(Refused, match="no contract"):
        contracts.remove_signed(ctx, issued, "why")


def test_the_trail_says_who_made_and_signed_it(ctx, ctx_as, issued):
    with ctx_as("merch") as person:
        entity = person.registry.get("outsourcing.order")
        row = crud.get_row(person, entity, issued.id)
        run_action(person, entity, row, "generate_contract", {"language": "en"})
        [entry] = audit.audit_history(person, entity.name, row.id)
        assert (entry.action, entry.user_name) == ("generate_contract", "Merch")
        assert ["contract_status", "none", "generated"] in entry.changes


# --- long ones, in the background -------------------------------------------------------------------------------------------


@pytest.fixture
def long(ctx, issued):
    """An issued order with 300 lines: about 40 pages."""
    line = replace(issued.snapshot.lines[0], style_name="Tee", style_names=None)
    issued.snapshot = replace(issued.snapshot, lines=tuple(replace(line, position=n + 1) for n in range(300)))
    flush_rows(ctx.session)
    return issued


def work(hub, tenant):
    job = jobs.claim(hub, tenant)
    jobs.run_one(hub, tenant, job)
    return job


@pytest.mark.thorough
@pytest.mark.once
def test_forty_pages_in_the_background_with_progress(hub, tenant, ctx, long, monkeypatch):
    monkeypatch.setattr(jobs, "QUIET", 0)
    contract = contracts.generate(ctx, long, "zh_Hant_TW")
    assert (contract.status, contract.file_id, long.contract_status) == ("preparing", None, "none")
    ctx.session.commit()
    seen = []
    real = jobs.JobProgress.hold

    def hold(self, inner, **values):
        real(self, inner, **values)
        if "done" in values and "status" not in values:
            seen.append((values["done"], values.get("total")))

    monkeypatch.setattr(jobs.JobProgress, "hold", hold)
    work(hub, tenant)
    with hub.context(tenant) as later:
        job = jobs.get_job(later, contract.job_id)
        assert (job.status, job.error) == ("done", "")
        made = contracts.get_contract(later, contract.id)
        assert (made.status, made.pages, job.done, job.total) == (
            "generated",
            made.pages,
            made.pages,
            made.pages,
        )
        assert made.pages >= 35
        assert abs(documents.estimate_pages(documents.compose(later, contracts.KIND, made.order, "zh_Hant_TW").html)
                   - made.pages) <= made.pages * 0.2  # fmt: skip
        assert made.order.contract_status == "generated"
        pages = text_of(contracts.file_of(later, made)[2])
        assert (
            sum("項次" in page for page in pages) >= made.pages - 8
        )  # the head of the table on each of its pages
        assert "2,040,000.00" not in pages[0]
    done = [n for n, _ in seen]
    assert len(done) > 20
    assert done == sorted(done)
    assert done[0] < made.pages / 4


@pytest.mark.parametrize("happened", ["revised", "done"])
def test_the_background_work_comes_too_late(hub, tenant, ctx, issued, monkeypatch, happened):
    monkeypatch.setattr(documents, "INLINE_PAGES", 0)
    contract = contracts.generate(ctx, issued, "en")
    if happened == "revised":
        issued.revision = 1
    flush_rows(ctx.session)
    ctx.session.commit()
    job = work(hub, tenant)
    with hub.context(tenant) as later:
        made = contracts.get_contract(later, contract.id)
        assert made.status == ("void" if happened == "revised" else "generated")
        again = jobs.get_job(later, job.id)
        again.status, again.attempts = "waiting", 0
    before = made.sha256
    work(hub, tenant)
    with hub.context(tenant) as later:
        assert contracts.get_contract(later, contract.id).sha256 == before


def test_a_failure_is_kept_with_its_reason(hub, tenant, ctx, issued, monkeypatch):
    monkeypatch.setattr(documents, "INLINE_PAGES", 0)
    contract = contracts.generate(ctx, issued, "en")
    ctx.session.commit()

    def refuse(*_given, **_named):
        raise Refused("no paper left")

    monkeypatch.setattr(documents, "draw", refuse)
    job = work(hub, tenant)
    with hub.context(tenant) as later:
        assert contracts.get_contract(later, contract.id).status == "failed"
        assert "no paper left" in jobs.get_job(later, job.id).error


# --- small parts -----------------------------------------------------------------------------------------------------------


def test_sizes_go_on_in_a_second_row_after_eight():
    rows = size_rows([(s, 1) for s in SIZES])
    assert [len(r) for r in rows] == [8, 8]
    assert rows[1][:3] == [("4XL", 1), ("5XL", 1), None]


def test_sizes_without_pieces_are_not_printed():
    assert size_rows([("S", 0), ("M", 5)]) == [[("M", 5)] + [None] * 7]
    assert size_rows([]) == [[None] * 8]


def test_long_tables_come_in_parts():
    lines = [{"colors": [{"rows": [[], []]}], "n": n} for n in range(30)]
    parts = list(tables(lines))
    assert [line["n"] for part in parts for line in part] == list(range(30))
    assert max(len(part) for part in parts) == 12


def test_lots_are_added_up_by_day_and_destination():
    line = {"ship_date": DAY, "destination": "US-LAX", "destination_name": "LA", "qty": 5, "customer_po": "A"}
    found = lots(
        [line, {**line, "customer_po": "B"}, {**line, "ship_date": None}, {**line, "destination": "DE-HAM"}]
    )
    assert [(lot["date"], lot["destination"], lot["qty"], lot["pos"]) for lot in found] == [
        (DAY, "DE-HAM", 5, ["A"]),
        (DAY, "US-LAX", 10, ["A", "B"]),
        (None, "US-LAX", 5, ["A"]),
    ]


def test_consumption_is_a_figure_or_a_range():
    size = [BomSize(consumption=Decimal(c)) for c in ("0.150000", "0.198000")]
    assert consumption(None, size) == "0.15–0.198"
    assert consumption(Decimal("135.000000"), []) == "135"
    assert consumption(None, []) == ""
