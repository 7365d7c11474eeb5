"""Short messages that announce what happened.

Reflex's own toast is sent as script to be evaluated, which the content security
policy forbids; this one is plain state, drawn by ``components.layout.shell``.
"""

from dataclasses import dataclass
from typing import Literal

import reflex as rx
from reflex.event import EventSpec

from portal_app.kernel.ids import new_id
from portal_app.state.core.access import PUBLIC, event_for

_MOST = 3
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

    @event_for(PUBLIC)
    def show(self, kind: Kind, text: str) -> None:
        """Show a message to the person in this tab."""
        shown = Toast(id=new_id(), kind=kind, text=text[:300])
        self.toasts = [*self.toasts, shown][-_MOST:]

    @event_for(PUBLIC)
    def dismiss(self, toast_id: str) -> None:
        """Take a message away."""
        self.toasts = [toast for toast in self.toasts if toast.id != toast_id]


def toast(kind: Kind, text: str) -> EventSpec:
    """The event that shows a message; handlers return or yield it."""
    spec: EventSpec = ToastState.show(kind, text)
    return spec
