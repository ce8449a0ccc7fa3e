"""The PostgreSQL database that each process of a run gets a copy of: made once, by the first that asks."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from core.testing.databases import (
    ADMIN,
    RUN,
    Addresses,
    addresses_of,
    database_name,
    new_database,
    role_name,
    turn,
)
from core.testing.observer import Observer


def copy_of_template(
    shared: Path, name: str, data: Path, kind: str, make: Callable[[Addresses, Path], Any], observer: Observer
) -> tuple[Addresses, Any]:
    """A database of its own for process ``name``, and what ``make`` returned over the template it is a copy of.

    ``shared`` is a folder that all processes of the run see; stored files of the template are copied from it to ``data``.
    """
    template, folder = f"template_{kind}", shared / f"{os.environ[RUN]}_{kind}"
    value = folder / "value"
    with turn():
        if not value.exists():
            folder.mkdir(parents=True)
            with observer.shared():
                kept = make(new_database(folder, template), folder / "data")
            value.write_bytes(pickle.dumps(kept))
        with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    *map(sql.Identifier, (database_name(name), role_name("owner"), database_name(template)))
                )
            )
    if (folder / "data").is_dir():
        shutil.copytree(folder / "data", data, dirs_exist_ok=True, ignore=shutil.ignore_patterns("fonts"))
    return addresses_of(name), pickle.loads(value.read_bytes())
