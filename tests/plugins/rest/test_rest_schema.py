"""Every call of the API with made-up values: no fault of ours, nothing that its description does not say, no other company."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from sqlalchemy import func, select

from core.base_api import TenantInfo
from core.kernel import tenants
from core.kernel.hub import Hub
from core.testing.states import States
from plugins.rest.services import tokens

CHECKS = [
    not_a_server_error,
    checks.response_schema_conformance,
    checks.content_type_conformance,
    checks.status_code_conformance,
]


@pytest.fixture(scope="module")
def demo(hub_states: States) -> Iterator[TenantInfo]:
    """A copy of the demo company."""
    with hub_states.own_demo() as made:
        yield made


def standing(hub: Hub, tenant: TenantInfo) -> dict[str, tuple[int, int]]:
    """(rows, highest id) of each kind of a company."""
    with hub.context(tenant, write=False) as ctx:
        return {
            e.name: tuple(ctx.session.execute(select(func.count(), func.max(e.model.id))).one())
            for e in ctx.registry.entities.values()
        }


@pytest.mark.thorough
def test_no_call_breaks_what_is_said_of_it(hub: Hub, app: Any, demo: TenantInfo) -> None:
    with hub.context(demo, "admin@demo.example") as ctx:
        day = ctx.today() + timedelta(days=9)
        _row, secret = tokens.make_token(ctx, "schema", read_only=False, expires_on=day)
    other = tenants.create_tenant(hub, "WALL", "Another", plugins=[p.name for p in hub.plugins])
    before = standing(hub, other)
    bearer = {"Authorization": f"Bearer {secret}"}
    told = app.test_client().get("/api/v1/openapi.json", headers=bearer)
    schema = schemathesis.openapi.from_dict(json.loads(told.data))
    schema.app, schema.location = app, "http://localhost/api/v1/openapi.json"
    calls = [found.ok() for found in schema.get_all_operations()]
    assert len(calls) > 300
    number = random.randrange(10**6)
    broken: dict[str, str] = {}
    for call in calls:

        @seed(number)
        @settings(
            max_examples=2,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=call.as_strategy())
        def tried(case: Any) -> None:
            case.validate_response(case.call(headers=bearer), checks=CHECKS)

        try:
            tried()
        except BaseException as error:  # noqa: BLE001 - all of them are told at the end
            broken[call.label] = f"{error}"[:700]
    assert broken == {}, f"seed {number}"
    assert standing(hub, other) == before
