"""The hub with two processes behind a real nginx, a real Caddy, with TLS: addresses, links, cookies, limits, and reloading."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CADDY = shutil.which("caddy")
PASSWORD = "a long road to Taipei"
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.once,
]
CONFIG = """
pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; daemon off;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl; server_name hub.test; client_max_body_size 22m;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{
      proxy_pass http://127.0.0.1:{inner};
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""
CADDYFILE = """
{{
  admin unix/{folder}/caddy.sock
  auto_https disable_redirects
  default_sni hub.test
}}
https://:{port} {{
  tls {folder}/cert.pem {folder}/key.pem
  request_body {{
    max_size 22MB
  }}
  reverse_proxy 127.0.0.1:{inner}
}}
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def certificate(folder: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName("hub.test")]), critical=True)
    (folder / "cert.pem").write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(private)


@dataclass
class Visitor:
    """A browser at an address of its own; keeps cookies as one would."""

    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def ask(self, path: str, data: dict[str, str] | None = None, **headers: str) -> tuple[int, str, str]:
        """Status, Location and text."""
        unsafe = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=unsafe, source_address=(self.address, 0), timeout=30
        )
        site = f"hub.test:{self.port}"
        sent = {"Host": site, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if data is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{site}/"}
        body = urlencode(data) if data is not None else None
        connection.request("POST" if data is not None else "GET", path, body, {**sent, **headers})
        reply = connection.getresponse()
        text = reply.read().decode(errors="replace")
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            self.said.append(cookie)
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return reply.status, reply.headers.get("Location", ""), text

    def post(self, path: str, form: str, **data: str) -> tuple[int, str, str]:
        """Fill the form of a page."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.ask(form)[2])
        assert token is not None, form
        return self.ask(path, {"csrf_token": token[1], "_key": f"{time.time()}", **data})

    def sign_in(self, email: str, password: str = PASSWORD) -> tuple[int, str, str]:
        return self.post("/login", "/login", email=email, password=password)


@dataclass
class Site:
    port: int
    hub: subprocess.Popen[bytes]
    reload_proxy: Callable[[], None]
    log: Path

    def visitor(self, address: str) -> Visitor:
        return Visitor(self.port, address)


def proxy(
    name: str, folder: Path, port: int, inner: int
) -> tuple[subprocess.Popen[bytes], Callable[[], None]]:
    """The proxy at work, and how it takes its configuration anew."""
    if name == "nginx":
        (folder / "nginx.conf").write_text(
            ("user root;" if os.geteuid() == 0 else "") + CONFIG.format(folder=folder, port=port, inner=inner)
        )
        nginx = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")])
        return nginx, lambda: nginx.send_signal(signal.SIGHUP)
    (folder / "Caddyfile").write_text(CADDYFILE.format(folder=folder, port=port, inner=inner))
    config = ["--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    env = {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}

    def again() -> None:
        address = ["--address", f"unix/{folder}/caddy.sock", "--force"]
        subprocess.run([str(CADDY), "reload", *config, *address], env=env, check=True, capture_output=True)

    with (folder / "caddy.log").open("wb") as out:
        return subprocess.Popen([str(CADDY), "run", *config], env=env, stdout=out, stderr=out), again


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("nginx", marks=pytest.mark.skipif(NGINX is None, reason="no nginx on this machine")),
        pytest.param("caddy", marks=pytest.mark.skipif(CADDY is None, reason="no Caddy on this machine")),
    ],
)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port, inner = tmp_path_factory.mktemp("proxied"), free_port(), free_port()
    folder.chmod(0o755)
    certificate(folder)
    (folder / "config.toml").write_text(
        f'[server]\nport = {inner}\npublic_url = "https://hub.test:{port}"\n'
        'trusted_hosts = ["hub.test"]\ntrusted_proxies = ["127.0.0.1"]\n'
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith("HUB_") and k != "PORT"}
    env |= {"HUB_DATA": str(folder / "data"), "PYTHONPATH": str(Path(__file__).parents[2])}
    hub = [sys.executable, "-m", "core.cli"]

    def run(*command: str, typed: str = "") -> None:
        subprocess.run(
            [*hub, *command], cwd=folder, env=env, check=True, capture_output=True, input=typed.encode()
        )

    run("db", "upgrade")
    run("tenant", "create", "ACME", "Acme")
    for name in ("ann", "bob"):
        made = (
            "user",
            "create",
            f"{name}@acme.test",
            name,
            "--tenant",
            "ACME",
            "--role",
            "admin",
            "--language",
            "en",
        )
        run(*made, "--password-stdin", typed=PASSWORD)
    log = folder / "hub.log"
    with log.open("wb") as out:
        served = subprocess.Popen(
            [*hub, "serve", "--workers", "2"], cwd=folder, env=env, stdout=out, stderr=out
        )
    before, reload_proxy = proxy(request.param, folder, port, inner)
    try:
        ends = time.monotonic() + 60
        while True:
            try:
                if Visitor(port, "127.0.0.1").ask("/login")[0] == 200:
                    break
            except OSError:
                pass
            assert time.monotonic() < ends, log.read_text()
            time.sleep(0.2)
        yield Site(port, served, reload_proxy, log)
    finally:
        for process in (before, served):
            process.send_signal(signal.SIGTERM)
        for process in (before, served):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def test_each_visitor_has_an_address_that_nobody_can_forge(site: Site) -> None:
    attacker = site.visitor("127.0.0.66")
    for n in range(30):
        forged = {"X-Forwarded-For": f"203.0.113.{n}", "X-Forwarded-Host": "evil.test"}
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', attacker.ask("/login")[2])
        assert token is not None
        data = {"csrf_token": token[1], "email": f"x{n}@nowhere.test", "password": "guess"}
        assert attacker.ask("/login", data, **forged)[0] == 200
    assert attacker.sign_in("ann@acme.test")[0] == 429
    assert site.visitor("127.0.0.7").sign_in("ann@acme.test")[0] == 302, "others are not held up"
    log = site.log.read_text()
    assert "sign_in address=127.0.0.7 who=ann@acme.test" in log
    assert "address=127.0.0.66" in log
    assert "203.0.113." not in log


