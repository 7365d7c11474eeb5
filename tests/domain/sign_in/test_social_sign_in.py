"""Arriving from a provider, and who must not get into whose account by it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from portal_app.domain.accounts import email_verification
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account, Identity
from portal_app.domain.accounts.rules import (
    LinkInvalid,
    MethodDisabled,
    OtherBrowser,
    ProviderProfile,
)
from portal_app.domain.customers import profiles
from portal_app.domain.customers.models import Customer
from portal_app.domain.sign_in import session_lookup, sign_up, social_sign_in
from portal_app.domain.sign_in.models import PendingIdentity
from portal_app.domain.sign_in.pending_identities import NeedsEmail, NeedsProof
from portal_app.domain.sign_in.social_sign_in import SignedInByProvider
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotFound,
    TooManyAttempts,
)
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
    run_concurrently,
    sent_messages,
    set_switches,
    set_up_business,
    snapshot_without_logs,
)

pytestmark = pytest.mark.each_database

MAYA = ProviderProfile("google", "g-1", "Maya@Example.com", True, "Maya", "Chen")
# Facebook without an email.
EVE = ProviderProfile("facebook", "f-evil", None, False, "Eve", "Il")


@pytest.fixture(autouse=True)
def _open(db: Database, hashing: HashingCalls) -> None:
    set_up_business(db)


def arrive(db: Database, profile: ProviderProfile = MAYA) -> object:
    return social_sign_in.sign_in_by_provider(db, STRANGER, profile)


def signed_in_by(db: Database, profile: ProviderProfile = MAYA) -> SignedInByProvider:
    arrival = arrive(db, profile)
    assert isinstance(arrival, SignedInByProvider)
    return arrival


def needs_proof(db: Database, profile: ProviderProfile = MAYA) -> str:
    arrival = arrive(db, profile)
    assert isinstance(arrival, NeedsProof)
    return hash_secret(arrival.offer)


def needs_email(db: Database, profile: ProviderProfile = EVE) -> str:
    arrival = arrive(db, profile)
    assert isinstance(arrival, NeedsEmail)
    return hash_secret(arrival.offer)


def account(db: Database) -> Account:
    with db.read() as tx:
        return tx.exec(select(Account)).one()


def identities(db: Database) -> list[tuple[str, str]]:
    def read(tx: Session) -> list[tuple[str, str]]:
        return [(row.provider, row.subject) for row in tx.exec(select(Identity))]

    return db.query(read)


def test_a_new_person_gets_an_account_and_is_known_from_then_on(db: Database) -> None:
    first = signed_in_by(db)
    actor = redeem_ticket(db, first.ticket)
    viewer = db.query(session_lookup.current_viewer, actor)
    assert (first.new, viewer.name, viewer.email) == (
        True,
        "Maya Chen",
        "maya@example.com",
    )
    # The provider's lasting id counts, not what its email is by now.
    again = signed_in_by(db, replace(MAYA, email="other@example.com"))
    assert again.new is False
    assert redeem_ticket(db, again.ticket).account_id == actor.account_id
    assert (account(db).password_hash, identities(db)) == (None, [("google", "g-1")])
    # Of the second browser, not of what made the account.
    assert sent_messages(db) == [("new_device", "maya@example.com")]


def test_concurrent_sign_ins_create_one_account(db: Database) -> None:
    answers = run_concurrently(*[partial(arrive, db)] * 6)
    assert [type(answer) for answer in answers] == [SignedInByProvider] * 6
    assert account(db).email == "maya@example.com"
    assert identities(db) == [("google", "g-1")]
    with db.read() as tx:
        assert len(tx.exec(select(Customer)).all()) == 1


def test_an_active_account_is_not_entered_without_a_proof(db: Database) -> None:
    sign_up.create_active_customer(db, FORM)
    before = snapshot_without_logs(db)
    offer = needs_proof(db)
    view = db.query(social_sign_in.pending_identity, STRANGER, offer)
    assert (view.step, view.email, view.has_password, view.name) == (
        "proof",
        "maya@example.com",
        True,
        "Google",
    )
    after = snapshot_without_logs(db)
    assert len(after.pop("pending_identity")) == 1
    before.pop("pending_identity")
    assert (after, sent_messages(db), identities(db)) == (before, [], [])


def test_the_password_connects_once(db: Database) -> None:
    sign_up.create_active_customer(db, FORM)
    offer = needs_proof(db)
    prove = partial(social_sign_in.prove_by_password, db, STRANGER, offer, PASSWORD)
    answers = run_concurrently(*[prove] * 4)
    tickets = [answer for answer in answers if isinstance(answer, str)]
    assert len(tickets) == 1
    assert [type(a) for a in answers if a not in tickets] == [LinkInvalid] * 3
    assert redeem_ticket(db, tickets[0]).account_id == account(db).id
    assert identities(db) == [("google", "g-1")]
    assert signed_in_by(db).new is False
    assert accounts.sign_in(db, STRANGER, FORM.email, PASSWORD, False)


def test_a_wrong_password_connects_nothing_and_is_counted(
    db: Database, hashing: HashingCalls
) -> None:
    sign_up.create_active_customer(db, FORM)
    offer = needs_proof(db)
    before = snapshot_without_logs(db)
    for _ in range(10):
        with pytest.raises(InvalidInput) as refused:
            social_sign_in.prove_by_password(db, STRANGER, offer, OTHER_PASSWORD)
        assert list(refused.value.fields) == ["password"]
    hashing.reset()
    # The same ten attempts that the log-in page counts.
    with pytest.raises(TooManyAttempts):
        social_sign_in.prove_by_password(db, STRANGER, offer, PASSWORD)
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(db, STRANGER, FORM.email, PASSWORD, False)
    assert (snapshot_without_logs(db), sent_messages(db), hashing.compared) == (
        before,
        [],
        0,
    )


def test_the_mail_connects_in_the_browser_that_began(db: Database) -> None:
    sign_up.create_active_customer(db, FORM)
    offer = needs_proof(db)
    # What is typed does not lead the mail elsewhere.
    social_sign_in.send_proof(db, STRANGER, offer, "eve@example.com")
    assert sent_messages(db) == [("confirm_provider", "maya@example.com")]
    token = newest_link(db, "confirm_provider")
    before = snapshot_without_logs(db)
    for elsewhere in ("", hash_secret(""), hash_secret("another"), offer[:-1]):
        with pytest.raises(OtherBrowser):
            social_sign_in.prove_by_mail(db, STRANGER, elsewhere, token)
    with pytest.raises(LinkInvalid):
        social_sign_in.prove_by_mail(db, STRANGER, offer, "nonsense")
    assert snapshot_without_logs(db) == before
    ticket = social_sign_in.prove_by_mail(db, STRANGER, offer, token)
    assert redeem_ticket(db, ticket).account_id == account(db).id
    with pytest.raises(LinkInvalid):
        social_sign_in.prove_by_mail(db, STRANGER, offer, token)


def test_neither_the_mail_nor_the_browser_secret_alone_connects(
    db: Database,
) -> None:
    """Eve has no email at Facebook and names Maya's; Maya clicks in her browser."""
    sign_up.create_active_customer(db, FORM)
    offer = needs_email(db)
    social_sign_in.send_proof(db, STRANGER, offer, FORM.email)
    token = newest_link(db, "confirm_provider")
    before = snapshot_without_logs(db)
    with pytest.raises(OtherBrowser):
        social_sign_in.prove_by_mail(db, STRANGER, "", token)
    # Eve has her own browser, and not the mail.
    with pytest.raises(LinkInvalid):
        social_sign_in.prove_by_mail(db, STRANGER, offer, offer)
    with pytest.raises(LinkInvalid):
        social_sign_in.prove_by_password(db, STRANGER, offer, OTHER_PASSWORD)
    assert (snapshot_without_logs(db), identities(db)) == (before, [])


