"""Whoever saves over another tab's change is shown it first, whatever the list."""

from typing import Any, NamedTuple

import pytest

from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from portal_app.state.account.business_profiles import AccountBusinessProfilesState
from portal_app.state.account.contacts import AccountContactsState
from portal_app.state.account.locations import AccountLocationsState
from portal_app.state.core.collection import Collection
from portal_app.state.office.custom_fields import OfficeFieldsState
from portal_app.state.office.dependent_types import OfficeDependentTypesState
from portal_app.state.office.policies import OfficePoliciesState
from portal_app.state.office.services import OfficeCategoriesState, OfficeServicesState
from portal_app.state.office.team import OfficeTeamState
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


class Kind(NamedTuple):
    """A list, and one entry of it.

    Attributes:
        names: The field of the form that names the entry.
        edited: The field both tabs change, and what a person calls it.
    """

    state: Any
    names: str
    form: dict[str, str]
    edited: tuple[str, str]


KINDS = {
    "contact": Kind(
        AccountContactsState,
        "contact",
        {
            "role": "partner",
            "first_name": "Tom",
            "phones.0": "0412 345 678",
            "phones.0.country": "AU",
        },
        ("first_name", "First name"),
    ),
    "business profile": Kind(
        AccountBusinessProfilesState,
        "company",
        ADDRESS | {"name": "Bay Studio", "billing_email": "a@bay.example.com"},
        ("name", "Business name"),
    ),
    "location": Kind(
        AccountLocationsState,
        "place",
        ADDRESS | {"label": "Home"},
        ("label", "Name of this place"),
    ),
    "custom field": Kind(
        OfficeFieldsState,
        "field",
        {"name": "Notes", "kind": "text", "visible_to.customer": "on"},
        ("name", "Name"),
    ),
    "dependent type": Kind(
        OfficeDependentTypesState,
        "type",
        {"singular": "Pet", "plural": "Pets", "icon": "dog"},
        ("plural", "Several of them"),
    ),
    "policy": Kind(
        OfficePoliciesState,
        "policy",
        {"title": "Keys", "text": "In a safe."},
        ("title", "Title"),
    ),
    "category": Kind(
        OfficeCategoriesState,
        "category_id",
        {"name": "Garden", "description": "Lawns and hedges."},
        ("name", "Name"),
    ),
}

ADDED_ONLY = {OfficeServicesState, OfficeTeamState}
"""Lists whose entries are edited on pages of their own."""


def test_every_collection_is_tried() -> None:
    def concrete(cls: type) -> set[type]:
        found = set() if cls._mixin else {cls}  # type: ignore[attr-defined]
        return found.union(*(concrete(one) for one in cls.__subclasses__()))

    ours = {s for s in concrete(Collection) if s.__module__.startswith("portal_app.")}
    assert ours == {kind.state for kind in KINDS.values()} | ADDED_ONLY


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_second_tab_is_shown_what_changed(database: Database, kind: Kind) -> None:
    office = "office" in kind.state.__module__
    who = (
        SYSTEM
        if office
        else actor_of(database, session_cookie(database, new_customer(database)))
    )
    one, two = Tab("/", who), Tab("/", who)
    one.fire(kind.state.load)
    one.fire(kind.state.save, kind.form | {"request": "r0"})
    two.fire(kind.state.load)
    [entry] = one.state(kind.state).items
    which = kind.form | {kind.names: entry.id, "version": str(entry.version)}
    edited, label = kind.edited
    one.fire(kind.state.save, which | {edited: "Theirs", "request": "r1"})
    assert one.state(kind.state).saved == "r1"

    before = snapshot_without_logs(database)
    assert two.fire(kind.state.save, which | {edited: "Mine", "request": "r2"}) == []
    state = two.state(kind.state)
    assert [(c.label, c.yours, c.now) for c in state.changes] == [
        (label, "Mine", "Theirs")
    ]
    assert (state.saved, state.pending) == ("", False)
    assert state.seen == entry.version + 1
    assert snapshot_without_logs(database) == before

    seen = {edited: "Mine", "version": str(state.seen), "request": "r3"}
    two.fire(kind.state.save, which | seen)
    state = two.state(kind.state)
    assert (state.saved, state.changes) == ("r3", [])
    assert getattr(state.items[0], edited) == "Mine"
