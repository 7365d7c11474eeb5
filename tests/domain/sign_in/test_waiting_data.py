"""What waits for the owner of a mailbox goes to whoever proves it by a mail."""

from dataclasses import replace

import pytest
from sqlmodel import select

from portal_app.domain.accounts import credentials, email_verification
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import PasswordNeeded, ProviderProfile
from portal_app.domain.customers import locations, profiles
from portal_app.domain.customers.addresses import Address, place_key
from portal_app.domain.customers.models import (
    BillingAddress,
    Customer,
    CustomerDetails,
    Location,
)
from portal_app.domain.sign_in import email_change, sign_up, social_sign_in
from portal_app.domain.sign_in.pending_identities import NeedsEmail
from portal_app.domain.sign_in.sign_up import delete_unverified_accounts
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ids import hash_secret
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    PASSWORD,
    STRANGER,
    HashingCalls,
    newest_link,
    newest_token,
    redeem_ticket,
    sent_messages,
    set_up_business,
    sign_in_customer,
    snapshot_without_logs,
)

pytestmark = pytest.mark.each_database

HOME = Address(
    street="12 Beach Rd",
    unit="",
    town="Bondi",
    state="NSW",
    postcode="2026",
    country="AU",
)


@pytest.fixture(autouse=True)
def _waiting(db: Database, hashing: HashingCalls) -> None:
    """The office knows Maya: her phone, her company and where she lives."""
    set_up_business(db)
    with db.write() as tx:
        maya = Customer(
            first_name="Maya",
            last_name="Chen",
            email=FORM.email,
            phone="+61412345678",
        )
        tx.add(maya)
        tx.flush()
        tx.add(CustomerDetails(customer_id=maya.id, kind="business", company="Chen Co"))
        for table in (BillingAddress, Location):
            more = {"place_key": place_key(HOME), "is_default": True}
            row = table(
                customer_id=maya.id,
                street="",
                town="",
                postcode="",
                country="",
                **(more if table is Location else {}),
            )
            row.address = HOME
            tx.add(row)


def everything(db: Database) -> tuple[list[str], list[str]]:
    """The names of the customers that have an account, and of those without."""
    with db.read() as tx:
        rows = list(tx.exec(select(Customer).order_by(Customer.first_name)))
    owned = [row.first_name for row in rows if row.account_id]
    return owned, [row.first_name for row in rows if not row.account_id]


def assert_hers(db: Database, password: str, first_name: str = "Maya") -> None:
    """One customer is left, with what the office knew."""
    actor = sign_in_customer(db, password=password)
    profile = db.query(profiles.get_profile, actor)
    assert (profile.first_name, profile.company) == (first_name, "Chen Co")
    assert profile.phone == "0412 345 678"
    assert profile.billing.lines == ["12 Beach Rd", "Bondi NSW 2026"]
    [place] = db.query(locations.list_locations, actor)
    assert (place.street, place.is_default) == ("12 Beach Rd", True)
    assert everything(db) == ([first_name], [])


def test_whoever_signs_up_and_reads_the_mail_chooses_the_password(
    db: Database,
) -> None:
    sign_up.sign_up(db, STRANGER, replace(FORM, first_name="May", phone=""))
    assert sent_messages(db) == [("verify_email", FORM.email)]
    assert everything(db) == (["May"], ["Maya"])
    token = newest_token(db)
    before = snapshot_without_logs(db)
    with pytest.raises(PasswordNeeded):
        db.call(email_verification.verify_email, STRANGER, token)
    assert snapshot_without_logs(db) == before
    email_verification.activate_with_password(db, STRANGER, token, OTHER_PASSWORD)
    assert_hers(db, OTHER_PASSWORD, "May")


def test_a_stranger_who_signed_up_first_gets_nothing(db: Database) -> None:
    """Maya opens the mail of a sign-up that was not hers."""
    sign_up.sign_up(db, STRANGER, replace(FORM, first_name="Eve"))
    email_verification.activate_with_password(
        db, STRANGER, newest_token(db), OTHER_PASSWORD
    )
    with pytest.raises(InvalidInput):
        accounts.sign_in(db, STRANGER, FORM.email, PASSWORD, False)
    assert_hers(db, OTHER_PASSWORD, "Eve")


