"""What ``hub plugin check`` looks at: the contract, catalogues, screens, tables down and up beside data, and the wheel."""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.data import migrate, revising
from core.data.models import User
from core.errors import StartError
from core.kernel import accounts, contract, dependencies, enablement, tenants
from core.kernel.contract_imports import package_of
from core.kernel.hub import Hub
from core.kernel.plugins import LoadedPlugin
from core.text import catalogues
from core.vault import backup, tables
from core.vault.archive import Archive
from core.vault.restore import restore

LEFT_OUT = ("__pycache__", "tests")
"""Folders of a package that a wheel need not hold."""
PIPS_OWN = ("subprocess-exited-with-error", "metadata-generation-failed")
"""Errors that pip makes of those it was told."""


def look(hub: Hub, name: str) -> Iterator[tuple[str, list[str]]]:
    """What was looked at, and what is wrong there, one after the other."""
    plugin = next((p for p in hub.plugins if p.name == name), None)
    if plugin is None:
        raise StartError(f"plugin '{name}' is not loaded. Name it in [plugins] load of config.toml.")
    yield "contract", contract.problems(hub, name)
    yield "translations", _translations(hub, plugin)
    with tempfile.TemporaryDirectory(prefix="hub-check-") as folder, _copy(hub, Path(folder)) as copy:
        with copy.engine.connect() as connection:
            yield "models and migrations", revising.difference_sentences(copy, name, connection)
        yield "screens", _screens(copy, plugin)
        yield "tables down and up beside the data", _down_and_up(copy, name)
    yield "wheel", wheel_problems(plugin)


def _translations(hub: Hub, plugin: LoadedPlugin) -> list[str]:
    folder = package_of(plugin)[1]
    found = catalogues.conflicts([place for _home, place in hub.packages.values()], [folder])
    found += catalogues.problems(folder)
    return found + [f"{place}: T() needs a plain string" for place in catalogues.untranslatable(folder)]


@contextmanager
def _copy(hub: Hub, folder: Path) -> Iterator[Hub]:
    """A hub of the same plugins on an embedded database of its own, with the rows of this one where it has some."""
    url = f"sqlite:///{folder / 'hub.db'}"
    config = replace(hub.config, data=folder, database_url=url, owner_url=url, partition=False)
    given = [p.module for p in hub.plugins if p.distribution == "given directly"]
    made = Hub(config, given)
    with hub.engine.connect() as connection:
        is_empty = "core_tenant" not in connection.dialect.get_table_names(connection)
    if is_empty or migrate.pending_migrations(hub):
        migrate.upgrade_database(made)
    else:
        backup.make_backup(hub, folder / "copy.zip", lambda _n: None)
        with Archive(folder / "copy.zip") as archive:
            left = {s for s in archive.manifest.revisions if s not in migrate.lineages(made)}
            restore(made, archive, lambda _n: None, without=left)
    yield made
    made.engine.dispose()


def _screens(hub: Hub, plugin: LoadedPlugin) -> list[str]:
    """Its lists and empty forms for an administrator of a new company; 403 for who has no right, 404 where it is off."""
    from core.web.app import create_app

    app, info = create_app(hub, testing=True), tenants.create_tenant(hub, "CHECK-PLUGIN", "Check")
    people = {"admin": ["admin"], "nobody": []}
    for who, roles in people.items():
        accounts.create_user(hub, f"{who}@check.invalid", who, secrets.token_urlsafe(24))
        accounts.add_member(hub, info, f"{who}@check.invalid", roles)
    with hub.context(info) as ctx:
        sides = (
            [n for n in plugin.manifest.requires if not ctx.is_on(n)]
            if plugin.manifest.bridge
            else [plugin.name]
        )
        enablement.enable_plugins(ctx, sides)
    entities = [e for e in hub.registry.entities.values() if e.plugin == plugin.name]
    found = []
    for who, wanted in (("admin", 200), ("nobody", 403)):
        client = _sign_in(hub, app, f"{who}@check.invalid", info.id)
        for entity in entities:
            home = f"/{entity.name.replace('.', '/')}/"
            for path in (home, f"{home}new") if entity.creatable and who == "admin" else (home,):
                try:
                    status = client.get(path).status_code
                except Exception as error:  # noqa: BLE001 - whatever a screen fails with is what is said of it
                    found.append(f"{path} fails: {type(error).__name__}: {error}")
                else:
                    if status != wanted:
                        found.append(f"{path} answers {status} to {who}, not {wanted}")
    return found


