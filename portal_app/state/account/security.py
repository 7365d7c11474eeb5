"""My Account: sign-in methods, sessions, and the booking links sent by mail."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.accounts import credentials, sessions, sign_in_methods
from portal_app.domain.accounts.rules import PROVIDERS, NoPassword
from portal_app.domain.accounts.views import SessionView, SignInMethodsView
from portal_app.domain.bookings import guests
from portal_app.domain.bookings.views import BookingLinkView
from portal_app.domain.sign_in import email_change
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import DomainError, NotFound
from portal_app.state.auth import providers
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import CUSTOMER, actor, event_for
from portal_app.state.core.toasts import toast

_NO_PASSWORD = "no_password"  # noqa: S105 - the name of a step


@dataclass(frozen=True)
class _Security:
    ways: SignInMethodsView
    sessions: list[SessionView]
    links: list[BookingLinkView]


class AccountSecurityState(rx.State):
    """How the account is entered, and from where.

    ``offered`` are the providers that can be connected here; ``refused`` and
    ``connected`` what came of connecting one. The two dialogs have answers of
    their own: ``password_step`` and ``email_step`` are empty (the form),
    ``done``, ``sent`` or ``no_password``.
    """

    loaded: bool = False
    ways: SignInMethodsView = SignInMethodsView()
    offered: list[str] = []
    sessions: list[SessionView] = []
    links: list[BookingLinkView] = []
    refused: str = ""
    connected: str = ""
    password_step: str = ""
    password_errors: dict[str, str] = {}
    password_problem: str = ""
    email_step: str = ""
    email_errors: dict[str, str] = {}
    email_problem: str = ""
    email_sent_to: str = ""
    pending: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Show it as it is now."""
        asked = self.router.url.query_parameters
        self.refused = providers.refusal_text(
            asked.get("problem"), asked.get("provider")
        )
        self.connected = PROVIDERS.get(asked.get("connected", ""), "")
        self.pending = False
        await self._read()
        self.loaded = True

    @event_for(CUSTOMER)
    async def disconnect(self, provider: str) -> EventSpec:
        """Take a provider away; never the last way in."""
        self.refused = self.connected = ""
        try:
            await worker.call(sign_in_methods.disconnect, actor(), provider)
        except NotFound:
            pass  # gone already, here or in another tab
        finally:
            await self._read()
        return toast("success", "It is disconnected.")

    @event_for(CUSTOMER)
    async def end_session(self, session_id: str) -> EventSpec:
        """Sign another browser out."""
        try:
            await worker.call(sessions.end_session, actor(), session_id)
        except NotFound:
            pass
        finally:
            await self._read()
        return toast("success", "That device is signed out.")

    @event_for(CUSTOMER)
    async def end_other_sessions(self) -> EventSpec:
        """Sign every other browser out."""
        await worker.call(sessions.end_other_sessions, actor())
        await self._read()
        return toast("success", "All other devices are signed out.")

    @event_for(CUSTOMER)
    async def switch_off_link(self, link_id: str) -> EventSpec:
        """Let the link of a mail open nothing any more."""
        try:
            await worker.call(guests.switch_off_link, actor(), link_id)
        except NotFound:
            pass
        finally:
            await self._read()
        return toast("success", "The link is switched off.")

    @event_for(CUSTOMER)
    async def begin_password(self) -> None:
        """Open the password's form without what was there before."""
        await self._read()
        self.password_step = "" if self.ways.has_password else _NO_PASSWORD
        self.password_errors, self.password_problem = {}, ""

    @event_for(CUSTOMER, weight=20)
    async def change_password(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Choose a new password; every other session ends."""
        if self.password_step:
            return
        self.password_errors, self.password_problem, self.pending = {}, "", True
        yield
        try:
            await worker.run_hashing(
                credentials.change_password,
                actor(),
                form_parsing.field(form_data, "current"),
                form_parsing.field(form_data, "password"),
            )
            self.password_step = "done"  # noqa: S105
            await self._read()
        except NoPassword:
            self.password_step = _NO_PASSWORD
        except DomainError as error:
            self.password_errors, self.password_problem = form_parsing.refusal(error)
        finally:
            self.pending = False

    @event_for(CUSTOMER)
    async def send_reset(self) -> AsyncIterator[None]:
        """Send the mail by which a password is chosen."""
        self.password_problem, self.pending = "", True
        yield
        try:
            await worker.run_in_thread(
                credentials.request_reset, actor(), self.ways.email
            )
            self.password_step = "sent"  # noqa: S105
        except DomainError as error:
            self.password_problem = error.message
        finally:
            self.pending = False

    @event_for(CUSTOMER)
    def begin_email(self) -> None:
        """Open the email's form without what was there before."""
        self.email_step = "" if self.ways.has_password else _NO_PASSWORD
        self.email_errors, self.email_problem = {}, ""

    @event_for(CUSTOMER, weight=20)
    async def change_email(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Send a mail to the new address, which confirms it."""
        if self.email_step:
            return
        email = form_parsing.field(form_data, "email")
        self.email_errors, self.email_problem, self.pending = {}, "", True
        yield
        try:
            await worker.run_hashing(
                email_change.change_email,
                actor(),
                email,
                form_parsing.field(form_data, "password"),
            )
            self.email_step, self.email_sent_to = "sent", email.strip()
        except NoPassword:
            self.email_step = _NO_PASSWORD
        except DomainError as error:
            self.email_errors, self.email_problem = form_parsing.refusal(error)
        finally:
            self.pending = False

    async def _read(self) -> None:
        found = await worker.query(_security, actor())
        self.ways = found.ways
        self.sessions, self.links = found.sessions, found.links
        self.offered = [
            one.provider
            for one in found.ways.providers
            if one.open and providers.is_configured(one.provider)
        ]


def _security(tx: Session, who: Actor) -> _Security:
    return _Security(
        sign_in_methods.list_methods(tx, who),
        sessions.list_sessions(tx, who),
        guests.booking_links(tx, who),
    )
