"""The public pages: home, all services, one service, policies."""

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import free_times
from portal_app.domain.bookings.views import FreeDayTimesView
from portal_app.domain.business import policies
from portal_app.domain.business.views import PolicyView
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.views import (
    CatalogueView,
    HomePageView,
    ServicePageView,
    ServiceView,
)
from portal_app.domain.scheduling import shop_window
from portal_app.domain.scheduling.shop_window import NotOpenYet
from portal_app.kernel.errors import NotFound
from portal_app.state.core import worker
from portal_app.state.core.access import PUBLIC, actor, event_for


class IndexState(rx.State):
    """What is on offer, and who offers it."""

    front: HomePageView = HomePageView(categories=[], about=[])
    loaded: bool = False

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read the home page as it is now."""
        self.front = await worker.query(shop_window.home_page)
        self.loaded = True


class ServicesState(rx.State):
    """Everything that can be booked."""

    catalogue: CatalogueView = CatalogueView(categories=[])
    loaded: bool = False

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read the catalogue as it is now."""
        self.catalogue = await worker.query(shop_window.catalogue_view)
        self.loaded = True


_SERVICE_PREFIX = "/services/"
NO_SERVICE_PAGE = ServicePageView(
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

    ``opens_soon`` says that customers see no service yet. The page compares ``path``
    with where the browser is, so that it never shows the service of the page before.
    """

    path: str = ""
    found: bool = False
    opens_soon: bool = False
    page: ServicePageView = NO_SERVICE_PAGE

    @event_for(PUBLIC)
    async def load(self) -> EventSpec | None:
        """Read the service the address names, or go where a former one leads."""
        path = str(self.router.url.path).rstrip("/")
        slug = path.removeprefix(_SERVICE_PREFIX)
        try:
            self.page = await worker.query(shop_window.service_page, actor(), slug)
            self.found, self.opens_soon = True, False
        except NotOpenYet:
            self.page, self.found, self.opens_soon = NO_SERVICE_PAGE, False, True
        except NotFound:
            if now := await worker.query(catalogue.present_slug, slug):
                return rx.redirect(_SERVICE_PREFIX + now, replace=True)
            self.page, self.found, self.opens_soon = NO_SERVICE_PAGE, False, False
        self.path = path
        return None


class ServiceTimesState(rx.State):
    """The next free times of the service at ``path``."""

    path: str = ""
    days: list[FreeDayTimesView] = []

    @event_for(PUBLIC, weight=3)
    async def load(self) -> None:
        """Look for free time, as it is now."""
        path = str(self.router.url.path).rstrip("/")
        slug = path.removeprefix(_SERVICE_PREFIX)
        try:
            self.days = await worker.query(free_times.next_free_times, slug)
        except NotFound:
            self.days = []
        self.path = path


class PoliciesState(rx.State):
    """What customers agree to, or can look up."""

    policies: list[PolicyView] = []
    loaded: bool = False

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read the policies as they are now."""
        self.policies = await worker.query(policies.policy_views)
        self.loaded = True
