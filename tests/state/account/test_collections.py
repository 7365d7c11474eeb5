"""My Account: contacts, business profiles, locations, and what they choose from."""

from portal_app.kernel.db import Database
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.account.business_profiles import AccountBusinessProfilesState
from portal_app.state.account.contacts import AccountContactsState
from portal_app.state.account.locations import AccountLocationsState
from tests.support.accounts import snapshot_without_logs
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.tabs import Tab

ADDRESS = {
    "street": "12 Bay Street",
    "town": "Bondi",
    "state": "NSW",
    "postcode": "2026",
    "country": "AU",
}


def _tab(database: Database) -> Tab:
    person = new_customer(database)
    return Tab("/account", actor_of(database, session_cookie(database, person)))


def _contact(request: str, name: str) -> dict[str, str]:
    return {
        "role": "partner",
        "first_name": name,
        "phones.0": "0412 345 678",
        "phones.0.country": "AU",
        "may.book": "on",
        "request": request,
    }


def test_contacts_are_added_once_moved_and_removed(database: Database) -> None:
    tab = _tab(database)
    tab.fire(AccountContactsState.load)
    for request, name in (("r1", "Tom"), ("r1", "Tom"), ("r2", "Ann")):
        tab.fire(AccountContactsState.save, _contact(request, name))
    state = tab.state(AccountContactsState)
    assert [contact.name for contact in state.items] == ["Tom", "Ann"]
    assert state.saved == "r2"
    tom, ann = state.items
    tab.fire(AccountContactsState.move, ann.id, -1)
    state = tab.state(AccountContactsState)
    assert [contact.name for contact in state.items] == ["Ann", "Tom"]
    tab.fire(AccountContactsState.remove, tom.id)
    state = tab.state(AccountContactsState)
    assert [contact.name for contact in state.items] == ["Ann"]
    assert (state.removed, state.removed_name) == (tom.id, "Tom")
    for _ in range(2):
        tab.fire(AccountContactsState.undo)
        state = tab.state(AccountContactsState)
        assert [contact.name for contact in state.items] == ["Ann", "Tom"]
        assert state.removed == ""


def test_saving_a_removed_contact_is_reported(database: Database) -> None:
    tab = _tab(database)
    tab.fire(AccountContactsState.load)
    before = snapshot_without_logs(database)
    form = {**_contact("r1", "Tom"), "contact": "missing", "version": "1"}
    tab.fire(AccountContactsState.save, form)
    state = tab.state(AccountContactsState)
    assert state.problem == "This is not there any more. It may have been removed."
    assert snapshot_without_logs(database) == before


def test_business_profiles_are_added_and_a_removal_undone(database: Database) -> None:
    tab = _tab(database)
    tab.fire(AccountBusinessProfilesState.load)
    form = ADDRESS | {"name": "Bay Studio", "billing_email": "a@bay.example.com"}
    tab.fire(AccountBusinessProfilesState.save, form | {"request": "r1"})
    (company,) = tab.state(AccountBusinessProfilesState).items
    tab.fire(AccountBusinessProfilesState.remove, company.id)
    state = tab.state(AccountBusinessProfilesState)
    assert (state.items, state.removed_name) == ([], "Bay Studio")
    tab.fire(AccountBusinessProfilesState.undo)
    state = tab.state(AccountBusinessProfilesState)
    assert ([one.name for one in state.items], state.removed) == (
        ["Bay Studio"],
        "",
    )


def test_locations_are_saved_changed_and_a_removal_undone(
    database: Database,
) -> None:
    tab = _tab(database)
    tab.fire(AccountLocationsState.load)
    tab.fire(AccountLocationsState.save, ADDRESS | {"label": "Home", "request": "r1"})
    (place,) = tab.state(AccountLocationsState).items
    change = ADDRESS | {"label": "Our home", "place": place.id, "version": "1"}
    tab.fire(AccountLocationsState.save, change | {"request": "r2"})
    (place,) = tab.state(AccountLocationsState).items
    assert (place.label, place.version) == ("Our home", 2)
    tab.fire(AccountLocationsState.remove, place.id)
    assert tab.state(AccountLocationsState).removed_name == "Our home"
    tab.fire(AccountLocationsState.undo)
    assert [one.label for one in tab.state(AccountLocationsState).items] == ["Our home"]


def test_removal_is_named_after_a_state_reset(
    database: Database,
) -> None:
    tab = _tab(database)
    tab.fire(AccountLocationsState.save, ADDRESS | {"label": "Home", "request": "r1"})
    (place,) = tab.state(AccountLocationsState).items
    later = Tab("/account", tab.who)
    later.fire(AccountLocationsState.remove, place.id)
    state = later.state(AccountLocationsState)
    assert (state.items, state.removed, state.removed_name) == ([], place.id, "Home")


def test_lists_follow_the_country(database: Database) -> None:
    tab = _tab(database)
    tab.fire(AddressFormState.load)
    tab.fire(AddressFormState.pick, "AU", "NSW", "Sydney")
    lists = tab.state(AddressFormState).lists
    assert (lists.country, lists.state_needed, lists.postcode) == ("AU", True, "2060")
    assert ("NSW", "New South Wales") in lists.states
    assert "Newcastle" in lists.towns
    assert [round(degrees) for degrees in lists.near] == [-34, 151]
    tab.fire(AddressFormState.pick, "??", "", "")
    assert tab.state(AddressFormState).lists.towns == []
    tab.fire(AddressFormState.format_phone, "4155552671", "US")
    assert tab.state(AddressFormState).formatted == {"US 4155552671": "(415) 555-2671"}
    tab.fire(AddressFormState.search, "newcas", "AU")
    found = tab.state(AddressFormState).search_result
    assert (found.query, found.places[0].label) == (
        "newcas",
        "Newcastle, NSW, Australia",
    )
