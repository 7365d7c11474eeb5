"""Booking for a business profile: chosen in the wizard, kept as it was."""

from dataclasses import replace

import pytest

from portal_app.domain.bookings import service as bookings
from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import BusinessProfileForm
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from tests.support import shop
from tests.support.accounts import outbox, stored

STUDIO = BusinessProfileForm(
    name="Bay Studio",
    tax_number="51 824 753 556",
    billing_email="accounts@bay.example.com",
    address=AddressForm(
        street="1 Pitt Street",
        town="Sydney",
        state="NSW",
        postcode="2000",
        country="AU",
    ),
)


def company_of(db: Database, actor: Actor) -> str:
    db.call(companies.add_business_profile, actor, STUDIO, "r1")
    (view,) = db.query(companies.business_profiles, actor)
    return view.id


def test_a_booking_keeps_the_company_it_was_made_for(db: Database) -> None:
    with frozen(shop.NOW):
        db.call(shop.open_shop)
        maya = db.call(shop.new_customer)
        company_id = company_of(db, maya)
        draft = shop.ready_draft(db, maya)
        assert (draft.company_id, draft.company) == ("", "")
        contact = replace(shop.CONTACT, company=company_id)
        draft = db.call(bookings.choose_contact, maya, draft.id, contact)
        assert (draft.company_id, draft.company) == (company_id, "Bay Studio")
        number = bookings.confirm(db, maya, draft.id, draft.shown)
        changed = replace(STUDIO, name="Hill Studio", tax_number="")
        db.call(companies.save_business_profile, maya, company_id, changed, 1)
        db.call(companies.remove_business_profile, maya, company_id)
        view = db.query(bookings.booking, maya, number)
        entry = db.query(bookings.calendar_entry, maya, number)
    assert (view.company, view.company_tax_number) == ("Bay Studio", "51 824 753 556")
    assert entry.description == f"Booking {number} with Ana, for Bay Studio."
    assert [
        (mail.payload["company"], mail.payload["company_tax_number"])
        for mail in outbox(db)
    ] == [("Bay Studio", "51 824 753 556")] * 2


def test_personal_again_takes_the_company_away(db: Database) -> None:
    with frozen(shop.NOW):
        db.call(shop.open_shop)
        maya = db.call(shop.new_customer)
        contact = replace(shop.CONTACT, company=company_of(db, maya))
        draft = shop.ready_draft(db, maya)
        db.call(bookings.choose_contact, maya, draft.id, contact)
        draft = db.call(bookings.choose_contact, maya, draft.id, shop.CONTACT)
        assert draft.company_id == ""
        number = bookings.confirm(db, maya, draft.id, draft.shown)
        assert db.query(bookings.booking, maya, number).company == ""


def test_a_company_of_others_is_as_if_it_were_not(db: Database) -> None:
    with frozen(shop.NOW):
        db.call(shop.open_shop)
        maya = db.call(shop.new_customer)
        eve = db.call(shop.new_customer, "eve@example.com")
        of_eve = company_of(db, eve)
        draft = shop.ready_draft(db, maya)
        before = stored(db)
        answers = []
        for company_id in (of_eve, "missing"):
            contact = replace(shop.CONTACT, company=company_id)
            with pytest.raises(InvalidInput) as refused:
                db.call(bookings.choose_contact, maya, draft.id, contact)
            answers.append(refused.value.fields)
        assert answers == [{"company": "Please choose a business profile."}] * 2
        assert stored(db) == before
