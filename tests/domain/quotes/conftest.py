"""What most tests of quotes begin with."""

from collections.abc import Iterator

import pytest

from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.quotes import GardenBusiness, create_garden_business
from tests.support.sample_business import NOW, new_customer


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def business(db: Database) -> GardenBusiness:
    """The sample business, with a service whose price is on request."""
    return db.call(create_garden_business)


@pytest.fixture
def office(business: GardenBusiness) -> Actor:
    """Somebody of the office."""
    return business.office


@pytest.fixture
def maya(db: Database, business: GardenBusiness) -> Actor:
    """A customer."""
    return db.call(new_customer)
