"""How long a chosen time is still kept."""

from typing import Any

import reflex as rx

from portal_app.components.ui.logic import when


class HoldCountdown(rx.Component):
    """Counts down in the browser, and is heard at the moments that matter."""

    library = "$/public/react/hold_countdown.jsx"
    tag = "HoldCountdown"

    until: rx.Var[str]
    until_text: rx.Var[str]
    seconds_left: rx.Var[int]

    def in_first_html(self) -> rx.Component:
        """Nothing: nobody holds a time before the page lives."""
        return rx.fragment()


def hold_countdown(until: Any, text: Any, seconds_left: Any) -> rx.Component:
    """Say until when the time is kept, where it is.

    Args:
        until: ISO 8601, or empty for no hold.
        text: The same on the business's clock.
        seconds_left: How long that was when it was told.
    """
    return when(
        until,
        HoldCountdown.create(
            until=until,
            until_text=text,
            seconds_left=seconds_left,
            class_name="mb-6 text-sm text-ink-soft",
        ),
    )
