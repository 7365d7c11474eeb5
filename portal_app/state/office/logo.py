"""Handing in the logo of the business, on whichever page asks for it."""

from collections.abc import Callable

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.business.views import BusinessView
from portal_app.domain.office import brand_pictures
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import DomainError
from portal_app.state.core import worker
from portal_app.state.core.access import OFFICE, actor, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.viewer import ViewerState


class LogoForm(rx.State, mixin=True):
    """A page with the logo, which is saved at once.

    ``version`` is that of the business, for a form of it on the same page.
    """

    logo: str = ""
    version: int = 0

    @event_for(OFFICE)
    async def use_logo(self, file_id: str) -> list[EventSpec]:
        """Show the picture that was just handed in as the logo."""
        setter = brand_pictures.set_logo
        return await self._set_picture(setter, file_id, "The logo is saved.")

    @event_for(OFFICE)
    async def remove_logo(self) -> list[EventSpec]:
        """Show the portal's own mark again."""
        setter = brand_pictures.set_logo
        return await self._set_picture(setter, "", "The logo is removed.")

    async def _set_picture(
        self, setter: Callable[[Session, Actor, str], None], file_id: str, words: str
    ) -> list[EventSpec]:
        try:
            await worker.call(setter, actor(), file_id)
        except DomainError as error:
            return [toast("error", error.message)]
        business, self.version = await worker.query(_shown)
        self._show_pictures(business)
        return [ViewerState.load, toast("success", words)]

    def _show_pictures(self, business: BusinessView) -> None:
        """Show the pictures as they are stored."""
        self.logo = business.logo_url


def _shown(tx: Session) -> tuple[BusinessView, int]:
    return businesses.business_view(tx), businesses.current_business(tx).version
