"""The office's first page: which ways in are open, and what happened lately."""

from dataclasses import dataclass

import reflex as rx

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import PROVIDERS
from portal_app.domain.accounts.views import SecurityEventView
from portal_app.domain.business import service as businesses
from portal_app.domain.business.views import Switches
from portal_app.kernel.audiences import Actor
from portal_app.state import providers, worker
from portal_app.state.access import OFFICE, actor, event_for

_LATELY = 6


@dataclass(frozen=True)
class WayIn:
    """A way to get in: what it is, whether it is open, and why not."""

    name: str
    open: bool
    why: str = ""


class OfficeState(rx.State):
    """The overview."""

    loaded: bool = False
    ways: list[WayIn] = []
    lately: list[SecurityEventView] = []

    @event_for(OFFICE)
    async def load(self) -> None:
        """Show it as it is now."""
        self.ways, self.lately = await worker.query(_overview, actor())
        self.loaded = True


def _overview(
    tx: worker.Session, who: Actor
) -> tuple[list[WayIn], list[SecurityEventView]]:
    log = accounts.security_log(tx, who)
    return _ways(businesses.switches(tx)), log.rows[:_LATELY]


def _ways(switches: Switches) -> list[WayIn]:
    social = [
        WayIn(
            name,
            providers.is_configured(provider) and switches.provider(provider),
            "" if providers.is_configured(provider) else "not set up on the server",
        )
        for provider, name in PROVIDERS.items()
    ]
    return [
        WayIn("E-mail and password", open=True),
        *social,
        WayIn("Booking number", switches.booking_number),
        WayIn("Booking without an account", switches.guest_booking),
    ]
