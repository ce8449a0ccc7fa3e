"""``hub tenant``: the companies of this installation, from their beginning to their end."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import available_timezones

import click
from sqlalchemy import func, select

from core.cli.common import as_json, open_hub, put, table
from core.cli.keeping import WHERE, add_company, progress_bar, told, written
from core.data.models import Membership, Tenant
from core.errors import NotFound, Refused, StartError
from core.kernel import tenants, transfer
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.kernel.transfer_parts import PARTS
from core.text.i18n import T
from core.vault import proof, removal


@click.group()
def tenant() -> None:
    """Companies that use the hub."""


def company_called(hub: Hub, code: str) -> TenantInfo:
    """The company with this code, one that is shut too; NotFound otherwise."""
    found = next((c for c in proof.every_company(hub) if c.code == code), None)
    if found is None:
        raise NotFound(T("There is no tenant {code}.", code=code))
    return found


@tenant.command("create")
@click.argument("code")
@click.argument("name")
@click.option("--base-currency", default="USD", show_default=True)
@click.option("--timezone", default="Asia/Taipei", show_default=True)
@click.option(
    "--feature", "features", multiple=True, help="On from the start, with what it needs; else the usual ones."
)
@click.option(
    "--settings-of",
    "source",
    metavar="CODE",
    help="Set up like this company (features, lists, series, roles …).",
)
def create_tenant(
    code: str, name: str, base_currency: str, timezone: str, features: tuple[str, ...], source: str | None
) -> None:
    """Make a tenant with the standard roles, number series, lists and plugins."""
    hub = open_hub()
    if timezone not in available_timezones():
        raise Refused(T("There is no time zone {name}.", name=timezone), "timezone")
    if len(base_currency) != 3 or not base_currency.isalpha():
        raise Refused(T("A currency has three letters."), "base-currency")
    like = company_called(hub, source) if source else None
    tenants.create_tenant(
        hub, code, name, timezone=timezone, base_currency=base_currency.upper(), plugins=features or None
    )
    if like is not None:
        _copy(hub, like, company_called(hub, code))
    click.echo(f"Tenant {code} is ready. Next: hub user create EMAIL NAME --tenant {code} --role admin")


@tenant.command("list")
@as_json
def list_tenants(wants_json: bool) -> None:
    """Every tenant."""
    with open_hub().platform(write=False) as session:
        people = dict(
            session.execute(
                select(Membership.tenant_id, func.count())
                .where(Membership.active)
                .group_by(Membership.tenant_id)
            ).all()
        )
        rows = [
            {"code": t.code, "name": t.name, "timezone": t.timezone, "active": t.active, "demo": t.demo,
             "people": people.get(t.id, 0)}
            for t in session.scalars(select(Tenant).order_by(Tenant.code))
        ]  # fmt: skip
    if wants_json:
        put(rows)
    else:
        table(("code", "name", "timezone", "active", "demo", "people"), [tuple(row.values()) for row in rows])


@tenant.command()
@click.argument("code")
def suspend(code: str) -> None:
    """Shut a company: nobody works in it, no job of its runs, its data stays."""
    tenants.open_tenant(open_hub(), code, on=False)
    click.echo(f"{code} is shut. Its data stays; `hub tenant resume {code}` opens it again.")


@tenant.command()
@click.argument("code")
def resume(code: str) -> None:
    """Open a company that was shut."""
    tenants.open_tenant(open_hub(), code, on=True)
    click.echo(f"{code} is open again.")


@tenant.command()
@click.argument("code")
@click.argument("file", type=WHERE)
def export(code: str, file: Path) -> None:
    """Write everything of a company into the archive FILE: rows and files, and its people without passwords."""
    hub = open_hub(ready=False)
    click.echo(told(written(hub, file, company_called(hub, code))))


@tenant.command()
@click.argument("file", type=WHERE)
@click.option(
    "--tenant", "code", metavar="CODE", help="Which company of the archive; not needed where it holds one."
)
@click.option("--as", "new_code", metavar="CODE", help="Call the company so.")
def restore(file: Path, code: str | None, new_code: str | None) -> None:
    """Add a company out of an archive to this hub, and prove that everything of it is right."""
    add_company(open_hub(), file, code, new_code)


@tenant.command()
@click.argument("code")
@click.option("--export", "file", type=WHERE, help="Where its archive goes first; else into the data folder.")
@click.option("--name", "typed", help="The company's name, for scripts; else it is asked for.")
def delete(code: str, file: Path | None, typed: str | None) -> None:
    """Export a company, then delete everything of it: rows, files, sessions, jobs, people who worked only there."""
    hub = open_hub()
    company = company_called(hub, code)
    if typed is None:
        typed = click.prompt(f"Everything of {company.name} will be gone. Type its name")
    if typed.strip() != company.name:
        raise Refused(T("This is not the name of the company. Nothing was deleted."), "name")
    place = file or removal.new_export(hub, company)
    with progress_bar("exported", 0) as progress:
        made = removal.export_company(hub, company, place, progress)
    with progress_bar("deleted", made.rows) as progress:
        gone = removal.remove_company(hub, company, progress)
    people = f", and the logins of {', '.join(gone.people)}" if gone.people else ""
    click.echo(
        f"{code} is gone: {gone.rows:,} rows, {made.files:,} files{people}. It can be put back: hub tenant restore {place}"
    )


@tenant.command("copy-settings")
@click.argument("source")
@click.argument("target")
@click.option("--check", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--part", "parts", multiple=True, type=click.Choice(list(PARTS)), help="These parts only.")
def copy_settings(source: str, target: str, check: bool, parts: tuple[str, ...]) -> None:
    """Set the company TARGET up like SOURCE: features, settings, lists, series, roles; not its name and address unless
    `--part company` asks for them."""
    hub = open_hub()
    _copy(hub, company_called(hub, source), company_called(hub, target), check=check, parts=parts)


@tenant.command("settings")
@click.argument("code")
@click.option("--out", "out", type=WHERE, help="Write how the company is set up into this file.")
@click.option("--in", "given", type=WHERE, help="Bring such a file in.")
@click.option("--check", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--part", "parts", multiple=True, type=click.Choice(list(PARTS)), help="These parts only.")
def settings(code: str, out: Path | None, given: Path | None, check: bool, parts: tuple[str, ...]) -> None:
    """Take the set-up of a company out as a file, or bring one in."""
    hub = open_hub()
    company = company_called(hub, code)
    if (out is None) == (given is None):
        raise StartError("say either --out FILE or --in FILE")
    if given is not None:
        _bring(hub, company, transfer.read_document(given.read_bytes()), check=check, parts=parts)
        return
    with hub.context(company, write=False) as ctx:
        document = transfer.take_out(ctx)
    assert out is not None
    out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{code}: {sum(len(document[p]) for p in PARTS):,} settings in {out}")


def _copy(
    hub: Hub, source: TenantInfo, target: TenantInfo, *, check: bool = False, parts: tuple[str, ...] = ()
) -> None:
    with hub.context(source, write=False) as ctx:
        document = transfer.take_out(ctx)
    usual = tuple(name for name in PARTS if name != "company")
    _bring(hub, target, document, check=check, parts=parts or usual)


def _bring(
    hub: Hub, company: TenantInfo, document: dict[str, object], *, check: bool, parts: tuple[str, ...]
) -> None:
    with hub.context(company, write=not check) as ctx:
        found = transfer.compare(ctx, document, parts)
        done = [] if check else transfer.bring_in(ctx, document, parts)
    shown = [d for d in found if d.fault is None] if check else done
    table(
        ("part", "what", "was", "is" if not check else "would be"),
        [(d.part, d.key, _short(d.old), _short(d.new)) for d in shown],
    )
    for each in [d for d in found if d.fault is not None]:
        click.echo(f"left out: {each.part} {each.key}: {each.fault}", err=True)
    click.echo(f"{company.code}: {len(shown)} {'would be changed' if check else 'changed'}.")


def _short(value: object) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


COMMANDS = (tenant,)
