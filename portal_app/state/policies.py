"""The policies, for everybody to read."""

import reflex as rx

from portal_app.domain.business import policies
from portal_app.domain.business.views import PolicyView
from portal_app.state import worker
from portal_app.state.access import PUBLIC, event_for


class PoliciesState(rx.State):
    """What customers agree to, or can look up."""

    policies: list[PolicyView] = []
    loaded: bool = False

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read the policies as they are now."""
        self.policies = await worker.query(policies.published)
        self.loaded = True
