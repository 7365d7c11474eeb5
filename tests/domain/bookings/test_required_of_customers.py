"""What is required of every customer is asked before a booking."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from portal_app.domain.bookings import confirmation, drafts
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.customers import profiles
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import Definition, FieldChoice, FieldCondition
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.features import Feature
from tests.support.accounts import outbox_messages
from tests.support.sample_business import (
    CONTACT,
    NOW,
    create_sample_business,
    draft_before_contact,
    new_customer,
    ready_draft,
)
from tests.support.switches import switched_off
from tests.support.uploads import snapshot_without_attempts

HEARD = Definition(key="heard", name="How did you hear of us?", required=True)
ALLERGIES = Definition(
    key="allergies",
    name="Allergies",
    kind="choice",
    required=True,
    choices=(FieldChoice("none", "None"), FieldChoice("some", "Some")),
)
WHICH = Definition(
    key="which",
    name="Which ones?",
    required=True,
    shown_when=FieldCondition("allergies", ("some",)),
)
NICKNAME = Definition(key="nickname", name="Nickname")
RATING = Definition(
    key="rating",
    name="Our rating",
    required=True,
    visible_to=frozenset({"office"}),
    editable_by=frozenset({"office"}),
)
FILLED_IN = {"heard": "A neighbour", "allergies": "none"}


@pytest.fixture
def maya(db: Database) -> Iterator[Actor]:
    with frozen(NOW):
        db.call(create_sample_business)
        yield db.call(new_customer)


def require(db: Database, *fields: Definition) -> None:
    db.call(schema.define_fields, SYSTEM, schema.CUSTOMER_SCOPE, fields)


def asked(db: Database, actor: Actor, draft_id: str) -> list[str]:
    form = db.query(drafts.questions_form, actor, draft_id)
    return [field.key for field in form.about_you]


def choose(db: Database, actor: Actor, draft_id: str, **answers: Any) -> None:
    details = DetailsForm(about_you=answers)
    form = replace(CONTACT, details=details)
    db.call(drafts.choose_contact, actor, draft_id, form)


def test_only_required_fields_without_an_answer_are_asked(
    db: Database, maya: Actor
) -> None:
    require(db, HEARD, ALLERGIES, WHICH, NICKNAME, RATING)
    draft = draft_before_contact(db, maya)
    assert asked(db, maya, draft) == ["heard", "allergies", "which"]
    answers = {"heard": "A neighbour", "allergies": "some", "which": "Nuts"}
    db.call(profiles.save_custom_fields, maya, answers, 1)
    assert asked(db, maya, draft) == []


def test_an_answer_that_makes_another_necessary_asks_for_that_alone(
    db: Database, maya: Actor
) -> None:
    require(db, replace(ALLERGIES, required=False))
    db.call(profiles.save_custom_fields, maya, {"allergies": "some"}, 1)
    require(db, replace(ALLERGIES, required=False), WHICH)
    draft = draft_before_contact(db, maya)
    (field,) = db.query(drafts.questions_form, maya, draft).about_you
    assert (field.key, field.shown, field.depends_on) == ("which", True, "")


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, {"heard": "Please fill this in.", "allergies": "Please choose one."}),
        ({"heard": " ", "allergies": "none"}, {"heard": "Please fill this in."}),
        (
            {"heard": "Radio", "allergies": "some"},
            {"which": "Please fill this in."},
        ),
    ],
)
def test_the_contact_step_does_not_go_on_without_answers(
    db: Database, maya: Actor, answers: dict[str, str], wrong: dict[str, str]
) -> None:
    require(db, HEARD, ALLERGIES, WHICH)
    draft = draft_before_contact(db, maya)
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refused:
        choose(db, maya, draft, **answers)
    assert refused.value.fields == {
        f"about_you.{key}": words for key, words in wrong.items()
    }
    assert snapshot_without_attempts(db) == before


def test_answers_are_kept_with_the_customer_and_asked_once(
    db: Database, maya: Actor
) -> None:
    require(db, HEARD, ALLERGIES)
    draft = draft_before_contact(db, maya)
    choose(db, maya, draft, **FILLED_IN)
    views, version = db.query(profiles.list_custom_fields, maya)
    assert [(view.key, view.text) for view in views] == [
        ("heard", "A neighbour"),
        ("allergies", "None"),
    ]
    assert version == 2
    assert asked(db, maya, draft) == []
    choose(db, maya, draft)
    view = db.query(drafts.get_draft, maya, draft)
    assert confirmation.confirm(db, maya, draft, view.shown)


@pytest.mark.parametrize("field", [HEARD, ALLERGIES])
def test_what_is_required_meanwhile_is_asked_before_confirming(
    db: Database, maya: Actor, field: Definition
) -> None:
    draft = ready_draft(db, maya)
    require(db, field)
    before, mails = snapshot_without_attempts(db), len(outbox_messages(db))
    with pytest.raises(InvalidInput) as refused:
        confirmation.confirm(db, maya, draft.id, draft.shown)
    assert refused.value.fields == {
        "questions": f"Please fill in “{field.name}” under “Details”."
    }
    assert snapshot_without_attempts(db) == before
    assert len(outbox_messages(db)) == mails
    choose(db, maya, draft.id, **{field.key: FILLED_IN[field.key]})
    view = db.query(drafts.get_draft, maya, draft.id)
    assert confirmation.confirm(db, maya, draft.id, view.shown)


def test_nothing_is_required_while_the_questions_are_switched_off(
    db: Database, maya: Actor
) -> None:
    require(db, HEARD, ALLERGIES)
    with switched_off(db, Feature.CUSTOM_FIELDS):
        draft = ready_draft(db, maya)
        assert asked(db, maya, draft.id) == []
        assert confirmation.confirm(db, maya, draft.id, draft.shown)
