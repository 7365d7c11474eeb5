from functools import partial

import pytest

from portal_app.domain.customers import profiles
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import Definition, FieldCondition
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed
from tests.support.accounts import snapshot_without_logs
from tests.support.snapshots import changed_columns

ALLERGIES = Definition(key="allergies", name="Allergies", kind="yes_no")
WHICH = Definition(
    key="which",
    name="Which ones",
    required=True,
    shown_when=FieldCondition("allergies", ("yes",)),
)


@pytest.fixture(autouse=True)
def _asked(db: Database, her: Actor) -> None:
    db.call(schema.define_fields, SYSTEM, schema.CUSTOMER_SCOPE, [ALLERGIES, WHICH])


def test_answers_are_stored_and_increase_the_version(db: Database, her: Actor) -> None:
    save = partial(db.call, profiles.save_custom_fields, her)
    save({"allergies": "yes", "which": "Nuts"}, 1)
    views, version = db.query(profiles.list_custom_fields, her)
    assert [(view.name, view.text) for view in views] == [
        ("Allergies", "Yes"),
        ("Which ones", "Nuts"),
    ]
    assert version == 2
    before = snapshot_without_logs(db)
    save({"allergies": "yes", "which": "Nuts"}, 1)  # came twice
    assert snapshot_without_logs(db) == before


def test_the_second_save_gets_an_edit_conflict(db: Database, her: Actor) -> None:
    save = partial(db.call, profiles.save_custom_fields, her)
    save({"allergies": "yes", "which": "Nuts"}, 1)
    before = snapshot_without_logs(db)
    with pytest.raises(EditConflict) as refused:
        save({"allergies": "yes", "which": "Cats"}, 1)
    assert (refused.value.changes, refused.value.version) == (
        [Change("which", "Which ones", "Cats", "Nuts")],
        2,
    )
    assert snapshot_without_logs(db) == before


def test_invalid_answers_are_named_and_nothing_is_stored(
    db: Database, her: Actor
) -> None:
    before = snapshot_without_logs(db)
    with pytest.raises(InvalidInput) as refused:
        db.call(profiles.save_custom_fields, her, {"allergies": "yes"}, 1)
    assert list(refused.value.fields) == ["which"]
    with pytest.raises(NotAllowed):
        db.call(profiles.save_custom_fields, SYSTEM, {}, 1)
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize("text", ["Nuts and milk", "Cats"])
def test_one_changed_answer_is_all_that_changes(
    db: Database, her: Actor, text: str
) -> None:
    save = partial(db.call, profiles.save_custom_fields, her)
    save({"allergies": "yes", "which": "Nuts"}, 1)
    before = snapshot_without_logs(db)
    save({"allergies": "yes", "which": text}, 2)
    assert changed_columns(before, snapshot_without_logs(db)) == {
        "field_value.value",
        "field_value.text",
        "field_value.updated_at",
        "customer.version",
    }
