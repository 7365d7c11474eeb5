"""The office switches by a form: what is not ticked is off."""

from portal_app.domain.business import permissions
from portal_app.domain.business.features import OFFERED, TABLE, Features
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.changes import Change
from portal_app.kernel.db import Database
from portal_app.kernel.features import BookingState, Feature
from portal_app.state.office.permissions import OfficePermissionsState
from tests.support.tabs import Tab

LEA = Actor(Audience.OFFICE)
EVERYTHING = {f"on.{one}": "on" for one in OFFERED} | {
    f"may.{one}:{state}": "on" for one in OFFERED for state in TABLE[one].changes
}


def opened() -> Tab:
    tab = Tab("/office/permissions", LEA)
    tab.fire(OfficePermissionsState.load)
    return tab


def save(tab: Tab, **without: bool) -> OfficePermissionsState:
    state = tab.state(OfficePermissionsState)
    form = {key: value for key, value in EVERYTHING.items() if key not in without}
    # Whoever was told of a newer version saves over that.
    form["version"] = str(state.seen or state.version)
    tab.fire(OfficePermissionsState.save, form)
    return state


def test_what_is_not_ticked_is_off(database: Database) -> None:
    tab = opened()
    state = tab.state(OfficePermissionsState)
    assert [(row.feature, row.on) for row in state.rows] == [
        (one.value, True) for one in OFFERED
    ]
    assert [cell.may for cell in state.rows[0].cells] == [
        *("Say for whom it is", "Say for whom it is", "Say for whom it is", "", "")
    ]
    save(tab)
    assert database.query(permissions.current_features) == Features(version=1)
    save(tab, **{"on.dependents": True, "may.custom_fields:in_progress": True})
    assert database.query(permissions.current_features) == Features(
        off=frozenset({Feature.DEPENDENTS}),
        closed=frozenset({(Feature.CUSTOM_FIELDS, BookingState.IN_PROGRESS)}),
        version=2,
    )
    assert [row.feature for row in state.rows if not row.on] == ["dependents"]
    assert [cell.open for cell in state.rows[1].cells] == [
        *(True, True, False, True, True)
    ]


def test_two_tabs_are_shown_what_differs(database: Database) -> None:
    first, second = opened(), opened()
    save(first, **{"on.dependents": True})
    state = save(second, **{"on.custom_fields": True})
    assert state.changes == [
        Change("dependents", "Dependents", "On", "Off"),
        Change("custom_fields", "Your own questions", "Off", "On"),
    ]
    assert database.query(permissions.current_features).off == {Feature.DEPENDENTS}
    save(second, **{"on.custom_fields": True})
    assert state.changes == []
    assert database.query(permissions.current_features).off == {Feature.CUSTOM_FIELDS}
