"""The first working day over HTTP: two customers' orders become one factory order, issued, contracted, signed, paid in parts.

Each person does their own part; figures are checked on the page and as the command line would print them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

from PIL import Image

from core.entities import crud
from core.kernel.context import Ctx, TenantInfo
from core.remote import describe_row as as_values
from tests.journeys.steps import refused, submit, take_order


def test_two_customers_one_factory_order_signed_and_paid_in_parts(
    office: TenantInfo,
    client_as: Callable[..., Any],
    ctx_as: Callable[..., AbstractContextManager[Ctx]],
) -> None:
    merch, fin = client_as("merch"), client_as("fin")
    submit(fin, "/base_company/currency/new", code="CNY", decimals="2", active="1")

    # two customers order the same T-shirt; the second also a skirt
    first = take_order(
        merch, "C01", "HL-1", "ST-2601 @NVY, S-100, M-200\nST-2601 @WHT, M-50", "US-LAX", "2.55"
    )
    take_order(merch, "C02", "LQ-1", "ST-2601 @NVY, L-80\nST-2606 @BLK, S-40, M-60", "SE-GOT", "8.10")
    assert "350" in merch.get(first).text

    # one factory order takes them all; the orders no longer have anything left to place
    order = submit(
        merch, "/outsourcing/order/new", factory="F01", currency="CNY", order_date="2026-11-23", terms="CMT-30-70",
        tax_pct="0",
    )  # fmt: skip
    order = order.split("/add-work")[0].split("/lines")[0]
    submit(merch, f"{order}/do/add_work", **{"work-0-order": "SO-2026-0001", "work-1-order": "SO-2026-0002"})
    with ctx_as("merch", write=False) as ctx:
        sold = as_values(
            ctx,
            ctx.registry.get("orders.order"),
            crud.get_row(ctx, ctx.registry.get("orders.order"), "SO-2026-0001"),
        )
        assert sold["figures"]["qty"] == 350

    # the T-shirt's price comes from the factory's list; without one for the skirt it is not issued, and the page says so
    words = refused(merch, f"{order}/do/issue")
    assert "ST-2606" in words
    assert "ST-2601" not in words.split("Not saved")[1]
    submit(merch, f"{order}/do/set_price", style="ST-2606", price="18.505")
    submit(merch, f"{order}/do/issue")

    with ctx_as("merch", write=False) as ctx:
        entity = ctx.registry.get("outsourcing.order")
        shown = as_values(ctx, entity, crud.get_row(ctx, entity, "FO-2026-0001"))
    assert shown["state"] == "issued"
    # 350 x 7.10 + 80 x 7.10 (the list's price below 2,000 pieces) + 100 x 18.505, each line rounded to cents
    assert Decimal(str(shown["figures"]["total"])) == Decimal("2485.00") + Decimal("568.00") + Decimal(
        "1850.50"
    )

    # the contract in the factory's language, downloaded, signed, uploaded
    submit(merch, f"{order}/do/generate_contract", language="zh_Hans_CN")
    page = merch.get(order).text
    pdf = next(
        reply
        for href in re.findall(r'href="(/outsourcing/[^"]*contract[^"]*)"', page)
        if (reply := merch.get(href)).mimetype == "application/pdf"
    )
    assert pdf.data.startswith(b"%PDF")
    scan = io.BytesIO()
    Image.new("RGB", (800, 1100), "white").save(scan, "JPEG")
    words = refused(
        merch,
        f"{order}/do/upload_signed",
        file=(io.BytesIO(b"<svg onload=alert(1)>"), "signed.pdf"),
        signer="陳先生",
        signed_on="2026-11-23",
    )
    assert "PDF" in words
    scan.seek(0)
    submit(
        merch, f"{order}/do/upload_signed", file=(scan, "簽回.jpg"), signer="陳先生", signed_on="2026-11-23"
    )

    # paid in two currencies; the bar shows the true share
    def pay(currency: str, amount: str, rate: str, applied: str, kind: str) -> None:
        payment = submit(
            fin, "/outsourcing/payment/new",
            **{
                "factory": "F01", "paid_on": "2026-11-23", "kind": kind, "currency": currency, "amount": amount,
                "bank_fee": "0", "splits-0-order": "FO-2026-0001", "splits-0-rate": rate, "splits-0-applied": applied,
            },
        )  # fmt: skip
        submit(fin, f"{payment}/do/post")

    pay("CNY", "1432.35", "1", "1432.35", "deposit")
    pay("USD", "100.00", "7.18", "718.00", "progress")
    with ctx_as("fin", write=False) as ctx:
        entity = ctx.registry.get("outsourcing.order")
        shown = as_values(ctx, entity, crud.get_row(ctx, entity, "FO-2026-0001"))
    assert shown["contract_status"] == "signed"
    assert Decimal(str(shown["figures"]["paid"])) == Decimal("2150.35")
    assert Decimal(str(shown["figures"]["progress"])) == Decimal("43.85")  # 2150.35 / 4903.50
    assert "43.85" in merch.get("/outsourcing/order/").text

    # somebody without the right is told so, and a stranger sees nothing
    assert client_as("wh").post(f"{order}/do/start").status_code == 403
    assert client_as("mgr").get("/outsourcing/order/999999").status_code == 404
