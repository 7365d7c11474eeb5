"""The page of a service: as it is, nowhere to be found, or not open yet."""

from collections.abc import Iterator

import pytest

from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.state.catalogue.public_pages import ServiceState
from tests.support.accounts import STRANGER
from tests.support.sample_business import (
    create_sample_business,
    let_everybody_go,
    new_customer,
)
from tests.support.tabs import Tab
from tests.support.wiring import wired


@pytest.fixture
def shop(sqlite_db: Database) -> Iterator[Database]:
    with wired(database=sqlite_db):
        sqlite_db.call(create_sample_business)
        yield sqlite_db


def _look(who: Actor, slug: str = "dog-walk") -> tuple[bool, bool, str]:
    tab = Tab(f"/services/{slug}", who)
    assert tab.fire(ServiceState.load) == []
    state = tab.state(ServiceState)
    assert state.path == f"/services/{slug}"
    return state.found, state.opens_soon, state.page.service.name


def test_before_the_business_opens_only_the_staff_see_it(shop: Database) -> None:
    maya = shop.call(new_customer)
    assert _look(STRANGER) == _look(maya) == (True, False, "Dog walk")
    shop.call(let_everybody_go)
    assert _look(STRANGER) == _look(maya) == (False, True, "")
    assert _look(STRANGER, "nothing") == (False, False, "")
    for audience in (Audience.OFFICE, Audience.READER):
        assert _look(Actor(audience)) == (True, False, "Dog walk")


def test_a_tab_forgets_what_it_said_before(shop: Database) -> None:
    shop.call(let_everybody_go)
    tab = Tab("/services/dog-walk")
    tab.fire(ServiceState.load)
    tab.go("/services/nothing")
    tab.fire(ServiceState.load)
    state = tab.state(ServiceState)
    assert (state.found, state.opens_soon) == (False, False)
