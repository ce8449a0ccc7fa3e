"""The form of what may not be changed any more, asked for by its address: the reason, and the way to the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from core.entities import crud
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.testing.states import States

OF_THEIR_OWN = {"tna.timeline", "tna.milestone"}
"""Kinds without a form: their address leads to the document."""


@pytest.fixture(scope="module")
def company(hub_states: States) -> Iterator[TenantInfo]:
    """A copy of the demo company."""
    with hub_states.own_demo() as made:
        yield made


def test_every_kind_that_can_be_fixed_says_why_and_leads_back(
    hub: Hub, app: Any, company: TenantInfo
) -> None:
    fixed: dict[str, int] = {}
    with hub.context(company, "admin@demo.example", write=False, locale="en") as ctx:
        kinds = [
            e for e in ctx.registry.entities.values()
            if (e.edit_states or e.editable) and e.name not in OF_THEIR_OWN and ctx.can(f"{e.name}.edit")
        ]  # fmt: skip
        for kind in kinds:
            for row in ctx.session.scalars(select(kind.model).limit(200)):
                if crud.why_fixed(ctx, kind, row):
                    fixed[kind.name] = row.id
                    break
    assert len(fixed) > 10, fixed
    assert {"receiving.receipt", "purchasing.order", "outsourcing.order", "shipping.shipment"} <= fixed.keys()
    client = app.test_client().sign_in(hub.user_info("admin@demo.example", company), company)
    for name, row_id in fixed.items():
        address = f"/{name.replace('.', '/')}/{row_id}"
        answer = client.get(f"{address}/edit")
        assert answer.status_code == 409, (name, answer.status_code)
        assert f'href="{address}"' in answer.text, name
        assert "data-guard" not in answer.text, (name, "no form is drawn")
        assert client.get(address).status_code in (200, 302), name
