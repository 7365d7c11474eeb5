"""The download of one's own data: all of it, and nobody else's."""

import io
import json
import zipfile
from dataclasses import replace

from portal_app.api.account_export import archive_pieces, export_data
from portal_app.domain.bookings import confirmation
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.customers import contacts, locations, profiles
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.rules import ContactForm, PhoneEntry
from portal_app.domain.files import uploads
from portal_app.domain.files.protocols import Storage
from portal_app.domain.files.uploads import Upload
from portal_app.integrations.images import PillowImages
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support import sample_business
from tests.support.accounts import set_up_business
from tests.support.dependents import add_pet, define_dependent_types, define_walk_fields
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.pictures import rotated_photo
from tests.support.uploads import upload_file

HOME = AddressForm(
    street="12 Bay Street", town="Bondi", state="NSW", postcode="2026", country="AU"
)


def opened_archive(db: Database, storage: Storage, who: Actor) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archive_pieces(db, storage, who))))


def test_the_download_has_ones_own_data_and_files(db: Database, tmp_path) -> None:
    set_up_business(db)
    ada = actor_of(db, session_cookie(db, new_customer(db, "Ada")))
    eve = actor_of(db, session_cookie(db, new_customer(db, "Eve")))
    storage = FsspecStorage(str(tmp_path / "files"))
    tom = ContactForm(
        role="partner", first_name="Tom", phones=(PhoneEntry("0412 345 678"),)
    )
    contacts.add_contact(db, ada, tom, "r1")
    contacts.add_contact(db, eve, replace(tom, first_name="Mallory"), "r1")
    db.call(locations.save_location, ada, replace(HOME, label="Home"))
    picture = rotated_photo()
    upload = Upload("picture", "me.jpg", io.BytesIO(picture), len(picture))
    view = uploads.accept_upload(db, storage, PillowImages(), ada, upload)
    db.call(profiles.set_picture, ada, view.id)

    with opened_archive(db, storage, ada) as archive:
        names = archive.namelist()
        data = json.loads(archive.read("data.json"))
        assert archive.testzip() is None
    assert names[0] == "data.json"
    assert [name.startswith(f"files/{view.id}-") for name in names[1:]] == [True]
    assert data["profile"]["first_name"] == "Ada"
    assert [contact["name"] for contact in data["contacts"]] == ["Tom"]
    assert [place["label"] for place in data["locations"]] == ["Home"]
    assert "Mallory" not in json.dumps(data)
    assert [one["name"] for one in db.query(export_data, eve)["contacts"]] == [
        "Mallory"
    ]


def test_bookings_include_dependents_and_answers(db: Database, tmp_path) -> None:
    storage = FsspecStorage(str(tmp_path / "files"))
    with frozen(sample_business.NOW):
        opened = db.call(sample_business.create_sample_business)
        db.call(define_dependent_types)
        db.call(define_walk_fields, opened.walk)
        maya = db.call(sample_business.new_customer)
        photo = upload_file(db, maya, "field", shelf=storage)
        answers = {"meeting_point": "door", "photo": photo.id}
        form = DetailsForm((add_pet(db, maya),), answers)
        draft = sample_business.ready_walk_draft(db, maya, form)
        confirmation.confirm(db, maya, draft.id, draft.shown)
        with opened_archive(db, storage, maya) as archive:
            names = archive.namelist()
            data = json.loads(archive.read("data.json"))
    [booking] = data["bookings"]
    assert [one["name"] for one in booking["for_whom"]] == ["Rex"]
    told = {one["name"]: one["text"] or one["file"]["id"] for one in booking["fields"]}
    assert told["Where do we meet?"] == "At the door"
    assert told["Photo of the harness"] == photo.id
    assert "Warning" not in told
    assert names[1:] == [f"files/{photo.id}-field.pdf"]
