from dataclasses import replace
from functools import partial

import pytest

from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import (
    MAX_PROFILES,
    BusinessProfileForm,
    CompanyContactForm,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from tests.support.accounts import run_concurrently, snapshot_without_logs

pytestmark = pytest.mark.each_database

STUDIO = BusinessProfileForm(
    name="Bay Studio",
    tax_number="51 824 753 556",
    billing_email="Accounts@Bay.example.com",
    address=AddressForm(
        street="1 Pitt Street",
        town="Sydney",
        state="nsw",
        postcode="2000",
        country="AU",
    ),
    contacts=(
        CompanyContactForm(name="Ann Lee", phone="0412 345 679"),
        CompanyContactForm(),
    ),
    is_default=True,
)


def add(db: Database, actor: Actor, request: str, **changes: object) -> None:
    form = replace(STUDIO, **changes)  # type: ignore[arg-type]
    db.call(companies.add_business_profile, actor, form, request)


def test_a_business_profile_is_stored(db: Database, her: Actor) -> None:
    add(db, her, "r1")
    (view,) = db.query(companies.list_business_profiles, her)
    assert (view.name, view.tax_number, view.billing_email, view.is_default) == (
        "Bay Studio",
        "51 824 753 556",
        "accounts@bay.example.com",
        True,
    )
    assert view.address.lines == ["1 Pitt Street", "Sydney NSW 2000"]
    assert [(c.name, c.email, c.phone) for c in view.contacts] == [
        ("Ann Lee", "", "0412 345 679")
    ]
    assert db.query(companies.booking_snapshot, her, view.id) == {
        "name": "Bay Studio",
        "tax_number": "51 824 753 556",
        "billing_email": "accounts@bay.example.com",
        "lines": ["1 Pitt Street", "Sydney NSW 2000"],
    }


def test_one_default_and_one_profile_per_request(db: Database, her: Actor) -> None:
    run_concurrently(
        *[partial(add, db, her, f"r{n}", name=f"Studio {n}") for n in range(4)]
    )
    add(db, her, "r3")
    views = db.query(companies.list_business_profiles, her)
    assert [view.is_default for view in views] == [True, False, False, False]


def test_a_removed_profile_is_hidden_and_can_be_restored(
    db: Database, her: Actor
) -> None:
    add(db, her, "r1")
    (view,) = db.query(companies.list_business_profiles, her)
    for _ in range(2):
        db.call(companies.remove_business_profile, her, view.id)
    assert db.query(companies.list_business_profiles, her) == []
    with pytest.raises(NotFound):
        db.query(companies.booking_snapshot, her, view.id)
    for _ in range(2):
        db.call(companies.restore_business_profile, her, view.id)
    (back,) = db.query(companies.list_business_profiles, her)
    assert (back.id, back.is_default, back.version) == (view.id, False, 3)


def test_the_second_save_gets_an_edit_conflict(db: Database, her: Actor) -> None:
    add(db, her, "r1")
    (view,) = db.query(companies.list_business_profiles, her)
    save = partial(db.call, companies.update_business_profile, her, view.id)
    save(replace(STUDIO, name="Bay Studios"), 1)
    before = snapshot_without_logs(db)
    with pytest.raises(EditConflict) as refused:
        save(replace(STUDIO, is_default=False), 1)
    assert refused.value.changes == [
        Change("name", "Business name", "Bay Studio", "Bay Studios"),
        Change("is_default", "Used unless you choose another", "No", "Yes"),
    ]
    save(replace(STUDIO, name="Bay Studios"), 1)
    assert snapshot_without_logs(db) == before


def test_every_wrong_field_is_named(db: Database, her: Actor) -> None:
    before = snapshot_without_logs(db)
    form = BusinessProfileForm(
        billing_email="x", contacts=(CompanyContactForm(email="tom@example.com"),)
    )
    with pytest.raises(InvalidInput) as refused:
        db.call(companies.add_business_profile, her, form, "r1")
    assert sorted(refused.value.fields) == [
        "billing_email",
        "contacts.0",
        "country",
        "name",
        "street",
        "town",
    ]
    assert snapshot_without_logs(db) == before


def test_profiles_of_others_are_not_found(db: Database, her: Actor, him: Actor) -> None:
    add(db, her, "r1")
    (view,) = db.query(companies.list_business_profiles, her)
    before = snapshot_without_logs(db)
    answers = set()
    for profile_id in (view.id, "missing"):
        for attempt in (
            partial(
                db.call, companies.update_business_profile, him, profile_id, STUDIO, 1
            ),
            partial(db.call, companies.remove_business_profile, him, profile_id),
            partial(db.call, companies.restore_business_profile, him, profile_id),
            partial(db.query, companies.booking_snapshot, him, profile_id),
        ):
            with pytest.raises(NotFound) as refused:
                attempt()
            answers.add(refused.value.message)
    assert len(answers) == 1
    assert snapshot_without_logs(db) == before


def test_a_business_profile_has_at_most_ten_contacts(db: Database, her: Actor) -> None:
    people = [CompanyContactForm(name=f"Person {number}") for number in range(11)]
    before = snapshot_without_logs(db)
    with pytest.raises(InvalidInput) as refused:
        add(db, her, "r1", contacts=tuple(people))
    assert refused.value.fields == {"contacts.10": "At most 10 contacts fit."}
    assert snapshot_without_logs(db) == before
    add(db, her, "r1", contacts=tuple(people[:10]))
    (view,) = db.query(companies.list_business_profiles, her)
    assert [c.name for c in view.contacts] == [f"Person {n}" for n in range(10)]


def test_the_number_of_profiles_is_limited(db: Database, her: Actor) -> None:
    for number in range(MAX_PROFILES):
        add(db, her, f"r{number}")
    first = db.query(companies.list_business_profiles, her)[0]
    db.call(companies.remove_business_profile, her, first.id)
    add(db, her, "more")
    before = snapshot_without_logs(db)
    for attempt in (
        partial(add, db, her, "onemore"),
        partial(db.call, companies.restore_business_profile, her, first.id),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.message == (
            "You have as many profiles as fit. Please remove one first."
        )
    assert snapshot_without_logs(db) == before
