"""The business's branding where the browser wants a file: colours and manifest."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from portal_app.api.stored_files import stored_file_response
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import ink_for
from portal_app.domain.files.attachments import ReadableFile
from portal_app.domain.files.protocols import Storage
from portal_app.domain.office.brand_pictures import brand_file
from portal_app.kernel.db import Database

_SHORT = {"cache-control": "public, max-age=60, stale-while-revalidate=86400"}
# Another picture has another address.
_LONG = {"cache-control": "public, max-age=86400"}

_OWN_ICON = "/icons/icon.svg"


def _icons(logo_path: str) -> list[dict[str, str]]:
    """The icons of the installed portal: the logo, or the portal's own mark."""
    if logo_path:
        return [{"src": logo_path, "sizes": "512x512", "type": "image/webp"}]
    return [
        {"src": "/icons/icon-192.png", "sizes": "192x192"},
        {"src": "/icons/icon-512.png", "sizes": "512x512"},
        {
            "src": "/icons/icon-maskable-512.png",
            "sizes": "512x512",
            "purpose": "maskable",
        },
    ]


def branding_routes(database: Database, storage: Storage) -> list[Route]:
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
                "icons": _icons(business.logo_path),
            },
            media_type="application/manifest+json",
            headers=_SHORT,
        )

    async def icon(_request: Request) -> Response:
        business = await run_in_threadpool(database.query, businesses.current_business)
        where = business.logo_path or _OWN_ICON
        return RedirectResponse(where, 307, headers=_SHORT)

    async def picture(request: Request) -> Response:
        file_id = str(request.path_params["file_id"])

        async def find() -> tuple[ReadableFile, dict[str, str]]:
            return await run_in_threadpool(database.query, brand_file, file_id), _LONG

        return await stored_file_response(
            request, storage, find, missing="We could not find that picture."
        )

    return [
        Route("/api/brand/icon", icon),
        Route("/api/brand/{file_id}.webp", picture),
        Route("/api/brand.css", brand_css),
        Route("/api/manifest.webmanifest", manifest),
    ]
