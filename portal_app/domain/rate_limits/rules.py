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


@dataclass(frozen=True, slots=True)
class TargetLimits:
    """How often one target may be tried: an account, a mailbox, a booking.

    Whoever tries is one of many: a single caller never uses up what the target's
    owner needs, and a browser that the target knows is counted by itself.

    Attributes:
        by_caller: By one neighbourhood of callers.
        by_strangers: By all callers whom the target does not know, together.
        by_known_browser: By one browser that the target knows.
    """

    by_caller: Limit
    by_strangers: Limit
    by_known_browser: Limit


def target_limits(
    name: str, attempts: int, window: timedelta, *, strangers: int, growth: int = 0
) -> TargetLimits:
    """Limits on one kind of target.

    Args:
        name: Which limits.
        attempts: How many by one caller, and by one known browser.
        window: How long the first window is.
        strangers: How many by all strangers together.
        growth: How often the window doubles.
    """
    return TargetLimits(
        Limit(f"{name} caller", attempts, window, growth),
        Limit(f"{name} strangers", strangers, window, growth),
        Limit(f"{name} known browser", attempts, window, growth),
    )


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
