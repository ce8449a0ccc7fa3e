"""What a request pays for the gate where 200 plugins are loaded and 1,000 companies have half of them on: which are on here,
what this person may do, and hooks that reach those alone."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from sqlalchemy import insert, select

from bench.common import Result, fresh_hub, measure, settle
from core.api import Declare, Manifest, T, hookimpl, hookspec
from core.data.models import Enablement, Grant, Role, Tenant
from core.data.tenancy import TenantSession
from core.kernel import accounts
from core.kernel.hub import Hub

PLUGINS, COMPANIES, RIGHTS = 200, 1_000, 5
EMAIL = "gate@example.org"
TIMES = 4
"""How often an event is told and a part of a page asked for in one request."""
GOAL = "2 ms"


def plugin(number: int) -> ModuleType:
    """A plugin that declares rights and has nothing to say to two hooks, which the first of them offers."""
    name = f"crowd_{number:03}"
    module = ModuleType(f"{name}_plugin")
    module.__file__ = f"/nowhere/{name}/plugin.py"

    def register(registry: Declare) -> None:
        for right in range(RIGHTS):
            registry.permission(f"{name}.right_{right}", T("Right"), ("merch",))

    def nothing(ctx: Any) -> None:
        return None

    parts: dict[str, Any] = {
        "manifest": Manifest(name, T("Crowd"), "1", T("x"), default_on=False),
        "register": hookimpl(register, specname="register"),
        "told": hookimpl(nothing, specname="crowd_told"),
        "asked": hookimpl(nothing, specname="crowd_asked"),
    }
    if not number:
        offered = ModuleType("crowd_hooks")
        vars(offered).update(crowd_told=hookspec(_spec()), crowd_asked=hookspec(_spec()))
        parts["offer"] = hookimpl(lambda registry: offered, specname="register_hookspecs")
    vars(module).update(parts)
    return module


def _spec() -> Any:
    def hook(ctx: Any) -> None:
        """Something of the crowd."""

    return hook


def fill(hub: Hub) -> int:
    """The companies, each with every second plugin on; the id of the last one."""
    names = [p.name for p in hub.plugins if p.name.startswith("crowd_")]
    with hub.platform() as session:
        session.execute(insert(Tenant), [{"code": f"C{n}", "name": f"Company {n}"} for n in range(COMPANIES)])
        ids = list(session.scalars(select(Tenant.id).where(Tenant.code.like("C%")).order_by(Tenant.id)))
    for tenant in ids:
        with TenantSession(hub.engine, tenant) as own:
            rows = [{"plugin": p, "enabled": n % 2 == 0, "offered": []} for n, p in enumerate(names)]
            own.insert_many(Enablement, rows)
            own.commit()
    return ids[-1]


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine."""
    with fresh_hub(engine, extra=[plugin(n) for n in range(PLUGINS)]) as (hub, _tenant):
        info = hub.tenant_info(fill(hub))
        accounts.create_user(hub, EMAIL, "Gate", "measured, not asserted")
        with TenantSession(hub.engine, info.id) as session:
            role = Role(code="all", name="All")
            session.add(role)
            session.flush()
            rights = [n for n in hub.registry.permissions if n.startswith("crowd_")]
            session.insert_many(Grant, [{"role_id": role.id, "permission": n} for n in rights])
            session.commit()
        accounts.add_member(hub, info, EMAIL, ["all"])
        person = hub.user_info(EMAIL, info)
        settle(hub, engine)
        shape = f"{PLUGINS} plugins, {COMPANIES:,} companies"

        def gate() -> None:
            with TenantSession(hub.engine, info.id, write=False) as session:
                hub.make_ctx(session, info, person, "en")

        with TenantSession(hub.engine, info.id, write=False) as session:
            ctx = hub.make_ctx(session, info, person, "en")

            def hooks() -> None:
                for _ in range(TIMES):
                    ctx.hooks.crowd_told()
                    list(ctx.hooks.isolated("crowd_asked"))

            many = f"{2 * TIMES} hooks, each answered by {PLUGINS // 2} plugins that are on"
            yield Result(
                f"gate: what is on, what a person may do; {shape}", engine, *measure(gate, calls=51), GOAL
            )
            yield Result(many, engine, *measure(hooks, calls=51), GOAL)
            quiet = measure(lambda: list(ctx.hooks.isolated("search", query="x", limit=5)), calls=51)
            yield Result("a hook that hardly anybody answers", engine, *quiet, "")
