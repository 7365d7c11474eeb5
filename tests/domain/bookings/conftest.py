"""What most tests of bookings begin with."""

from collections.abc import Iterator

import pytest

from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.sample_business import NOW, create_sample_business, new_customer


@pytest.fixture
def monday_morning() -> Iterator[None]:
    """It is ``NOW``."""
    with frozen(NOW):
        yield


@pytest.fixture
def maya(db: Database) -> Actor:
    """A customer of the sample business."""
    db.call(create_sample_business)
    return db.call(new_customer)
