"""The office schedules classes on the page of a service."""

from datetime import UTC, datetime

from sqlmodel import Session

from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    ServiceDefinition,
    define_category,
    define_service,
)
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling.models import ClassSession
from portal_app.domain.scheduling.roster import FieldworkerDefinition
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.office.classes import OfficeClassesState
from portal_app.state.office.service_editor import OfficeServiceState
from tests.support.tabs import Tab

NOW = datetime(2026, 11, 1, 21, 0, tzinfo=UTC)


def _class(tx: Session) -> tuple[str, str]:
    define_category(tx, SYSTEM, CategoryDefinition("yoga", "Yoga"))
    definition = ServiceDefinition("yoga", "yoga", "Yoga", 2500, 60, seats=8)
    yoga = define_service(tx, SYSTEM, definition)
    leads = FieldworkerDefinition(name="Yara", skills=("yoga",))
    return yoga, roster.define_fieldworker(tx, SYSTEM, leads)


def test_classes_are_scheduled_once_and_cancelled(database: Database) -> None:
    yoga, yara = database.call(_class)
    form = {"day": "2026-11-03", "starts": "09:00", "fieldworker": yara}
    with frozen(NOW):
        tab = Tab(f"/office/services/{yoga}", SYSTEM)
        tab.fire(OfficeServiceState.load)
        tab.fire(OfficeClassesState.load)
        assert tab.state(OfficeServiceState).leaders == [(yara, "Yara")]
        typed = form | {"weeks": "2", "request": "r1"}
        tab.fire(OfficeClassesState.schedule, typed)
        tab.fire(OfficeClassesState.schedule, typed)
        sessions = tab.state(OfficeClassesState).sessions
        assert [(one.fieldworker, one.places) for one in sessions] == [
            ("Yara", "0 of 8 places taken")
        ] * 2
        tab.fire(OfficeClassesState.schedule, form | {"day": "", "request": "r2"})
        assert tab.state(OfficeClassesState).errors == {"day": "Please enter a day."}
        tab.fire(OfficeClassesState.cancel, sessions[0].id)
        assert [one.id for one in tab.state(OfficeClassesState).sessions] == [
            sessions[1].id
        ]

    def cancelled(tx: Session) -> bool:
        return tx.get_one(ClassSession, sessions[0].id).cancelled_at is not None

    assert database.query(cancelled)
