"""Invitations by mail: who gets which account, once."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import FIELDWORKER, OFFICE, LinkInvalid
from portal_app.domain.sign_in import invitations, sign_up
from portal_app.domain.sign_in.invitations import AcceptanceForm, Accepted
from portal_app.domain.sign_in.views import InvitationView, JoiningView
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed
from tests.support.accounts import (
    FORM,
    PASSWORD,
    STRANGER,
    HashingCalls,
    newest_link,
    sent_messages,
    set_up_business,
    sign_in_customer,
    snapshot_without_logs,
)

KIM = "kim@example.com"


@pytest.fixture
def business(db: Database, hashing: HashingCalls) -> Database:
    set_up_business(db)
    return db


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Accepted]:
    found: list[Accepted] = []

    def listen(tx: Session, actor: Actor, accepted: Accepted) -> None:
        found.append(accepted)

    monkeypatch.setattr(invitations, "_listeners", [listen])
    return found


def invite(db: Database, email: str = KIM, reference: str = "place") -> str:
    db.call(
        invitations.invite,
        SYSTEM,
        email,
        FIELDWORKER,
        name="Kim",
        reference=reference,
    )
    return newest_link(db, "invitation")


def roles(db: Database) -> dict[str, str]:
    with db.read() as tx:
        return {row.email: row.role for row in tx.exec(select(Account))}


def test_an_invitation_makes_the_account_once(
    business: Database, heard: list[Accepted]
) -> None:
    token = invite(business, " Kim@Example.com ")

    assert sent_messages(business) == [("invitation", KIM)]
    assert business.query(invitations.joining, token) == JoiningView(
        KIM, True, "Kim", "Fieldworker"
    )
    assert roles(business) == {}

    invitations.accept(business, STRANGER, token, AcceptanceForm(PASSWORD))

    assert roles(business) == {KIM: FIELDWORKER}
    assert sign_in_customer(business, KIM).audience == Audience.FIELDWORKER
    [accepted] = heard
    assert (accepted.role, accepted.reference) == (FIELDWORKER, "place")
    before = snapshot_without_logs(business)
    with pytest.raises(LinkInvalid):
        invitations.accept(business, STRANGER, token, AcceptanceForm(PASSWORD))
    assert snapshot_without_logs(business) == before


def test_only_the_newest_link_of_a_place_is_good(business: Database) -> None:
    first = invite(business)
    second = invite(business, "kim.lee@example.com")
    other = invite(business, "ann@example.com", reference="another")

    with pytest.raises(LinkInvalid):
        business.query(invitations.joining, first)
    assert business.query(invitations.joining, second).email == "kim.lee@example.com"
    assert business.query(invitations.joining, other).email == "ann@example.com"
    business.call(invitations.withdraw, SYSTEM, FIELDWORKER, reference="place")
    with pytest.raises(LinkInvalid):
        business.query(invitations.joining, second)
    waiting = business.query(invitations.open_invitations, SYSTEM, {FIELDWORKER})
    assert [place for place, _ in waiting] == ["another"]


def test_a_link_runs_out_after_seven_days(business: Database) -> None:
    token = invite(business)

    with frozen(utc_now() + timedelta(days=7)):
        with pytest.raises(LinkInvalid):
            invitations.accept(business, STRANGER, token, AcceptanceForm(PASSWORD))
        [(_, view)] = business.query(
            invitations.open_invitations, SYSTEM, {FIELDWORKER}
        )
    assert view == InvitationView(view.id, KIM, "Kim", "Fieldworker", view.sent, True)
    assert roles(business) == {}


def test_a_weak_password_is_refused_and_the_link_stays_good(
    business: Database,
) -> None:
    token = invite(business)

    with pytest.raises(InvalidInput) as refused:
        invitations.accept(business, STRANGER, token, AcceptanceForm("short"))

    assert list(refused.value.fields) == ["password"]
    assert roles(business) == {}
    invitations.accept(business, STRANGER, token, AcceptanceForm(PASSWORD))
    assert roles(business) == {KIM: FIELDWORKER}


def test_an_account_of_the_staff_goes_on_with_its_own_password(
    business: Database, heard: list[Accepted]
) -> None:
    account_id = accounts.create_account(business, KIM, OFFICE, PASSWORD)
    token = invite(business)

    assert business.query(invitations.joining, token) == JoiningView(
        KIM, False, "Kim", "Fieldworker"
    )
    invitations.accept(business, STRANGER, token, AcceptanceForm(""))

    assert roles(business) == {KIM: OFFICE}
    assert [accepted.account_id for accepted in heard] == [account_id]
    assert sign_in_customer(business, KIM).account_id == account_id


def test_a_customers_account_never_becomes_one_of_the_staff(
    business: Database,
) -> None:
    sign_up.create_active_customer(business, FORM)
    before = snapshot_without_logs(business)

    with pytest.raises(InvalidInput) as refused:
        invite(business, FORM.email)

    assert refused.value.fields == {
        "email": "This email belongs to a customer. "
        "Please use another one for their work."
    }
    assert snapshot_without_logs(business) == before


def test_a_customer_who_came_between_keeps_the_account(business: Database) -> None:
    token = invite(business, FORM.email)
    sign_up.create_active_customer(business, FORM)
    before = snapshot_without_logs(business)

    with pytest.raises(Conflict):
        invitations.accept(business, STRANGER, token, AcceptanceForm(PASSWORD))

    assert snapshot_without_logs(business) == before


def test_a_sign_up_that_nobody_proved_makes_way(business: Database) -> None:
    sign_up.sign_up(business, STRANGER, FORM)
    token = invite(business, FORM.email)

    invitations.accept(business, STRANGER, token, AcceptanceForm("another-otter-43"))

    assert roles(business) == {FORM.email: FIELDWORKER}
    with pytest.raises(InvalidInput):
        sign_in_customer(business)


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.CUSTOMER])
def test_only_the_office_invites(business: Database, audience: Audience) -> None:
    before = snapshot_without_logs(business)

    with pytest.raises(NotAllowed):
        business.call(invitations.invite, Actor(audience=audience), KIM, FIELDWORKER)

    assert snapshot_without_logs(business) == before
