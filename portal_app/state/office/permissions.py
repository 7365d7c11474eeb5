"""What customers see and may do, as the office switches it."""

from collections.abc import AsyncIterator

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.business import permissions
from portal_app.domain.business.features import OFFERED, Features
from portal_app.domain.business.views import PermissionRow
from portal_app.kernel.features import BookingState
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm


class OfficePermissionsState(VersionedForm, rx.State):
    """The table of features and booking states."""

    loaded: bool = False
    rows: list[PermissionRow] = []
    version: int = 0

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the table as it is now."""
        await self._read()
        self._clear_messages()
        self.loaded = True

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Switch as the form says, unless somebody else did meanwhile."""
        done = [toast("success", "The permissions are saved.")]
        save, wanted = permissions.save_features, _features(form_data)
        async for step in self._save_page(form_data, done, save, wanted):
            yield step

    async def _read(self) -> None:
        features = await worker.query(permissions.current_features)
        self.rows = permissions.permission_rows(features)
        self.version = features.version


def _features(form: form_parsing.Form) -> Features:
    """What the form says; a tick that is not there was taken away."""
    return Features(
        off=frozenset(
            one for one in OFFERED if not form_parsing.ticked(form, f"on.{one}")
        ),
        closed=frozenset(
            (one, state)
            for one in OFFERED
            for state in BookingState
            if not form_parsing.ticked(form, f"may.{one}:{state}")
        ),
    )
