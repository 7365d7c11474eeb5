"""The classes of a service that the office schedules, below the service's form."""

from collections.abc import AsyncIterator
from functools import partial

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.scheduling import classes
from portal_app.domain.scheduling.classes import SessionForm
from portal_app.domain.scheduling.views import SessionView
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm
from portal_app.state.office.services import EDITOR_PREFIX


class OfficeClassesState(VersionedForm, rx.State):
    """The next classes of the service at this address."""

    sessions: list[SessionView] = []

    @property
    def _service_id(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return path.removeprefix(EDITOR_PREFIX)[:26]

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the classes as they are now."""
        self._clear_messages()
        await self._read()

    @event_for(OFFICE)
    async def schedule(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Let it take place, in one week or in several."""
        typed = SessionForm(
            **form_parsing.texts(
                form_data, "day", "starts", "fieldworker", "seats", "weeks"
            )
        )
        save = partial(worker.call, classes.schedule, actor(), self._service_id, typed)

        def after() -> list[EventSpec]:
            return [toast("success", "The classes are scheduled.")]

        async for step in self._save(form_data, save, after):
            yield step

    @event_for(OFFICE)
    async def cancel(self, session_id: str) -> EventSpec:
        """Let a class that nobody has booked not take place."""
        await worker.call(classes.cancel, actor(), session_id)
        await self._read()
        return toast("success", "The class is cancelled.")

    async def _read(self) -> None:
        self.sessions = await worker.query(
            classes.session_views, actor(), self._service_id
        )
