"""The office's overview, and the log of security events."""

from dataclasses import dataclass

import reflex as rx
from sqlmodel import Session

from portal_app.domain.accounts import security_log
from portal_app.domain.accounts.rules import PROVIDERS
from portal_app.domain.accounts.views import SecurityEventView
from portal_app.domain.bookings import office_list
from portal_app.domain.bookings.views import OfficeDayView
from portal_app.domain.business import service as businesses
from portal_app.domain.business.views import Switches
from portal_app.domain.notifications import undelivered
from portal_app.domain.office import setup
from portal_app.domain.office.setup import StepView
from portal_app.domain.scheduling import shop_window
from portal_app.kernel.audiences import Actor
from portal_app.state.auth import providers
from portal_app.state.core import worker
from portal_app.state.core.access import STAFF, actor, event_for
from portal_app.state.core.form_parsing import page_number

_RECENT_EVENTS = 6


@dataclass(frozen=True)
class SignInMethod:
    """A way to get in: what it is, whether it is open, and why not."""

    name: str
    open: bool
    why: str = ""


class OfficeOverviewState(rx.State):
    """The overview."""

    loaded: bool = False
    ways: list[SignInMethod] = []
    lately: list[SecurityEventView] = []
    undelivered_mails: int = 0
    undecided: list[StepView] = []
    is_open: bool = True
    day: OfficeDayView = OfficeDayView()

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show it as it is now."""
        (
            self.ways,
            self.lately,
            self.undelivered_mails,
            self.undecided,
            self.is_open,
            self.day,
        ) = await worker.query(_overview, actor())
        self.loaded = True


def _overview(
    tx: Session, who: Actor
) -> tuple[
    list[SignInMethod],
    list[SecurityEventView],
    int,
    list[StepView],
    bool,
    OfficeDayView,
]:
    log = security_log.read_page(tx, who)
    return (
        _sign_in_methods(businesses.switches(tx)),
        log.rows[:_RECENT_EVENTS],
        undelivered.count(tx, who),
        setup.missing(tx, who),
        shop_window.is_open(tx),
        office_list.office_day(tx, who),
    )


def _sign_in_methods(switches: Switches) -> list[SignInMethod]:
    social = [
        SignInMethod(
            name,
            providers.is_configured(provider) and switches.provider(provider),
            "" if providers.is_configured(provider) else "not set up on the server",
        )
        for provider, name in PROVIDERS.items()
    ]
    return [
        SignInMethod("Email and password", open=True),
        *social,
        SignInMethod("Booking number", switches.booking_number),
    ]


class OfficeSecurityState(rx.State):
    """One page of the log; the address says which, and of which kind."""

    loaded: bool = False
    kinds: list[list[str]] = []
    kind: str = ""
    rows: list[SecurityEventView] = []
    page: int = 1
    has_more: bool = False

    @event_for(*STAFF)
    async def load(self) -> None:
        """Read the page that the address names."""
        asked = self.router.url.query_parameters
        kind = asked.get("kind", "")
        self.kind = kind if kind in security_log.EVENT_KINDS else ""
        self.kinds = [[key, words] for key, words in security_log.EVENT_KINDS.items()]
        found = await worker.query(
            security_log.read_page,
            actor(),
            page=page_number(asked.get("page", "")),
            kind=self.kind,
        )
        self.rows, self.page, self.has_more = found.rows, found.page, found.has_more
        self.loaded = True
