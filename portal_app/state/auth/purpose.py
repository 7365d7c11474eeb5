"""What somebody wanted before they had to sign in, kept on every page on the way."""

from typing import Any
from urllib.parse import urlencode

import reflex as rx
from sqlmodel import Session

from portal_app.domain.catalogue import service as catalogue
from portal_app.kernel.errors import NotFound
from portal_app.kernel.paths import MOST_PATH, local_path
from portal_app.state.core import worker
from portal_app.state.core.access import PUBLIC, event_for

_BOOK = "/book/"
_SIGN_IN_PAGES = ("/login", "/signup")


class PurposeState(rx.State):
    """Where a person goes on once they are signed in, and who they are.

    Attributes:
        query: ``next=…`` for the address of the next page; empty if there is nowhere.
        service: The name of the service that shall be booked, or empty.
        email: What was typed or proven last on these pages, for the next form.
    """

    query: str = ""
    service: str = ""
    email: str = ""

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read it from the address."""
        path = wanted_path(self)
        self.query = urlencode({"next": path}) if path else ""
        self.service = await worker.query(_service_of, path) if path else ""


def wanted_path(state: rx.State) -> str:
    """Where the address of the page says to go on; empty for nowhere of ours."""
    path = local_path(state.router.url.query_parameters.get("next"), "")
    is_one = len(path) <= MOST_PATH and not path.startswith(_SIGN_IN_PAGES)
    return path if is_one else ""


def with_purpose(state: Any, address: str) -> str:
    """An address of these pages that keeps where the person goes on."""
    path = wanted_path(state)
    if not path:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'next': path})}"


def _service_of(tx: Session, path: str) -> str:
    if not path.startswith(_BOOK):
        return ""
    slug = path.removeprefix(_BOOK).partition("?")[0].rstrip("/")
    try:
        return catalogue.service_name(tx, slug)
    except NotFound:
        return ""
