from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import contact_points, locations, profiles
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.profiles import ProfileForm
from portal_app.domain.customers.rules import EmailEntry, PhoneEntry
from portal_app.domain.customers.views import AddressView, EmailView, PhoneView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotFound, TooManyAttempts
from tests.support.accounts import (
    outbox_messages,
    run_concurrently,
    snapshot_without_logs,
)

pytestmark = pytest.mark.each_database

LOGIN = EmailEntry("maya@example.com", primary=True)
FORM = ProfileForm(
    first_name="Maya",
    last_name="Chen",
    emails=(LOGIN,),
    phones=(PhoneEntry("0412 345 678", "AU", primary=True),),
)
BONDI = AddressForm(
    street="12 Bay Street",
    town="Bondi",
    state="NSW",
    postcode="2026",
    country="AU",
    latitude="-33.8915",
    longitude="151.2767",
)


def secrets_sent(db: Database) -> dict[str, str]:
    return {
        message.recipient: message.payload["path"].partition("token=")[2]
        for message in outbox_messages(db)
        if message.kind == "verify_contact"
    }


def ask(db: Database, **settings: Any) -> None:
    def switch(tx: Session) -> None:
        business = businesses.current_business(tx)
        for name, value in settings.items():
            setattr(business, name, value)

    db.call(switch)


def test_a_new_customer_has_what_was_signed_up_with(db: Database, her: Actor) -> None:
    view = db.query(profiles.get_profile, her)
    assert (view.first_name, view.last_name, view.email, view.phone, view.version) == (
        "Maya",
        "Chen",
        "maya@example.com",
        "0412 345 678",
        1,
    )
    assert view.emails == [EmailView("", "maya@example.com", True, True, fixed=True)]
    assert view.phones == [PhoneView("0412 345 678", "AU", "0412 345 678", True)]
    assert view.billing == AddressView(country="AU")


def test_all_profile_fields_are_stored(db: Database, her: Actor) -> None:
    ask(db, asks_birthday=True, asks_language=True)
    form = replace(
        FORM,
        kind="business",
        company=" Bay  Studio ",
        last_name="Wu",
        other_names=("Mei", "", "Mei"),
        emails=(LOGIN, EmailEntry("Maya@Work.example.com")),
        phones=(
            PhoneEntry("0412345678", "AU"),
            PhoneEntry("(415) 555-2671", "US"),
            PhoneEntry("020 7946 0958", "GB", primary=True),
        ),
        birthday="1990-03-21",
        language="zh",
        billing=BONDI,
        booking_at_billing=True,
    )
    profiles.save_profile(db, her, form, 1)
    view = db.query(profiles.get_profile, her)
    assert (view.kind, view.company, view.other_names) == (
        "business",
        "Bay Studio",
        ["Mei"],
    )
    assert [(p.country, p.number, p.text, p.primary) for p in view.phones] == [
        ("AU", "0412 345 678", "0412 345 678", False),
        ("US", "(415) 555-2671", "+1 415-555-2671", False),
        ("GB", "020 7946 0958", "+44 20 7946 0958", True),
    ]
    assert view.phone == "+44 20 7946 0958"
    assert [(e.email, e.primary, e.verified, e.fixed) for e in view.emails] == [
        ("maya@example.com", True, True, True),
        ("maya@work.example.com", False, False, False),
    ]
    assert (view.birthday_text, view.language_name) == (
        "Wednesday, 21 March 1990",
        "Chinese",
    )
    assert view.billing.lines == ["12 Bay Street", "Bondi NSW 2026"]
    assert (view.billing.latitude, view.billing.longitude) == (
        "-33.891500",
        "151.276700",
    )
    assert view.version == 2
    (place,) = db.query(locations.list_locations, her)
    assert (place.lines, place.is_default) == (view.billing.lines, True)


def test_a_billing_address_of_its_own_saves_no_place(db: Database, her: Actor) -> None:
    form = replace(FORM, billing=BONDI)
    profiles.save_profile(db, her, form, 1)
    assert db.query(locations.list_locations, her) == []
    profiles.save_profile(db, her, FORM, 2)
    assert db.query(profiles.get_profile, her).billing.lines == []


def test_a_new_email_is_used_once_verified(db: Database, her: Actor) -> None:
    wanted = (replace(LOGIN, primary=False), EmailEntry("new@example.com", True))
    profiles.save_profile(db, her, replace(FORM, emails=wanted), 1)
    assert db.query(profiles.get_profile, her).email == "maya@example.com"
    secret = secrets_sent(db)["new@example.com"]
    assert db.call(contact_points.verify_contact_email, secret) == "new@example.com"
    view = db.query(profiles.get_profile, her)
    assert (view.email, view.version) == ("new@example.com", 3)
    after = snapshot_without_logs(db)
    assert db.call(contact_points.verify_contact_email, secret) == "new@example.com"
    assert snapshot_without_logs(db) == after