def test_a_forgotten_password_leads_to_an_account_that_never_was(db: Database) -> None:
    credentials.request_reset(db, STRANGER, FORM.email)
    assert sent_messages(db) == [("reset_password", FORM.email)]
    assert everything(db) == ([], ["Maya"])
    link = newest_link(db, "reset_password")
    credentials.reset_password(db, STRANGER, link, OTHER_PASSWORD)
    assert_hers(db, OTHER_PASSWORD)


def test_asking_again_and_never_opening_the_mail_changes_nothing(db: Database) -> None:
    for _ in range(2):
        credentials.request_reset(db, STRANGER, FORM.email)
    with db.read() as tx:
        account = tx.exec(select(Account)).one()
    assert (account.verified_at, account.password_hash) == (None, None)
    with pytest.raises(InvalidInput):
        accounts.sign_in(db, STRANGER, FORM.email, PASSWORD, False)
    assert delete_unverified_accounts(db) == 0
    assert everything(db) == ([], ["Maya"])


def test_nobody_else_s_email_gets_a_mail(db: Database) -> None:
    before = snapshot_without_logs(db)
    credentials.request_reset(db, STRANGER, "noah@example.com")
    assert snapshot_without_logs(db) == before
    assert sent_messages(db) == []


def test_a_provider_s_word_is_not_enough(db: Database) -> None:
    maya = ProviderProfile("google", "google-maya", FORM.email, True, "Maya", "Chen")
    asked = social_sign_in.sign_in_by_provider(db, STRANGER, maya)
    assert isinstance(asked, NeedsEmail)
    assert everything(db) == ([], ["Maya"])
    offer = hash_secret(asked.offer)
    social_sign_in.send_proof(db, STRANGER, offer, FORM.email)
    ticket = social_sign_in.prove_by_mail(
        db, STRANGER, offer, newest_link(db, "confirm_provider")
    )
    actor = redeem_ticket(db, ticket)
    assert db.query(profiles.get_profile, actor).company == "Chen Co"
    assert everything(db) == (["Maya"], [])


def test_another_account_s_change_of_email_takes_nothing_along(db: Database) -> None:
    """Eve asks for Maya's email, and Maya presses the button of the mail."""
    eve_form = replace(FORM, first_name="Eve", email="eve@example.com")
    sign_up.create_active_customer(db, eve_form)
    eve = sign_in_customer(db, "eve@example.com")
    email_change.change_email(db, eve, FORM.email, PASSWORD)
    email_change.confirm_email(db, STRANGER, newest_link(db, "change_email"))
    assert everything(db) == (["Eve"], ["Maya"])
    assert db.query(profiles.get_profile, eve).company == ""
    # A new password, by the mail, ends what Eve has of it.
    credentials.request_reset(db, STRANGER, FORM.email)
    link = newest_link(db, "reset_password")
    credentials.reset_password(db, STRANGER, link, OTHER_PASSWORD)
    assert_hers(db, OTHER_PASSWORD, "Eve")


def test_who_is_signed_in_and_reads_the_mail_takes_it_along(db: Database) -> None:
    sign_up.create_active_customer(db, replace(FORM, email="old@example.com"))
    maya = sign_in_customer(db, "old@example.com")
    email_change.change_email(db, maya, FORM.email, PASSWORD)
    email_change.confirm_email(db, maya, newest_link(db, "change_email"))
    assert_hers(db, PASSWORD)


def test_what_the_owner_has_already_stays(db: Database) -> None:
    sign_up.create_active_customer(db, replace(FORM, email="old@example.com"))
    maya = sign_in_customer(db, "old@example.com")
    form = profiles.AddressForm(
        street="1 Hill St", town="Bondi", state="NSW", postcode="2026", country="AU"
    )
    db.call(locations.save_location, maya, form)
    same = profiles.AddressForm(
        street="12 beach rd", town="Bondi", state="NSW", postcode="2026", country="AU"
    )
    db.call(locations.save_location, maya, same)
    email_change.change_email(db, maya, FORM.email, PASSWORD)
    email_change.confirm_email(db, maya, newest_link(db, "change_email"))
    places = db.query(locations.list_locations, maya)
    assert [(one.street, one.is_default) for one in places] == [
        ("1 Hill St", True),
        ("12 beach rd", False),
    ]


def test_an_account_of_the_staff_takes_nothing(db: Database) -> None:
    accounts.create_account(db, FORM.email, "office", PASSWORD)
    credentials.request_reset(db, STRANGER, FORM.email)
    link = newest_link(db, "reset_password")
    credentials.reset_password(db, STRANGER, link, OTHER_PASSWORD)
    assert everything(db) == ([], ["Maya"])
