"""Two tenants with a row of everything, and every registered address with the ids of one of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from PIL import Image
from sqlalchemy import JSON, Boolean, Date, DateTime, String, Text, cast, literal, select, update
from sqlalchemy.orm import Mapper

from core.data.columns import Scaled
from core.data.db import Base, TenantRow
from core.data.models import Membership, Tenant, User
from core.declare.declarations import EntityType
from core.kernel import accounts, enablement, tenants
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.web.frame.access import Access
from kit.papers.revision import Differences
from plugins.base_demo.demo import loader
from plugins.base_files import api as files
from plugins.base_files.services import remarks

SECRET, CODE = "SECRETB", "CODEB"
KEPT = {
    "entity", "kind", "state", "status", "action", "media_type", "sha256", "permission", "plugin", "key", "response",
    "fingerprint", "locale", "list_code", "series", "pattern", "currency", "screen", "mode", "contract_status", "unit",
    "severity", "mix",
}  # fmt: skip
"""Columns whose text means something to the code; a canary there would break the page instead of showing in it."""

ROWS = {"contract_id": "outsourcing_contract", "attachment_id": "base_files_attachment", "job_id": "core_job",
        "role_id": "core_role", "fo_id": "outsourcing_order",
        "po_id": "purchasing_order", "token_id": "rest_token", "batch_id": "imports_batch",
        "mail_id": "mailing_mail", "hook_id": "webhooks_subscription", "delivery_id": "webhooks_delivery",
        "photo_id": "claims_photo", "order_id": "orders_order", "position": "planning_item"}  # fmt: skip
"""Which table the number in an address names. An address with a number that stands nowhere here fails the tests."""


@dataclass
class Place:
    """A tenant with its administrator."""

    tenant: TenantInfo
    admin: UserInfo
    others: dict[str, UserInfo] = field(default_factory=dict)


def models() -> list[type[TenantRow]]:
    """Every model of a tenant table, parents first."""
    by_table = {m.local_table.name: m.class_ for m in _mappers() if issubclass(m.class_, TenantRow)}
    return [by_table[t.name] for t in Base.metadata.sorted_tables if t.name in by_table]


def _mappers() -> Iterator[Mapper[Any]]:
    return iter(Base.registry.mappers)


def model(table: str) -> type[TenantRow]:
    """The model of a table."""
    return next(m for m in models() if m.table().name == table)


def another_demo(hub: Hub, code: str, name: str) -> TenantInfo:
    """A second tenant with the demo data."""
    tenant = tenants.create_tenant(hub, code, name, base_currency="TWD")
    with hub.context(tenant) as ctx:
        loader._company(ctx, loader.tenant_data(), 0)
    with hub.context(tenant) as ctx:
        loader.load_parts(ctx, 0)
    return tenant


def make_place(hub: Hub, tenant: TenantInfo, name: str) -> Place:
    """A tenant with the demo data gets every plugin, a row in every table, and people."""
    with hub.context(tenant) as ctx:
        enablement.enable_plugins(ctx, hub.plugin_names)
    people = {}
    for role in ("admin", "merch", "nobody"):
        email = f"{role}@{tenant.code.lower()}.test"
        accounts.create_user(hub, email, f"{name} {role}", "a long road to Taipei", locale="en")
        accounts.add_member(hub, tenant, email, [] if role == "nobody" else [role])
        people[role] = hub.user_info(email, tenant)
    with hub.context(tenant, people["admin"]) as ctx:
        maker = ctx.registry.get("samples.maker").model(code="M1", name="Maker")
        ctx.session.add(maker)
        ctx.session.flush()
        for entity in ("catalog.partner", "samples.maker"):
            row_id = ctx.session.scalar(select(ctx.registry.get(entity).model.id).limit(1))
            assert row_id is not None
            files.attach(ctx, entity, row_id, f"photo {name}.png", picture())
            remarks.add_remark(ctx, entity, row_id, f"seen by {name}")
        for each in models():
            if ctx.session.scalar(select(each.id).limit(1)) is None:
                ctx.session.add(each(**_values(ctx, each)))
                ctx.session.flush()
    return Place(tenant, people.pop("admin"), people)


def picture() -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG")
    return out.getvalue()


def _values(ctx: Ctx, each: type[TenantRow]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    entity = next((e for e in ctx.registry.entities.values() if e.model is each), None)
    targets = {
        column: key.elements[-1].column.table.name
        for key in each.table().foreign_key_constraints
        for column in key.column_keys
        if len(key.column_keys) > 1 and column != "tenant_id"
    }
    for column in each.table().columns:
        if column.name in ("id", "tenant_id", "version") or column.default is not None or column.nullable:
            continue
        if column.name in targets:
            target = model(targets[column.name])
            found[column.name] = ctx.session.scalar(
                select(target.id).order_by(target.id).limit(1)
            )  # the demo's first: whole
        elif column.name.endswith("user_id"):
            found[column.name] = ctx.user.id if ctx.user else None
        elif column.name == "state" and entity is not None:
            found[column.name] = entity.states[0].code
        elif column.name in ("entity", "kind"):
            found[column.name] = (
                next(iter(ctx.registry.jobs), "x") if column.name == "kind" else "samples.maker"
            )
        elif isinstance(column.type, Scaled):
            found[column.name] = Decimal(1)
        elif isinstance(column.type, String):
            found[column.name] = "x"[: column.type.length]
        elif isinstance(column.type, Boolean):
            found[column.name] = False
        elif isinstance(column.type, Date):
            found[column.name] = dt.date(2026, 11, 23)
        elif isinstance(column.type, Differences):
            found[column.name] = []
        elif isinstance(column.type, JSON):
            found[column.name] = {}
        elif isinstance(column.type, DateTime) or "Utc" in type(column.type).__name__:
            found[column.name] = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
        else:
            found[column.name] = 1
    return found


def mark(hub: Hub, place: Place) -> None:
    """Put canaries into every text of a tenant: SECRETB into words, CODEB into codes and numbers."""
    keys = {e.model: e.key for e in hub.registry.entities.values()}
    with hub.context(place.tenant) as ctx:
        for each in models():
            if each.append_only or each.__tablename__ == "base_files_attachment":
                continue  # they keep what they were made with: make_place gives them canaries
            values: dict[str, Any] = {}
            for column in each.table().columns:
                attribute = getattr(each, column.key)
                text = isinstance(column.type, Text) or (
                    isinstance(column.type, String) and (column.type.length or 999) >= 60
                )
                if column.key in KEPT or each.table().name in ("core_setting", "core_role", "core_series"):
                    continue
                if (
                    isinstance(column.type, String)
                    and (column.type.length or 0) >= 20
                    and column.key == keys.get(each)
                ):
                    values[column.key] = literal(f"{CODE}-") + cast(each.id, String)
                elif text and column.key not in ("number", "code"):
                    values[column.key] = literal(f"{SECRET} ") + cast(each.id, String)
                elif column.key == "names":
                    values[column.key] = {"en": f"{SECRET} {column.table.name}"}
                assert attribute is not None
            if values:
                ctx.session.execute(update(each).values(values).execution_options(synchronize_session=False))


def ids(hub: Hub, place: Place, each: type[Any]) -> list[int]:
    """Ids of a tenant's rows."""
    with hub.context(place.tenant, write=False) as ctx:
        return list(ctx.session.scalars(select(each.id).order_by(each.id).limit(3)))