@pytest.mark.parametrize("verified", [False, True])
def test_a_stranger_s_sign_up_does_not_capture_a_sign_in(
    db: Database, verified: bool
) -> None:
    """Eve signs up with Maya's address first, and waits for Maya to come."""
    eve = replace(FORM, first_name="Eve", password=OTHER_PASSWORD)
    sign_up.sign_up(db, STRANGER, eve)
    of_eve = newest_token(db)
    profile = MAYA if verified else replace(MAYA, email_verified=False)
    if verified:
        ticket = signed_in_by(db).ticket
    else:
        offer = needs_email(db, profile)
        social_sign_in.send_proof(db, STRANGER, offer, FORM.email)
        ticket = social_sign_in.prove_by_mail(
            db, STRANGER, offer, newest_link(db, "confirm_provider")
        )
    actor = redeem_ticket(db, ticket)
    assert account(db).password_hash is None
    assert db.query(profiles.get_profile, actor).first_name == "Maya"
    assert db.query(profiles.get_profile, actor).phone == ""
    with pytest.raises(InvalidInput):
        accounts.sign_in(db, STRANGER, FORM.email, OTHER_PASSWORD, False)
    # The old link may still be used, but sets no password.
    assert email_verification.activate_with_password(
        db, STRANGER, of_eve, OTHER_PASSWORD
    ) == (email_verification.ALREADY_ACTIVE)
    assert account(db).password_hash is None


