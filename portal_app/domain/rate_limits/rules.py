"""Rate limits, and which callers are counted as one."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

QUIET_PERIOD = timedelta(hours=24)
_IPV6_PREFIX = 64
_NEIGHBOURHOOD_PREFIXES = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be tried within a window of time.

    Attributes:
        name: Which limit.
        attempts: How many in one window.
        window: How long the first window is.
        growth: How often the window doubles, once for each that was used up.
    """

    name: str
    attempts: int
    window: timedelta
    growth: int = 0


def network_of(address: str) -> str:
    """The network that counts as one caller: an IPv4 address, an IPv6 /64.

    Args:
        address: As the server saw it; what is no address counts as one caller.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)


def neighbourhood_of(address: str) -> str:
    """The neighbourhood of an address: an IPv4 /24, an IPv6 /48.

    Args:
        address: As the server saw it; what is no address counts as one caller.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(
        ipaddress.ip_network(
            (parsed, _NEIGHBOURHOOD_PREFIXES[parsed.version]), strict=False
        )
    )
