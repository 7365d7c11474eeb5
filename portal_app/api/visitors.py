"""The route that lets a browser keep drafts before anybody has signed in with it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal_app.api import cookies
from portal_app.api.sessions import see_other
from portal_app.domain.bookings.draft_owners import VISITOR_RETENTION
from portal_app.kernel.ids import new_secret
from portal_app.kernel.paths import local_path
from portal_app.settings import Settings

_SECONDS = int(VISITOR_RETENTION.total_seconds())


def visitor_routes(settings: Settings) -> list[Route]:
    """The route ``/api/visitor?next=…``: it gives a secret to whoever has none.

    It writes nothing down. The page it leads back to finds the secret at the
    handshake of its socket, and nobody but the browser ever holds it.
    """

    async def begin(request: Request) -> Response:
        answer = see_other(local_path(request.query_params.get("next"), "/services"))
        if not cookies.read_cookie(settings, request.headers, cookies.VISITOR_COOKIE):
            cookies.set_cookie(
                answer, settings, cookies.VISITOR_COOKIE, new_secret(), _SECONDS
            )
        return answer

    return [Route("/api/visitor", begin, methods=["GET"])]
