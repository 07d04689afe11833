"""Blocks of IPv4 addresses, in the one spelling that AWS keeps."""

from __future__ import annotations

from ipaddress import IPv4Network


def read_cidr_block(text: str) -> IPv4Network:
    """Read a block as EC2 writes it: `203.0.113.0/24`, without host bits and spare zeros.

    The AWS provider refuses host bits, and a netmask in place of the length. EC2 gives all other
    spellings back as this one (EC2 API Reference, "IpRange"), so that they would differ from it.

    Raises:
        ValueError: it is no such block; the message says why, and how to write it.
    """
    network = IPv4Network(text)
    if "/" not in text:
        raise ValueError("it has no prefix length")
    if str(network) != text:
        raise ValueError(f"write it as {network}")
    return network
