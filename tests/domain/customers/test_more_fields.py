from functools import partial

import pytest

from portal_app.domain.customers import more_fields
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.service import Condition, Definition
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed
from tests.support.accounts import stored

ALLERGIES = Definition(key="allergies", name="Allergies", kind="yes_no")
WHICH = Definition(
    key="which",
    name="Which ones",
    required=True,
    shown_when=Condition("allergies", ("yes",)),
)


@pytest.fixture(autouse=True)
def _asked(db: Database, her: Actor) -> None:
    db.call(fields.define, SYSTEM, fields.CUSTOMERS, [ALLERGIES, WHICH])


def test_answers_are_kept_and_count_as_a_change(db: Database, her: Actor) -> None:
    save = partial(db.call, more_fields.save_more_fields, her)
    save({"allergies": "yes", "which": "Nuts"}, 1)
    views, version = db.query(more_fields.more_fields, her)
    assert [(view.name, view.text) for view in views] == [
        ("Allergies", "Yes"),
        ("Which ones", "Nuts"),
    ]
    assert version == 2
    before = stored(db)
    save({"allergies": "yes", "which": "Nuts"}, 1)  # came twice
    assert stored(db) == before


def test_who_saves_second_is_shown_what_differs(db: Database, her: Actor) -> None:
    save = partial(db.call, more_fields.save_more_fields, her)
    save({"allergies": "yes", "which": "Nuts"}, 1)
    before = stored(db)
    with pytest.raises(ChangedMeanwhile) as refused:
        save({"allergies": "yes", "which": "Cats"}, 1)
    assert (refused.value.changes, refused.value.version) == (
        [Change("which", "Which ones", "Cats", "Nuts")],
        2,
    )
    assert stored(db) == before


def test_what_is_wrong_is_named_and_nothing_is_stored(db: Database, her: Actor) -> None:
    before = stored(db)
    with pytest.raises(InvalidInput) as refused:
        db.call(more_fields.save_more_fields, her, {"allergies": "yes"}, 1)
    assert list(refused.value.fields) == ["which"]
    with pytest.raises(NotAllowed):
        db.call(more_fields.save_more_fields, SYSTEM, {}, 1)
    assert stored(db) == before
