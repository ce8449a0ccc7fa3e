"""Where messages may not go: into anybody's network, whatever the address looks like, when it is saved and when it is sent."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from core.api import save_row
from core.errors import Refused
from plugins.webhooks.services import addresses, subscriptions
from plugins.webhooks.services.addresses import find_target
from plugins.webhooks.services.posting import post
from tests.plugins.webhooks.conftest import Desk, Receiver
from tests.plugins.webhooks.test_webhooks import MAKERS, AsContext

INSIDE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1",
]  # fmt: skip
OUTSIDE = [
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


def named(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Every name stands for these network addresses."""
    found = [(0, 0, 0, "", (a, 443)) for a in answers]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *a, **kw: found)


@pytest.mark.parametrize("ip", INSIDE)
def test_no_network_of_anybodys_house(ip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    literal = f"[{ip}]" if ":" in ip else ip
    with pytest.raises(Refused):
        find_target(f"https://{literal}/", ())
    named(monkeypatch, "8.8.8.8", ip)  # one of several is enough
    with pytest.raises(Refused):
        find_target("https://example.com/", ())
    named(monkeypatch, ip)
    mine = str(ipaddress.ip_network(ip))
    assert find_target("http://example.com/", (mine,)).ip == str(ipaddress.ip_address(ip))


@pytest.mark.parametrize("ip", OUTSIDE)
def test_the_open_world_by_https_alone(ip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ip)
    target = find_target("https://example.com:8443/a?b=1", ())
    assert (target.ip, target.host, target.port, target.path) == (
        str(ipaddress.ip_address(ip)),
        "example.com",
        8443,
        "/a?b=1",
    )
    assert target.host_header == "example.com:8443"
    with pytest.raises(Refused):
        find_target("http://example.com/", ("10.0.0.0/8",))


@pytest.mark.parametrize(
    "address",
    ["", "example.com", "ftp://example.com/", "file:///etc/passwd", "https://", "https:///x", "https://a:b@example.com/",
     "https://example.com:99999/", "https://example.com/ x", "https://exämple.com/", "https://example.com/\r\nX: 1",
     "https://[::1/", "https://example.com/#x", "https://" + "a" * 600, "https://2130706433/", "https://0x7f.1/",
     "https://no-such-name.invalid/", "gopher://127.0.0.1/"],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(Refused) as refused:
        find_target(address, ())
    assert refused.value.problems[0].field == "address"


@pytest.mark.usefixtures("at_home")
def test_a_name_that_moves_inside_after_it_was_saved(
    desk: Desk, receiver: Receiver, ctx_as: AsContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    row_id, _secret = desk.subscribe(receiver.url.replace("127.0.0.1", "localhost"), f"{MAKERS}.created")
    with ctx_as("admin") as ctx:
        save_row(ctx, ctx.registry.get(MAKERS), None, {"code": "M1", "name": "m"})
    named(monkeypatch, "10.0.0.7")
    desk.work()
    assert receiver.got == []
    assert "network" in desk.sent(row_id)[0].error
    monkeypatch.undo()
    with ctx_as("admin") as ctx, pytest.raises(Refused):
        subscriptions.save_subscription(ctx, None, "x", receiver.url, [f"{MAKERS}.created"])


@pytest.mark.usefixtures("at_home")
def test_connected_is_what_was_looked_at_and_no_proxy(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    target = find_target(receiver.url.replace("127.0.0.1", "localhost") + "/in", ("127.0.0.0/8", "::1"))

    def nobody(*_a: Any, **_kw: Any) -> Any:
        raise AssertionError("asked for the name again")

    known = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **kw: known(host, *a, **kw) if host[0].isdigit() else nobody()
    )
    target = type(target)(**{**vars(target), "ip": "127.0.0.1"})
    receiver.answer = (307, "")
    answer = post(target, {"X": "1"}, b"{}")
    assert (answer.status, len(receiver.got)) == (307, 1)
    assert receiver.got[0][0]["host"] == target.host_header
    assert post(type(target)(**{**vars(target), "port": 1}), {}, b"").status == 0


@pytest.mark.usefixtures("at_home")
def test_https_wants_a_certificate_for_the_name(receiver: Receiver) -> None:
    target = find_target(receiver.url, ("127.0.0.0/8",))
    answer = post(type(target)(**{**vars(target), "secure": True}), {}, b"{}")
    assert (answer.status, receiver.got) == (0, [])
    assert answer.error
