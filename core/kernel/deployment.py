"""Whether a hub may be put before people: what ``hub check --deploy`` refuses, each with the remedy."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.data.models import Tenant
from core.kernel.config import Config, key_fault
from core.kernel.file_store import store_fault

if TYPE_CHECKING:
    from core.kernel.hub import Hub

PINNED = ("HUB_TODAY", "HUB_TRACE", "FLASK_DEBUG")
"""What is set while one looks for a fault, and never where people work."""


def faults(hub: Hub) -> list[str]:
    """What has to be put right before people use this hub; the database's own walls are looked at when it starts."""
    found = [*_secrets(hub.config), *_web(hub.config), *_folders(hub.config)]
    found += [
        f"{name} is set, which is for looking for faults. Unset it."
        for name in PINNED
        if os.environ.get(name)
    ]
    with hub.platform(write=False) as session:
        demo = session.scalars(select(Tenant.code).where(Tenant.demo).order_by(Tenant.code)).all()
    if demo:
        found.append(f"{', '.join(demo)} is a demo company with known passwords. Use a database without it.")
    if fault := store_fault(hub.config):
        found.append(f"{fault}. Put it right, or take the bucket out of config.toml.")
    for said in hub.manager.hook.deployment_faults(hub=hub):
        found += said or ()
    return found


def _secrets(config: Config) -> Iterator[str]:
    for key in (config.secret_key(), *config.older_secret_keys()):
        if fault := key_fault(key):
            yield f"{fault}. `python -c 'import secrets; print(secrets.token_urlsafe(48))'` makes one."


def _web(config: Config) -> Iterator[str]:
    if not config.secure_cookies:
        yield "cookies go over http too. Set [server] secure_cookies = true, and let a proxy with TLS stand before the hub."
    if not config.trusted_hosts:
        yield "any host name is served. Name the hub's in [server] trusted_hosts."
    if not config.public_url.startswith("https://"):
        yield "links in invitations have no address of their own. Set [server] public_url to the hub's, with https://."
    if config.object_store is not None and config.object_store.endpoint.startswith("http:"):
        yield "files go to the store unencrypted. Set [files] endpoint to an address with https://."


def _folders(config: Config) -> Iterator[str]:
    """Read by nobody but the account that the hub runs under: the folder shuts what is in it, and what is in it shuts
    itself too, for a folder is opened by mistake or copied elsewhere."""
    places = [config.data]
    if config.is_sqlite:
        file = Path(config.database_url.removeprefix("sqlite:///"))
        places += [] if config.data in file.parents else [file]
    for place in places:
        if place.exists() and stat.S_IMODE(place.stat().st_mode) & 0o077:
            mode = "700" if place.is_dir() else "600"
            yield f"other accounts of this machine can read {place}. chmod {mode} {place}"
    loose = [path for path in config.data.rglob("*") if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    if loose:
        yield (
            f"{len(loose)} files and folders in {config.data} are open to other accounts of this machine, {loose[0].name} "
            f"for one. chmod -R go= {config.data}"
        )
