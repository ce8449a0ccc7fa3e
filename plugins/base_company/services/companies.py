"""The companies of the installation, for operators: made, shut, and exported, deleted and restored in the background."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select

from core.api import Ctx, Field, JobProgress, NotFound, Refused, T, enqueue_job
from core.base_api import (
    OPERATE_RIGHT,
    Archive,
    Membership,
    StartError,
    Tenant,
    TenantInfo,
    add_member,
    bring_in,
    create_tenant,
    every_company,
    export_company,
    exports_folder,
    faults,
    new_export,
    note_when_saved,
    remove_company,
    restore_company,
    take_out,
)
from plugins.base_company.services.company import zones

EXPORT, DELETE, RESTORE = "base_company.export", "base_company.delete", "base_company.restore"
Result = TypeVar("Result")
NAME = re.compile(r"[A-Za-z0-9._-]{1,120}\.zip")
COPIED = ("features", "currencies", "settings", "lists", "series", "roles")
NEW = (
    Field("code", T("Code"), required=True, max_length=40, help=T("Letters, digits and dashes; the command line calls it so.")),
    Field("name", T("Name"), required=True, max_length=200),
    Field("base_currency", T("Base currency"), required=True, max_length=3, default="USD"),
    Field("timezone", T("Time zone"), "choice", required=True, choices=lambda ctx: zones(), default="Asia/Taipei"),
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A company, and how many people work in it."""

    id: int
    code: str
    name: str
    active: bool
    demo: bool
    people: int


@dataclass(frozen=True)
class Stored:
    """An archive in the data folder."""

    name: str
    size: int
    at: datetime


def companies(ctx: Ctx) -> list[Company]:
    """Every company, those that are shut too."""
    ctx.require(OPERATE_RIGHT)
    counted = (
        select(Membership.tenant_id, func.count()).where(Membership.active).group_by(Membership.tenant_id)
    )
    people = {row[0]: row[1] for row in ctx.session.execute(counted)}
    rows = ctx.session.scalars(select(Tenant).order_by(Tenant.code))
    return [Company(t.id, t.code, t.name, t.active, t.demo, people.get(t.id, 0)) for t in rows]


def called(ctx: Ctx, code: str) -> TenantInfo:
    """The company with this code; NotFound otherwise."""
    ctx.require(OPERATE_RIGHT)
    found = next((c for c in every_company(ctx.hub) if c.code == code), None)
    if found is None:
        raise NotFound(T("There is no tenant {code}.", code=code))
    return found


def create(ctx: Ctx, data: dict[str, Any], features: Sequence[str], source: str) -> TenantInfo:
    """Make a company in which the operator is administrator; ``source`` is one it is set up like. The context must not hold a
    transaction: everything here has its own."""
    ctx.require(OPERATE_RIGHT)
    document = None
    if source:
        with ctx.hub.context(called(ctx, source), write=False) as other:
            document = take_out(other)
    currency = str(data["base_currency"]).upper()
    if len(currency) != 3 or not currency.isalpha():
        raise Refused(T("A currency has three letters."), "base_currency")
    known = [name for name in features if name in ctx.hub.plugin_names]
    made = create_tenant(
        ctx.hub, data["code"], data["name"], timezone=data["timezone"], base_currency=currency, plugins=known
    )
    if document is not None:
        with ctx.hub.context(made) as inner:
            bring_in(inner, document, COPIED)
    if ctx.user is not None:
        add_member(ctx.hub, made, ctx.user.email, ["admin"])
    return made


def set_open(ctx: Ctx, company: TenantInfo, on: bool) -> None:
    """Open a company or shut it. Refused for the one that the operator is in."""
    ctx.require(OPERATE_RIGHT)
    _not_here(ctx, company)
    ctx.session.get_one(Tenant, company.id).active = on
    note_when_saved(ctx.session, "tenant.resume" if on else "tenant.suspend", which=company.code)
    ctx.session.flush()


