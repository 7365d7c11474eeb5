"""The shop window: what the home page and *All Services* show."""

import reflex as rx

from portal_app.domain.catalogue import service as catalogues
from portal_app.domain.catalogue.views import CatalogueView
from portal_app.state import worker
from portal_app.state.access import PUBLIC, event_for


class ServicesState(rx.State):
    """Everything that can be booked."""

    catalogue: CatalogueView = CatalogueView(categories=[])
    loaded: bool = False

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read the catalogue as it is now."""
        self.catalogue = await worker.query(catalogues.catalogue)
        self.loaded = True
