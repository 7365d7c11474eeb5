from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account, AccountSession
from portal_app.domain.customers import locations, profiles
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.locations import MAX_LOCATIONS
from portal_app.domain.customers.models import Location
from portal_app.domain.sign_in import session_lookup, sign_up
from portal_app.domain.sign_in.views import ViewerView
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from portal_app.kernel.ids import hash_secret
from tests.support.accounts import (
    FORM,
    PASSWORD,
    STRANGER,
    HashingCalls,
    run_concurrently,
    sent_messages,
    set_up_business,
    snapshot_without_logs,
)
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database

BONDI = AddressForm(
    street="12 Bay Street", town="Bondi", state="NSW", postcode="2026", country="AU"
)


@pytest.fixture(autouse=True)
def _maya_and_noah(db: Database, hashing: HashingCalls) -> None:
    set_up_business(db)
    sign_up.create_active_customer(db, FORM)
    sign_up.create_active_customer(
        db, replace(FORM, first_name="Noah", email="noah@example.com", phone="")
    )


def sign_in(db: Database, email: str = FORM.email, remember: bool = False) -> str:
    ticket = accounts.sign_in(db, STRANGER, email, PASSWORD, remember)
    return hash_secret(db.call(accounts.redeem_ticket, STRANGER, ticket).secret)


def resolve(db: Database, token_hash: str) -> Actor:
    return session_lookup.resolve_session(db, token_hash, "203.0.113.7", "Firefox")


@pytest.fixture
def maya(db: Database) -> Actor:
    return resolve(db, sign_in(db))


@pytest.fixture
def noah(db: Database) -> Actor:
    return resolve(db, sign_in(db, "noah@example.com"))


def session(db: Database) -> AccountSession:
    with db.read() as tx:
        return tx.exec(select(AccountSession)).one()


def test_a_session_is_resolved_by_one_query(db: Database) -> None:
    token_hash = sign_in(db)
    with statements_of(db) as statements:
        actor = resolve(db, token_hash)
    assert len(statements) == 1
    assert (actor.audience, actor.address, actor.device) == (
        Audience.CUSTOMER,
        "203.0.113.7",
        "Firefox",
    )
    assert actor.session_id == session(db).id
    assert db.query(session_lookup.resolve_actor, token_hash, "a", "b") == replace(
        actor, address="a", device="b"
    )


@pytest.mark.parametrize("token_hash", ["", "nonsense", "0" * 64])
def test_without_a_session_everybody_is_public(db: Database, token_hash: str) -> None:
    assert resolve(db, token_hash) == STRANGER


def test_the_secret_itself_is_no_session(db: Database) -> None:
    ticket = accounts.sign_in(db, STRANGER, FORM.email, PASSWORD, False)
    signed_in = db.call(accounts.redeem_ticket, STRANGER, ticket)
    assert resolve(db, signed_in.secret) == STRANGER


@pytest.mark.parametrize(
    ("remember", "lifetime"), [(False, timedelta(hours=12)), (True, timedelta(days=30))]
)
def test_a_session_ends_when_it_is_not_used(
    db: Database, remember: bool, lifetime: timedelta
) -> None:
    start = utc_now()
    with frozen(start):
        token_hash = sign_in(db, remember=remember)
    with frozen(start + lifetime):
        assert resolve(db, token_hash) == STRANGER
    last_moment = start + lifetime - timedelta(microseconds=1)
    with frozen(last_moment):
        assert resolve(db, token_hash).audience is Audience.CUSTOMER
    assert session(db).expires_at == last_moment + lifetime
    with frozen(start + lifetime + lifetime - timedelta(seconds=1)):
        assert resolve(db, token_hash).audience is Audience.CUSTOMER


def test_use_is_noted_once_a_minute(db: Database) -> None:
    start = utc_now()
    with frozen(start):
        token_hash = sign_in(db)
    with frozen(start + timedelta(seconds=59)), statements_of(db) as statements:
        resolve(db, token_hash)
    assert (len(statements), session(db).last_seen_at) == (1, start)
    with frozen(start + timedelta(seconds=60)):
        resolve(db, token_hash)
    assert session(db).last_seen_at == start + timedelta(seconds=60)
    assert session(db).expires_at == start + timedelta(hours=12, seconds=60)


def test_a_disabled_account_is_signed_out_at_once(db: Database) -> None:
    token_hash = sign_in(db)
    with db.write() as tx:
        statement = select(Account).where(Account.email == FORM.email)
        tx.exec(statement).one().disabled_at = utc_now()
    assert resolve(db, token_hash) == STRANGER


