"""發料單: the printed slip of what goes to a factory, in three languages; the slips of a return, a write-off and a count."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from core.api import Ctx
from core.base_api import TenantInfo
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import do, fab, full_stock, paper, sent, typed

EXTRA = {"reason": "cutting_loss", "payer": "factory", "note": "2 rolls short"}


def text_of(reply: Any) -> str:
    """The words of a PDF, spaces and line ends as one space."""
    assert reply.status_code == 200, reply.text
    assert reply.mimetype == "application/pdf"
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(reply.data)).pages)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("MATERIAL ISSUE SLIP", "Cutting loss", "Factory", "Store keeper", "For the factory", "pcs")),
        ("zh_Hant_TW", ("發料單", "裁剪損耗", "加工廠", "工廠簽收", "委外單號", "個")),
        ("zh_Hans_CN", ("发料单", "裁剪损耗", "工厂签收", "委外单号", "个")),
    ],
)
def test_the_slip_says_what_was_issued(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any], language: str, said: tuple[str, ...]
) -> None:
    # needed are 126 kg of navy: 100 of the first lot and 30 of the second are 4 above it
    issue = sent(
        shop, fo, fab("100", lot="A1"), fab("30", lot="A2", **EXTRA),
        {"material": "LBL", "size": "S", "qty": "306"}, {"material": "LBL", "size": "M", "qty": "306"},
    )  # fmt: skip
    shop.session.commit()
    text = text_of(
        client_as("wh").get(
            f"/factory_stock/issue/{issue.id}/pdf/factory_stock.issue_slip?language={language}"
        )
    )
    for part in (
        issue.number, fo.number, "FAB", "NVY", "A1", "A2", "LBL", "2 rolls short", "MAIN",
        "130 kg", "612", "4 kg", *said,
    ):  # fmt: skip
        assert part in text or part.lower() in text.lower(), (part, text)


@pytest.mark.parametrize(
    ("kind", "title"),
    [("return", "MATERIAL RETURN SLIP"), ("write_off", "WRITE-OFF SLIP"), ("count", "COUNT AT THE FACTORY")],
)
def test_the_other_kinds_have_their_own_title(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any], kind: str, title: str
) -> None:
    sent(shop, fo)
    row = sent(shop, fo, fab("12.5", lot="A1", reason="defect", payer="supplier"), kind=kind)
    shop.session.commit()
    text = text_of(
        client_as("wh").get(f"/factory_stock/issue/{row.id}/pdf/factory_stock.issue_slip?language=en")
    )
    assert title in text.upper()
    assert "12.5 kg" in text
    assert "MATERIAL ISSUE SLIP" not in text.upper()


def test_a_draft_is_marked_and_offers_the_slip_in_three_languages(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    row = paper(shop, fo)
    shop.session.commit()
    wh = client_as("wh")
    address = f"/factory_stock/issue/{row.id}"
    assert "/pdf/" not in wh.get(address).text  # nothing to print yet
    do(shop, row, "lines", lines=typed(fab("5")))
    shop.session.commit()
    page = wh.get(address).text
    assert [
        f"{address}/pdf/factory_stock.issue_slip?language={code}" in page
        for code in ("en", "zh_Hant_TW", "zh_Hans_CN")
    ] == [True] * 3
    assert "DRAFT" in text_of(wh.get(f"{address}/pdf/factory_stock.issue_slip?language=en"))


def test_a_hundred_lots_go_over_several_pages_and_none_is_lost(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    from tests.plugins.factory_stock.conftest import item, stock

    full_stock(shop)
    stock(shop, *((item(shop, "FAB", "NVY", lot=f"R{n:03}"), "1.25") for n in range(100)))
    row = sent(shop, fo, *(fab("1.25", lot=f"R{n:03}") for n in range(100)))
    shop.session.commit()
    text = text_of(
        client_as("wh").get(f"/factory_stock/issue/{row.id}/pdf/factory_stock.issue_slip?language=zh_Hant_TW")
    )
    assert [n for n in range(100) if f"R{n:03}" not in text] == []
    assert "125 kg" in text


def test_others_do_not_get_it(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any], other_tenant: TenantInfo
) -> None:
    row = sent(shop, fo)
    shop.session.commit()
    assert (
        client_as("mgr", other_tenant)
        .get(f"/factory_stock/issue/{row.id}/pdf/factory_stock.issue_slip")
        .status_code
        == 404
    )
    assert client_as("wh").get(
        f"/factory_stock/issue/{row.id}/pdf/factory_stock.issue_slip?language=xx"
    ).status_code in (
        400,
        404,
        422,
    )