@pytest.mark.parametrize("secret", ["", "nonsense"])
def test_an_invalid_link_verifies_nothing(
    db: Database, her: Actor, secret: str
) -> None:
    emails = (LOGIN, EmailEntry("new@example.com"))
    profiles.save_profile(db, her, replace(FORM, emails=emails), 1)
    before = snapshot_without_logs(db)
    with pytest.raises(LinkInvalid):
        db.call(contact_points.verify_contact_email, secret)
    with (
        frozen(utc_now() + contact_points.VERIFICATION_LINK_LIFETIME),
        pytest.raises(LinkInvalid),
    ):
        db.call(
            contact_points.verify_contact_email, secrets_sent(db)["new@example.com"]
        )
    assert snapshot_without_logs(db) == before


def test_a_fresh_link_ends_the_older_one(db: Database, her: Actor, him: Actor) -> None:
    emails = (LOGIN, EmailEntry("new@example.com"))
    profiles.save_profile(db, her, replace(FORM, emails=emails), 1)
    old = secrets_sent(db)["new@example.com"]
    waiting = db.query(profiles.get_profile, her).emails[1].id
    for somebody, email_id in ((him, waiting), (her, "missing")):
        with pytest.raises(NotFound):
            contact_points.resend_verification(db, somebody, email_id)
    assert contact_points.resend_verification(db, her, waiting) == "new@example.com"
    with pytest.raises(LinkInvalid):
        db.call(contact_points.verify_contact_email, old)
    assert db.call(
        contact_points.verify_contact_email, secrets_sent(db)["new@example.com"]
    )


def test_verification_mails_are_limited(db: Database, her: Actor) -> None:
    emails = (LOGIN, EmailEntry("new@example.com"))
    profiles.save_profile(db, her, replace(FORM, emails=emails), 1)
    waiting = db.query(profiles.get_profile, her).emails[1].id
    for _ in range(4):
        contact_points.resend_verification(db, her, waiting)
    before = snapshot_without_logs(db)
    with pytest.raises(TooManyAttempts):
        contact_points.resend_verification(db, her, waiting)
    assert snapshot_without_logs(db) == before


def test_every_wrong_field_is_named_and_nothing_is_stored(
    db: Database, her: Actor
) -> None:
    before = snapshot_without_logs(db)
    form = ProfileForm(
        kind="business",
        first_name="",
        last_name="Chen",
        other_names=("<b>",),
        emails=(LOGIN, EmailEntry("x"), EmailEntry("MAYA@example.com")),
        phones=(PhoneEntry("12", "AU"), PhoneEntry("(415) 555-2671", "US")),
        birthday="2999-01-01",
        language="xx",
        billing=replace(BONDI, postcode="9"),
    )
    with pytest.raises(InvalidInput) as refused:
        profiles.save_profile(db, her, form, 1)
    assert refused.value.fields == {
        "first_name": "Please enter your first name.",
        "other_names.0": "Please use only letters in a name.",
        "emails.1": "Please enter an email address such as maya@example.com.",
        "emails.2": "This email is here twice.",
        "phones.0": "Please enter a phone number such as 0412 345 678.",
        "company": "Please enter the name of the business.",
        "birthday": "Please enter a date that is not in the future.",
        "language": "Please choose a language from the list.",
        "postcode": "Please enter a postcode such as 2060.",
    }
    assert snapshot_without_logs(db) == before


def test_the_email_to_log_in_with_stays(db: Database, her: Actor) -> None:
    before = snapshot_without_logs(db)
    form = replace(FORM, emails=(EmailEntry("new@example.com"),))
    with pytest.raises(InvalidInput) as refused:
        profiles.save_profile(db, her, form, 1)
    assert list(refused.value.fields) == ["emails.0"]
    assert snapshot_without_logs(db) == before


def test_the_second_save_gets_an_edit_conflict(db: Database, her: Actor) -> None:
    profiles.save_profile(db, her, replace(FORM, last_name="Wu"), 1)
    before = snapshot_without_logs(db)
    with pytest.raises(EditConflict) as refused:
        profiles.save_profile(db, her, replace(FORM, first_name="May"), 1)
    assert (refused.value.changes, refused.value.version) == (
        [
            Change("first_name", "First name", "May", "Maya"),
            Change("last_name", "Last name", "Chen", "Wu"),
        ],
        2,
    )
    profiles.save_profile(db, her, replace(FORM, last_name="Wu"), 1)  # came twice
    assert snapshot_without_logs(db) == before


def test_one_of_two_concurrent_saves_gets_an_edit_conflict(
    db: Database, her: Actor
) -> None:
    save = partial(profiles.save_profile, db, her, version=1)
    answers = run_concurrently(
        *[partial(save, replace(FORM, last_name=name)) for name in ("Wu", "Li", "Ng")]
    )
    assert sorted(type(answer).__name__ for answer in answers) == [
        "EditConflict",
        "EditConflict",
        "NoneType",
    ]
    assert db.query(profiles.get_profile, her).version == 2


def test_fields_not_asked_for_are_unchanged(db: Database, her: Actor) -> None:
    ask(db, asks_birthday=True)
    profiles.save_profile(db, her, replace(FORM, birthday="1990-03-21"), 1)
    ask(db, asks_birthday=False)
    profiles.save_profile(db, her, FORM, 2)
    assert db.query(profiles.get_profile, her).birthday == "1990-03-21"
