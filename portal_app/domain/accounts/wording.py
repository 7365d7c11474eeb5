"""A browser and a network in words that a person recognises."""

import ipaddress

_UNKNOWN = "Unknown device"
# In this order: later ones also carry the names of those they pretend to be.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """A browser's name for itself in words, such as ``Firefox on Windows``."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or _UNKNOWN


def place_words(address: str) -> str:
    """As much of a network address as helps to recognise it.

    Args:
        address: As the server saw it.

    Returns:
        Such as ``Network 203.0.113.x``; ``This computer`` where the portal
        runs itself, an empty text for what is no address.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if parsed.is_loopback or parsed.is_link_local:
        return "This computer"
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"Network {str(parsed).rpartition('.')[0]}.x"
    wide = ipaddress.ip_network((parsed, 48), strict=False).network_address
    return f"Network {str(wide).rstrip(':')}:x"
