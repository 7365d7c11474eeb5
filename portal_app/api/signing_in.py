"""Turning a ticket into a session: the only place that sets the session cookie."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal_app.api import cookies
from portal_app.domain.accounts import service as accounts
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.paths import local_path
from portal_app.settings import Settings

SESSION = "portal"
_SEE_OTHER = 303
_DEVICE_SECONDS = 365 * 24 * 3600
_FIRST_PAGE = "/bookings"
_FIRST_PAGES = {"office": "/office", "fieldworker": "/"}


def go_to(path: str) -> Response:
    """Go on with a GET of this path; nobody keeps the answer."""
    return RedirectResponse(
        path, status_code=_SEE_OTHER, headers={"cache-control": "no-store"}
    )


class SigningIn:
    """Redeems tickets.

    Args:
        database: Where tickets and sessions are.
        settings: For the cookies.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def redeem(
        self, request: Request, actor: Actor, ticket: str, next_path: str
    ) -> Response:
        """Open a session and let the browser go on signed in.

        Args:
            request: Of the browser.
            actor: Who asks; the session they had is ended.
            ticket: Single use.
            next_path: Where the person wanted to go; not to be trusted.

        Raises:
            NotFound: If the ticket is unknown, used or expired.
        """
        settings = self._settings
        signed_in = await run_in_threadpool(
            self._database.call,
            accounts.redeem_ticket,
            actor,
            ticket,
            cookies.cookie(settings, request.headers, cookies.DEVICE),
        )
        answer = go_to(_landing(signed_in.role, signed_in.path, next_path))
        lifetime = int((signed_in.expires_at - utc_now()).total_seconds())
        cookies.keep(
            answer,
            settings,
            SESSION,
            signed_in.secret,
            lifetime if signed_in.remembered else None,
        )
        if signed_in.device_secret:
            cookies.keep(
                answer,
                settings,
                cookies.DEVICE,
                signed_in.device_secret,
                _DEVICE_SECONDS,
            )
        cookies.drop(answer, settings, cookies.OFFER)
        return answer


def _landing(role: str, own_path: str, next_path: str) -> str:
    if own_path:
        return own_path  # a guest sees one record only
    wanted = local_path(next_path, _FIRST_PAGE)
    return _FIRST_PAGES.get(role, wanted) if wanted == _FIRST_PAGE else wanted
