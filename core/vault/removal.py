"""Taking a company out of a hub for good: written into an archive that is verified, then its rows, its files, the people who
worked only there, their sessions, and what was noted of it outside the database.

Rows that are never deleted otherwise (movements, the audit trail) go too: what guards them rests for this one transaction,
under the owner's role. Where tables are split, each table has a transaction of its own; what was interrupted is finished
by asking again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from core.data import migrate
from core.data.models import Membership, Tenant, User
from core.data.signing import LoginAttempt, SecurityEvent, SignIn
from core.errors import StartError
from core.kernel.config import private_folder
from core.kernel.context import TenantInfo
from core.kernel.file_store import file_store
from core.vault import backup, heads, tables
from core.vault.archive import Archive, Manifest, Progress
from core.vault.purge import unguarded
from core.vault.tables import Shape

if TYPE_CHECKING:
    from core.kernel.hub import Hub


@dataclass(frozen=True)
class Removed:
    """How much is gone: rows, and the logins of people who worked nowhere else."""

    rows: int
    people: tuple[str, ...]


def new_export(hub: Hub, company: TenantInfo) -> Path:
    """Where the next archive of a company goes: a folder of the data folder that only the hub's account reads."""
    folder = exports_folder(hub)
    private_folder(folder)
    return folder / f"{company.code}-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.zip"


def exports_folder(hub: Hub) -> Path:
    """Where archives of companies are kept that were made on a page, or before one was deleted."""
    return hub.config.data / "exports"


def export_company(hub: Hub, company: TenantInfo, path: Path, progress: Progress) -> Manifest:
    """Write everything of a company into an archive, and read all of it back. StartError where it is not whole."""
    made = backup.make_backup(hub, path, progress, only=company)
    with Archive(path) as archive:
        archive.verify(lambda _n: None)
    return made


def remove_company(hub: Hub, company: TenantInfo, progress: Progress) -> Removed:
    """Delete a company. It is shut first, so that nobody works in it meanwhile. Nothing is exported here
    (:func:`export_company`)."""
    with hub.platform() as session:
        session.execute(update(Tenant).where(Tenant.id == company.id).values(active=False))
    engine = migrate.owner_engine(hub)
    try:
        with engine.connect() as connection:
            connection.begin()
            people = _people(connection, company.id)
            owned = [shape for shape in tables.shapes(connection) if shape.owned][::-1]
            connection.rollback()
            rows = 0
            for together in [[shape] for shape in owned] if hub.config.partition else [owned]:
                connection.begin()
                tables.announce(connection, company.id)
                for shape in together:
                    with unguarded(connection, shape.name):
                        rows += _empty(connection, shape, company.id, progress)
                connection.commit()
            connection.begin()
            gone = _finish(connection, company, people)
            connection.commit()
    finally:
        engine.dispose()
    file_store(hub.config).clear(str(company.id))
    heads.forget(hub, company.code)
    hub.forget()
    return Removed(rows, gone)


def _people(connection: Connection, company: int) -> list[int]:
    member = Membership.table()
    return list(connection.scalars(select(member.c.user_id).where(member.c.tenant_id == company)))


def _empty(connection: Connection, shape: Shape, company: int, progress: Progress) -> int:
    """Delete the company's rows of a table; of those that refer to each other, first what nothing refers to."""
    name, mine = f'"{shape.name}"', f"tenant_id = {int(company)}"
    leaf = "".join(
        f' AND NOT EXISTS (SELECT 1 FROM {name} x WHERE x.{mine} AND x."{c}" = {name}.id)'  # noqa: S608 - own names
        for c in shape.itself
    )
    count = 0
    while done := connection.exec_driver_sql(f"DELETE FROM {name} WHERE {mine}{leaf}").rowcount:  # noqa: S608 - own names
        count += done
        progress(done)
        if not leaf:
            break
    if tables.count_rows(connection, shape, (tables.TENANT, company)):
        raise StartError(f"rows of {shape.name} refer to each other in a circle. Nothing of it was deleted.")
    return count


def _finish(connection: Connection, company: TenantInfo, people: Sequence[int]) -> tuple[str, ...]:
    """Delete the company itself, the logins that are of no use any more, and what the security log says of them."""
    tenant, person, member, event = Tenant.table(), User.table(), Membership.table(), SecurityEvent.table()
    connection.execute(delete(member).where(member.c.tenant_id == company.id))
    connection.execute(delete(tenant).where(tenant.c.id == company.id))
    connection.execute(
        update(person).where(person.c.last_tenant_id == company.id).values(last_tenant_id=None)
    )
    gone = []
    for number in people:
        found = connection.execute(
            select(person.c.email, person.c.operator).where(person.c.id == number)
        ).one()
        elsewhere = connection.scalar(select(member.c.id).where(member.c.user_id == number).limit(1))
        if elsewhere is not None or found.operator:
            continue
        try:
            with connection.begin_nested():
                connection.execute(delete(person).where(person.c.id == number))
            gone.append(found.email)
        except IntegrityError:  # a document of another company, where they worked once, names them
            connection.execute(delete(SignIn.table()).where(SignIn.table().c.user_id == number))
    connection.execute(delete(LoginAttempt.table()).where(LoginAttempt.table().c.email.in_(gone)))
    connection.execute(delete(event).where(or_(event.c.company == company.code, event.c.who.in_(gone))))
    return tuple(gone)