def test_links_cookies_and_hosts(site: Site) -> None:
    ann = site.visitor("127.0.0.8")
    assert ann.sign_in("ann@acme.test")[:2] == (302, "/")
    assert {c.split("=")[0] for c in ann.said} >= {"__Host-hub", "__Host-hub-browser"}
    for cookie in ann.said:
        if cookie.startswith("__Host-"):
            assert "; Secure" in cookie
            assert "; HttpOnly" in cookie
            assert "Domain" not in cookie
    status, made, _text = ann.post(
        "/admin/users/new", "/admin/users/new", email="new@acme.test", name="New", locale="en"
    )
    assert status == 302
    page = ann.ask(made, **{"X-Forwarded-Host": "evil.test"})[2]
    assert f'value="https://hub.test:{site.port}/welcome/' in page
    assert "evil.test" not in page
    assert ann.ask("/login", Host="evil.test")[0] == 400
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', ann.ask("/me/")[2])
    assert token is not None
    sent = {"csrf_token": token[1], "theme": "dark"}
    assert ann.ask("/theme", sent, Referer="https://evil.test/")[0] == 400, (
        "https: the page it comes from counts"
    )
    assert ann.ask("/theme", sent)[0] == 302
    for size in (5_000_000, 24_000_000):  # more than a form of the hub, and more than the proxy lets through
        with contextlib.suppress(OSError):  # Caddy closes before all was sent
            assert ann.ask("/theme", {**sent, "back": "x" * size})[0] == 413
    assert ann.ask("/theme", sent)[0] == 302


def test_both_reload_while_people_work(site: Site) -> None:
    """The proxy and the hub take their configuration anew: nobody notices, and sessions go on."""
    bob, answers, stop = site.visitor("127.0.0.9"), [], threading.Event()
    bob.sign_in("bob@acme.test")

    def work() -> None:
        while not stop.is_set():
            answers.append(bob.ask("/me/")[0])

    people = [threading.Thread(target=work) for _n in range(2)]
    for person in people:
        person.start()
    time.sleep(1)
    site.reload_proxy()
    time.sleep(1)
    site.hub.send_signal(signal.SIGHUP)
    time.sleep(5)
    stop.set()
    for person in people:
        person.join()
    assert set(answers) == {200}
    assert len(answers) > 20
    assert site.hub.poll() is None
    bob.post("/logout", "/me/")
    assert bob.ask("/me/")[:2] == (302, "/login?next=/me/")