def test_a_sign_up_does_not_capture_an_account_made_by_a_provider(
    db: Database,
) -> None:
    signed_in_by(db)
    before = snapshot_without_logs(db)
    sign_up.sign_up(db, STRANGER, replace(FORM, password=OTHER_PASSWORD))
    assert snapshot_without_logs(db) == before
    assert sent_messages(db)[-1] == ("already_registered", FORM.email)


def test_an_unproven_email_gives_no_account(db: Database) -> None:
    offer = needs_email(db, replace(EVE, email="maya@example.com"))
    assert (
        db.query(social_sign_in.pending_identity, STRANGER, offer).email
        == "maya@example.com"
    )
    social_sign_in.send_proof(db, STRANGER, offer, "eve@example.com")
    assert db.query(social_sign_in.pending_identity, STRANGER, offer).step == "mail"
    with db.read() as tx:
        assert tx.exec(select(Account)).all() == []
    social_sign_in.prove_by_mail(
        db, STRANGER, offer, newest_link(db, "confirm_provider")
    )
    assert account(db).email == "eve@example.com"


def test_sending_the_proof_reveals_nothing_and_is_limited(db: Database) -> None:
    sign_up.create_active_customer(db, FORM)
    offer = needs_email(db)
    for email in (FORM.email, "nobody@example.com"):
        social_sign_in.send_proof(db, STRANGER, offer, email)
    assert sent_messages(db) == [
        ("confirm_provider", FORM.email),
        ("confirm_provider", "nobody@example.com"),
    ]
    for _ in range(2):
        social_sign_in.send_proof(db, STRANGER, offer, FORM.email)
    before, mails = snapshot_without_logs(db), sent_messages(db)
    with pytest.raises(TooManyAttempts):
        social_sign_in.send_proof(db, STRANGER, offer, FORM.email)
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)


def test_only_the_newest_mail_counts(db: Database) -> None:
    offer = needs_email(db)
    social_sign_in.send_proof(db, STRANGER, offer, "eve@example.com")
    older = newest_link(db, "confirm_provider")
    social_sign_in.send_proof(db, STRANGER, offer, "other@example.com")
    with pytest.raises(LinkInvalid):
        social_sign_in.prove_by_mail(db, STRANGER, offer, older)
    assert identities(db) == []


