"""What somebody came for survives every page on the way to signing in."""

from collections.abc import Iterator

import pytest

from portal_app.domain.accounts import service as accounts
from portal_app.kernel.db import Database
from portal_app.state.auth.login import LoginState
from portal_app.state.auth.passwords import ForgotPasswordState, ResetPasswordState
from portal_app.state.auth.purpose import PurposeState
from portal_app.state.auth.sign_up import ResendState, SignUpState, VerifyEmailState
from tests.state.auth.test_sign_up import TYPED
from tests.support.accounts import OTHER_PASSWORD, HashingCalls, outbox_messages
from tests.support.people import new_customer
from tests.support.sample_business import create_sample_business
from tests.support.tabs import STRANGER, Tab, redirect_targets
from tests.support.wiring import wired

WANTED = "/book/dog-walk?step=time&day=2026-11-24"
QUERY = "next=%2Fbook%2Fdog-walk%3Fstep%3Dtime%26day%3D2026-11-24"


@pytest.fixture
def shop(sqlite_db: Database, hashing: HashingCalls) -> Iterator[Database]:
    """A business with services to book."""
    sqlite_db.call(create_sample_business)
    with wired(database=sqlite_db):
        yield sqlite_db


def _newest_path(db: Database, kind: str) -> str:
    mails = [message for message in outbox_messages(db) if message.kind == kind]
    return str(mails[-1].payload["path"])


def _read(tab: Tab) -> tuple[str, str, str]:
    tab.fire(PurposeState.load)
    state = tab.state(PurposeState)
    return state.query, state.service, state.email


def test_the_page_says_what_for(shop: Database) -> None:
    assert _read(Tab("/signup", next=WANTED)) == (QUERY, "Dog walk", "")
    assert _read(Tab("/signup", next="/bookings")) == ("next=%2Fbookings", "", "")
    assert _read(Tab("/signup", next="/book/no-such")) == (
        "next=%2Fbook%2Fno-such",
        "",
        "",
    )


@pytest.mark.parametrize(
    "smuggled",
    [
        "",
        "https://evil.example/book/dog-walk",
        "//evil.example",
        "/\\evil.example",
        "/login",
        "/signup?next=/",
        "/" + "x" * 500,
    ],
)
def test_only_paths_of_the_portal_are_kept(shop: Database, smuggled: str) -> None:
    assert _read(Tab("/login", next=smuggled)) == ("", "", "")
    Tab("/signup", next=smuggled).fire(SignUpState.submit, TYPED)
    link = _newest_path(shop, "verify_email")
    assert link.startswith("/verify-email?token=")
    assert "&" not in link


def test_from_sign_up_through_the_mail_to_the_booking(shop: Database) -> None:
    tab = Tab("/signup", next=WANTED)
    answer = tab.fire(SignUpState.submit, TYPED)
    assert redirect_targets(answer) == [f"/signup?sent=1&{QUERY}"]
    link = _newest_path(shop, "verify_email")
    page, _, token = link.removesuffix(f"&{QUERY}").partition("?token=")
    assert (page, link.endswith(f"&{QUERY}")) == ("/verify-email", True)

    # The mail is opened on another device.
    other = Tab("/verify-email", token=token, next=WANTED)
    other.fire(VerifyEmailState.load)
    other.fire(VerifyEmailState.activate)
    assert _read(other) == (QUERY, "Dog walk", "maya@example.com")

    other.go("/login", activated="1", next=WANTED)
    other.fire(LoginState.load)
    typed = {"email": TYPED["email"], "password": TYPED["password"]}
    other.fire(LoginState.submit, typed)
    state = other.state(LoginState)
    assert state.next_path == WANTED
    assert shop.call(accounts.redeem_ticket, STRANGER, state.ticket)


def test_a_mail_that_is_sent_again_keeps_it(shop: Database) -> None:
    Tab("/signup").fire(SignUpState.submit, TYPED)
    tab = Tab("/signup", sent="1", next=WANTED)
    tab.fire(ResendState.send, {"email": TYPED["email"]})
    assert _newest_path(shop, "verify_email").endswith(f"&{QUERY}")


def test_a_forgotten_password_keeps_it(shop: Database) -> None:
    person = new_customer(shop)
    tab = Tab("/forgot-password", next=WANTED)
    answer = tab.fire(ForgotPasswordState.submit, {"email": person.email})
    assert redirect_targets(answer) == [f"/forgot-password?sent=1&{QUERY}"]
    assert tab.state(PurposeState).email == person.email
    link = _newest_path(shop, "reset_password")
    assert link.endswith(f"&{QUERY}")
    token = link.removesuffix(f"&{QUERY}").partition("?token=")[2]
    other = Tab("/reset-password", token=token, next=WANTED)
    other.fire(ResetPasswordState.load)
    other.fire(ResetPasswordState.submit, {"password": OTHER_PASSWORD})
    assert other.state(ResetPasswordState).outcome == "done"
    assert _read(other) == (QUERY, "Dog walk", person.email)


def test_an_unproven_e_mail_is_shown_to_nobody(shop: Database) -> None:
    Tab("/signup").fire(SignUpState.submit, TYPED)
    token = _newest_path(shop, "verify_email").partition("?token=")[2]
    tab = Tab("/verify-email", token=token)
    assert _read(tab)[2] == ""
    tab = Tab("/verify-email", token="x" * 43)
    tab.fire(VerifyEmailState.load)
    tab.fire(VerifyEmailState.activate)
    assert (tab.state(VerifyEmailState).outcome, _read(tab)[2]) == ("invalid", "")
