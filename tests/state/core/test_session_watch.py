"""Open tabs whose people may do less than before are led away."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from reflex.state import StateUpdate

from portal_app.domain.accounts import people, sessions
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import OFFICE, OWNER, READER
from portal_app.domain.sign_in import session_lookup
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret
from portal_app.state.core.session_watch import SessionWatch
from tests.support.accounts import PASSWORD
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.statements import statements_of

READ_PAGE = (
    "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal"
)


class Sockets:
    """The open sockets of a worker, and the tabs that were told to read anew."""

    def __init__(self) -> None:
        self.led_away: list[str] = []
        self.sid_to_token: dict[str, str] = {}
        self.event_namespace = self

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        """What the namespace sends to a tab."""
        assert [event.name for event in update.events] == [READ_PAGE]
        assert update.delta == {}
        self.led_away.append(token.removeprefix("token of "))


@pytest.fixture
def sockets() -> Sockets:
    return Sockets()


@pytest.fixture
def watch(sockets: Sockets) -> SessionWatch:
    return SessionWatch(sockets)


def _opens_tab(
    database: Database, sockets: Sockets, watch: SessionWatch, sid: str, cookie: str
) -> Actor:
    sockets.sid_to_token[sid] = f"token of {sid}"
    who = actor_of(database, cookie)
    watch.note(sid, hash_secret(cookie.partition("=")[2]), who)
    return who


def _owner_cookie(database: Database, email: str) -> str:
    account_id = accounts.create_account(database, email, "office", PASSWORD)
    database.call(people.change_role, SYSTEM, account_id, OWNER)
    stranger = Actor(address=f"of {email}")
    ticket = accounts.sign_in(database, stranger, email, PASSWORD, remember=False)
    return f"portal={database.call(accounts.redeem_ticket, stranger, ticket).secret}"


def test_who_signed_out_elsewhere_is_led_away_and_nobody_else(
    database: Database, sockets: Sockets, watch: SessionWatch
) -> None:
    person = new_customer(database)
    here, there = (session_cookie(database, person) for _ in range(2))
    gone = _opens_tab(database, sockets, watch, "a", here)
    _opens_tab(database, sockets, watch, "b", here)
    _opens_tab(database, sockets, watch, "c", there)
    asyncio.run(watch.look())
    assert sockets.led_away == []
    database.call(accounts.sign_out, gone)
    asyncio.run(watch.look())
    assert sorted(sockets.led_away) == ["a", "b"]
    asyncio.run(watch.look())
    assert sorted(sockets.led_away) == ["a", "b"]


@pytest.mark.parametrize(
    ("take_away", "led_away"),
    [
        (lambda tx, who: people.change_role(tx, SYSTEM, who, READER), True),
        (lambda tx, who: people.change_role(tx, SYSTEM, who, OFFICE), True),
        (lambda tx, who: people.remove_person(tx, SYSTEM, who), True),
        (lambda tx, who: people.change_role(tx, SYSTEM, who, OWNER), False),
    ],
    ids=["looks only", "no owner", "removed", "as before"],
)
def test_who_may_do_less_in_the_office_is_led_away(
    database: Database,
    sockets: Sockets,
    watch: SessionWatch,
    take_away: Callable[[Any, str], None],
    led_away: bool,
) -> None:
    stays = _owner_cookie(database, "first@example.com")
    goes = _owner_cookie(database, "second@example.com")
    _opens_tab(database, sockets, watch, "stays", stays)
    who = _opens_tab(database, sockets, watch, "goes", goes)
    assert (who.audience, who.is_owner) == (Audience.OFFICE, True)
    database.call(take_away, who.account_id)
    asyncio.run(watch.look())
    assert sockets.led_away == (["goes"] if led_away else [])


def test_who_may_do_more_stays(
    database: Database, sockets: Sockets, watch: SessionWatch
) -> None:
    cookie = session_cookie(database, new_customer(database))
    who = _opens_tab(database, sockets, watch, "a", cookie)
    newcomer = Actor(audience=Audience.NEWCOMER, session_id=who.session_id)
    watch.note("a", hash_secret(cookie.partition("=")[2]), newcomer)
    asyncio.run(watch.look())
    assert sockets.led_away == []


def test_all_tabs_are_one_query_and_strangers_none(
    database: Database, sockets: Sockets, watch: SessionWatch
) -> None:
    sockets.sid_to_token["stranger"] = "token"
    watch.note("stranger", "no hash of ours", Actor())
    with statements_of(database) as found:
        asyncio.run(watch.look())
    assert found == []
    for at in range(5):
        cookie = session_cookie(database, new_customer(database))
        _opens_tab(database, sockets, watch, f"s{at}", cookie)
    with statements_of(database) as found:
        asyncio.run(watch.look())
    assert len(found) == 1
    # Who has left is not asked for any more.
    sockets.sid_to_token.clear()
    with statements_of(database) as found:
        asyncio.run(watch.look())
    assert found == []


def test_an_event_that_comes_in_between_knows_better(
    database: Database,
    sockets: Sockets,
    watch: SessionWatch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cookie = session_cookie(database, new_customer(database))
    who = _opens_tab(database, sockets, watch, "a", cookie)
    resolve = session_lookup.resolve_actors

    def answered_meanwhile(tx: Any, hashes: Any) -> dict[str, Actor]:
        found = resolve(tx, hashes)
        watch.note("a", next(iter(hashes)), Actor())
        return found

    database.call(sessions.revoke, who.session_id)
    monkeypatch.setattr(session_lookup, "resolve_actors", answered_meanwhile)
    asyncio.run(watch.look())
    assert sockets.led_away == []
