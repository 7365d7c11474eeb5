"""Logging in by e-mail and password.

A right password gives a single-use ticket. The page posts it to
``/api/auth/session``, which sets the cookie and leaves the page; nothing of a
session is ever in a state.
"""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.accounts import service as accounts
from portal_app.domain.business import service as businesses
from portal_app.kernel.audiences import Audience
from portal_app.kernel.errors import DomainError
from portal_app.kernel.paths import local_path
from portal_app.state import forms, worker
from portal_app.state.access import PUBLIC, actor, event_for
from portal_app.state.landing import AFTER_SIGN_IN, after_sign_in
from portal_app.state.providers import ProviderLink, links, sentence

_NOTICES = ("activated", "expired", "reset", "changed")


class LoginState(rx.State):
    """The log-in form.

    ``notice`` is why the person is here, one of ``_NOTICES`` or empty; ``refused``
    what came of asking a provider, in words; ``not_active`` the e-mail of a right
    password for an account that is not activated yet.
    """

    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False
    notice: str = ""
    refused: str = ""
    links: list[ProviderLink] = []
    by_number: bool = False
    not_active: str = ""
    ticket: str = ""
    next_path: str = AFTER_SIGN_IN

    @event_for(PUBLIC)
    async def load(self) -> EventSpec | None:
        """Begin anew; who is signed in already goes on."""
        asked = self.router.url.query_parameters
        self.next_path = after_sign_in(asked.get("next"), actor())
        self.refused = sentence(asked.get("problem"), asked.get("provider"))
        if actor().account_id is not None:
            return rx.redirect(self._signed_in_page(), replace=True)
        self.errors, self.problem, self.pending = {}, "", False
        self.not_active, self.ticket = "", ""
        self.notice = next((n for n in _NOTICES if n in asked), "")
        switches = await worker.query(businesses.switches)
        self.links = links(switches, local_path(asked.get("next"), ""))
        self.by_number = switches.booking_number
        return None

    def _signed_in_page(self) -> str:
        """Where somebody goes on who is signed in; a refusal is told there too."""
        if not self.refused or actor().audience is not Audience.CUSTOMER:
            return self.next_path
        asked = self.router.url.query_parameters
        query = {name: asked.get(name, "") for name in ("problem", "provider")}
        return f"/account?{urlencode(query)}"

    @event_for(PUBLIC)
    async def submit(self, form_data: dict[str, Any]) -> AsyncIterator[None]:
        """Check the password; a right one gives the page a ticket to post."""
        if self.ticket:
            return  # a second click; the page is on its way already
        email = forms.field(form_data, "email")
        password = forms.field(form_data, "password")
        self.problem, self.not_active, self.notice = "", "", ""
        self.refused = ""
        self.errors, self.pending = {}, True
        yield
        self.errors = _missing(email, password)
        if self.errors:
            self.pending = False
            return
        try:
            self.ticket = await worker.carry_out(
                accounts.sign_in,
                actor(),
                email,
                password,
                forms.ticked(form_data, "remember"),
            )
        except accounts.NotActivated as error:
            self.problem, self.not_active = error.message, email.strip()
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            # With a ticket the page is left; until then the button stays busy.
            self.pending = bool(self.ticket)


def _missing(email: str, password: str) -> dict[str, str]:
    wrong = {}
    if not email.strip():
        wrong["email"] = "Please enter your e-mail."
    if not password:
        wrong["password"] = "Please enter your password."  # noqa: S105
    return wrong
