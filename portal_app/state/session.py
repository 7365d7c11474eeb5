"""Whose state this is: the session that filled it."""

import reflex as rx


class SessionStamp(rx.State):
    """Remembers which session the state of this tab was filled for.

    The gate compares it with the session of the socket: after a sign-in, a
    sign-out or a revocation they differ, and everything in the state is
    forgotten before anything is sent.
    """

    _session_id: str | None = None
