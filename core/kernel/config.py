"""Configuration: config.toml, then the environment. Secrets come from the environment or a file outside the repository."""

from __future__ import annotations

import ipaddress
import os
import secrets
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import StartError
from core.kernel.mail_server import MailServer, read_mail_server
from core.kernel.object_store import ObjectStore, read_object_store

KEY_LENGTH, KEY_VARIETY = 32, 8
"""Characters of a secret key, and different ones among them: 32 hexadecimal digits are 128 bits, and fewer than eight kinds of
them come by chance once in 25 million."""

LIMITS = {"exports": 20, "pdfs": 60, "uploads": 60, "searches": 300, "at_once": 2, "at_once_company": 4}
"""How often one person may ask for it in a minute, and how many files and PDFs a person and a company may have made at the same
time, where config.toml says nothing."""


@dataclass(frozen=True)
class Config:
    """What the hub needs to know before it can start; see config.toml for the meaning of each key."""

    database_url: str
    owner_url: str
    data: Path
    plugins: tuple[str, ...]
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    pdf_fonts: tuple[str, str] = ("", "")
    demo: bool = False
    secure_cookies: bool = False
    trusted_hosts: tuple[str, ...] = ()
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    proxy_hops: int = 1
    idle_minutes: int = 60
    log_form: str = "text"
    slow_ms: int = 2000
    limits: Mapping[str, int] = field(default_factory=lambda: dict(LIMITS))
    webhook_networks: tuple[str, ...] = ()
    mail: MailServer | None = None
    object_store: ObjectStore | None = None
    """The S3-compatible store that files lie in; None: the data folder."""
    partition: bool = False
    without: tuple[str, ...] = ()
    """Plugins that are not loaded this time (``hub --without NAME``)."""
    safe: bool = False
    """Only the default plugins are loaded this time (``hub --safe``)."""
    restricted: tuple[str, ...] = ()
    """Features that only operators switch, beside those whose manifest says so."""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded default engine."""
        return self.database_url.startswith("sqlite")

    @property
    def pinned_today(self) -> date | None:
        """The day that ``HUB_TODAY`` pins for tests and demos; None means the real day."""
        value = os.environ.get("HUB_TODAY")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            raise StartError(f"HUB_TODAY is not a day such as 2026-11-23: {value!r}") from None

    def secret_key(self) -> str:
        """The session secret: ``HUB_SECRET_KEY``, else a file in the data folder made with mode 0600."""
        if given := os.environ.get("HUB_SECRET_KEY"):
            return given
        path = self.data / "secret_key"
        if not path.exists():
            private_folder(path.parent)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as out:
                out.write(secrets.token_urlsafe(48))
        return path.read_text().strip()

    def older_secret_keys(self) -> list[str]:
        """Keys of before the last change, newest first, from ``HUB_SECRET_KEY_FALLBACKS`` (blanks between them): what they
        signed is accepted until they are taken out."""
        return os.environ.get("HUB_SECRET_KEY_FALLBACKS", "").split()

    def secret_keys(self) -> list[str]:
        """Every key that is accepted, the oldest first and the one that signs last."""
        return [*reversed(self.older_secret_keys()), self.secret_key()]


def key_fault(key: str) -> str:
    """Why a secret key is none, in words; "" for one that cannot be guessed."""
    if len(key) < KEY_LENGTH:
        return f"a secret key of {len(key)} characters can be guessed; it has at least {KEY_LENGTH}"
    if len(set(key)) < KEY_VARIETY:
        return f"a secret key of {len(set(key))} different characters can be guessed"
    return ""


def private_folder(path: Path) -> None:
    """Make a folder, and those that lead to it where they are missing, for nobody else to read. One that is there stays as
    it is."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(exist_ok=True, mode=0o700)


def make_private(config: Config) -> None:
    """Make the data folder, and the file of the embedded database, for nobody else to read. One that is there stays
    as it is."""
    private_folder(config.data)
    file = Path(config.database_url.removeprefix("sqlite:///"))
    if config.is_sqlite and file.parent.is_dir():
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its other files the same mode


