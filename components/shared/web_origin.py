"""Origins, as browsers send them in the header `Origin`."""

from __future__ import annotations

import re
from ipaddress import IPv4Address

LONGEST_HOST = 253
"""Characters of a host's name (RFC 1035, "Size limits", as text)."""

_FORM = re.compile(r"(?P<scheme>https?)://(?P<host>[^/?#@\s:]+)(?::(?P<port>\d+))?", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of_origin(text: str) -> str:
    """The host of an origin that a browser could send (HTML Standard, "ASCII serialization").

    API and functions compare origins letter by letter, so that another spelling lets nobody in.

    Raises:
        ValueError: it is no such origin; the message says why.
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError("an origin is a scheme, a host and perhaps a port, and nothing else")
    scheme, host, port = found["scheme"].lower(), found["host"].lower(), found["port"]
    if not host.isascii():
        raise ValueError("browsers send such a host in punycode: xn--…")
    if not _is_host(host):
        raise ValueError(f"{host} is no host")
    if port and not 1 <= int(port[:6]) <= 65_535:
        raise ValueError("a port is 1 to 65535")
    sent = f"{scheme}://{host}"
    if port and int(port) != _DEFAULT_PORTS[scheme]:
        sent = f"{sent}:{int(port)}"
    if sent != text:
        raise ValueError(f"browsers send it as {sent}")
    return host


def _is_host(host: str) -> bool:
    """Whether it is a name of DNS or an IPv4 address, in lower case."""
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    # URL Standard, "ends in a number checker": then it is an address or nothing.
    if re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]):
        return _is_ipv4(host)
    return all(_is_punycode(label[4:]) for label in labels if label.startswith("xn--"))


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True


def _is_punycode(text: str) -> bool:
    try:
        decoded = text.encode().decode("punycode")
        read_back = decoded.encode("punycode").decode()
    except (UnicodeError, OverflowError):
        return False
    return read_back == text and not decoded.isascii() and decoded.isprintable()