def test_a_pending_identity_expires_after_an_hour(db: Database) -> None:
    start = utc_now()
    with frozen(start):
        offer = needs_email(db)
        social_sign_in.send_proof(db, STRANGER, offer, "eve@example.com")
    token = newest_link(db, "confirm_provider")
    with frozen(start + timedelta(hours=1)):
        for late in (
            partial(db.query, social_sign_in.pending_identity, STRANGER, offer),
            partial(social_sign_in.send_proof, db, STRANGER, offer, "eve@example.com"),
            partial(social_sign_in.prove_by_mail, db, STRANGER, offer, token),
        ):
            with pytest.raises(LinkInvalid):
                late()
    assert identities(db) == []


def test_secrets_are_stored_hashed(db: Database) -> None:
    arrival = arrive(db, EVE)
    assert isinstance(arrival, NeedsEmail)
    with db.read() as tx:
        row = tx.exec(select(PendingIdentity)).one()
    assert arrival.offer not in repr(row)
    assert row.token_hash == hash_secret(arrival.offer)


@pytest.mark.parametrize("provider", ["google", "apple", "facebook"])
def test_a_provider_that_is_switched_off_is_refused(
    db: Database, provider: str
) -> None:
    profile = replace(MAYA, provider=provider)
    ticket = signed_in_by(db, profile).ticket
    set_switches(db, **{provider: False})
    before, mails = snapshot_without_logs(db), sent_messages(db)
    with pytest.raises(MethodDisabled):
        arrive(db, profile)
    with pytest.raises(MethodDisabled):
        arrive(db, replace(profile, subject="new", email="new@example.com"))
    with pytest.raises(NotFound):
        db.call(accounts.redeem_ticket, STRANGER, ticket)
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)


def test_disabling_a_provider_stops_pending_sign_ins(db: Database) -> None:
    sign_up.create_active_customer(db, FORM)
    offer = needs_proof(db)
    social_sign_in.send_proof(db, STRANGER, offer)
    token = newest_link(db, "confirm_provider")
    set_switches(db, google=False)
    before = snapshot_without_logs(db)
    for attempt in (
        partial(social_sign_in.prove_by_password, db, STRANGER, offer, PASSWORD),
        partial(social_sign_in.prove_by_mail, db, STRANGER, offer, token),
    ):
        with pytest.raises(MethodDisabled):
            attempt()
    assert snapshot_without_logs(db) == before


def test_an_unknown_provider_is_refused(db: Database) -> None:
    with pytest.raises(MethodDisabled):
        arrive(db, replace(MAYA, provider="myspace"))


def test_a_disabled_account_is_not_entered(db: Database) -> None:
    signed_in_by(db)
    with db.write() as tx:
        tx.exec(select(Account)).one().disabled_at = utc_now()
    before = snapshot_without_logs(db)
    for profile in (MAYA, replace(MAYA, subject="g-2")):
        with pytest.raises(InvalidInput) as refused:
            arrive(db, profile)
        assert refused.value.fields == {}
    assert snapshot_without_logs(db) == before


def test_a_second_identity_of_a_provider_is_not_connected(db: Database) -> None:
    signed_in_by(db)
    offer = needs_proof(db, replace(MAYA, subject="g-2"))
    social_sign_in.send_proof(db, STRANGER, offer)
    before = snapshot_without_logs(db)
    with pytest.raises(Conflict):
        social_sign_in.prove_by_mail(
            db, STRANGER, offer, newest_link(db, "confirm_provider")
        )
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize("email", ["", "no mail", None])
def test_an_invalid_provider_email_must_be_entered(
    db: Database, email: str | None
) -> None:
    offer = needs_email(db, replace(MAYA, email=email))
    with pytest.raises(DomainError):
        social_sign_in.send_proof(db, STRANGER, offer, "no mail")
    assert sent_messages(db) == []
