"""What the states of forms share that save something which has a version."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from reflex.event import EventSpec

from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.errors import NotFound
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import actor
from portal_app.state.core.submitted_form import SubmittedForm

_GONE = "This is not there any more. It may have been removed."


class VersionedForm(SubmittedForm, mixin=True):
    """A form that is saved once, and never over what another tab has saved.

    ``seen`` is the version whose ``changes`` the person was shown, ``saved`` the
    request that was stored last. The state says in ``_read`` how to show what is
    stored.
    """

    changes: list[Change] = []
    seen: int = 0
    saved: str = ""

    def _clear_messages(self) -> None:
        """Forget what was said about the last attempt."""
        self.errors, self.problem, self.changes = {}, "", []
        self.seen, self.pending = 0, False

    async def _save(
        self,
        form: form_parsing.Form,
        save: Callable[[], Awaitable[Any]],
        events: Callable[[], list[EventSpec]],
        *,
        keeps_typed: bool = False,
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Save what was typed, unless this very form is saved already.

        Args:
            form: As submitted; ``request`` in it names this submission.
            save: Called when the page shows that the form is busy.
            events: What follows once it is saved and read again.
            keeps_typed: For a form on its page: after somebody else's save it keeps
                what it was filled from, beside what was typed.
        """
        request = form_parsing.field(form, "request")
        if request and request == self.saved:
            return  # a second click, or a replay after a lost connection
        self._clear_messages()
        self.pending = True
        yield None
        stored = await self._try_save(save())
        if stored or (self.changes and not keeps_typed):
            await self._read()
        if stored:
            self.saved = request
            yield events()

    async def _save_page(
        self,
        form: form_parsing.Form,
        done: Sequence[EventSpec],
        save: Callable[..., Any],
        *typed: Any,
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Save a form that stands on its page, over the version it was filled from.

        Args:
            form: As submitted, with its ``version``.
            done: What follows once it is saved and read again.
            save: Called with the transaction, the actor, ``typed`` and the version.
            *typed: What the form says.
        """
        version = form_parsing.number(form, "version")

        async def store() -> None:
            await worker.call(save, actor(), *typed, version)

        async for step in self._save(form, store, lambda: [*done], keeps_typed=True):
            yield step

    async def _try_save(self, saving: Awaitable[Any]) -> bool:
        """Whether it was stored; if not, the vars say why."""
        stored = False
        with self._reported_errors():
            try:
                await saving
                stored = True
            except EditConflict as conflict:
                self.changes, self.seen = conflict.changes, conflict.version
            except NotFound:
                self.problem = _GONE
        return stored

    async def _read(self) -> None:
        raise NotImplementedError
