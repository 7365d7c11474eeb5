"""Importing and exporting tables.

The database says how far an import is; a background event does the work in threads,
piece by piece, or watches who does.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain import wiring
from portal_app.domain.imports import service as imports
from portal_app.domain.imports.views import ImportView, KindView, RowView
from portal_app.domain.imports.work import ImportWork, Step
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, actor, event_for
from portal_app.state.core.paged_list import PagedList
from portal_app.state.core.submitted_form import SubmittedForm
from portal_app.state.core.toasts import toast

_PATH = "/office/import"
_LOOK_AGAIN_SECONDS = 1.0
_TELL_SECONDS = 0.5
Outcome = Literal["", "added", "changed", "unchanged", "refused"]


class OfficeImportState(PagedList, SubmittedForm, rx.State):
    """The import that the actor has open, if any, and a page of its rows.

    The address says which page, and of which outcome (``outcome``, empty for all).
    """

    loaded: bool = False
    kinds: list[KindView] = []
    choices: list[tuple[str, str]] = []
    now: ImportView = ImportView()
    rows: list[RowView] = []
    outcome: str = ""

    @event_for(OFFICE)
    async def load(self) -> EventSpec | None:
        """Show where the import is, and follow it if somebody should work on it."""
        self.kinds = imports.kind_views()
        self.choices = [(kind.key, kind.title) for kind in self.kinds]
        self.errors, self.problem, self.pending = {}, "", False
        await self._read()
        self.loaded = True
        return OfficeImportState.follow if self.now.is_busy else None

    @event_for(OFFICE)
    async def begin(self, form_data: dict[str, str]) -> AsyncIterator[EventSpec | None]:
        """Begin to import the file that was handed in."""
        self._begin_submit()
        yield None
        with self._reported_errors():
            await worker.call(
                imports.begin,
                actor(),
                form_parsing.field(form_data, "kind"),
                form_parsing.field(form_data, "file_id"),
            )
            await self._read()
            yield OfficeImportState.follow

    @event_for(OFFICE, background=True, weight=5)
    async def follow(self) -> None:
        """Work on the import until it can be looked at, or watch who does."""
        async with self:
            import_id = self.now.id
        work = await worker.run_in_thread(_work_on, import_id)
        try:
            while (step := await worker.run_in_thread(_step, work)) is not Step.OVER:
                if not await self._is_shown(import_id):
                    break
                if step is Step.ELSEWHERE:
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        finally:
            await worker.run_in_thread(_close, work)
            await self._is_shown(import_id)

    @event_for(OFFICE, background=True, weight=20)
    async def carry_out(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[EventSpec | None]:
        """Store it all, and tell how far that is."""
        async with self:
            import_id = self.now.id
            self._begin_submit()
        storing = asyncio.ensure_future(
            worker.run_in_thread(_carry_out, actor(), import_id, form_data)
        )
        said: EventSpec | None = None
        try:
            while not (await asyncio.wait({storing}, timeout=_TELL_SECONDS))[0]:
                await self._is_shown(import_id)
            done = await storing
            said = (
                toast("success", "Everything is imported.")
                if done
                else toast("info", "The import was stopped. Nothing was stored.")
            )
        except DomainError as error:
            async with self:
                self.problem = error.message
        finally:
            async with self:
                self.pending = False
            await self._is_shown(import_id)
        yield said
        async with self:
            busy = self.now.is_busy
        if busy:
            yield OfficeImportState.follow

    @event_for(OFFICE)
    async def stop(self) -> AsyncIterator[EventSpec | None]:
        """Stop it; nothing of it stays."""
        stopped = await worker.run_in_thread(imports.stop, actor(), self.now.id)
        await self._read()
        if not stopped:
            yield toast("info", "It was over already.")

    @event_for(OFFICE)
    async def put_away(self) -> EventSpec:
        """Make room for another file; an import that is not over is stopped."""
        await worker.run_in_thread(imports.stop, actor(), self.now.id)
        await worker.call(imports.put_away, actor(), self.now.id)
        await self._read()
        return rx.redirect(_PATH)

    @event_for(OFFICE)
    def show(self, outcome: Outcome) -> EventSpec:
        """Go to the rows of one outcome."""
        return rx.redirect(_address(outcome, 1))

    @event_for(OFFICE)
    def turn(self, page: int) -> EventSpec:
        """Go to another page of these rows."""
        return rx.redirect(_address(self.outcome, page))

    async def _is_shown(self, import_id: str) -> bool:
        """Show where it is; whether it is still the one that is open here."""
        async with self:
            if self.now.id != import_id:
                return False
            await self._read()
            return self.now.id == import_id

    async def _read(self) -> None:
        address = self.router.url.query_parameters
        asked = address.get("outcome", "")
        self.outcome = asked if asked in imports.OUTCOMES else ""
        self.now = await worker.query(imports.current_import, actor())
        if self.now.stage != imports.READY:
            self.rows, self.total = [], 0
            return
        page = form_parsing.page_number(address.get("page", ""))
        found = await worker.query(
            imports.read_rows, actor(), self.now.id, self.outcome, page
        )
        self._show_page(found, imports.PAGE_SIZE)


def _address(outcome: str, page: int) -> str:
    given = {"outcome": outcome, "page": str(page) if page > 1 else ""}
    asked = urlencode({name: text for name, text in given.items() if text})
    return f"{_PATH}?{asked}" if asked else _PATH


def _work_on(database: Database, import_id: str) -> ImportWork:
    storage = wiring.current().storage
    if storage is None:
        raise RuntimeError("the composition root has not said where files are kept")
    return ImportWork(database, storage, import_id)


def _step(_database: Database, work: ImportWork) -> Step:
    return work.step()


def _close(_database: Database, work: ImportWork) -> None:
    work.close()


def _carry_out(
    database: Database, who: Any, import_id: str, form: form_parsing.Form
) -> bool:
    return imports.carry_out(
        database,
        who,
        import_id,
        update_existing=form_parsing.ticked(form, "update_existing"),
        mail=form_parsing.ticked(form, "mail"),
    )
