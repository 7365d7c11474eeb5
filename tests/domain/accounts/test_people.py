"""Office people: roles, invitations, and the owner who cannot go."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from portal_app.domain.accounts import credentials, people, sessions
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.business import policies
from portal_app.domain.business import service as businesses
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.sign_in import invitations
from portal_app.domain.sign_in.invitations import AcceptanceForm
from portal_app.domain.sign_in.views import InvitationView
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
)
from tests.support.accounts import (
    PASSWORD,
    STRANGER,
    HashingCalls,
    newest_link,
    redeem_ticket,
    run_concurrently,
    security_event_kinds,
    sent_messages,
    set_up_business,
    sign_in_customer,
    snapshot_without_logs,
)

pytestmark = [pytest.mark.each_database, pytest.mark.usefixtures("hashing")]

_BOSS = "boss@example.com"


@pytest.fixture(autouse=True)
def _business(db: Database, hashing: HashingCalls) -> None:
    assert hashing is not None
    set_up_business(db)


@pytest.fixture
def owner(db: Database) -> Actor:
    """The first account of the office."""
    accounts.create_account(db, _BOSS, "office", PASSWORD)
    return sign_in_customer(db, _BOSS)


def _invite(
    db: Database, who: Actor, email: str, role: str = "office", name: str = ""
) -> str:
    """Invite somebody to the office; the invitation's id."""
    db.call(invitations.invite, who, email, "office", office_role=role, name=name)
    [found] = [one for one in _open(db, who) if one.email == email.lower()]
    return found.id


def _open(db: Database, who: Actor) -> list[InvitationView]:
    return [one for _, one in db.query(invitations.open_invitations, who, {"office"})]


def _join(db: Database, owner: Actor, role: str, email: str) -> Actor:
    _invite(db, owner, email, role, role.capitalize())
    return _accept(db, newest_link(db, "invitation"), role.capitalize())


def _accept(db: Database, token: str, name: str = "Ada", email: str = "") -> Actor:
    form = AcceptanceForm(PASSWORD, name, email)
    ticket = invitations.accept(db, STRANGER, token, form)
    return redeem_ticket(db, ticket)


def _resolve(db: Database, actor: Actor) -> str:
    """What an account may do now, as its row says."""

    def read(tx: Session) -> str:
        account = tx.exec(select(Account).where(Account.id == actor.account_id)).one()
        return "gone" if account.disabled_at else account.office_role

    return db.query(read)


def test_the_first_account_of_the_office_is_the_owner(
    db: Database, owner: Actor
) -> None:
    accounts.create_account(db, "second@example.com", "office", PASSWORD)
    second = sign_in_customer(db, "second@example.com")
    assert (owner.audience, owner.is_owner) == (Audience.OFFICE, True)
    assert (second.audience, second.is_owner) == (Audience.OFFICE, False)


def test_an_invitation_makes_an_account_of_its_role(db: Database, owner: Actor) -> None:
    reader = _join(db, owner, "reader", "reader@example.com")
    second = _join(db, owner, "owner", "owner@example.com")
    office = _join(db, owner, "office", "office@example.com")
    assert (reader.audience, reader.is_owner) == (Audience.READER, False)
    assert (second.audience, second.is_owner) == (Audience.OFFICE, True)
    assert (office.audience, office.is_owner) == (Audience.OFFICE, False)
    found = db.query(people.office_people, owner)
    assert [(one.name, one.role_name, one.is_me) for one in found.people] == [
        (_BOSS, "Owner", True),
        ("Office", "Office", False),
        ("Owner", "Owner", False),
        ("Reader", "Read-only", False),
    ]
    assert (_open(db, owner), found.may_change) == ([], True)
    assert not db.query(people.office_people, office).may_change


def test_the_office_reads_when_each_was_here_last(db: Database, owner: Actor) -> None:
    accounts.create_account(db, "second@example.com", "office", PASSWORD)
    with frozen(utc_now() + timedelta(minutes=1)):
        sign_in_customer(db, _BOSS)
        formats, now = db.query(businesses.formats), utc_now()
        found = db.query(people.office_people, owner).people
    assert [(one.email, one.last_seen) for one in found] == [
        (_BOSS, f"{formats.short_day(now)}, {formats.time(now)}"),
        ("second@example.com", ""),
    ]


def test_a_link_is_good_once(db: Database, owner: Actor) -> None:
    _join(db, owner, "office", "ada@example.com")
    token = newest_link(db, "invitation")
    before = snapshot_without_logs(db)
    with pytest.raises(LinkInvalid):
        _accept(db, token)
    assert snapshot_without_logs(db) == before


