"""What the office switches off is gone for customers, and there again afterwards."""

from datetime import timedelta

import pytest

from portal_app.api.account_export import export_data
from portal_app.domain.bookings import booking_details, confirmation, drafts, queries
from portal_app.domain.bookings.rules import (
    BookingContactForm,
    DetailsForm,
    booking_state,
)
from portal_app.domain.bookings.views import BookingDependentView, DetailsFormView
from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.dependents import documents
from portal_app.domain.dependents.reminders import remind_of_expiring_documents
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.domain.files import attachments
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.features import BookingState, Feature
from tests.domain.bookings.test_booking_details import (
    AT_THE_DOOR,
    BookingScene,
    book,
    change,
    guest_of,
    scene,  # noqa: F401 - the fixture
)
from tests.domain.customers.test_business_profiles import STUDIO
from tests.support.accounts import sent_messages
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    draft_before_contact,
    ready_walk_draft,
)
from tests.support.switches import switched_off
from tests.support.uploads import snapshot_without_attempts, upload_file

OFFICE = Actor(Audience.OFFICE, account_id="o" * 26)
CLOSED = "This booking cannot be changed any more."


def test_the_state_of_a_booking_follows_from_status_and_time() -> None:
    ends = TUESDAY_NINE + timedelta(hours=1)

    def state(status: str, after: timedelta = timedelta(0)) -> BookingState:
        return booking_state(status, TUESDAY_NINE, ends, TUESDAY_NINE + after)

    before = timedelta(minutes=-1)
    assert state("pending", before) is BookingState.REQUESTED
    assert state("confirmed", before) is BookingState.CONFIRMED
    assert state("confirmed") is BookingState.IN_PROGRESS
    assert state("confirmed", timedelta(hours=1)) is BookingState.DONE
    assert state("completed", before) is BookingState.DONE
    assert state("cancelled", before) is BookingState.CANCELLED


def test_dependents_are_gone_from_a_booking_and_come_back(
    db: Database,
    scene: BookingScene,  # noqa: F811
) -> None:
    guest = guest_of(db, scene.number)
    view = db.query(queries.get_booking, scene.maya, scene.number)
    assert view.for_whom == [BookingDependentView(scene.rex, "Rex", "paw-print", "")]
    with switched_off(db, Feature.DEPENDENTS):
        for who in (scene.maya, guest):
            gone = db.query(queries.get_booking, who, scene.number)
            assert gone.for_whom == []
            assert "For Rex." not in [event.text for event in gone.history]
        asked = db.query(booking_details.details_form, scene.maya, scene.number)
        assert (asked.types, asked.dependents) == ([], [])
        assert asked.editable
        before = snapshot_without_attempts(db)
        with pytest.raises(Conflict) as refused:
            change(db, scene, scene.tom)
        assert refused.value.message == CLOSED
        assert snapshot_without_attempts(db) == before
        # What is not shown is not taken away by a form that does not have it.
        change(db, scene, meeting_point="door")
    again = db.query(queries.get_booking, scene.maya, scene.number)
    assert again.for_whom == view.for_whom


def test_fields_are_gone_from_a_booking_and_come_back(
    db: Database,
    scene: BookingScene,  # noqa: F811
) -> None:
    view = db.query(queries.get_booking, scene.maya, scene.number)
    assert view.fields
    with switched_off(db, Feature.CUSTOM_FIELDS):
        assert db.query(queries.get_booking, scene.maya, scene.number).fields == []
        asked = db.query(booking_details.details_form, scene.maya, scene.number)
        assert (asked.fields, asked.editable) == ([], True)
        before = snapshot_without_attempts(db)
        with pytest.raises(Conflict):
            change(db, scene, scene.rex, meeting_point="door")
        assert snapshot_without_attempts(db) == before
        # Nothing is asked, so nothing is missing.
        draft = ready_walk_draft(
            db, scene.maya, DetailsForm(), starts_at=TUESDAY_NINE + timedelta(days=1)
        )
        assert confirmation.confirm(db, scene.maya, draft.id, draft.shown)
    again = db.query(queries.get_booking, scene.maya, scene.number)
    assert again.fields == view.fields


def test_what_is_closed_in_one_state_is_only_looked_at(
    db: Database,
    scene: BookingScene,  # noqa: F811
) -> None:
    closed = {
        (Feature.DEPENDENTS, BookingState.CONFIRMED),
        (Feature.CUSTOM_FIELDS, BookingState.CONFIRMED),
    }
    with switched_off(db, closed=closed):
        view = db.query(queries.get_booking, scene.maya, scene.number)
        assert [one.name for one in view.for_whom] == ["Rex"]
        assert [one.text for one in view.fields] == ["At the door"]
        form = db.query(booking_details.details_form, scene.maya, scene.number)
        assert form == DetailsFormView()
        before = snapshot_without_attempts(db)
        with pytest.raises(Conflict) as refused:
            change(db, scene, scene.tom)
        assert refused.value.message == CLOSED
        assert snapshot_without_attempts(db) == before
        with frozen(TUESDAY_NINE):  # another state
            change(db, scene, scene.tom)