def test_current_viewer(db: Database, maya: Actor) -> None:
    accounts.create_account(db, "office@example.com", "office", PASSWORD)
    office = resolve(db, sign_in(db, "office@example.com"))
    assert db.query(session_lookup.current_viewer, STRANGER) == ViewerView()
    assert db.query(session_lookup.current_viewer, maya) == ViewerView(
        signed_in=True,
        name="Maya Chen",
        email="maya@example.com",
        picture_url="",
        role="customer",
    )
    assert db.query(session_lookup.current_viewer, office) == ViewerView(
        signed_in=True, name="Office", email="office@example.com", role="office"
    )


@pytest.mark.parametrize("actor", [STRANGER, SYSTEM, Actor(audience=Audience.GUEST)])
def test_only_customers_have_a_profile_and_places(db: Database, actor: Actor) -> None:
    before = snapshot_without_logs(db)
    for ask in (
        lambda: db.query(profiles.get_profile, actor),
        lambda: db.query(locations.list_locations, actor),
        lambda: db.call(locations.save_location, actor, BONDI),
        lambda: db.query(locations.location_address, actor, "x"),
    ):
        with pytest.raises(NotAllowed):
            ask()
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, [])


def test_a_place_is_saved_once(db: Database, maya: Actor) -> None:
    first = db.call(locations.save_location, maya, replace(BONDI, label="Home"))
    spelled = replace(BONDI, street="12  BAY street", access_notes="Ring twice")
    assert db.call(locations.save_location, maya, spelled) == first
    (place,) = db.query(locations.list_locations, maya)
    assert (
        place.id,
        place.label,
        place.lines,
        place.access_notes,
        place.is_default,
    ) == (
        first,
        "Home",
        ["12 Bay Street", "Bondi NSW 2026"],
        "Ring twice",
        True,
    )


def test_a_place_saved_at_the_same_time_is_saved_once(
    db: Database, maya: Actor
) -> None:
    save = partial(db.call, locations.save_location, maya, BONDI)
    ids = run_concurrently(*[save] * 6)
    assert len(set(ids)) == 1
    assert [place.id for place in db.query(locations.list_locations, maya)] == ids[:1]


def test_there_is_one_default(db: Database, maya: Actor) -> None:
    forms = [replace(BONDI, street=f"{number} Bay Street") for number in range(1, 6)]
    run_concurrently(
        *[partial(db.call, locations.save_location, maya, form) for form in forms]
    )
    chosen = replace(forms[2], is_default=True)
    chosen_id = db.call(locations.save_location, maya, chosen)
    places = db.query(locations.list_locations, maya)
    assert [place.is_default for place in places] == [True] + [False] * 4
    assert places[0].id == chosen_id


def test_saved_locations_of_others_are_not_found(
    db: Database, maya: Actor, noah: Actor
) -> None:
    home = db.call(locations.save_location, maya, BONDI)
    assert db.query(locations.list_locations, noah) == []
    answers = []
    for location_id in (home, "missing"):
        with pytest.raises(NotFound) as refused:
            db.query(locations.location_address, noah, location_id)
        answers.append(refused.value.message)
    assert answers[0] == answers[1]
    assert db.query(locations.location_address, maya, home).town == "Bondi"
    assert db.call(locations.save_location, noah, BONDI) != home


def test_the_number_of_locations_is_limited(db: Database, maya: Actor) -> None:
    for number in range(MAX_LOCATIONS):
        form = replace(BONDI, street=f"{number} Bay Street")
        db.call(locations.save_location, maya, form)
    with pytest.raises(Conflict):
        db.call(locations.save_location, maya, replace(BONDI, street="One too many"))
    with db.read() as tx:
        assert len(tx.exec(select(Location.id)).all()) == MAX_LOCATIONS
    db.call(locations.save_location, maya, replace(BONDI, street="0 bay street"))


def test_many_sessions_are_one_question(db: Database) -> None:
    maya, again = sign_in(db), sign_in(db)
    noah, over = sign_in(db, "noah@example.com"), sign_in(db)
    db.call(accounts.sign_out, resolve(db, over))
    asked = {maya, again, noah, over, "no hash"}
    with statements_of(db) as found:
        actors = db.query(session_lookup.resolve_actors, asked)
    assert len(found) == 1
    assert actors == {
        one: replace(resolve(db, one), address="", device="")
        for one in (maya, again, noah)
    }
    assert len({actor.account_id for actor in actors.values()}) == 2
    with frozen(utc_now() + timedelta(days=400)):
        assert db.query(session_lookup.resolve_actors, asked) == {}
