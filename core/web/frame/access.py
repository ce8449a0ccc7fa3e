"""Who may reach an address. Deny by default: an endpoint without a declared right stops the start."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Flask

from core.errors import StartError


@dataclass(frozen=True)
class Access:
    """What it takes to reach an endpoint.

    public      no sign-in (login page, static files)
    permission  the right needed; empty: any member of the tenant
    plugin      the plugin that must be on; otherwise the address does not exist (404)
    upload      True: a larger body is accepted
    closed      nobody: the address does not exist (what a library brings and the hub does not use)
    program     called by other programs, which say who they are in a header: a cookie opens nothing there, so a post needs no
                form token
    fresh       a post wants the person to have shown within fifteen minutes who they are (:mod:`core.web.frame.confirm`)
    limited     what it counts as, where a person may ask for so many in a minute (:mod:`core.web.frame.limits`)
    """

    public: bool = False
    permission: str = ""
    plugin: str = "core"
    upload: bool = False
    closed: bool = False
    program: bool = False
    fresh: bool = False
    limited: str = ""


NOBODY = Access(closed=True)


class AccessMap:
    """Declared access by endpoint name."""

    def __init__(self) -> None:
        self._rules: dict[str, Access] = {}

    def declare(self, endpoint: str, access: Access) -> None:
        """Declare one endpoint; a second, different declaration is an error."""
        known = self._rules.setdefault(endpoint, access)
        if known != access:
            raise StartError(f"endpoint '{endpoint}' is declared twice with different access")

    def get(self, endpoint: str | None) -> Access | None:
        """The declaration of an endpoint, or None: then nobody may reach it."""
        return self._rules.get(endpoint or "")

    def is_for_programs(self, app: Flask, path: str) -> bool:
        """Does it lie below what programs call, whether an address answers there or not?"""
        below = (
            r.rule.partition("<")[0]
            for r in app.url_map.iter_rules()
            if (self.get(r.endpoint) or NOBODY).program
        )
        return any(begin.endswith("/") and path.startswith(begin) for begin in below)

    def check(self, app: Flask, permissions: Collection[str]) -> None:
        """Raise StartError naming every route that nobody declared, or that asks for a right that does not exist."""
        missing = sorted({r.endpoint for r in app.url_map.iter_rules()} - set(self._rules))
        if missing:
            raise StartError(f"these routes declare no right, so nobody may reach them: {', '.join(missing)}")
        unknown = sorted(
            f"{e} ({a.permission})"
            for e, a in self._rules.items()
            if a.permission and a.permission not in permissions
        )
        if unknown:
            raise StartError(f"these routes ask for a right that is not declared: {', '.join(unknown)}")
