"""A save changes what the person changed, nothing else.

Each form is filled from what is stored, as the browser does, and sent back with one
field changed.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal_app.domain.customers import (
    business_profiles as companies,
)
from portal_app.domain.customers import (
    contacts,
    locations,
    profiles,
)
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import (
    BusinessProfileForm,
    CompanyContactForm,
)
from portal_app.domain.customers.profiles import ProfileForm
from portal_app.domain.customers.rules import ContactForm, EmailEntry, PhoneEntry
from portal_app.domain.customers.views import AddressView, LocationView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from tests.domain.customers.test_business_profiles import STUDIO
from tests.domain.customers.test_contacts import TOM
from tests.domain.customers.test_profiles import BONDI, FORM, ask
from tests.support.accounts import outbox_messages, snapshot_without_logs
from tests.support.snapshots import changed_columns

MANLY = AddressForm(
    street="3 The Corso", town="Manly", state="NSW", postcode="2095", country="AU"
)


def changed(db: Database, save: Callable[[], object]) -> set[str]:
    before, mails = snapshot_without_logs(db), len(outbox_messages(db))
    save()
    assert len(outbox_messages(db)) == mails
    return changed_columns(before, snapshot_without_logs(db))


def address_form(view: AddressView | LocationView) -> AddressForm:
    return AddressForm(
        street=view.street,
        unit=view.unit,
        town=view.town,
        state=view.state,
        postcode=view.postcode,
        country=view.country,
        latitude=view.latitude,
        longitude=view.longitude,
    )


def profile_form(db: Database, actor: Actor) -> tuple[ProfileForm, int]:
    view = db.query(profiles.get_profile, actor)
    return (
        ProfileForm(
            kind=view.kind,
            company=view.company,
            first_name=view.first_name,
            last_name=view.last_name,
            other_names=tuple(view.other_names),
            emails=tuple(EmailEntry(it.email, it.primary) for it in view.emails),
            phones=tuple(
                PhoneEntry(it.number, it.country, it.primary) for it in view.phones
            ),
            birthday=view.birthday,
            language=view.language,
            billing=address_form(view.billing),
            booking_at_billing=view.booking_at_billing,
        ),
        view.version,
    )


def save_profile(db: Database, actor: Actor, **changes: object) -> None:
    form, version = profile_form(db, actor)
    profiles.save_profile(db, actor, replace(form, **changes), version)  # type: ignore[arg-type]


@pytest.fixture
def whole(db: Database, her: Actor) -> Actor:
    """Maya, with everything a profile holds; bookings are at the billing address."""
    ask(db, asks_birthday=True, asks_language=True)
    form = replace(
        FORM,
        kind="business",
        company="Bay Studio",
        other_names=("Mei",),
        emails=(*FORM.emails, EmailEntry("maya@work.example.com")),
        phones=(*FORM.phones, PhoneEntry("(415) 555-2671", "US")),
        birthday="1990-03-21",
        language="zh",
        billing=replace(BONDI, unit="4"),
        booking_at_billing=True,
    )
    profiles.save_profile(db, her, form, 1)
    return her


@pytest.mark.parametrize(
    ("name", "value", "column"),
    [
        ("last_name", "Wu", "customer.last_name"),
        ("first_name", "Mei", "customer.first_name"),
        ("company", "Bay & Co", "customer_details.company"),
        ("birthday", "1990-03-22", "customer_details.birthday"),
        ("language", "de", "customer_details.language"),
        ("other_names", ("Mei", "M"), "contact.other_names"),
        ("booking_at_billing", False, "customer_details.booking_at_billing"),
    ],
)
def test_a_field_of_the_profile(
    db: Database, whole: Actor, name: str, value: object, column: str
) -> None:
    def save() -> None:
        save_profile(db, whole, **{name: value})

    assert changed(db, save) == {column, "customer.version"}


@pytest.mark.parametrize("address", [MANLY, replace(MANLY, street="9 Pittwater Road")])
def test_a_place_chosen_as_default_stays_it(
    db: Database, whole: Actor, address: AddressForm
) -> None:
    db.call(locations.save_location, whole, replace(address, is_default=True))
    assert changed(db, lambda: save_profile(db, whole, last_name="Wu")) == {
        "customer.last_name",
        "customer.version",
    }
    assert [place.lines[0] for place in db.query(locations.list_locations, whole)] == [
        address.street,
        "Unit 4, 12 Bay Street",
    ]


@pytest.mark.parametrize("others", [(), (MANLY,)])
def test_a_deleted_place_stays_deleted(
    db: Database, whole: Actor, others: tuple[AddressForm, ...]
) -> None:
    (billing,) = db.query(locations.list_locations, whole)
    for address in others:
        db.call(locations.save_location, whole, address)
    db.call(locations.remove_location, whole, billing.id)
    assert db.query(profiles.get_profile, whole).booking_at_billing is False
    save_profile(db, whole, last_name="Wu")
    save_profile(db, whole, first_name="Mei")
    left = [place.lines[0] for place in db.query(locations.list_locations, whole)]
    assert left == [address.street for address in others]


def test_a_place_taken_back_is_the_booking_address_again(
    db: Database, whole: Actor
) -> None:
    (billing,) = db.query(locations.list_locations, whole)
    db.call(locations.remove_location, whole, billing.id)
    db.call(locations.restore_location, whole, billing.id)
    assert db.query(profiles.get_profile, whole).booking_at_billing is True


def test_setting_the_tick_makes_the_billing_address_the_default(
    db: Database, her: Actor
) -> None:
    db.call(locations.save_location, her, MANLY)
    save_profile(db, her, billing=BONDI)
    assert [it.street for it in db.query(locations.list_locations, her)] == [
        "3 The Corso"
    ]
    save_profile(db, her, booking_at_billing=True)
    assert [
        (it.street, it.is_default) for it in db.query(locations.list_locations, her)
    ] == [("12 Bay Street", True), ("3 The Corso", False)]


@pytest.mark.parametrize("manly_first", [True, False])
def test_a_billing_address_that_moves_takes_its_bookings_along(
    db: Database, whole: Actor, manly_first: bool
) -> None:
    db.call(locations.save_location, whole, replace(MANLY, is_default=manly_first))
    save_profile(db, whole, billing=replace(BONDI, street="7 Hall Street"))
    places = db.query(locations.list_locations, whole)
    assert {it.street for it in places} == {
        "3 The Corso",
        "12 Bay Street",
        "7 Hall Street",
    }
    # Another default that was chosen stays it.
    assert places[0].street == ("3 The Corso" if manly_first else "7 Hall Street")
    assert db.query(profiles.get_profile, whole).booking_at_billing is True


def test_no_address_is_no_booking_address(db: Database, her: Actor) -> None:
    assert db.query(profiles.get_profile, her).booking_at_billing is False
    save_profile(db, her, booking_at_billing=True, last_name="Wu")
    assert db.query(locations.list_locations, her) == []
    save_profile(db, her, billing=BONDI)
    assert db.query(locations.list_locations, her) == []


@pytest.mark.parametrize(
    ("name", "value"), [("role", "assistant"), ("last_name", ""), ("may", ())]
)
def test_a_field_of_a_contact(
    db: Database, her: Actor, name: str, value: object
) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    contacts.add_contact(db, her, replace(TOM, first_name="Tim"), "r2")
    view = db.query(contacts.list_contacts, her)[0]
    form = ContactForm(
        role=view.role,
        first_name=view.first_name,
        last_name=view.last_name,
        other_names=tuple(view.other_names),
        emails=tuple(EmailEntry(it.email, it.primary) for it in view.emails),
        phones=tuple(
            PhoneEntry(it.number, it.country, it.primary) for it in view.phones
        ),
        told_about=tuple(view.told_about),
        may=tuple(view.may),
    )
    wanted = replace(form, **{name: value})  # type: ignore[arg-type]

    def save() -> None:
        contacts.update_contact(db, her, view.id, wanted, view.version)

    assert changed(db, save) == {f"contact.{name}", "contact.version"}


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize(
    ("name", "value"), [("tax_number", "12"), ("billing_email", "new@bay.example.com")]
)
def test_a_field_of_a_business_profile(
    db: Database, her: Actor, default: bool, name: str, value: str
) -> None:
    for request, is_default in (("r1", default), ("r2", not default)):
        form = replace(STUDIO, is_default=is_default)
        db.call(companies.add_business_profile, her, form, request)
    view = next(
        it
        for it in db.query(companies.list_business_profiles, her)
        if it.is_default == default
    )
    form = BusinessProfileForm(
        name=view.name,
        tax_number=view.tax_number,
        billing_email=view.billing_email,
        address=address_form(view.address),
        contacts=tuple(
            CompanyContactForm(name=it.name, email=it.email, phone=it.phone)
            for it in view.contacts
        ),
        is_default=view.is_default,
    )
    wanted = replace(form, **{name: value})  # type: ignore[arg-type]

    def save() -> None:
        db.call(companies.update_business_profile, her, view.id, wanted, view.version)

    assert changed(db, save) == {f"business_profile.{name}", "business_profile.version"}


@pytest.mark.parametrize("street", ["12 Bay Street", "3 The Corso"])
@pytest.mark.parametrize(
    ("name", "value"), [("label", "Home"), ("access_notes", "Ring twice.")]
)
def test_a_field_of_a_place(
    db: Database, her: Actor, street: str, name: str, value: str
) -> None:
    for address in (BONDI, MANLY):
        db.call(locations.save_location, her, address)
    view = next(
        it for it in db.query(locations.list_locations, her) if it.street == street
    )
    form = replace(
        address_form(view),
        label=view.label,
        access_notes=view.access_notes,
        is_default=view.is_default,
    )
    wanted = replace(form, **{name: value})  # type: ignore[arg-type]

    def save() -> None:
        db.call(locations.update_location, her, view.id, wanted, view.version)

    assert changed(db, save) == {f"location.{name}", "location.version"}
