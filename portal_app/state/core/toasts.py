"""Short messages that announce what happened.

Reflex's own toast is sent as script to be evaluated, which the content security
policy forbids; this one is plain state, drawn by ``components.layout.shell``.
"""

from dataclasses import dataclass
from time import monotonic
from typing import Literal

import reflex as rx
from reflex.event import EventSpec

from portal_app.kernel.ids import new_id
from portal_app.state.core.access import PUBLIC, event_for

_MOST = 3
_CARRIED_SECONDS = 5
Kind = Literal["success", "info", "error"]


@dataclass(frozen=True)
class Toast:
    """One message; ``kind`` is ``success``, ``info`` or ``error``."""

    id: str
    kind: str
    text: str


class ToastState(rx.State):
    """The messages now on the screen, oldest first."""

    toasts: list[Toast] = []
    _shown_at: dict[str, float] = {}

    @event_for(PUBLIC)
    def show(self, kind: Kind, text: str) -> None:
        """Show a message to the person in this tab."""
        shown = Toast(id=new_id(), kind=kind, text=text[:300])
        # What is said twice is shown once.
        others = [
            one for one in self.toasts if (one.kind, one.text) != (kind, shown.text)
        ]
        self.toasts = [*others, shown][-_MOST:]
        self._shown_at = {
            one.id: self._shown_at.get(one.id, monotonic()) for one in self.toasts
        }

    def _forget_old(self) -> None:
        """Take away what was shown before the page was loaded anew.

        A message that a page left with, such as "Your changes are saved", is seen
        on the page it led to.
        """
        since = monotonic() - _CARRIED_SECONDS
        self.toasts = [
            one for one in self.toasts if self._shown_at.get(one.id, 0.0) >= since
        ]

    @event_for(PUBLIC)
    def dismiss(self, toast_id: str) -> None:
        """Take a message away."""
        self.toasts = [toast for toast in self.toasts if toast.id != toast_id]


def toast(kind: Kind, text: str) -> EventSpec:
    """The event that shows a message; handlers return or yield it."""
    spec: EventSpec = ToastState.show(kind, text)
    return spec