def test_of_two_who_use_a_link_at_once_one_gets_it(db: Database, owner: Actor) -> None:
    _invite(db, owner, "ada@example.com")
    token = newest_link(db, "invitation")

    def use() -> str:
        typed = AcceptanceForm(PASSWORD, "Ada")
        return invitations.accept(db, STRANGER, token, typed)

    outcomes = run_concurrently(use, use)
    assert sorted(type(one).__name__ for one in outcomes) == ["LinkInvalid", "str"]
    assert len(db.query(people.office_people, owner).people) == 2


def test_a_link_runs_out_and_is_sent_again(db: Database, owner: Actor) -> None:
    invitation = _invite(db, owner, "ada@example.com", name="Ada")
    first = newest_link(db, "invitation")
    with frozen(utc_now() + timedelta(days=7)):
        with pytest.raises(LinkInvalid):
            _accept(db, first)
        [shown] = _open(db, owner)
        assert (shown.name, shown.role_name, shown.expired) == ("Ada", "Office", True)
        db.call(invitations.send_again, owner, invitation)
        with pytest.raises(LinkInvalid):
            _accept(db, first)
        _accept(db, newest_link(db, "invitation"))
    assert sent_messages(db) == [
        ("invitation", "ada@example.com"),
        ("invitation", "ada@example.com"),
    ]


def test_a_withdrawn_link_opens_nothing(db: Database, owner: Actor) -> None:
    invitation = _invite(db, owner, "ada@example.com")
    db.call(invitations.withdraw_one, owner, invitation)
    with pytest.raises(LinkInvalid):
        _accept(db, newest_link(db, "invitation"))
    for late in (invitations.withdraw_one, invitations.send_again):
        with pytest.raises(NotFound):
            db.call(late, owner, invitation)
    # The email is free again.
    _invite(db, owner, "ada@example.com")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ((_BOSS, "office", ""), "email"),
        (("new@example.com", "king", ""), "office_role"),
        (("new@example.com", "", ""), "office_role"),
        (("nobody", "office", ""), "email"),
        (("new@example.com", "office", "A" * 81), "name"),
    ],
)
def test_invitations_that_are_refused(
    db: Database, owner: Actor, typed: tuple[str, str, str], field: str
) -> None:
    email, role, name = typed
    before = snapshot_without_logs(db)
    with pytest.raises(InvalidInput) as refused:
        db.call(invitations.invite, owner, email, "office", office_role=role, name=name)
    assert list(refused.value.fields) == [field]
    assert snapshot_without_logs(db) == before
    assert sent_messages(db) == []


def test_only_owners_decide_about_the_office(db: Database, owner: Actor) -> None:
    office = _join(db, owner, "office", "office@example.com")
    reader = _join(db, owner, "reader", "reader@example.com")
    open_one = _invite(db, owner, "ada@example.com")
    assert reader.account_id is not None
    before, mails = snapshot_without_logs(db), sent_messages(db)
    customer = Actor(audience=Audience.CUSTOMER, account_id="A", customer_id="C")
    for who in (office, reader, customer, STRANGER):
        for refused in (
            lambda who=who: db.call(
                invitations.invite, who, "x@example.com", "office", office_role="owner"
            ),
            lambda who=who: db.call(invitations.withdraw_one, who, open_one),
            lambda who=who: db.call(invitations.send_again, who, open_one),
            lambda who=who: db.call(
                people.change_role, who, reader.account_id, "owner"
            ),
            lambda who=who: db.call(people.remove_person, who, reader.account_id),
            lambda who=who: credentials.issue_reset_path(db, who, _BOSS),
        ):
            with pytest.raises(NotAllowed):
                refused()
    for who in (customer, STRANGER):
        with pytest.raises(NotAllowed):
            db.query(people.office_people, who)
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)


def test_a_reader_changes_nothing(db: Database, owner: Actor) -> None:
    reader = _join(db, owner, "reader", "reader@example.com")
    before = snapshot_without_logs(db)
    form = policies.PolicyForm(title="Keys", text="We keep them.")
    with pytest.raises(NotAllowed):
        db.call(policies.add_policy, reader, form, "request")
    assert snapshot_without_logs(db) == before
    assert db.query(policies.policies_for_office, reader)


