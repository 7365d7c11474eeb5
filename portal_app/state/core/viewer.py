"""The signed-in person and the business, as the frame of every page shows them."""

from dataclasses import replace

import reflex as rx
from sqlmodel import Session

from portal_app.domain.business import permissions
from portal_app.domain.business import service as businesses
from portal_app.domain.business.views import BusinessView
from portal_app.domain.dependents import types
from portal_app.domain.scheduling import roster
from portal_app.domain.sign_in import session_lookup
from portal_app.domain.sign_in.views import ViewerView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.ids import hash_secret
from portal_app.state.core import worker
from portal_app.state.core.access import PUBLIC, actor, event_for


class ViewerState(rx.State):
    """The frame of every page: the signed-in person and the business.

    ``off`` names the features that the office has switched off for customers.

    ``dependents`` is what the business calls them. ``owner`` stands for the account
    in the browser's keys of what was typed and not sent; it tells nothing of it.
    """

    viewer: ViewerView = ViewerView()
    business: BusinessView = BusinessView()
    dependents: str = "Dependents"
    owner: str = ""
    off: list[str] = []
    loaded: bool = False

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Fill the frame for whoever the session says is looking."""
        self.viewer, self.business, self.dependents, self.off = await worker.query(
            _frame, actor()
        )
        self.owner = _owner(actor())
        self.loaded = True


def _owner(who: Actor) -> str:
    return hash_secret(f"owner of drafts {who.account_id}") if who.account_id else ""


def _frame(tx: Session, who: Actor) -> tuple[ViewerView, BusinessView, str, list[str]]:
    heading = types.menu_heading(tx) if who.customer_id else "Dependents"
    viewer = session_lookup.current_viewer(tx, who)
    if who.audience is Audience.FIELDWORKER and who.account_id:
        name = roster.fieldworker_name(tx, who.account_id)
        viewer = replace(viewer, name=name or viewer.name)
    return (
        viewer,
        businesses.business_view(tx),
        heading,
        sorted(permissions.current_features(tx).off),
    )
