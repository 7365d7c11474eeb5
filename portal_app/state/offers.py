"""The offer of a provider that this browser keeps in a cookie.

The guard puts the hash of that cookie into the socket's handshake, in a header
that Reflex never sends back; the secret itself stays out of every state.
"""

from reflex.state import BaseState

_SCHEME = "Offer "


def offer_hash(state: BaseState) -> str:
    """The hash of the offer behind this socket, or an empty string."""
    header = str(state.router.headers.raw_headers.get("authorization", ""))
    return header.removeprefix(_SCHEME) if header.startswith(_SCHEME) else ""