def test_the_office_invites_fieldworkers(
    db: Database, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whose place it is is tested where places are.
    monkeypatch.setattr(invitations, "_listeners", [])
    office = _join(db, owner, "office", "office@example.com")
    db.call(invitations.invite, office, "sam@example.com", "fieldworker", name="Sam")
    sam = _accept(db, newest_link(db, "invitation"), "Sam")
    assert sam.audience is Audience.FIELDWORKER
    # Sam is no person of the office.
    assert len(db.query(people.office_people, owner).people) == 2
    assert sam.account_id is not None
    with pytest.raises(NotFound):
        db.call(people.change_role, owner, sam.account_id, "owner")


def test_who_was_removed_is_out_at_once_and_may_come_back(
    db: Database, owner: Actor
) -> None:
    ada = _join(db, owner, "office", "ada@example.com")
    assert ada.account_id is not None
    db.call(people.remove_person, owner, ada.account_id)
    assert db.query(sessions.list_sessions, ada) == []
    with pytest.raises(InvalidInput):
        accounts.sign_in(db, STRANGER, "ada@example.com", PASSWORD, remember=False)
    assert [one.email for one in db.query(people.office_people, owner).people] == [
        _BOSS
    ]
    again = _join(db, owner, "reader", "ada@example.com")
    assert (again.account_id, again.audience) == (ada.account_id, Audience.READER)
    assert security_event_kinds(db).count("person_removed") == 1


def test_roles_change_at_once_and_are_written_down(db: Database, owner: Actor) -> None:
    ada = _join(db, owner, "office", "ada@example.com")
    assert ada.account_id is not None
    db.call(people.change_role, owner, ada.account_id, "reader")
    db.call(people.change_role, owner, ada.account_id, "reader")
    assert _resolve(db, ada) == "reader"

    def changes(tx: Session) -> list[tuple[str, str, list[dict[str, str]]]]:
        rows = tx.exec(select(ChangeEntry).where(ChangeEntry.action == "changed"))
        return [(row.thing_name, str(row.account_id), row.differences) for row in rows]

    assert db.query(changes) == [
        (
            "Office",
            owner.account_id,
            [{"label": "Role", "before": "Office", "after": "Read-only"}],
        )
    ]


def test_the_last_owner_cannot_go(db: Database, owner: Actor) -> None:
    _join(db, owner, "office", "ada@example.com")
    assert owner.account_id is not None
    before = snapshot_without_logs(db)
    with pytest.raises(Conflict):
        db.call(people.remove_person, owner, owner.account_id)
    with pytest.raises(Conflict):
        db.call(people.change_role, owner, owner.account_id, "office")
    assert snapshot_without_logs(db) == before


def test_of_two_owners_who_remove_each_other_one_stays(
    db: Database, owner: Actor
) -> None:
    other = _join(db, owner, "owner", "other@example.com")
    assert owner.account_id is not None
    assert other.account_id is not None
    outcomes = run_concurrently(
        lambda: db.call(people.remove_person, owner, str(other.account_id)),
        lambda: db.call(people.remove_person, other, str(owner.account_id)),
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "NotAllowed"]
    assert sorted([_resolve(db, owner), _resolve(db, other)]) == ["gone", "owner"]


def test_without_the_lock_both_owners_would_go(
    db: Database, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race that the lock guards against: two answers from before either change."""
    other = _join(db, owner, "owner", "other@example.com")
    ids = [str(owner.account_id), str(other.account_id)]
    monkeypatch.setattr(businesses, "lock_business", lambda _tx: None)
    monkeypatch.setattr(people, "owner_ids", lambda _tx: ids)
    db.call(people.remove_person, owner, ids[1])
    db.call(people.remove_person, other, ids[0])
    assert [_resolve(db, owner), _resolve(db, other)] == ["gone", "gone"]


def test_the_link_for_the_first_owner_asks_for_an_email(db: Database) -> None:
    token = db.call(invitations.first_owner_path).partition("=")[2]
    other = db.call(invitations.first_owner_path).partition("=")[2]
    offer = db.query(invitations.joining, token)
    assert (offer.email, offer.role_name, offer.asks_name) == ("", "Owner", True)
    with pytest.raises(InvalidInput) as refused:
        _accept(db, token, "", "nobody")
    assert sorted(refused.value.fields) == ["email"]
    boss = _accept(db, token, "Bo", "Bo@example.com")
    assert (boss.audience, boss.is_owner) == (Audience.OFFICE, True)
    # Another start printed another one; there is an owner now.
    with pytest.raises(LinkInvalid):
        _accept(db, other, "Eve", "eve@example.com")


def test_the_link_for_the_first_owner_is_good_for_a_day(db: Database) -> None:
    token = db.call(invitations.first_owner_path, _BOSS).partition("=")[2]
    newer = db.call(invitations.first_owner_path, _BOSS).partition("=")[2]
    with pytest.raises(LinkInvalid):
        _accept(db, token)
    with frozen(utc_now() + timedelta(days=1)), pytest.raises(LinkInvalid):
        _accept(db, newer)
    assert db.query(invitations.joining, newer).email == _BOSS
    assert _accept(db, newer).is_owner


def test_the_portal_itself_may_do_all_of_it(db: Database, owner: Actor) -> None:
    _invite(db, SYSTEM, "ada@example.com")
    ada = _accept(db, newest_link(db, "invitation"))
    assert ada.account_id is not None
    db.call(people.change_role, SYSTEM, ada.account_id, "owner")
    db.call(people.remove_person, SYSTEM, str(owner.account_id))
    assert [_resolve(db, ada), _resolve(db, owner)] == ["owner", "gone"]
