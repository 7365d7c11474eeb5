"""The home page."""

import reflex as rx

from portal_app.domain.catalogue import shop_window
from portal_app.domain.catalogue.shop_window import FrontView
from portal_app.state import worker
from portal_app.state.access import PUBLIC, event_for


class IndexState(rx.State):
    """What is on offer, and who offers it."""

    front: FrontView = FrontView(shelves=[], about=[])
    loaded: bool = False

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read the home page as it is now."""
        self.front = await worker.query(shop_window.front)
        self.loaded = True
