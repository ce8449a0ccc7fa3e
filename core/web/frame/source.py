"""Where a request comes from: the address behind a proxy that is trusted, and the browser where an account knows it."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from core.web.frame.throttle import Source

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from core.kernel.config import Config

KEPT = 31_536_000
"""Seconds that a browser stays known: a year."""
ACCOUNTS = 8
"""Accounts that one browser is known to, the last ones to sign in."""


def trust_proxies(app: Flask, config: Config) -> None:
    """Believe what the proxies of ``[server] trusted_proxies`` say of address and https; of nobody else, and never the host."""
    if config.trusted_proxies:
        app.wsgi_app = Behind(app.wsgi_app, config.trusted_proxies, config.proxy_hops)  # type: ignore[method-assign]


class Behind:
    """Applies werkzeug's ProxyFix to requests that come from a trusted proxy."""

    def __init__(self, app: WSGIApplication, proxies: Iterable[str], hops: int) -> None:
        self._networks = [ipaddress.ip_network(proxy) for proxy in proxies]
        self._direct, self._fixed = app, ProxyFix(app, x_for=hops, x_proto=1, x_host=0, x_prefix=0)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The answer, to a request with or without the proxy's word."""
        peer = _address(environ.get("REMOTE_ADDR", ""))
        trusted = peer is not None and any(peer in network for network in self._networks)
        return (self._fixed if trusted else self._direct)(environ, start_response)


def _address(typed: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(typed.strip().strip("[]").split("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def client_address() -> str:
    """The address of whoever sends this request; "?" where none is known."""
    found = _address(request.remote_addr or "")
    return str(found) if found is not None else "?"


def site_url() -> str:
    """What an absolute link begins with: the configured address (``[server] public_url``), else the one this request came to.

    Only where none is configured does the request's Host say it; then trusted_hosts says which ones are answered.
    """
    public: str = current_app.extensions["hub"].config.public_url
    return public or request.host_url.rstrip("/")


def _network() -> str:
    """What is throttled as one place: an IPv4 address, or the /64 that one IPv6 customer has to choose from."""
    found = _address(request.remote_addr or "")
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found) if found is not None else "?"


def source(account: str) -> Source:
    """Where an attempt at ``account`` comes from."""
    device, accounts = _device()
    if _digest(device, account) in accounts:
        return Source(f"device:{device}", known=True)
    return Source(_network())


def remember_browser(account: str) -> None:
    """This browser is known to ``account`` from now on: it has signed in with the right password."""
    device, accounts = _device()
    device = device or secrets.token_hex(12)
    mine = _digest(device, account)
    g.device = [device, [mine, *(a for a in accounts if a != mine)][:ACCOUNTS]]


def install(app: Flask) -> None:
    """Send the cookie of a browser that became known."""

    @app.after_request
    def _keep(response: Response) -> Response:
        if "device" in g:
            response.set_cookie(
                _cookie(), _signer().dumps(g.device), max_age=KEPT, httponly=True, samesite="Lax",
                secure=app.config["SESSION_COOKIE_SECURE"],
            )  # fmt: skip
        return response


def _cookie() -> str:
    return "__Host-hub-browser" if current_app.config["SESSION_COOKIE_SECURE"] else "hub_browser"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="hub-browser")


def _device() -> tuple[str, list[str]]:
    try:
        found: Any = _signer().loads(request.cookies.get(_cookie(), ""))
    except BadData:
        return "", []
    return str(found[0]), [str(a) for a in found[1]]


def _digest(device: str, account: str) -> str:
    return hashlib.sha256(f"{device}\0{account}".encode()).hexdigest()[:24]
