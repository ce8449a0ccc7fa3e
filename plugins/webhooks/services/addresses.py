"""Addresses that messages may go to: out in the world, by https; into a network only where the installation names it."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.api import Problem, Refused, T

LONGEST = 500
NEVER = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24", "100.64.0.0/10")))
"""Where hosting companies answer machines with their secrets, at addresses that pass for the open world (Azure, Oracle,
Alibaba), whatever this Python knows of them."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    """Where to connect: the network address that was looked at, and the name that the certificate must have."""

    secure: bool
    host: str
    port: int
    ip: str
    path: str
    host_header: str


def find_target(address: str, networks: tuple[str, ...]) -> Target:
    """The one network address behind ``address``, which every answer of the name service allows. Refused at ``address`` for any
    other: private, loopback, link-local, shared, unique local, metadata; http to the open world; a name nobody knows."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _refused(T("This is not an address such as https://example.com/hub.")) from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or len(address) > LONGEST or not _plain(address):
        raise _refused(T("This is not an address such as https://example.com/hub."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _refused(T("An address without a name, a password or a mark (#) in it, please."))
    secure = parts.scheme == "https"
    port = port or (443 if secure else 80)
    inside = [ipaddress.ip_network(n) for n in networks]
    found = _looked_up(host, port)
    own = [any(ip in network for network in inside) for ip in found]
    if not all(mine or _is_open(ip) for ip, mine in zip(found, own, strict=True)):
        raise _refused(
            T("{host} is an address inside a network; messages go to the open world only.", host=host)
        )
    if not secure and not all(own):
        raise _refused(T("Messages go by https only."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    usual = port == (443 if secure else 80)
    named = f"[{host}]" if ":" in host else host
    return Target(secure, host, port, str(found[0]), path, named if usual else f"{named}:{port}")


def _plain(address: str) -> bool:
    return address.isascii() and address.isprintable() and " " not in address


def _refused(words: object) -> Refused:
    return Refused([Problem(words, "address")])  # type: ignore[arg-type]


def _looked_up(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in answers]
    except (OSError, UnicodeError, ValueError):
        found = []
    if not found:
        raise _refused(T("There is no {host}.", host=host))
    return found


def _is_open(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Is it an address of the open world, and so is what it wraps?"""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return _is_open(ip.ipv4_mapped)
        if ip in NAT64:
            return _is_open(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        wrapped = [ip.sixtofour, *(ip.teredo or ())]
        if any(inner is not None and not _is_open(inner) for inner in wrapped):
            return False
    outside = ip.is_global and not ip.is_multicast and not ip.is_reserved
    return outside and not any(ip in network for network in NEVER)