def load_config(path: Path | str | None = None, **overrides: Any) -> Config:
    """Read ``path`` (default: what :func:`find_config` finds; none at all is fine) and apply the environment. Folders that the
    file names are counted from its own, those of the environment from where the command is run.

    Raises StartError where the file cannot be read, is not TOML, or says something that cannot be.
    """
    chosen = Path(path) if path else find_config()
    raw = _toml(chosen) if chosen.exists() else {}
    database, server, pdf = raw.get("database", {}), raw.get("server", {}), raw.get("pdf", {})
    log, webhooks = raw.get("log", {}), raw.get("webhooks", {})
    beside = chosen.parent / (raw.get("files", {}).get("path") or "var")
    data = Path(os.environ.get("HUB_DATA") or beside).resolve()
    url = os.environ.get("HUB_DATABASE_URL") or database.get("url") or "sqlite"
    if url == "sqlite":
        url = f"sqlite:///{data / 'hub.db'}"
    public = _site(str(os.environ.get("HUB_PUBLIC_URL") or server.get("public_url", "")))
    values: dict[str, Any] = {
        "database_url": url,
        "owner_url": os.environ.get("HUB_DATABASE_OWNER_URL") or database.get("owner_url") or url,
        "data": data,
        "plugins": _plugins(raw.get("plugins", {}).get("load", ())),
        "restricted": tuple(raw.get("plugins", {}).get("restricted", ())),
        "host": server.get("host", "127.0.0.1"),
        "port": _number("PORT", port, 65_535)
        if (port := os.environ.get("PORT"))
        else _number("[server] port", server.get("port", 8000), 65_535),
        "threads": _number("[server] threads", server.get("threads", 8), 1000),
        "secure_cookies": bool(server.get("secure_cookies", public.startswith("https://"))),
        "public_url": public,
        "trusted_proxies": _networks("[server] trusted_proxies", server.get("trusted_proxies", ())),
        "object_store": read_object_store(raw.get("files", {})),
        "mail": read_mail_server(raw.get("mail", {})),
        "webhook_networks": _networks("[webhooks] allowed_networks", webhooks.get("allowed_networks", ())),
        "proxy_hops": _number("[server] proxy_hops", server.get("proxy_hops", 1), 10),
        "trusted_hosts": tuple(server.get("trusted_hosts", ())),
        "idle_minutes": _number("[server] idle_minutes", server.get("idle_minutes", 60), 720),
        "log_form": _one_of("[log] form", log.get("form", "text"), ("text", "json")),
        "slow_ms": _number("[log] slow_ms", log.get("slow_ms", 2000), 3_600_000),
        "limits": _limits(raw.get("limits", {})),
        "without": tuple(os.environ.get("HUB_WITHOUT", "").split()),
        "safe": bool(os.environ.get("HUB_SAFE")),
        "pdf_fonts": (pdf.get("regular", ""), pdf.get("bold", "")),
    }
    config = Config(**{**values, **overrides})
    _ = config.pinned_today  # said now rather than in the first request
    return config


def find_config(start: Path | None = None) -> Path:
    """The configuration a command reads: ``HUB_CONFIG``; else config.toml in the folder it is run in; else the one that the
    nearest pyproject.toml, in this folder or above, names in ``[tool.oem-hub] config`` (a plugin's says where its hub is).
    StartError where a file is named that is not there."""
    if given := os.environ.get("HUB_CONFIG"):
        if not Path(given).is_file():
            raise StartError(f"HUB_CONFIG names {given}, which is not there")
        return Path(given)
    folder = start or Path.cwd()
    here = folder / "config.toml"
    if here.exists():
        return here if start else Path("config.toml")
    for place in (folder, *folder.parents):
        project = place / "pyproject.toml"
        if not project.is_file():
            continue
        if (said := _toml(project).get("tool", {}).get("oem-hub", {}).get("config")) is None:
            break
        if not (found := place / said).is_file():
            raise StartError(f"{project} says [tool.oem-hub] config = {said!r}, and {found} is not there")
        return Path(found).resolve()
    return here


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise StartError(f"{path} cannot be read: {error}") from error


def _plugins(listed: Iterable[str]) -> tuple[str, ...]:
    """The plugins to load: those of the file, or ``HUB_PLUGINS_LOAD`` (names with blanks or commas between them). Where that
    begins with ``+`` its names come to those of the file."""
    given = os.environ.get("HUB_PLUGINS_LOAD", "").strip()
    names = given.lstrip("+").replace(",", " ").split()
    if given and not given.startswith("+"):
        return tuple(names)
    return tuple(dict.fromkeys([*listed, *names]))


def _number(name: str, given: Any, most: int) -> int:
    """A whole number from 1 to ``most`` that the file or the environment gives; StartError for anything else."""
    text = str(given).strip()
    if isinstance(given, bool) or not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise StartError(f"{name} must be a whole number from 1 to {most:,}, not {given!r}")
    return int(text)


def _limits(given: Mapping[str, Any]) -> dict[str, int]:
    """How often in a minute, by kind, and how much at once; 0 is no limit. StartError for what is unknown or no number."""
    for name, most in given.items():
        _one_of("[limits] name", name, tuple(LIMITS))
        if most != 0 or isinstance(most, bool):
            _number(f"[limits] {name}", most, 1_000_000)
    return {**LIMITS, **{name: int(most) for name, most in given.items()}}


def _one_of(name: str, given: Any, known: tuple[str, ...]) -> str:
    """One of the words that the file may give; StartError for anything else."""
    if given not in known:
        raise StartError(f"{name} is one of {', '.join(known)}, not {given!r}")
    return str(given)


def _site(given: str) -> str:
    """The address under which people reach the hub, without a path; StartError for anything else."""
    try:
        parts = urlsplit(given.strip().rstrip("/"))
        fits = parts.scheme in ("http", "https") and parts.hostname and not (parts.path or parts.query)
        _ = parts.port
    except ValueError:
        fits = False
    if given and (not fits or "@" in given):
        raise StartError(f"[server] public_url is an address such as https://hub.example.com, not {given!r}")
    return given.strip().rstrip("/")


def _networks(name: str, given: Any) -> tuple[str, ...]:
    """Addresses or networks, as texts; StartError for what is none."""
    proxies = (given,) if isinstance(given, str) else tuple(given)
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError as error:
            raise StartError(f"{name} are addresses or networks: {error}") from error
    return proxies
