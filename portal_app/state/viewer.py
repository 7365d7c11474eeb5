"""Who looks at the page, and whose portal it is: what every page's frame shows."""

import reflex as rx

from portal_app.domain.business import service as businesses
from portal_app.domain.business.views import BusinessView
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.views import ViewerView
from portal_app.domain.dependents import service as dependents
from portal_app.kernel.audiences import Actor
from portal_app.state import worker
from portal_app.state.access import PUBLIC, actor, event_for


class ViewerState(rx.State):
    """The frame of every page: the signed-in person and the business.

    ``dependents`` is what the business calls them.
    """

    viewer: ViewerView = ViewerView()
    business: BusinessView = BusinessView()
    dependents: str = "Dependents"
    loaded: bool = False

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Fill the frame for whoever the session says is looking."""
        self.viewer, self.business, self.dependents = await worker.query(
            _frame, actor()
        )
        self.loaded = True


def _frame(tx: worker.Session, who: Actor) -> tuple[ViewerView, BusinessView, str]:
    heading = dependents.heading(tx) if who.customer_id else "Dependents"
    return customers.viewer(tx, who), businesses.view(tx), heading
