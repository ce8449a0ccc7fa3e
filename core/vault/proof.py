"""Whether the data of a company is right as a whole: its books, its chain, and what each plugin can say of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core import ledger
from core.data.models import Tenant
from core.kernel.context import TenantInfo
from core.vault import chain, heads, trail

if TYPE_CHECKING:
    from core.kernel.hub import Hub


def every_company(hub: Hub) -> list[TenantInfo]:
    """Every company, those that are switched off too."""
    with hub.platform(write=False) as session:
        rows = session.scalars(select(Tenant).order_by(Tenant.id))
        return [TenantInfo(t.id, t.code, t.name, t.timezone, t.demo) for t in rows]


def faults(hub: Hub, company: TenantInfo) -> list[str]:
    """What is wrong with the data of a company, as sentences; nobody has to wait for the reading."""
    with hub.context(company, write=False) as ctx:
        found = ledger.verify(ctx, record=False)
        found += trail.verify(ctx).faults
        for said in ctx.hooks.data_faults():
            found += said or ()
    return [f"{company.code}: {fault}" for fault in found]


def prove_trail(hub: Hub, company: TenantInfo) -> trail.Verdict:
    """Seal what is not sealed yet, walk the chain, compare it with the ends noted before, and note today's; not where there
    is a fault: the end of a chain that was tampered with is none to go by."""
    chain.seal(hub, company)
    with hub.context(company, write=False) as ctx:
        before = [(h.day, h.number, h.digest) for h in heads.noted(heads.place(hub), company.code)]
        found, day = trail.verify(ctx, before), ctx.today().isoformat()
    if not found.faults:
        heads.note(hub, company, day, found.head)
    return found
