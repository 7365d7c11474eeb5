"""Booking for a business profile: chosen in the wizard, kept as it was."""

from dataclasses import replace

import pytest

from portal_app.domain.bookings import confirmation, drafts, queries
from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import BusinessProfileForm
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from tests.support import sample_business
from tests.support.accounts import outbox_messages, snapshot_without_logs

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
    (view,) = db.query(companies.list_business_profiles, actor)
    return view.id


def test_booking_keeps_a_copy_of_its_business_profile(db: Database) -> None:
    with frozen(sample_business.NOW):
        db.call(sample_business.create_sample_business)
        maya = db.call(sample_business.new_customer)
        company_id = company_of(db, maya)
        draft = sample_business.ready_draft(db, maya)
        assert (draft.company_id, draft.company) == ("", "")
        contact = replace(sample_business.CONTACT, company=company_id)
        draft = db.call(drafts.choose_contact, maya, draft.id, contact)
        assert (draft.company_id, draft.company) == (company_id, "Bay Studio")
        number = confirmation.confirm(db, maya, draft.id, draft.shown)
        changed = replace(STUDIO, name="Hill Studio", tax_number="")
        db.call(companies.update_business_profile, maya, company_id, changed, 1)
        db.call(companies.remove_business_profile, maya, company_id)
        view = db.query(queries.get_booking, maya, number)
        entry = db.query(queries.calendar_entry, maya, number)
    assert (view.company, view.company_tax_number) == ("Bay Studio", "51 824 753 556")
    assert entry.description == f"Booking {number} with Ana, for Bay Studio."
    assert [
        (mail.payload["company"], mail.payload["company_tax_number"])
        for mail in outbox_messages(db)
    ] == [("Bay Studio", "51 824 753 556")] * 2


def test_choosing_personal_removes_the_business_profile(db: Database) -> None:
    with frozen(sample_business.NOW):
        db.call(sample_business.create_sample_business)
        maya = db.call(sample_business.new_customer)
        contact = replace(sample_business.CONTACT, company=company_of(db, maya))
        draft = sample_business.ready_draft(db, maya)
        db.call(drafts.choose_contact, maya, draft.id, contact)
        draft = db.call(drafts.choose_contact, maya, draft.id, sample_business.CONTACT)
        assert draft.company_id == ""
        number = confirmation.confirm(db, maya, draft.id, draft.shown)
        assert db.query(queries.get_booking, maya, number).company == ""


def test_another_customers_business_profile_is_refused_like_a_missing_one(
    db: Database,
) -> None:
    with frozen(sample_business.NOW):
        db.call(sample_business.create_sample_business)
        maya = db.call(sample_business.new_customer)
        eve = db.call(sample_business.new_customer, "eve@example.com")
        of_eve = company_of(db, eve)
        draft = sample_business.ready_draft(db, maya)
        before = snapshot_without_logs(db)
        answers = []
        for company_id in (of_eve, "missing"):
            contact = replace(sample_business.CONTACT, company=company_id)
            with pytest.raises(InvalidInput) as refused:
                db.call(drafts.choose_contact, maya, draft.id, contact)
            answers.append(refused.value.fields)
        assert answers == [{"company": "Please choose a business profile."}] * 2
        assert snapshot_without_logs(db) == before