def test_a_draft_that_has_what_is_off_is_asked_again(
    db: Database,
    scene: BookingScene,  # noqa: F811
) -> None:
    draft = ready_walk_draft(
        db,
        scene.maya,
        DetailsForm((scene.rex,), AT_THE_DOOR),
        starts_at=TUESDAY_NINE + timedelta(days=1),
    )
    with switched_off(db, Feature.DEPENDENTS):
        before, sent = snapshot_without_attempts(db), sent_messages(db)
        with pytest.raises((Conflict, InvalidInput)) as refused:
            confirmation.confirm(db, scene.maya, draft.id, draft.shown)
        assert "Dependents are not offered at the moment." in str(
            refused.value.message
        ) + str(getattr(refused.value, "fields", ""))
        assert (snapshot_without_attempts(db), sent_messages(db)) == (before, sent)
    assert confirmation.confirm(db, scene.maya, draft.id, draft.shown)


def test_business_profiles_are_gone_and_come_back(
    db: Database,
    scene: BookingScene,  # noqa: F811
) -> None:
    db.call(companies.add_business_profile, scene.maya, STUDIO, "r1")
    (studio,) = db.query(companies.list_business_profiles, scene.maya)
    draft = draft_before_contact(
        db, scene.maya, starts_at=TUESDAY_NINE + timedelta(days=1)
    )
    contact = BookingContactForm(
        name="Maya Chen",
        email="maya@example.com",
        company=studio.id,
        details=DetailsForm((), AT_THE_DOOR),
    )
    ready = db.call(drafts.choose_contact, scene.maya, draft, contact)
    number = confirmation.confirm(db, scene.maya, ready.id, ready.shown)
    assert db.query(queries.get_booking, scene.maya, number).company == "Bay Studio"
    other = draft_before_contact(
        db, scene.maya, starts_at=TUESDAY_NINE + timedelta(days=2)
    )
    with switched_off(db, Feature.BUSINESS_PROFILES):
        assert db.query(companies.list_business_profiles, scene.maya) == []
        gone = db.query(queries.get_booking, scene.maya, number)
        assert (gone.company, gone.company_tax_number) == ("", "")
        file = db.query(queries.calendar_entry, scene.maya, number)
        assert "Bay Studio" not in file.description
        before = snapshot_without_attempts(db)
        with pytest.raises(InvalidInput) as refused:
            db.call(drafts.choose_contact, scene.maya, other, contact)
        assert refused.value.fields == {
            "company": "Business profiles are not offered at the moment."
        }
        assert snapshot_without_attempts(db) == before
    assert db.query(queries.get_booking, scene.maya, number).company == "Bay Studio"
    assert db.query(companies.list_business_profiles, scene.maya) == [studio]


def test_files_are_refused_and_come_back(
    db: Database,
    scene: BookingScene,  # noqa: F811
) -> None:
    paper = upload_file(db, scene.maya, "document").id
    form = DocumentForm(file_id=paper, kind="vaccination", expires_on="2027-01-01")
    db.call(documents.add_document, scene.maya, scene.rex, form)
    photo = upload_file(db, scene.maya, "field").id
    change(db, scene, scene.rex, photo=photo)
    for feature, gone, stays in (
        (Feature.DEPENDENTS, paper, photo),
        (Feature.CUSTOM_FIELDS, photo, paper),
    ):
        with switched_off(db, feature):
            with pytest.raises(NotFound):
                db.query(attachments.readable_file, scene.maya, gone)
            db.query(attachments.readable_file, scene.maya, stays)
            db.query(attachments.readable_file, OFFICE, gone)
        db.query(attachments.readable_file, scene.maya, gone)


def test_no_mail_reminds_of_what_is_off(
    db: Database,
    scene: BookingScene,  # noqa: F811
) -> None:
    paper = upload_file(db, scene.maya, "document").id
    ends = (NOW + timedelta(days=30)).date().isoformat()
    form = DocumentForm(file_id=paper, kind="vaccination", expires_on=ends)
    db.call(documents.add_document, scene.maya, scene.rex, form)
    sent = sent_messages(db)
    with switched_off(db, Feature.DEPENDENTS):
        assert remind_of_expiring_documents(db) == 0
        assert sent_messages(db) == sent
    assert remind_of_expiring_documents(db) == 1
    assert sent_messages(db) == [*sent, ("document_ends", "maya@example.com")]


def test_the_download_of_one_s_own_data_has_everything(
    db: Database,
    scene: BookingScene,  # noqa: F811
) -> None:
    db.call(companies.add_business_profile, scene.maya, STUDIO, "r1")
    whole = db.query(export_data, scene.maya)
    with switched_off(db, *_EVERYTHING):
        found = db.query(export_data, scene.maya)
    assert found | {"exported_at": ""} == whole | {"exported_at": ""}


_EVERYTHING = (
    Feature.DEPENDENTS,
    Feature.CUSTOM_FIELDS,
    Feature.BUSINESS_PROFILES,
)


def test_a_booking_made_meanwhile_names_nobody(
    db: Database,
    scene: BookingScene,  # noqa: F811
) -> None:
    with switched_off(db, Feature.DEPENDENTS):
        before = snapshot_without_attempts(db)
        with pytest.raises(InvalidInput):
            book(db, scene.maya, scene.rex, days=1)
        assert len(before["booking"]) == len(snapshot_without_attempts(db)["booking"])
