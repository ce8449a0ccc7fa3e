"""A database per test worker on the chosen engine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from core.testing.server import PrivateServer

ENGINES = ("sqlite", "pg", "pghash")
ADMIN, RUN, PASSWORD = "HUB_TEST_POSTGRES", "HUB_TEST_RUN", "HUB_TEST_PASSWORD"


def engine_name() -> str:
    """The engine this run tests on; ValueError for an unknown one."""
    chosen = os.environ.get("HUB_TEST_ENGINE") or "sqlite"
    if chosen not in ENGINES:
        raise ValueError(f"HUB_TEST_ENGINE is one of {', '.join(ENGINES)}, not {chosen!r}")
    return chosen


@dataclass(frozen=True)
class Addresses:
    """Where a worker's database is: for the application, for the owner, and (PostgreSQL) for an administrator."""

    app: str
    owner: str
    admin: str = ""


class Cluster:
    """What one run needs of a PostgreSQL server: an owner's and an application's role. Made once, by the main process."""

    def __init__(self) -> None:
        self.server: PrivateServer | None = None

    def prepare(self) -> None:
        """Find or start a server, make the roles, and tell the workers through the environment."""
        if not os.environ.get(ADMIN):
            self.server = PrivateServer()
            try:
                os.environ[ADMIN] = self.server.start()
            except Exception:
                self.server.stop()
                raise
        os.environ[RUN], os.environ[PASSWORD] = secrets.token_hex(4), secrets.token_hex(16)
        with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
            for role in ("owner", "app"):
                admin.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB PASSWORD {}").format(
                        sql.Identifier(role_name(role)), sql.Literal(os.environ[PASSWORD])
                    )
                )
                # what a test writes need not survive a power cut
                admin.execute(
                    sql.SQL("ALTER ROLE {} SET synchronous_commit = off").format(
                        sql.Identifier(role_name(role))
                    )
                )

    def clear(self) -> None:
        """Drop what the run made; stop a server that it started."""
        if self.server is not None:
            self.server.stop()
            del os.environ[ADMIN]
            return
        run = os.environ[RUN]
        with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
            found = admin.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"hub_test_{run}%"]
            )
            for (name,) in found.fetchall():
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in ("owner", "app"):
                admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role_name(role))))


def role_name(role: str) -> str:
    """The name of this run's ``owner`` or ``app`` role."""
    return f"hub_test_{os.environ[RUN]}_{role}"


def new_database(folder: Path, name: str) -> Addresses:
    """An empty database on the chosen engine; ``name`` must be new in this run."""
    if engine_name() == "sqlite":
        url = f"sqlite:///{folder / (name + '.db')}"
        return Addresses(url, url)
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(database_name(name)), sql.Identifier(role_name("owner"))
            )
        )
    return addresses_of(name)


def database_name(name: str) -> str:
    """What the server calls this run's database ``name``."""
    return f"hub_test_{os.environ[RUN]}_{name}"


def addresses_of(name: str) -> Addresses:
    """Where this run's PostgreSQL database ``name`` is."""
    parts = urlsplit(os.environ[ADMIN])
    address = urlunsplit(parts._replace(path=f"/{database_name(name)}"))
    return Addresses(_as(address, "app"), _as(address, "owner"), address)


@contextmanager
def turn() -> Iterator[None]:
    """One worker at a time makes its tables: split tables need most of what the server's table of locks holds."""
    if engine_name() == "sqlite":
        yield
        return
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(823042)")
        yield


def _as(address: str, role: str) -> str:
    url = make_url(address).set(
        drivername="postgresql+psycopg", username=role_name(role), password=os.environ[PASSWORD]
    )
    shown: Any = url.render_as_string(hide_password=False)
    return str(shown)
