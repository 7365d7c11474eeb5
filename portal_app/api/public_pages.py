"""The public pages, complete in the first HTML, at the addresses of the app.

The built front end is the template; what it leaves for the browser to fill is
drawn here on the server, the same for every visitor, so it may be cached. The
drawing itself comes from above (``Drawings``): this room knows no component.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal_app.domain.business import service as businesses
from portal_app.domain.business.views import BusinessView
from portal_app.domain.catalogue import service as catalogues
from portal_app.domain.catalogue import shop_window
from portal_app.domain.catalogue.shop_window import FrontView, ServicePageView
from portal_app.domain.catalogue.views import CatalogueView
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound

_OK, _NOT_MODIFIED, _MISSING, _MOVED = 200, 304, 404, 308
_SLOT = re.compile(
    r'<div data-first-html="page">.*?</div>(?=<i hidden="" data-first-html-end="page")',
    re.S,
)
_TITLE = re.compile(r"<title>.*?</title>", re.S)
_PLACEHOLDER_IMAGE = re.compile(r'<meta (?=[^>]*property="og:image")[^>]*>')
_PRELOADED_SCRIPT = '<link rel="modulepreload"'
_LATER = 'fetchpriority="low"'
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6
_MOST_KEPT = 500
_LONGEST_QUERY = 80


@dataclass(frozen=True)
class Drawing:
    """What a page puts into its first HTML.

    Attributes:
        html: The whole page below ``<body>``.
        title: The browser's title.
        description: One or two sentences for search engines and previews.
        image: Path of the picture for previews, or an empty string.
    """

    html: str
    title: str
    description: str = ""
    image: str = ""


@dataclass(frozen=True)
class Drawings:
    """How the public pages are drawn.

    Attributes:
        home: ``/``.
        services: ``/services``, with the words and the category looked for.
        service: ``/services/{slug}``.
        no_such_service: What stands at an address of a service not offered.
    """

    home: Callable[[BusinessView, FrontView], Drawing]
    services: Callable[[BusinessView, CatalogueView, str, str], Drawing]
    service: Callable[[BusinessView, ServicePageView], Drawing]
    no_such_service: Callable[[BusinessView], Drawing]


@dataclass(frozen=True)
class Answer:
    """A finished page in every encoding browsers ask for."""

    status: int
    bodies: Mapping[str, bytes]
    etag: str

    @classmethod
    def of(cls, status: int, html: str) -> "Answer":
        """Encode a page once for all its readers."""
        body = html.encode()
        return cls(
            status,
            {
                "br": brotli.compress(body, quality=_BROTLI_QUALITY),
                "gzip": gzip.compress(body, _GZIP_LEVEL, mtime=0),
                "": body,
            },
            hashlib.sha256(body).hexdigest()[:32],
        )


@dataclass
class BuiltPage:
    """A page of the built front end, read again when a build replaced it."""

    path: Path
    _read_at: int = 0
    _html: str = ""

    def version(self) -> int:
        """When the file was last written, in nanoseconds."""
        return self.path.stat().st_mtime_ns

    def filled(self, drawing: Drawing, head: str) -> str:
        """The page with a drawing in its slot.

        Args:
            drawing: What goes into the slot, and the title.
            head: Further elements for ``<head>``.

        Raises:
            LookupError: If the build holds no slot.
        """
        read_at = self.version()
        if read_at != self._read_at:
            self._html, self._read_at = self.path.read_text("utf-8"), read_at
        page = f'<div data-first-html="page">{drawing.html}</div>'
        html, slots = _SLOT.subn(lambda _: page, self._html, count=1)
        if slots == 0:
            raise LookupError(f"{self.path.name} has no slot to fill")
        before, end, after = html.partition("</head>")
        before = _PLACEHOLDER_IMAGE.sub("", _TITLE.sub("", before))
        # The page can be read without script, so style and font go first.
        before = before.replace(_PRELOADED_SCRIPT, f"{_PRELOADED_SCRIPT} {_LATER}")
        title = f"<title>{escape(drawing.title, quote=False)}</title>"
        return f"{before}{title}{head}{end}{after}"


class _SlugConvertor(Convertor[str]):
    """A name without a dot: what has one is a file beside the pages."""

    regex = "[^/.]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("slug", _SlugConvertor())

Data = tuple[Any, ...]


@dataclass
class _Kept:
    """Finished pages, each good for exactly the data it was drawn from."""

    answers: dict[str, tuple[int, Data, Answer]] = field(default_factory=dict)

    def get(
        self, key: str, page: BuiltPage, data: Data, draw: Callable[[], Answer]
    ) -> Answer:
        version = page.version()
        kept = self.answers.get(key)
        if kept and kept[:2] == (version, data):
            return kept[2]
        answer = draw()
        if len(self.answers) >= _MOST_KEPT:
            self.answers.clear()
        self.answers[key] = (version, data, answer)
        return answer


class PublicPages:
    """Finishes the public pages.

    Args:
        site: The folder of the built front end.
        base_url: The portal's public address.
        drawings: How the pages are drawn.
    """

    def __init__(self, site: Path, base_url: str, drawings: Drawings) -> None:
        self._base_url = base_url
        self._drawings = drawings
        self._home = BuiltPage(site / "index.html")
        self._services = BuiltPage(site / "services" / "index.html")
        self._dynamic = BuiltPage(site / "__spa-fallback.html")
        self._kept = _Kept()

    def home(self, tx: Session) -> Answer:
        """``/``."""
        data = businesses.view(tx), shop_window.front(tx)
        return self._kept.get(
            "/",
            self._home,
            data,
            lambda: self._finish(
                self._home, self._drawings.home(*data), "/", _business_data(*data)
            ),
        )

    def services(self, tx: Session, words: str, category: str) -> Answer:
        """``/services``, perhaps with a search.

        Args:
            tx: A reading session.
            words: What is looked for; not to be trusted.
            category: The slug of a category; not to be trusted.
        """
        business, catalogue = businesses.view(tx), catalogues.catalogue(tx)

        def finished() -> Answer:
            drawing = self._drawings.services(business, catalogue, words, category)
            return self._finish(self._services, drawing, "/services")

        if words or category not in {"", *(c.slug for c in catalogue.categories)}:
            # Endless variety, seldom asked for twice: not worth keeping.
            return finished()
        key = f"/services?{category}"
        return self._kept.get(key, self._services, (business, catalogue), finished)

    def service(self, tx: Session, slug: str) -> Answer:
        """``/services/{slug}``; with status 404 if there is no such service."""
        business = businesses.view(tx)
        try:
            page = shop_window.service_page(tx, slug)
        except NotFound:
            # One answer for all of them: a guesser must not fill the memory.
            return self._kept.get(
                "missing",
                self._dynamic,
                (business,),
                lambda: self._finish(
                    self._dynamic, self._drawings.no_such_service(business), ""
                ),
            )
        path = f"/services/{quote(slug)}"
        return self._kept.get(
            path,
            self._dynamic,
            (business, page),
            lambda: self._finish(
                self._dynamic,
                self._drawings.service(business, page),
                path,
                _service_data(business, page),
            ),
        )

    def _finish(
        self,
        page: BuiltPage,
        drawing: Drawing,
        path: str,
        data: Mapping[str, Any] | None = None,
    ) -> Answer:
        if not path:
            robots = '<meta name="robots" content="noindex">'
            return Answer.of(_MISSING, page.filled(drawing, robots))
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
            head.append(_structured({**data, "url": address}))
        return Answer.of(_OK, page.filled(drawing, "".join(head)))


def public_page_routes(
    database: Database, site: Path, base_url: str, drawings: Drawings
) -> list[Route]:
    """The routes of the public pages; they stand before the app's own.

    Args:
        database: Where the shop window is read.
        site: The folder of the built front end.
        base_url: The portal's public address, for canonical links.
        drawings: How the pages are drawn.
    """
    pages = PublicPages(site, base_url, drawings)

    async def home(request: Request) -> Response:
        return _respond(request, await run_in_threadpool(database.query, pages.home))

    async def services(request: Request) -> Response:
        asked = request.query_params
        answer = await run_in_threadpool(
            database.query,
            pages.services,
            asked.get("q", "")[:_LONGEST_QUERY].strip(),
            asked.get("category", ""),
        )
        return _respond(request, answer)

    async def service(request: Request) -> Response:
        slug = request.path_params["slug"]
        answer = await run_in_threadpool(database.query, pages.service, slug)
        return _respond(request, answer)

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
    ]


def _respond(request: Request, answer: Answer) -> Response:
    encoding = _encoding(request.headers.get("accept-encoding", ""))
    etag = f'"{answer.etag}{"-" if encoding else ""}{encoding}"'
    headers = {
        "cache-control": "no-cache",
        "etag": etag,
        "vary": "Accept-Encoding",
    }
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if answer.status == _OK and etag in {tag.removeprefix("W/") for tag in known}:
        return Response(status_code=_NOT_MODIFIED, headers=headers)
    if encoding:
        headers["content-encoding"] = encoding
    return Response(
        answer.bodies[encoding],
        status_code=answer.status,
        headers=headers,
        media_type="text/html",
    )


def _encoding(accepted: str) -> str:
    """The best encoding we have that a client takes; empty for none."""
    taken = set()
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        weight = parameters.replace(" ", "").removeprefix("q=")
        if weight.strip("0.") or not parameters.strip():
            taken.add(name.strip())
    return next((name for name in ("br", "gzip") if name in taken), "")


def _structured(data: Mapping[str, Any]) -> str:
    """Facts for search engines; data, not script, so no policy is concerned."""
    text = json.dumps(
        {"@context": "https://schema.org", **data}, ensure_ascii=False
    ).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def _business_data(business: BusinessView, front: FrontView) -> dict[str, Any]:
    return {
        "@type": "LocalBusiness",
        "name": business.name,
        "description": business.tagline,
        **({"telephone": business.phone} if business.phone else {}),
        **({"email": business.email} if business.email else {}),
        **({"address": business.address} if business.address else {}),
        "makesOffer": [
            {"@type": "Offer", "itemOffered": {"@type": "Service", "name": offer.name}}
            for shelf in front.shelves
            for offer in shelf.offers
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
