"""Whether this worker can do its job."""

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal_app.kernel.db import Database

log = structlog.get_logger("health")
_UNAVAILABLE = 503


def _ping(tx: Session) -> None:
    tx.execute(text("SELECT 1"))


def health_routes(database: Database) -> list[Route]:
    """``/api/health``: 200 when the database answers, 503 when it does not."""

    async def health(_request: Request) -> Response:
        try:
            await run_in_threadpool(database.query, _ping)
        except SQLAlchemyError:
            log.exception("the database does not answer")
            return JSONResponse({"status": "unavailable"}, status_code=_UNAVAILABLE)
        return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})

    return [Route("/api/health", health)]
