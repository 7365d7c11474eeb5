"""Whether this worker lives, and whether it can do its job."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal_app.api.readiness import Readiness

_NO_STORE = {"cache-control": "no-store"}
_UNAVAILABLE = 503
_RETRY_SECONDS = 5


def health_routes(readiness: Readiness) -> list[Route]:
    """``/api/health``: 200 if all that is needed can be used, else 503.

    ``/api/health/live`` asks nothing: it says 200 as long as the worker answers.
    Restart what fails the second; send nobody to what fails the first.
    """

    async def ready(_request: Request) -> Response:
        away = await readiness.away()
        if away:
            return JSONResponse(
                {"status": "unavailable", "away": sorted(away)},
                _UNAVAILABLE,
                _NO_STORE | {"retry-after": str(_RETRY_SECONDS)},
            )
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    return [Route("/api/health", ready), Route("/api/health/live", live)]
