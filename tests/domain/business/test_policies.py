"""The business's policies: written by the office, read by everybody."""

from dataclasses import replace

import pytest

from portal_app.domain.business import policies
from portal_app.domain.business.policies import PolicyForm, PolicyText
from portal_app.domain.business.views import PolicyEntryView, PolicyView
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.accounts import at_once, open_business, stored

pytestmark = pytest.mark.each_database

KEYS = PolicyForm(title="Keys and codes", text="In a safe.\n\nApart from your name.")


@pytest.fixture(autouse=True)
def _open(db: Database) -> None:
    open_business(db)


def add(db: Database, form: PolicyForm = KEYS, request: str = "r1") -> str:
    return db.call(policies.add_policy, SYSTEM, form, request)


def entries(db: Database) -> list[PolicyEntryView]:
    return db.query(policies.policies_for_office, SYSTEM)


def titles(db: Database) -> list[str]:
    return [policy.title for policy in db.query(policies.published)]


def test_what_is_not_written_yet_is_asked_for_and_shown_to_nobody(db: Database) -> None:
    assert [(e.id, e.title, e.shown, e.written) for e in entries(db)] == [
        ("terms", "Terms and conditions", "Accepted at sign-up", False),
        ("cancellation", "Cancellation policy", "Shown with every booking", False),
    ]
    assert db.query(policies.published) == []
    assert db.query(policies.paragraphs, policies.TERMS) == []


def test_a_policy_is_added_once_with_a_key_of_its_own(db: Database) -> None:
    assert add(db) == "keys-and-codes"
    before = stored(db)
    assert add(db) == "keys-and-codes"
    assert stored(db) == before
    assert add(db, request="r2") == "keys-and-codes-2"
    # Nothing takes the place of what the pages look for, or of the page itself.
    assert add(db, PolicyForm(title="Terms", text="x"), "r3") == "terms-2"
    assert add(db, PolicyForm(title="Main", text="x"), "r4") == "main-2"
    assert db.query(policies.published)[0] == PolicyView(
        "keys-and-codes", "Keys and codes", ["In a safe.", "Apart from your name."]
    )


def test_a_request_without_a_name_is_refused(db: Database) -> None:
    before = stored(db)
    with pytest.raises(InvalidInput):
        add(db, request=" ")
    assert stored(db) == before


def test_added_at_once_there_are_two_keys(db: Database) -> None:
    found = at_once(lambda: add(db, request="r1"), lambda: add(db, request="r2"))
    assert sorted(map(str, found)) == ["keys-and-codes", "keys-and-codes-2"]


def test_a_request_sent_twice_at_once_adds_one(db: Database) -> None:
    assert at_once(lambda: add(db), lambda: add(db)) == ["keys-and-codes"] * 2
    assert titles(db) == ["Keys and codes"]


def test_the_terms_are_written_and_written_again(db: Database) -> None:
    form = PolicyForm(title=" Our  terms ", text=" One.\r\n\r\nTwo,\r\nstill two. ")
    db.call(policies.save_policy, SYSTEM, "terms", form, 0)
    assert db.query(policies.paragraphs, policies.TERMS) == ["One.", "Two,\nstill two."]
    first = entries(db)[0]
    assert (first.title, first.written, first.version) == ("Our terms", True, 1)
    before = stored(db)
    db.call(policies.save_policy, SYSTEM, "terms", form, 1)
    assert stored(db) == before
    db.call(policies.save_policy, SYSTEM, "terms", replace(form, text="Three."), 1)
    assert db.query(policies.paragraphs, policies.TERMS) == ["Three."]


def test_of_two_tabs_the_second_is_shown_what_changed(db: Database) -> None:
    key = add(db)
    first = replace(KEYS, text="In two safes.")
    db.call(policies.save_policy, SYSTEM, key, first, 1)
    before = stored(db)
    with pytest.raises(ChangedMeanwhile) as refused:
        db.call(policies.save_policy, SYSTEM, key, KEYS, 1)
    assert refused.value.changes == [Change("text", "Text", KEYS.text, "In two safes.")]
    assert refused.value.version == 2
    db.call(policies.save_policy, SYSTEM, key, first, 1)  # what it says already
    assert stored(db) == before
    db.call(policies.archive_policy, SYSTEM, key)
    with pytest.raises(ChangedMeanwhile) as refused:
        db.call(policies.save_policy, SYSTEM, key, first, 2)
    assert refused.value.changes == [
        Change("in_use", "Shown to customers", "Yes", "No")
    ]
    db.call(policies.save_policy, SYSTEM, key, first, refused.value.version)
    assert titles(db) == ["Keys and codes"]


