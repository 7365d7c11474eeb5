"""What the page of imports shows and does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

import pytest

from portal_app.domain.imports import service as imports
from portal_app.domain.imports.work import ImportWork, Step
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from portal_app.state.office import imports as states
from portal_app.state.office.imports import OfficeImportState
from tests.support.imports import ImportDesk, csv_file, office_actor
from tests.support.snapshots import database_snapshot
from tests.support.tabs import Tab, redirect_targets
from tests.support.uploads import MemoryStorage
from tests.support.wiring import wired

PAGE = "/office/import"
HEAD = ("Email", "First name")
GOOD = csv_file(HEAD, *((f"c{at}@example.com", f"C {at}") for at in range(30)))
BAD = csv_file(HEAD, ("noah@example.com", "Noah"), ("nobody", "Nobody"))


@dataclass
class Desk:
    tab: Tab
    files: ImportDesk

    @property
    def state(self) -> OfficeImportState:
        return self.tab.state(OfficeImportState)

    def check(self, content: bytes) -> list[str]:
        """Begin an import and follow it to the end; the events that were answered."""
        form = {"kind": "customers", "file_id": self.files.hand_in(content)}
        events = self.tab.fire(OfficeImportState.begin, form)
        self.tab.fire(OfficeImportState.follow)
        return [event.name.rpartition(".")[2] for event in events]


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    storage = MemoryStorage()
    actor = office_actor(database)
    with wired(database=database, storage=storage):
        tab = Tab(PAGE, actor)
        tab.fire(OfficeImportState.load)
        yield Desk(tab, ImportDesk(database, actor, storage))


def test_a_file_is_checked_looked_at_and_stored(desk: Desk) -> None:
    assert desk.state.choices[0] == ("customers", "Customers")
    assert desk.check(GOOD) == ["follow"]
    state = desk.state
    assert (state.now.stage, state.now.added, state.pending) == ("ready", 30, False)
    assert (len(state.rows), state.has_more) == (25, True)
    assert state.summary == "1 to 25 of 30"
    assert redirect_targets(desk.tab.fire(OfficeImportState.turn, 2)) == [
        f"{PAGE}?page=2"
    ]
    desk.tab.go(PAGE, page="2")
    assert desk.tab.fire(OfficeImportState.load) == []
    assert [row.number for row in desk.state.rows] == [27, 28, 29, 30, 31]
    events = desk.tab.fire(OfficeImportState.carry_out, {"mail": "on"})
    assert [event.payload["text"] for event in events] == ["Everything is imported."]
    assert (desk.state.now.stage, desk.state.rows) == ("done", [])
    found = database_snapshot(desk.files.db)
    assert (len(found["customer"]), len(found["outbox_message"])) == (30, 30)
    assert redirect_targets(desk.tab.fire(OfficeImportState.put_away)) == [PAGE]
    assert desk.state.now.id == ""


def test_refused_rows_are_found_and_nothing_is_stored(desk: Desk) -> None:
    desk.check(BAD)
    assert (desk.state.now.refused, desk.state.now.added) == (1, 1)
    [event] = desk.tab.fire(OfficeImportState.show, "refused")
    assert redirect_targets([event]) == [f"{PAGE}?outcome=refused"]
    desk.tab.go(PAGE, outcome="refused")
    desk.tab.fire(OfficeImportState.load)
    [row] = desk.state.rows
    assert (row.number, row.cells[0].error[:20]) == (3, "Please enter an emai")
    desk.tab.fire(OfficeImportState.carry_out, {})
    assert desk.state.problem.startswith("Some rows are refused")
    assert not desk.state.pending
    assert database_snapshot(desk.files.db)["customer"] == []


def test_no_file_is_said_at_the_field(desk: Desk) -> None:
    desk.tab.fire(OfficeImportState.begin, {"kind": "customers", "file_id": ""})
    assert desk.state.errors == {"file": "Please choose a file."}
    assert (desk.state.now.id, desk.state.pending) == ("", False)
    desk.tab.fire(OfficeImportState.begin, {"kind": "planets", "file_id": "x"})
    assert desk.state.problem == NotFound().message


def test_it_goes_on_in_another_tab_where_one_was_left(desk: Desk) -> None:
    desk.tab.fire(
        OfficeImportState.begin,
        {"kind": "customers", "file_id": desk.files.hand_in(GOOD)},
    )
    tab = Tab(PAGE, desk.files.actor)
    [event] = tab.fire(OfficeImportState.load)
    assert event.name.endswith("follow")
    assert tab.state(OfficeImportState).now.stage == "reading"
    tab.fire(OfficeImportState.follow)
    assert tab.state(OfficeImportState).now.stage == "ready"


def test_who_watches_sees_what_somebody_else_does(desk: Desk) -> None:
    desk.tab.fire(
        OfficeImportState.begin,
        {"kind": "customers", "file_id": desk.files.hand_in(GOOD)},
    )
    other = ImportWork(desk.files.db, desk.files.storage, desk.state.now.id)
    assert other.step() is Step.MORE

    async def meanwhile(_seconds: float) -> None:
        other.step()

    held = other._worker
    with patch.object(states.asyncio, "sleep", meanwhile):
        with desk.files.db.write() as tx:
            run = tx.get_one(imports.ImportRun, desk.state.now.id)
            run.worker, run.worker_until = held, utc_now() + timedelta(seconds=30)
        desk.tab.fire(OfficeImportState.follow)
    other.close()
    assert desk.state.now.stage == "ready"


def test_stop_leaves_nothing(desk: Desk) -> None:
    desk.check(GOOD)
    assert desk.tab.fire(OfficeImportState.stop) == []
    assert desk.state.now.stage == "stopped"
    [event] = desk.tab.fire(OfficeImportState.stop)
    assert event.payload["text"] == "It was over already."
    found = database_snapshot(desk.files.db)
    assert (found["import_row"], found["customer"]) == ([], [])


def test_what_changed_meanwhile_is_checked_again(desk: Desk) -> None:
    desk.check(GOOD)
    other = office_actor(desk.files.db, "olga@example.com")
    ImportDesk(desk.files.db, other, desk.files.storage).bring_in(
        [HEAD, ("c1@example.com", "Somebody")]
    )
    events = desk.tab.fire(OfficeImportState.carry_out, {})
    assert [event.name.rpartition(".")[2] for event in events] == ["follow"]
    assert desk.state.problem.startswith("Something changed since")
    desk.tab.fire(OfficeImportState.follow)
    assert (desk.state.now.stage, desk.state.now.was_outdated) == ("ready", True)
    assert (desk.state.now.added, desk.state.now.changed) == (29, 1)
