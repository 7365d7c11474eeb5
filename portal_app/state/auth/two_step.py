"""The code of an authenticator app: asked at the log-in, and set up by the staff."""

from collections.abc import AsyncIterator

import reflex as rx
import segno
from reflex.event import EventSpec

from portal_app.domain.accounts import second_factor
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.accounts.views import SecondFactorView
from portal_app.state.auth.login import AFTER_SIGN_IN, TicketForm, after_sign_in
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import (
    FIELDWORKER,
    NEWCOMER,
    PUBLIC,
    STAFF,
    actor,
    event_for,
)
from portal_app.state.core.handshake import secret_hashes
from portal_app.state.core.submitted_form import SubmittedForm
from portal_app.state.core.toasts import toast

WORKERS = (*STAFF, FIELDWORKER, NEWCOMER)
"""Everybody who works here, also who has to secure the log-in first."""


class LoginCodeState(TicketForm, rx.State):
    """The page between a right password and the session; ``over`` if none waits."""

    over: bool = False
    next_path: str = AFTER_SIGN_IN

    @event_for(PUBLIC)
    async def load(self) -> None:
        """See whether a log-in of this browser waits for its code."""
        self.errors, self.problem = {}, ""
        self.pending, self.ticket = False, ""
        self.next_path = after_sign_in(self.router.url.query_parameters.get("next"))
        self.over = not await worker.query(second_factor.is_waiting, self._request())

    @event_for(PUBLIC, weight=5)
    async def submit(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Compare the code; a right one gives the page a ticket to post."""
        if self.ticket:
            return  # a second click; the page is on its way already
        typed = form_parsing.field(form_data, "code")
        self._begin_submit()
        yield
        with self._reported_errors():
            try:
                self.ticket = await worker.run_in_thread(
                    second_factor.give_code, actor(), self._request(), typed
                )
            except LinkInvalid:
                self.over = True

    def _request(self) -> str:
        """The hash of what this browser's cookie holds, or an empty text."""
        return next(iter(secret_hashes(self, "code")), "")


class TwoStepState(SubmittedForm, rx.State):
    """The authenticator app of who is signed in.

    ``picture`` and ``secret`` are what an app is set up with, ``codes`` the recovery
    codes; both are shown once and never read again.
    """

    loaded: bool = False
    status: SecondFactorView = SecondFactorView()
    picture: str = ""
    secret: str = ""
    codes: list[str] = []

    @event_for(*WORKERS)
    async def load(self) -> None:
        """Show how the log-in is secured now."""
        self.errors, self.problem, self.pending = {}, "", False
        self.picture, self.secret, self.codes = "", "", []
        await self._read()
        self.loaded = True

    @event_for(*WORKERS)
    async def begin(self) -> AsyncIterator[None]:
        """Show what an app is set up with."""
        self._begin_submit()
        yield
        with self._reported_errors():
            offer = await worker.call(second_factor.begin, actor())
            self.secret = offer.secret
            self.picture = segno.make(offer.address, error="m").svg_data_uri(
                scale=5, border=3, light="#fff"
            )

    @event_for(*WORKERS, weight=5)
    async def confirm(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Switch it on with a first code."""
        self._begin_submit()
        yield
        with self._reported_errors():
            self.codes = await worker.run_in_thread(
                second_factor.confirm, actor(), form_parsing.field(form_data, "code")
            )
            self.picture, self.secret = "", ""
            await self._read()

    @event_for(*WORKERS, weight=20)
    async def switch_off(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[EventSpec | None]:
        """Ask for no code any more."""
        self._begin_submit()
        yield None
        done = False
        with self._reported_errors():
            await worker.run_hashing(
                second_factor.switch_off,
                actor(),
                form_parsing.field(form_data, "password"),
                form_parsing.field(form_data, "code"),
            )
            await self._read()
            done = True
        if done:
            self.codes = []
            yield toast("success", "Your log-in asks for no code any more.")

    async def _read(self) -> None:
        self.status = await worker.query(second_factor.describe, actor())