def test_they_are_put_in_order(db: Database) -> None:
    db.call(policies.save_policy, SYSTEM, "terms", KEYS, 0)
    one, two = add(db, request="r1"), add(db, request="r2")
    db.call(policies.archive_policy, SYSTEM, one)
    db.call(policies.order_policies, SYSTEM, [two, "cancellation", "terms", "gone"])
    assert [e.id for e in entries(db)] == [two, "terms", "cancellation", one]
    db.call(policies.restore_policy, SYSTEM, one)
    assert [e.id for e in entries(db)] == [two, one, "terms", "cancellation"]


def test_an_archived_one_is_shown_to_nobody_and_comes_back(db: Database) -> None:
    db.call(policies.save_policy, SYSTEM, "terms", KEYS, 0)
    for _ in range(2):
        db.call(policies.archive_policy, SYSTEM, "terms")
    assert (titles(db), db.query(policies.paragraphs, "terms")) == ([], [])
    assert [(e.id, e.archived) for e in entries(db)] == [
        ("cancellation", False),
        ("terms", True),
    ]
    for _ in range(2):
        db.call(policies.restore_policy, SYSTEM, "terms")
    assert titles(db) == ["Keys and codes"]
    assert entries(db)[0].version == 3


def test_a_pack_shows_an_archived_one_again(db: Database) -> None:
    wanted = [PolicyText("keys", "Keys", "In a safe."), PolicyText("pets", "Pets", "x")]
    assert db.call(policies.define_policies, SYSTEM, wanted) == 2
    assert db.call(policies.define_policies, SYSTEM, wanted) == 0
    db.call(policies.archive_policy, SYSTEM, "keys")
    assert db.query(policies.policies) == wanted[1:]
    assert db.call(policies.define_policies, SYSTEM, wanted) == 1
    assert db.query(policies.policies) == wanted


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (
            PolicyForm(),
            {
                "title": "Please enter a title.",
                "text": "Please write what the policy says.",
            },
        ),
        (
            PolicyForm(title="x" * 81, text="x" * 20_001),
            {
                "title": "Please use at most 80 characters.",
                "text": "Please use at most 20000 characters.",
            },
        ),
        (
            PolicyForm(title="Re\u202ex", text="Re\u202ex"),
            {
                "title": "Please use only letters, numbers and signs.",
                "text": "Please use only letters, numbers and signs.",
            },
        ),
    ],
)
def test_a_wrong_policy_changes_nothing(
    db: Database, form: PolicyForm, wrong: dict[str, str]
) -> None:
    before = stored(db)
    for attempt in (
        lambda: add(db, form),
        lambda: db.call(policies.save_policy, SYSTEM, "terms", form, 0),
    ):
        with pytest.raises(InvalidInput) as refused:
            attempt()
        assert refused.value.fields == wrong
    assert stored(db) == before


def test_so_many_fit(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "MAX_POLICIES", 1)
    add(db)
    with pytest.raises(Conflict):
        add(db, request="r2")
    assert titles(db) == ["Keys and codes"]


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.OFFICE])
def test_only_the_office(db: Database, audience: Audience) -> None:
    key = add(db)
    before = stored(db)
    who = Actor(audience=audience)
    for attempt in (
        lambda: db.query(policies.policies_for_office, who),
        lambda: db.call(policies.add_policy, who, KEYS, "r2"),
        lambda: db.call(policies.save_policy, who, key, PolicyForm(), 1),
        lambda: db.call(policies.order_policies, who, [key]),
        lambda: db.call(policies.archive_policy, who, key),
        lambda: db.call(policies.restore_policy, who, key),
        lambda: db.call(policies.define_policies, who, []),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert stored(db) == before


def test_what_is_not_there_is_not_found(db: Database) -> None:
    before = stored(db)
    for attempt in (
        lambda: db.call(policies.save_policy, SYSTEM, "keys", KEYS, 0),
        lambda: db.call(policies.archive_policy, SYSTEM, "terms"),
        lambda: db.call(policies.restore_policy, SYSTEM, "terms"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert stored(db) == before
