"""The business's branding where the browser wants a file: colours and manifest."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import ink_for
from portal_app.kernel.db import Database

_SHORT = {"cache-control": "public, max-age=60, stale-while-revalidate=86400"}


def branding_routes(database: Database) -> list[Route]:
    """The routes that serve the branding."""

    async def brand_css(_request: Request) -> Response:
        business = await run_in_threadpool(database.query, businesses.current_business)
        accent = business.accent_color
        css = f":root{{--accent:{accent};--accent-contrast:{ink_for(accent)}}}\n"
        return Response(css, media_type="text/css", headers=_SHORT)

    async def manifest(_request: Request) -> Response:
        business = await run_in_threadpool(database.query, businesses.current_business)
        return JSONResponse(
            {
                "id": "/",
                "name": business.name,
                "short_name": business.name.split()[0],
                "description": business.tagline,
                "lang": business.locale.replace("_", "-"),
                "start_url": "/?source=app",
                "scope": "/",
                "display": "standalone",
                "background_color": "#ffffff",
                "theme_color": business.accent_color,
                "icons": [
                    {"src": "/icons/icon-192.png", "sizes": "192x192"},
                    {"src": "/icons/icon-512.png", "sizes": "512x512"},
                    {
                        "src": "/icons/icon-maskable-512.png",
                        "sizes": "512x512",
                        "purpose": "maskable",
                    },
                ],
            },
            media_type="application/manifest+json",
            headers=_SHORT,
        )

    return [
        Route("/api/brand.css", brand_css),
        Route("/api/manifest.webmanifest", manifest),
    ]
