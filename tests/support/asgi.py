"""Requests to routes without a server in between."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp

ORIGIN = "http://localhost:3000"


def request(app: ASGIApp, method: str, path: str, **options: Any) -> httpx.Response:
    """Send one request as a browser on this machine would."""

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.request(method, path, **options)

    return asyncio.run(sent())
