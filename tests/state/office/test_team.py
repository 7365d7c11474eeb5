"""The team in the office's tab: what is asked, refused and shown."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from portal_app.domain.scheduling import service
from portal_app.domain.scheduling.models import Fieldworker, HolidayCalendar, TimeClaim
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.state.office.team import OfficeClosuresState, OfficeTeamState
from portal_app.state.office.team_member import OfficeMemberState
from tests.support.accounts import sent_messages, snapshot_without_logs
from tests.support.sample_business import SampleBusiness, create_sample_business
from tests.support.tabs import Tab
from tests.support.wiring import wired

FAR = datetime(2035, 3, 6, 22, tzinfo=UTC)  # a Wednesday, 9 am in Sydney


@pytest.fixture
def shop(sqlite_db: Database) -> SampleBusiness:
    return sqlite_db.call(create_sample_business)


@pytest.fixture(autouse=True)
def _wired(sqlite_db: Database, shop: SampleBusiness):  # type: ignore[no-untyped-def]
    with wired(database=sqlite_db):
        yield


def member_tab(shop: SampleBusiness) -> Tab:
    tab = Tab(f"/office/team/{shop.ana}", SYSTEM)
    tab.fire(OfficeMemberState.load)
    return tab


def test_hours_are_saved_after_the_office_saw_what_is_outside(
    sqlite_db: Database, shop: SampleBusiness
) -> None:
    ends = FAR.replace(minute=30)
    sqlite_db.call(service.claim_time, shop.ana, FAR, ends, service_id=shop.walk)
    tab = member_tab(shop)
    form = {"hours.every.0": "09:00-12:00", "version": "1", "request": "r1"}
    before = snapshot_without_logs(sqlite_db)

    tab.fire(OfficeMemberState.begin)
    tab.fire(OfficeMemberState.save_hours, form)

    state = tab.state(OfficeMemberState)
    assert (state.outside_count, state.problem, state.errors) == (1, "", {})
    assert (state.saved, state.pending) == ("", False)
    assert snapshot_without_logs(sqlite_db) == before

    form |= {"accepted": state.asks, "request": "r2"}
    tab.fire(OfficeMemberState.save_hours, form)

    state = tab.state(OfficeMemberState)
    assert (state.asks, state.outside_count, state.saved) == ("", 0, "r2")
    assert state.person.hours["hours.every.0"] == "09:00-12:00"
    with sqlite_db.read() as tx:
        [claim] = tx.exec(select(TimeClaim))
    assert claim.released_at is None


def test_what_is_wrong_stands_beside_its_day(
    sqlite_db: Database, shop: SampleBusiness
) -> None:
    tab = member_tab(shop)
    before = snapshot_without_logs(sqlite_db)
    form = {"hours.every.3": "09:00-", "version": "1", "request": "r1"}
    tab.fire(OfficeMemberState.save_hours, form)
    assert list(tab.state(OfficeMemberState).errors) == ["hours.every.3"]
    tab.fire(OfficeMemberState.save_date, {"hours": "x", "request": "r2"})
    assert list(tab.state(OfficeMemberState).errors) == ["day", "hours"]
    tab.fire(OfficeMemberState.invite, {"email": "nobody", "request": "r3"})
    assert list(tab.state(OfficeMemberState).errors) == ["email"]
    assert sent_messages(sqlite_db) == []
    assert snapshot_without_logs(sqlite_db) == before


def test_a_person_is_added_once_and_shown(
    sqlite_db: Database, shop: SampleBusiness
) -> None:
    tab = Tab("/office/team", SYSTEM)
    tab.fire(OfficeTeamState.load)
    form = {"name": "Cleo", "bio": "", "request": "abc1"}
    tab.fire(OfficeTeamState.save, form)
    tab.fire(OfficeTeamState.save, form)

    with sqlite_db.read() as tx:
        [cleo] = tx.exec(select(Fieldworker).where(Fieldworker.name == "Cleo"))
    state = tab.state(OfficeTeamState)
    assert [row.name for row in state.items] == ["Ana", "Ben", "Cleo"]
    tab.fire(OfficeTeamState.move, cleo.id, -1)
    assert [row.name for row in tab.state(OfficeTeamState).items] == [
        "Ana",
        "Cleo",
        "Ben",
    ]


def test_an_address_of_nobody_says_so(shop: SampleBusiness) -> None:
    tab = Tab("/office/team/01NOBODY", SYSTEM)
    tab.fire(OfficeMemberState.load)
    state = tab.state(OfficeMemberState)
    assert (state.missing, state.loaded, state.person.name) == (True, True, "")


def test_holidays_are_looked_at_before_they_are_saved(
    sqlite_db: Database, shop: SampleBusiness
) -> None:
    tab = Tab("/office/team", SYSTEM)
    tab.fire(OfficeClosuresState.load)
    tab.fire(OfficeClosuresState.look_up, "AU", "")
    tab.fire(OfficeClosuresState.look_up, "AU", "VIC")
    state = tab.state(OfficeClosuresState)
    names = [day.name for day in state.days]
    assert "Melbourne Cup Day" in names
    assert ("VIC", "Victoria") in state.regions
    assert state.held.country == ""

    form = {"country": "AU", "subdivision": "VIC", "version": "0", "request": "r"}
    for at, name in enumerate(names):
        form[f"holiday.{at}"] = name
        form[f"worked.{at}"] = "on" if name == "Melbourne Cup Day" else ""
    tab.fire(OfficeClosuresState.save_holidays, form)

    def stored(tx: Session) -> tuple[str, str, list[str]]:
        row = tx.get_one(HolidayCalendar, 1)
        return row.country, row.subdivision, row.worked

    assert sqlite_db.query(stored) == ("AU", "VIC", ["Melbourne Cup Day"])


def test_time_off_for_everybody_comes_and_goes(
    sqlite_db: Database, shop: SampleBusiness
) -> None:
    tab = Tab("/office/team", SYSTEM)
    tab.fire(OfficeClosuresState.load)
    day = f"{utc_now().year + 1}-06-01"
    form = {
        "first": day,
        "whole_days": "on",
        "starts": "10:00",
        "request": "r",
        "version": "0",
    }
    tab.fire(OfficeClosuresState.save_time_off, form)
    [view] = tab.state(OfficeClosuresState).time_off
    assert (view.first, view.last, view.whole_days) == (day, day, True)
    tab.fire(OfficeClosuresState.remove_time_off, view.id)
    assert tab.state(OfficeClosuresState).time_off == []