def _sign_in(hub: Hub, app: Any, email: str, company: int) -> Any:
    client = app.test_client()
    with hub.platform(write=False) as db:
        unique = db.scalar(sa.select(User.fs_uniquifier).where(User.email == email))
    now = time.time()
    with client.session_transaction() as session:
        session.update(_user_id=unique, _fresh=True, sid=secrets.token_hex(8), of=company, since=now, seen=now,
                       confirmed=now, tenant_id=company)  # fmt: skip
    return client


def _down_and_up(hub: Hub, name: str) -> list[str]:
    """Back to nothing with what requires it, one by one, and up again: rows of the others stay, the schema is as before."""
    needing = [n for n in hub.plugin_names if name in dependencies.required_plugins(hub, n)]
    before = _counts(hub, needing)
    for each in reversed(needing):
        migrate.downgrade(hub, each)
    found = []
    with hub.engine.connect() as connection:
        left = [t for t in tables.table_names(connection) if migrate.belongs(t, name, hub.plugin_names)]
    found += [f"{table} is still there after going down" for table in left]
    migrate.upgrade_database(hub)
    after = _counts(hub, needing)
    found += [
        f"{t} had {n} rows before going down and up, then {after.get(t)}"
        for t, n in before.items()
        if after.get(t) != n
    ]
    with hub.engine.connect() as connection:
        return found + revising.difference_sentences(hub, name, connection)


def _counts(hub: Hub, without: list[str]) -> dict[str, int]:
    with hub.engine.connect() as connection:
        return {
            s.name: tables.count_rows(connection, s, None)
            for s in tables.shapes(connection)
            if s.plugin not in without
        }


def wheel_problems(plugin: LoadedPlugin) -> list[str]:
    """Files of its package (templates, documents, static, translations, migrations) that a wheel of it would not hold."""
    home, folder = package_of(plugin)
    wanted = {
        f"{home.replace('.', '/')}/{file.relative_to(folder).as_posix()}"
        for file in folder.rglob("*")
        if file.is_file()
        and file.suffix not in (".pyc", ".mo")
        and not {*file.relative_to(folder).parts} & {*LEFT_OUT}
    }
    project = next((p for p in folder.parents if (p / "pyproject.toml").is_file()), None)
    if project is None:
        return []  # installed from a wheel: what is there is what it held
    with tempfile.TemporaryDirectory(prefix="hub-wheel-") as out:
        done = subprocess.run(_build(project, out), capture_output=True, text=True, check=False)  # noqa: S603
        wheels = list(Path(out).glob("*.whl"))
        if done.returncode != 0 or not wheels:
            return [f"no wheel could be built of {project}: {_reason(done.stderr or done.stdout)}"]
        with zipfile.ZipFile(wheels[0]) as wheel:
            held = set(wheel.namelist())
            lists = [wheel.read(n).decode() for n in held if n.endswith(".dist-info/entry_points.txt")]
    compiled = {name for name in wanted if name.endswith(".po") and f"{name[:-2]}mo" in held}
    missing = sorted(wanted - compiled - held)
    remedy = "Name it in the build section of pyproject.toml (hatchling takes what is in the package)."
    found = [f"{name} is not in the wheel. {remedy}" for name in missing]
    version = wheels[0].name.split("-")[1]
    if any(f"{plugin.name} =" in text for text in lists) and version != plugin.manifest.version:
        found.append(f"the wheel is of version {version}, the manifest says {plugin.manifest.version}")
    return found


def _reason(said: str) -> str:
    """The line that tells why, of what pip or uv had to say."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [n for n in lines if "error: " in n.lower() and not n.endswith(PIPS_OWN)]
    return (telling or lines or ["nothing was said"])[-1]


def _build(project: Path, out: str) -> list[str]:
    module: Callable[[str], Any] = importlib.util.find_spec
    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8")).get("build-system", {})
    is_here = declared.get("build-backend", "").startswith("hatchling") and module("hatchling")
    own = (
        ["--no-build-isolation"] if is_here else []
    )  # any other backend is fetched as the project asks for it
    if module("pip"):
        return [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", *own, "-w", out, str(project)]
    if (uv := shutil.which("uv")) is not None:
        return [uv, "build", "-q", "--wheel", *own, "--python", sys.executable, "-o", out, str(project)]
    raise StartError("neither pip nor uv is there to build a wheel with. Install one of them.")