def fingerprint(hub: Hub, place: Place) -> dict[str, str]:
    """A hash of each of a tenant's tables, and of its people."""
    found = {}
    with hub.context(place.tenant, write=False) as ctx:
        for each in models():
            table = each.table()
            rows = ctx.session.execute(
                select(*table.c).where(table.c.tenant_id == place.tenant.id).order_by(table.c.id)
            ).all()
            found[table.name] = hashlib.sha256(repr([tuple(r) for r in rows]).encode()).hexdigest()
        people = (place.admin.id, *(u.id for u in place.others.values()))
        for name, rows in {
            "people": ctx.session.execute(
                select(*User.table().c).where(User.id.in_(people)).order_by(User.id)
            ).all(),
            "tenant": ctx.session.execute(
                select(*Tenant.table().c).where(Tenant.id == place.tenant.id)
            ).all(),
            "members": ctx.session.execute(
                select(*Membership.table().c)
                .where(Membership.tenant_id == place.tenant.id)
                .order_by(Membership.id)
            ).all(),
        }.items():
            found[name] = hashlib.sha256(repr([tuple(r) for r in rows]).encode()).hexdigest()
    return found


class Addresses:
    """Every registered address, filled with the ids of a tenant."""

    def __init__(self, app: Any, hub: Hub) -> None:
        self.app, self.hub = app, hub
        self._ids: dict[tuple[int, str], list[int]] = {}
        self.access = app.extensions["hub_access"]

    def rules(self) -> list[tuple[Any, Access]]:
        """Every rule that is not closed and that people reach, with its declared access."""
        return [(rule, access) for rule, access in self._all() if not access.program]

    def programs(self) -> list[Any]:
        """The rules that other programs call."""
        return [rule for rule, access in self._all() if access.program]

    def _all(self) -> list[tuple[Any, Access]]:
        found = [(rule, self.access.get(rule.endpoint)) for rule in self.app.url_map.iter_rules()]
        assert all(access is not None for _rule, access in found)
        return [(r, a) for r, a in sorted(found, key=lambda pair: str(pair[0])) if not a.closed]

    def entity(self, endpoint: str) -> EntityType | None:
        """The entity an endpoint belongs to."""
        name = endpoint.split(".")[0]
        return next(
            (e for e in self.hub.registry.entities.values() if e.name.replace(".", "_") == name), None
        )

    def first(self, place: Place, each: type[Any]) -> list[int]:
        """The id of a tenant's first row, where it has one."""
        key = place.tenant.id, each.__tablename__
        if key not in self._ids:
            self._ids[key] = ids(self.hub, place, each)[:1]
        return self._ids[key]

    def is_id(self, argument: str) -> bool:
        """Does this part of an address name a row?"""
        return argument in ROWS or argument in ("row_id", "user_id")

    def choices(self, rule: Any, argument: str, place: Place) -> list[Any]:
        """What may stand for ``argument``: rows of ``place``, or names known to everybody."""
        entity = self.entity(rule.endpoint)
        if argument == "row_id" and entity is not None:
            return self.first(place, entity.model)
        if argument == "user_id":
            return [place.others["merch"].id]
        if rule.endpoint in ("files.add", "remarks.add"):
            return ["samples.maker"] if argument == "entity" else self.first(place, model("samples_maker"))
        if argument in ROWS:
            return ids(self.hub, place, model(ROWS[argument]))[:1]
        if argument == "page" and entity is not None:
            links = [action.link for action in self.hub.registry.actions[entity.name].values()]
            return [link for link in links if link and "/" not in link] or ["nothing"]
        if argument in ("name", "verb") and entity is not None:
            return list(self.hub.registry.actions[entity.name]) or ["nothing"]
        known: dict[str, list[Any]] = {
            "planning_run.item position": [0],
            "statistics_figures.show view": ["sellers", "balance"], "statistics_figures.export view": ["profit"],
            "hub.lookup kinds": list(self.hub.registry.entities), "admin_plugins.switch name": ["samples"],
            "admin_plugins.switch way": ["on"], "admin_companies.switch way": ["resume"],
            "admin_companies.switch code": ["nothing"], "admin_companies.export code": ["nothing"],
            "admin_companies.delete code": ["nothing"], "admin_companies.archive archive": ["nothing.zip"],
            "admin_company.settings plugin": ["outsourcing"],
            "labels.ticked entity": ["stock.store"],
            "imports.new entity": ["samples.maker"], "imports.template entity": ["samples.maker"],
            "engineering_queries.ask name": ["forward", "cost"], "engineering_queries.export name": ["where_used"],
            "inventory_stock.export view": ["main", "ageing"], "rest_guide.kind entity": ["samples.request", "orders.order"],
            "welcome.choose token": ["WzEsImEiXQ.forged.link"], "claims_claim.picture size": ["thumb", "full"],
        }  # fmt: skip
        if f"{rule.endpoint} {argument}" in known:
            return known[f"{rule.endpoint} {argument}"]
        if argument in ("kind", "export_type"):
            return ["csv", "xlsx"]
        if argument == "key":
            return ["nothing"]
        if argument == "filename":
            return ["hub.css"]
        raise AssertionError(f"{rule.rule}: say in tests/core/webworld.py what stands for <{argument}>")

    def urls(self, rule: Any, place: Place, other: Place | None = None, swapped: str = "") -> list[str]:
        """Addresses of a rule with rows of ``place``; the argument ``swapped`` is taken from ``other``."""
        arguments = sorted(rule.arguments)
        options = [
            self.choices(rule, a, other if other is not None and swapped in (a, "*") else place)
            for a in arguments
        ]
        with self.app.test_request_context():
            from flask import url_for

            return [
                url_for(rule.endpoint, **dict(zip(arguments, c, strict=True)))
                for c in itertools.product(*options)
            ]
