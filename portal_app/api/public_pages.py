"""The public pages, complete in the first HTML, at the addresses of the app.

The built front end is the template; what it leaves for the browser to fill is
drawn here on the server. Nothing in it depends on who asks, only on whether a
session came along: without one the header offers to sign up, with one it keeps
the place free until the browser knows the name. So it may be cached. The drawing
itself comes from above (``PageRenderers``): this room knows no component.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal_app.api.guard import session_secret
from portal_app.api.rendered_pages import (
    BuiltPage,
    PageCache,
    PageContent,
    PageResponse,
)
from portal_app.api.work_pool import WorkPool
from portal_app.domain.bookings import free_times
from portal_app.domain.bookings.views import FreeDayTimesView
from portal_app.domain.business import policies
from portal_app.domain.business import service as businesses
from portal_app.domain.business.views import BusinessView, PolicyView
from portal_app.domain.catalogue.views import (
    CatalogueView,
    HomePageView,
    ServicePageView,
)
from portal_app.domain.scheduling import shop_window
from portal_app.domain.scheduling.shop_window import NotOpenYet
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from portal_app.settings import Settings

_OK, _MISSING, _MOVED = 200, 404, 308
_MAX_QUERY_LENGTH = 80
# What is drawn here is the same for all; the live page shows the staff more.
_ANYBODY = Actor()
# What was looked for is drawn anew for each who asks; all else is kept.
_SEARCHES_AT_ONCE, _SEARCHES_WAITING = 2, 40
# Looking for free time costs more than all else on a page, and its end is foreseen:
# the live page looks again.
_TIMES_KEPT_SECONDS = 5.0


@dataclass(frozen=True)
class PageRenderers:
    """How the public pages are drawn.

    The last argument of each says that the visitor is surely a guest.

    Attributes:
        home: ``/``.
        services: ``/services``, with the words and the category looked for.
        service: ``/services/{slug}``, with the next free times.
        no_such_service: What stands at an address of a service not offered.
        not_open: What stands at those of all services before the business opens.
        policies: ``/policies``.
    """

    home: Callable[[BusinessView, HomePageView, bool], PageContent]
    services: Callable[[BusinessView, CatalogueView, str, str, bool], PageContent]
    service: Callable[
        [BusinessView, ServicePageView, list[FreeDayTimesView], bool], PageContent
    ]
    no_such_service: Callable[[BusinessView, bool], PageContent]
    not_open: Callable[[BusinessView, bool], PageContent]
    policies: Callable[[BusinessView, list[PolicyView], bool], PageContent]


class _SlugConvertor(Convertor[str]):
    """A name without a dot: what has one is a file beside the pages."""

    regex = "[^/.]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("slug", _SlugConvertor())


@dataclass
class _FreeTimes:
    """The next free times of services, looked for every few seconds at most."""

    clock: Callable[[], float]
    _kept: dict[str, tuple[float, list[FreeDayTimesView]]] = field(default_factory=dict)

    def of(self, tx: Session, slug: str) -> list[FreeDayTimesView]:
        """The times of a service that is offered."""
        until, days = self._kept.get(slug, (0.0, []))
        if self.clock() >= until:
            days = free_times.next_free_times(tx, slug)
            self._kept[slug] = self.clock() + _TIMES_KEPT_SECONDS, days
        return days


class PublicPages:
    """Finishes the public pages.

    Args:
        site: The folder of the built front end.
        base_url: The portal's public address.
        drawings: How the pages are drawn.
        clock: Seconds; for how long free times are kept.
    """

    def __init__(
        self,
        site: Path,
        base_url: str,
        drawings: PageRenderers,
        clock: Callable[[], float],
    ) -> None:
        self._base_url = base_url
        self._drawings = drawings
        self._home = BuiltPage(site / "index.html")
        self._services = BuiltPage(site / "services" / "index.html")
        self._policies = BuiltPage(site / "policies" / "index.html")
        self._dynamic = BuiltPage(site / "__spa-fallback.html")
        self._kept = PageCache()
        self._times = _FreeTimes(clock)

    def home(self, tx: Session, guest: bool) -> PageResponse:
        """``/``."""
        data = businesses.business_view(tx), shop_window.home_page(tx)
        return self._kept.get(
            f"/ {guest}",
            self._home,
            data,
            lambda: self._finish(
                self._home,
                self._drawings.home(*data, guest),
                "/",
                _business_data(*data),
            ),
        )

    def services(
        self, tx: Session, words: str, category: str, guest: bool
    ) -> PageResponse:
        """``/services``, perhaps with a search.

        Args:
            tx: A reading session.
            words: What is looked for; not to be trusted.
            category: The slug of a category; not to be trusted.
            guest: Whether the visitor has no session.
        """
        business, catalogue = (
            businesses.business_view(tx),
            shop_window.catalogue_view(tx),
        )

        def finished() -> PageResponse:
            drawing = self._drawings.services(
                business, catalogue, words, category, guest
            )
            return self._finish(self._services, drawing, "/services")

        if words or category not in {"", *(c.slug for c in catalogue.categories)}:
            # Endless variety, seldom asked for twice: not worth keeping.
            return finished()
        key = f"/services?{category} {guest}"
        return self._kept.get(key, self._services, (business, catalogue), finished)

    def policies(self, tx: Session, guest: bool) -> PageResponse:
        """``/policies``."""
        data = businesses.business_view(tx), policies.policy_views(tx)
        return self._kept.get(
            f"/policies {guest}",
            self._policies,
            data,
            lambda: self._finish(
                self._policies, self._drawings.policies(*data, guest), "/policies"
            ),
        )

    def service(self, tx: Session, slug: str, guest: bool) -> PageResponse:
        """``/services/{slug}``; with status 404 if there is no such service."""
        business, path = businesses.business_view(tx), f"/services/{quote(slug)}"
        try:
            page = shop_window.service_page(tx, _ANYBODY, slug)
        except NotOpenYet:
            return self._kept.get(
                f"{path} {guest}",
                self._dynamic,
                (business,),
                lambda: self._finish(
                    self._dynamic, self._drawings.not_open(business, guest), path
                ),
            )
        except NotFound:
            # One answer for all of them: a guesser must not fill the memory.
            return self._kept.get(
                f"missing {guest}",
                self._dynamic,
                (business,),
                lambda: self._finish(
                    self._dynamic, self._drawings.no_such_service(business, guest), ""
                ),
            )
        days = self._times.of(tx, slug)
        return self._kept.get(
            f"{path} {guest}",
            self._dynamic,
            (business, page, days),
            lambda: self._finish(
                self._dynamic,
                self._drawings.service(business, page, days, guest),
                path,
                _service_data(business, page),
            ),
        )

    def _finish(
        self,
        page: BuiltPage,
        drawing: PageContent,
        path: str,
        data: Mapping[str, Any] | None = None,
    ) -> PageResponse:
        if not path:
            robots = '<meta name="robots" content="noindex">'
            return PageResponse.of(_MISSING, page.filled(drawing, robots))
        address = self._base_url + path
        properties = {
            "og:type": "website",
            "og:title": drawing.title,
            "og:description": drawing.description,
            "og:url": address,
            "og:image": self._base_url + drawing.image if drawing.image else "",
        }
        head = [
            f'<meta name="description" content="{escape(drawing.description)}">',
            f'<link rel="canonical" href="{escape(address)}">',
            *(
                f'<meta property="{name}" content="{escape(value)}">'
                for name, value in properties.items()
                if value
            ),
        ]
        if data is not None:
            head.append(_structured_data({**data, "url": address}))
        return PageResponse.of(_OK, page.filled(drawing, "".join(head)))


def public_page_routes(
    database: Database,
    site: Path,
    settings: Settings,
    drawings: PageRenderers,
    clock: Callable[[], float] = time.monotonic,
) -> list[Route]:
    """The routes of the public pages; they stand before the app's own.

    Args:
        database: Where the shop window is read.
        site: The folder of the built front end.
        settings: The portal's public address, for canonical links.
        drawings: How the pages are drawn.
        clock: Seconds; for how long free times are kept.
    """
    pages = PublicPages(site, settings.base_url, drawings, clock)
    searches = WorkPool(_SEARCHES_AT_ONCE, _SEARCHES_WAITING)

    async def respond(
        request: Request, page: Callable[..., PageResponse], *asked: str
    ) -> Response:
        answer = await run_in_threadpool(
            database.query, page, *asked, is_guest(request)
        )
        return answer.to(request)

    def is_guest(request: Request) -> bool:
        return not session_secret(settings, request.headers)

    async def home(request: Request) -> Response:
        return await respond(request, pages.home)

    async def services(request: Request) -> Response:
        words = request.query_params.get("q", "")[:_MAX_QUERY_LENGTH].strip()
        category = request.query_params.get("category", "")
        if not words and not category:
            return await respond(request, pages.services, words, category)
        answer = await searches.run_for(
            request.receive,
            database.query,
            pages.services,
            words,
            category,
            is_guest(request),
        )
        return answer.to(request)

    async def service(request: Request) -> Response:
        return await respond(request, pages.service, request.path_params["slug"])

    async def all_policies(request: Request) -> Response:
        return await respond(request, pages.policies)

    async def without_slash(request: Request) -> Response:
        path = request.url.path.rstrip("/")
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(path + query, status_code=_MOVED)

    return [
        Route("/", home),
        Route("/services", services),
        Route("/services/", without_slash),
        Route("/services/{slug:slug}", service),
        Route("/services/{slug:slug}/", without_slash),
        Route("/policies", all_policies),
        Route("/policies/", without_slash),
    ]


def _structured_data(data: Mapping[str, Any]) -> str:
    """Facts for search engines; data, not script, so no policy is concerned."""
    text = json.dumps(
        {"@context": "https://schema.org", **data}, ensure_ascii=False
    ).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def _business_data(business: BusinessView, front: HomePageView) -> dict[str, Any]:
    return {
        "@type": "LocalBusiness",
        "name": business.name,
        "description": business.tagline,
        **({"telephone": business.phone} if business.phone else {}),
        **({"email": business.email} if business.email else {}),
        **({"address": business.address} if business.address else {}),
        "makesOffer": [
            {"@type": "Offer", "itemOffered": {"@type": "Service", "name": offer.name}}
            for category in front.categories
            for offer in category.offers
        ],
    }


def _service_data(business: BusinessView, page: ServicePageView) -> dict[str, Any]:
    service = page.service
    return {
        "@type": "Service",
        "name": service.name,
        "description": service.summary,
        "category": service.category,
        "provider": {"@type": "LocalBusiness", "name": business.name},
    }
