"""Codes of an authenticator app: set up, asked, guessed at, replayed, lost."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from portal_app.domain.accounts import people, second_factor, tokens
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    TooManyAttempts,
)
from portal_app.kernel.ids import hash_secret
from tests.support.accounts import (
    PASSWORD,
    STRANGER,
    HashingCalls,
    redeem_ticket,
    run_concurrently,
    security_event_kinds,
    set_up_business,
    sign_in_customer,
    snapshot_without_logs,
)

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BOSS = "boss@example.com"


@pytest.fixture(autouse=True)
def _business(db: Database, hashing: HashingCalls) -> None:
    assert hashing is not None
    set_up_business(db)


class App:
    """The app of the owner, and the recovery codes."""

    def __init__(self, db: Database) -> None:
        with frozen(NOW):
            accounts.create_account(db, BOSS, "office", PASSWORD)
            self.owner = sign_in_customer(db, BOSS)
            offer = db.call(second_factor.begin, self.owner)
            self.secret = offer.secret.replace(" ", "")
            self.codes = second_factor.confirm(db, self.owner, self.code(NOW))

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.secret).at(at)


@pytest.fixture
def app(db: Database) -> App:
    return App(db)


def _ask(db: Database) -> str:
    """What the browser holds after the right password."""
    ticket = accounts.sign_in(db, STRANGER, BOSS, PASSWORD, remember=True)
    answer = db.call(accounts.redeem_ticket, STRANGER, ticket)
    assert (answer.secret, answer.device_secret) == ("", "")
    return hash_secret(answer.code_secret)


def test_a_password_alone_opens_nothing(db: Database, app: App) -> None:
    later = NOW + timedelta(minutes=5)
    with frozen(later):
        asked = _ask(db)
        assert db.query(second_factor.is_waiting, asked)
        ticket = second_factor.give_code(db, STRANGER, asked, app.code(later))
        assert redeem_ticket(db, ticket).account_id == app.owner.account_id
        with pytest.raises(LinkInvalid):
            second_factor.give_code(db, STRANGER, asked, app.codes[0])


def test_no_way_in_passes_by_the_code(db: Database, app: App) -> None:
    """Whatever gave the ticket: a provider, or the proof for one."""
    meaning = TokenSubject(account_id=app.owner.account_id, method="google")
    ticket = db.call(tokens.issue, "sign_in", meaning).secret
    answer = db.call(accounts.redeem_ticket, STRANGER, ticket)
    assert (answer.secret, bool(answer.code_secret)) == ("", True)


def test_a_code_is_good_once_and_for_a_short_time(db: Database, app: App) -> None:
    later = NOW + timedelta(minutes=5)
    code = app.code(later)
    with frozen(later):
        second_factor.give_code(db, STRANGER, _ask(db), code)
        before = snapshot_without_logs(db)
        asked = _ask(db)
        with pytest.raises(InvalidInput):
            second_factor.give_code(db, STRANGER, asked, code)
        changed = {
            name
            for name, rows in snapshot_without_logs(db).items()
            if rows != before[name]
        }
        assert changed <= {"account_token", "code_request"}
    for away in (timedelta(seconds=-90), timedelta(seconds=90)):
        with frozen(later + timedelta(minutes=20)):
            wrong = app.code(later + timedelta(minutes=20) + away)
            with pytest.raises(InvalidInput):
                second_factor.give_code(db, STRANGER, _ask(db), wrong)


def test_of_two_who_send_a_code_at_once_one_gets_in(db: Database, app: App) -> None:
    later = NOW + timedelta(minutes=5)
    with frozen(later):
        asked = [_ask(db), _ask(db)]
        code = app.code(later)
        found = run_concurrently(
            *(
                lambda one=one: second_factor.give_code(db, STRANGER, one, code)
                for one in asked
            )
        )
    assert sorted(type(one).__name__ for one in found) == ["InvalidInput", "str"]


def test_guesses_are_limited_with_those_at_the_password(db: Database, app: App) -> None:
    with frozen(NOW + timedelta(minutes=5)):
        for _ in range(5):
            asked = _ask(db)
            with pytest.raises(InvalidInput):
                second_factor.give_code(db, STRANGER, asked, "000000")
        # A right password in between does not give the attempts back.
        with pytest.raises(TooManyAttempts):
            _ask(db)
    assert security_event_kinds(db).count("code_refused") == 5


def test_a_recovery_code_is_good_once(db: Database, app: App) -> None:
    with frozen(NOW + timedelta(minutes=5)):
        typed = app.codes[3].lower().replace("-", " ")
        second_factor.give_code(db, STRANGER, _ask(db), typed)
        with pytest.raises(InvalidInput):
            second_factor.give_code(db, STRANGER, _ask(db), app.codes[3])
        view = db.query(second_factor.describe, app.owner)
    assert (view.on, view.codes_left) == (True, 9)
    assert len(set(app.codes)) == 10


def test_a_request_waits_for_ten_minutes(db: Database, app: App) -> None:
    with frozen(NOW + timedelta(minutes=5)):
        asked = _ask(db)
    late = NOW + timedelta(minutes=15)
    with frozen(late), pytest.raises(LinkInvalid):
        second_factor.give_code(db, STRANGER, asked, app.code(late))
    with frozen(late):
        assert db.call(second_factor.purge) == 1


def test_it_takes_password_and_code_to_switch_it_off(db: Database, app: App) -> None:
    later = NOW + timedelta(minutes=5)
    with frozen(later):
        for password, code, field in (
            ("wrong", app.code(later), "password"),
            (PASSWORD, "000000", "code"),
        ):
            with pytest.raises(InvalidInput) as refused:
                second_factor.switch_off(db, app.owner, password, code)
            assert list(refused.value.fields) == [field]
        assert db.query(second_factor.describe, app.owner).on
        second_factor.switch_off(db, app.owner, PASSWORD, app.code(later))
    assert not db.query(second_factor.describe, app.owner).on
    assert sign_in_customer(db, BOSS).account_id == app.owner.account_id


def test_a_first_wrong_code_switches_nothing_on(db: Database) -> None:
    accounts.create_account(db, BOSS, "office", PASSWORD)
    owner = sign_in_customer(db, BOSS)
    with pytest.raises(Conflict):
        second_factor.confirm(db, owner, "123456")
    db.call(second_factor.begin, owner)
    with pytest.raises(InvalidInput):
        second_factor.confirm(db, owner, "12345")
    assert not db.query(second_factor.describe, owner).on
    assert sign_in_customer(db, BOSS).audience is Audience.OFFICE


def test_customers_have_none(db: Database) -> None:
    customer = Actor(audience=Audience.CUSTOMER)
    for refused in (second_factor.describe, second_factor.begin):
        with pytest.raises(NotAllowed):
            db.call(refused, customer)


def test_the_owner_can_ask_everybody_for_it(db: Database, app: App) -> None:
    accounts.create_account(db, "ada@example.com", "office", PASSWORD)
    ada = sign_in_customer(db, "ada@example.com")
    with pytest.raises(NotAllowed):
        db.call(people.require_second_factor, ada, True)
    db.call(people.require_second_factor, app.owner, True)
    again = sign_in_customer(db, "ada@example.com")
    assert (again.audience, again.is_owner) == (Audience.NEWCOMER, False)
    with frozen(NOW):
        offer = db.call(second_factor.begin, again)
        code = pyotp.TOTP(offer.secret.replace(" ", "")).at(NOW)
        second_factor.confirm(db, again, code)
    with pytest.raises(Conflict):
        second_factor.switch_off(db, app.owner, PASSWORD, app.codes[0])
    shown = db.query(people.office_people, app.owner)
    assert (shown.required, [one.second_factor for one in shown.people]) == (
        True,
        [True, True],
    )


def test_an_owner_without_one_cannot_ask_others(db: Database) -> None:
    accounts.create_account(db, BOSS, "office", PASSWORD)
    owner = sign_in_customer(db, BOSS)
    with pytest.raises(Conflict):
        db.call(people.require_second_factor, owner, True)
    assert sign_in_customer(db, BOSS).audience is Audience.OFFICE


def test_who_lost_everything_is_let_in_by_who_runs_the_portal(
    db: Database, app: App
) -> None:
    db.call(second_factor.reset_by_email, SYSTEM, "Boss@example.com")
    assert sign_in_customer(db, BOSS).account_id == app.owner.account_id
