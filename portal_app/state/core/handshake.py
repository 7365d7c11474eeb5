"""What a browser's other cookies held at the socket's handshake, hashed.

The guard leaves no cookie but the session's hash; the hashes of the others come in
a header of its own, which Reflex does not send to the browser.
"""

from urllib.parse import parse_qsl

from reflex.state import BaseState


def secret_hashes(state: BaseState, kind: str) -> tuple[str, ...]:
    """The hashes of one kind: ``offer``, ``code``, ``device`` or ``visitor``."""
    header = str(state.router.headers.raw_headers.get("authorization", ""))
    return tuple(value for name, value in parse_qsl(header) if name == kind)
