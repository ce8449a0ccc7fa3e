"""A copied tenant is like a created one in every table and column; what cannot be copied is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from core.data.db import tenant_tables
from core.data.records import AuditEntry
from core.entities import audit
from core.kernel import tenants
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from core.testing.copies import Copies


def content(ctx: Ctx) -> dict[str, list[dict[str, Any]]]:
    """Every row of a tenant, ids as their place in their table, and what tells two tenants apart left out."""
    tables = {t.name: t for t in tenant_tables()}
    places: dict[str, dict[int, int]] = {}
    for name, table in tables.items():
        ids = ctx.session.scalars(
            select(table.c.id).where(table.c.tenant_id == ctx.tenant.id).order_by(table.c.id)
        )
        places[name] = {row_id: n for n, row_id in enumerate(ids)}
    kinds = {e.name: e.model.__tablename__ for e in ctx.registry.entities.values()}
    found: dict[str, list[dict[str, Any]]] = {}
    for name, table in tables.items():
        rows = ctx.session.execute(
            select(table).where(table.c.tenant_id == ctx.tenant.id).order_by(table.c.id)
        )
        for row in rows.mappings():
            values = {}
            for column in table.columns:
                value, target = row[column.name], column.info.get("ref")
                if column.name == "id":
                    value = places[name][value]
                elif target and value is not None:
                    value = places[target][value]
                elif column.name == "entity_id" and "entity" in row:
                    kind = kinds.get(row["entity"], row["entity"].replace(".", "_", 1))
                    value = places[kind][value]
                elif column.name == "tenant_id" or isinstance(value, datetime):
                    continue
                values[column.name] = value
            found.setdefault(name, []).append(values)
    text = json.dumps(found, default=str)
    anonymous: dict[str, list[dict[str, Any]]] = json.loads(text.replace(ctx.tenant.name, "our company"))
    return anonymous


def differences(hub: Hub, one: TenantInfo, other: TenantInfo) -> list[str]:
    """Columns in which two tenants are not alike."""
    with hub.context(one, write=False) as ctx:
        mine = content(ctx)
    with hub.context(other, write=False) as ctx:
        theirs = content(ctx)
    found = [
        f"{t}: {len(mine.get(t, []))} rows, not {len(theirs.get(t, []))}"
        for t in {*mine, *theirs}
        if len(mine.get(t, [])) != len(theirs.get(t, []))
    ]
    for name, rows in mine.items():
        for a, b in zip(rows, theirs.get(name, []), strict=False):
            found += [f"{name}.{c}: {a[c]!r}, not {b[c]!r}" for c in a if a[c] != b[c]]
    return sorted(set(found))


@pytest.mark.parametrize(
    "options", [{}, {"plugins": ["samples"]}, {"base_currency": "CNY", "timezone": "Asia/Shanghai"}]
)
def test_a_copied_tenant_is_like_a_created_one(hub: Hub, hub_copies: Copies, options: dict[str, Any]) -> None:
    options = {"base_currency": "TWD", **options}
    code = f"{len(str(options))}-{id(options) % 10**8}"
    created = tenants.create_tenant(hub, f"CR-{code}", "Created the long way", **options)
    copied = hub_copies.make(f"CO-{code}", "Copied, and quickly", **options)
    assert (copied.timezone, copied.demo) == (created.timezone, created.demo)
    assert differences(hub, created, copied) == []


def test_a_column_with_an_id_that_nobody_declares_would_be_named(
    hub: Hub, make_tenant: Callable[..., TenantInfo], hub_copies: Copies
) -> None:
    """The check above can fail: an id inside JSON stays what it was."""
    first, second = make_tenant(), make_tenant()
    for info in (first, second):
        with hub.context(info) as ctx:
            row_id = ctx.session.scalar(select(AuditEntry.id).order_by(AuditEntry.id))
            ctx.set_setting("hidden", {"id": row_id})
    assert [d.split(":")[0] for d in differences(hub, first, second)] == ["core_setting.value"]


def test_copies_can_be_told_apart(hub: Hub, make_tenant: Callable[..., TenantInfo]) -> None:
    one, other = make_tenant(), make_tenant()
    rows = []
    for info in (one, other):
        with hub.context(info, write=False) as ctx:
            assert ctx.setting("company")["name"] == info.name
            switch = ctx.session.scalars(
                select(AuditEntry).where(AuditEntry.entity == "core.enablement")
            ).first()
            assert switch is not None
            assert audit.audit_history(ctx, "core.enablement", switch.entity_id)[0].id == switch.id
            rows.append(set(ctx.session.scalars(select(AuditEntry.id))))
    assert not rows[0] & rows[1]
