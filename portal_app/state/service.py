"""The page of one service."""

import reflex as rx

from portal_app.domain.catalogue import shop_window
from portal_app.domain.catalogue.shop_window import ServicePageView
from portal_app.domain.catalogue.views import ServiceView
from portal_app.kernel.errors import NotFound
from portal_app.state import worker
from portal_app.state.access import PUBLIC, event_for

_PREFIX = "/services/"
_NOTHING = ServicePageView(
    service=ServiceView(
        slug="",
        name="",
        summary="",
        category="",
        category_slug="",
        from_price="",
        from_price_minor=0,
        price_unit="",
        duration="",
        duration_minutes=0,
        image="",
        image_alt="",
        description=[],
        included=[],
        needed=[],
        options=[],
    ),
    cancellation_policy=[],
    others=[],
)


class ServiceState(rx.State):
    """The service at the address ``path``, if ``found``.

    The page compares ``path`` with where the browser is, so that it never shows
    the service of the page before.
    """

    path: str = ""
    found: bool = False
    page: ServicePageView = _NOTHING

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read the service the address names."""
        path = str(self.router.url.path).rstrip("/")
        try:
            slug = path.removeprefix(_PREFIX)
            self.page = await worker.query(shop_window.service_page, slug)
            self.found = True
        except NotFound:
            self.page, self.found = _NOTHING, False
        self.path = path