def ask_export(ctx: Ctx, company: TenantInfo) -> int:
    """Write everything of a company into an archive, in the background; returns the job."""
    ctx.require(OPERATE_RIGHT)
    note_when_saved(ctx.session, "tenant.export", which=company.code)
    return enqueue_job(ctx, EXPORT, {"code": company.code}).id


def ask_delete(ctx: Ctx, company: TenantInfo, typed: str) -> int:
    """Export a company and delete it, in the background; ``typed`` has to be its name. Returns the job."""
    ctx.require(OPERATE_RIGHT)
    _not_here(ctx, company)
    if typed.strip() != company.name:
        raise Refused(T("This is not the name of the company. Nothing was deleted."), "name")
    note_when_saved(ctx.session, "tenant.delete", which=company.code)
    return enqueue_job(ctx, DELETE, {"code": company.code}).id


def ask_restore(ctx: Ctx, name: str, code: str) -> int:
    """Add the company of an archive to this hub, under its code or another; returns the job."""
    stored(ctx, name)
    if code and (not code.replace("-", "").isalnum() or len(code) > 40):
        raise Refused(T("A tenant's code is made of letters, digits and dashes."), "code")
    note_when_saved(ctx.session, "tenant.restore", which=name)
    return enqueue_job(ctx, RESTORE, {"archive": name, "code": code}).id


def archives(ctx: Ctx) -> list[Stored]:
    """The archives of companies in the data folder, the newest first."""
    ctx.require(OPERATE_RIGHT)
    found = [f for f in exports_folder(ctx.hub).glob("*.zip") if NAME.fullmatch(f.name)]
    rows = [Stored(f.name, f.stat().st_size, datetime.fromtimestamp(f.stat().st_mtime, UTC)) for f in found]
    return sorted(rows, key=lambda each: each.at, reverse=True)


def stored(ctx: Ctx, name: str) -> Path:
    """An archive by its name; NotFound otherwise."""
    ctx.require(OPERATE_RIGHT)
    path = exports_folder(ctx.hub) / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise NotFound(T("There is no such file."))
    return path


def run_export(ctx: Ctx, payload: Any, progress: JobProgress) -> dict[str, Any]:
    """The job that writes an archive."""
    company = called(ctx, payload["code"])
    path = new_export(ctx.hub, company)
    ctx.session.rollback()
    made = _kept(lambda: export_company(ctx.hub, company, path, lambda _n: None))
    return {"archive": path.name, "rows": made.rows, "files": made.files}


def run_delete(ctx: Ctx, payload: Any, progress: JobProgress) -> dict[str, Any]:
    """The job that exports and deletes. Done again after it was interrupted, it goes on."""
    company = called(ctx, payload["code"])
    _not_here(ctx, company)
    path = new_export(ctx.hub, company)
    ctx.session.rollback()
    _kept(lambda: export_company(ctx.hub, company, path, lambda _n: None))
    gone = _kept(lambda: remove_company(ctx.hub, company, lambda _n: None))
    return {"archive": path.name, "rows": gone.rows, "people": len(gone.people)}


def run_restore(ctx: Ctx, payload: Any, progress: JobProgress) -> dict[str, Any]:
    """The job that puts a company back and proves it."""
    path = stored(ctx, payload["archive"])
    ctx.session.rollback()

    def work() -> dict[str, Any]:
        with Archive(path) as archive:
            if len(archive.manifest.companies) != 1:
                raise StartError(f"{path.name} holds several companies: restore it by command")
            archive.verify(lambda _n: None)
            code = archive.manifest.companies[0].code
            made = restore_company(ctx.hub, archive, code, payload["code"] or code, lambda _n: None)
        return {"company": made.code, "faults": faults(ctx.hub, made)[:5]}

    return _kept(work)


def _kept(work: Callable[[], Result]) -> Result:
    """What stops the command line is a sentence on the page of the job too."""
    try:
        return work()
    except StartError as error:
        raise Refused(T("{why}", why=str(error))) from error


def _not_here(ctx: Ctx, company: TenantInfo) -> None:
    if company.id == ctx.tenant.id:
        raise Refused(T("This is the company you are in. Switch to another one first."))
