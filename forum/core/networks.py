"""The network of an address: what is kept, or written into a log, of where somebody was."""

from __future__ import annotations

import ipaddress

PREFIX = {4: 24, 6: 48}  # bits (decision 5 of issue 3)


def cut(address: str) -> str:
    """Return the network of an address, "203.0.113.0/24" or "2001:db8:1::/48"; "" for what is neither."""
    try:
        found = ipaddress.ip_interface(address)
    except ValueError:
        return ""
    bits = min(PREFIX[found.version], found.network.prefixlen)
    return str(ipaddress.ip_network((found.ip, bits), strict=False))
