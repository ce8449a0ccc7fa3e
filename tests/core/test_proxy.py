"""Behind a reverse proxy: whose word on address and https is believed, and what links in invitations begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import StartError
from core.kernel.config import load_config
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.web.frame.source import Behind, client_address, source

FORGED, REAL = "203.0.113.66", "198.51.100.7"


@pytest.mark.parametrize(
    ("peer", "forwarded", "hops", "address", "secure"),
    [
        ("127.0.0.1", REAL, 1, REAL, True),
        ("127.0.0.1", f"{FORGED}, {REAL}", 1, REAL, True),  # what the visitor sent comes first
        ("127.0.0.1", f"{FORGED}, {REAL}, 10.0.0.2", 2, REAL, True),
        ("127.0.0.1", "", 1, "127.0.0.1", True),
        ("127.0.0.1", "<script>", 1, "?", True),
        ("10.1.2.3", REAL, 1, REAL, True),
        ("192.0.2.1", REAL, 1, "192.0.2.1", False),  # not a proxy of ours
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2:3:4:5:6", True),
        ("127.0.0.1", "::ffff:198.51.100.7", 1, REAL, True),
    ],
)
def test_address_and_https_are_the_trusted_proxys(
    app: Any, peer: str, forwarded: str, hops: int, address: str, secure: bool
) -> None:
    seen: list[tuple[str, bool, str]] = []

    def answer(environ: Any, _start: Any) -> list[bytes]:
        with app.request_context(environ):
            from flask import request

            seen.append((client_address(), request.is_secure, request.host))
        return []

    environ = {
        "REMOTE_ADDR": peer, "REQUEST_METHOD": "GET", "PATH_INFO": "/", "SERVER_NAME": "hub", "SERVER_PORT": "80",
        "HTTP_HOST": "hub.example", "HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_HOST": "evil.test", "wsgi.url_scheme": "http",
    }  # fmt: skip
    Behind(answer, ("127.0.0.1", "10.0.0.0/8"), hops)(environ, lambda *_: None)  # type: ignore[arg-type]
    assert seen == [(address, secure, "hub.example")]


def test_a_customers_ipv6_network_is_one_place(app: Any) -> None:
    places = set()
    for last in ("1", "ffff:ffff:ffff:ffff"):
        with app.test_request_context(
            environ_base={"REMOTE_ADDR": f"2001:db8:1:2:{last}" if len(last) > 1 else "2001:db8:1:2::1"}
        ):
            places.add(source("a@b.test").key)
    assert places == {"2001:db8:1:2::/64"}


def test_without_a_proxy_nobody_says_where_they_are(client: Any) -> None:
    sent = {"X-Forwarded-Proto": "https", "X-Forwarded-For": FORGED, "X-Forwarded-Host": "evil.test"}
    with client.application.test_request_context(headers=sent, environ_base={"REMOTE_ADDR": REAL}):
        from flask import request

        assert client_address() == REAL
        assert not request.is_secure


def test_links_begin_with_the_configured_address(
    hub: Hub, tenant: TenantInfo, client_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "config", replace(hub.config, public_url="https://hub.example.com"))
    admin = client_as("admin")
    made = admin.post(
        "/admin/users/new", data={"email": f"li@{tenant.code}.test", "name": "Li", "locale": "en"}
    )
    shown = admin.get(made.location, headers={"X-Forwarded-Host": "evil.test"}).text
    assert 'value="https://hub.example.com/welcome/' in shown
    assert "evil.test" not in shown


def config(tmp_path: Path, text: str) -> Any:
    (tmp_path / "config.toml").write_text(f"[server]\n{text}\n")
    return load_config(tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("text", "secure"),
    [
        ("", False),
        ('public_url = "http://hub.lan:8000/"', False),
        ('public_url = "https://hub.example.com"', True),
        ('public_url = "https://hub.example.com"\nsecure_cookies = false', False),
        ("secure_cookies = true", True),
    ],
)
def test_an_https_address_makes_cookies_secure(tmp_path: Path, text: str, secure: bool) -> None:
    read = config(tmp_path, text)
    assert read.secure_cookies is secure
    assert not read.public_url.endswith("/")


@pytest.mark.parametrize(
    "text",
    [
        'public_url = "hub.example.com"', 'public_url = "https://hub.example.com/path"', 'public_url = "ftp://x"',
        'public_url = "https://me@hub.example.com"', 'public_url = "https://hub:port"', 'trusted_proxies = ["localhost"]',
        "proxy_hops = 0",
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(StartError):
        config(tmp_path, text)
