"""The overview says what is asked in advance, in words."""

from dataclasses import replace

import pytest

from portal_app.domain.catalogue import definitions
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.db import Database
from tests.support.sample_business import WALK, ready_draft

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        ({"deposit_minor": 1000}, "$10"),
        # Nobody is asked for more than the whole price.
        ({"deposit_minor": 5000}, "$25"),
        ({"deposit_percent": 25}, "25% ($6.25)"),
        ({"deposit_percent": 33, "base_price_minor": 2550}, "33% ($8.42)"),
    ],
)
def test_the_deposit_is_said_in_words(
    db: Database, maya: Actor, asked: dict[str, int], amount: str
) -> None:
    db.call(definitions.define_service, SYSTEM, replace(WALK, **asked))
    assert ready_draft(db, maya).deposit == (
        f"A deposit of {amount} is asked for this service. Nothing is paid here: we "
        "ask you for it."
    )


@pytest.mark.parametrize("asked", [{}, {"deposit_minor": 50, "base_price_minor": 0}])
def test_nothing_is_said_of_no_deposit(
    db: Database, maya: Actor, asked: dict[str, int]
) -> None:
    db.call(definitions.define_service, SYSTEM, replace(WALK, **asked))
    assert ready_draft(db, maya).deposit == ""
