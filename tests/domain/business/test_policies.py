"""The business's policies: written by the office, read by everybody."""

from dataclasses import replace

import pytest

from portal_app.domain.business import policies
from portal_app.domain.business.policies import PolicyForm, PolicyText
from portal_app.domain.business.views import PolicyEntryView, PolicyView
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.accounts import (
    run_concurrently,
    set_up_business,
    snapshot_without_logs,
)
from tests.support.snapshots import changed_columns

pytestmark = pytest.mark.each_database

KEYS = PolicyForm(title="Keys and codes", text="In a safe.\n\nApart from your name.")


@pytest.fixture(autouse=True)
def _open(db: Database) -> None:
    set_up_business(db)


def add(db: Database, form: PolicyForm = KEYS, request: str = "r1") -> str:
    return db.call(policies.add_policy, SYSTEM, form, request)


def entries(db: Database) -> list[PolicyEntryView]:
    return db.query(policies.policies_for_office, SYSTEM)


def titles(db: Database) -> list[str]:
    return [policy.title for policy in db.query(policies.policy_views)]


def test_an_unwritten_standard_policy_is_listed_for_the_office_only(
    db: Database,
) -> None:
    assert [(e.id, e.title, e.shown, e.written) for e in entries(db)] == [
        ("terms", "Terms and conditions", "Accepted at sign-up", False),
        ("cancellation", "Cancellation policy", "Shown with every booking", False),
    ]
    assert db.query(policies.policy_views) == []
    assert db.query(policies.policy_paragraphs, policies.TERMS) == []


def test_a_policy_is_added_once_with_a_unique_key(db: Database) -> None:
    assert add(db) == "keys-and-codes"
    before = snapshot_without_logs(db)
    assert add(db) == "keys-and-codes"
    assert snapshot_without_logs(db) == before
    assert add(db, request="r2") == "keys-and-codes-2"
    # Nothing takes the place of what the pages look for, or of the page itself.
    assert add(db, PolicyForm(title="Terms", text="x"), "r3") == "terms-2"
    assert add(db, PolicyForm(title="Main", text="x"), "r4") == "main-2"
    assert db.query(policies.policy_views)[0] == PolicyView(
        "keys-and-codes", "Keys and codes", ["In a safe.", "Apart from your name."]
    )


def test_a_request_without_a_request_key_is_refused(db: Database) -> None:
    before = snapshot_without_logs(db)
    with pytest.raises(InvalidInput):
        add(db, request=" ")
    assert snapshot_without_logs(db) == before


def test_policies_added_concurrently_get_different_keys(db: Database) -> None:
    found = run_concurrently(
        lambda: add(db, request="r1"), lambda: add(db, request="r2")
    )
    assert sorted(map(str, found)) == ["keys-and-codes", "keys-and-codes-2"]


def test_concurrent_duplicate_requests_add_one_policy(db: Database) -> None:
    assert run_concurrently(lambda: add(db), lambda: add(db)) == ["keys-and-codes"] * 2
    assert titles(db) == ["Keys and codes"]


def test_the_terms_are_written_and_changed(db: Database) -> None:
    form = PolicyForm(title=" Our  terms ", text=" One.\r\n\r\nTwo,\r\nstill two. ")
    db.call(policies.save_policy, SYSTEM, "terms", form, 0)
    assert db.query(policies.policy_paragraphs, policies.TERMS) == [
        "One.",
        "Two,\nstill two.",
    ]
    first = entries(db)[0]
    assert (first.title, first.written, first.version) == ("Our terms", True, 1)
    before = snapshot_without_logs(db)
    db.call(policies.save_policy, SYSTEM, "terms", form, 1)
    assert snapshot_without_logs(db) == before
    db.call(policies.save_policy, SYSTEM, "terms", replace(form, text="Three."), 1)
    assert db.query(policies.policy_paragraphs, policies.TERMS) == ["Three."]


def test_a_stale_save_reports_what_changed(db: Database) -> None:
    key = add(db)
    first = replace(KEYS, text="In two safes.")
    db.call(policies.save_policy, SYSTEM, key, first, 1)
    before = snapshot_without_logs(db)
    with pytest.raises(EditConflict) as refused:
        db.call(policies.save_policy, SYSTEM, key, KEYS, 1)
    assert refused.value.changes == [Change("text", "Text", KEYS.text, "In two safes.")]
    assert refused.value.version == 2
    db.call(policies.save_policy, SYSTEM, key, first, 1)  # what it says already
    assert snapshot_without_logs(db) == before
    db.call(policies.archive_policy, SYSTEM, key)
    with pytest.raises(EditConflict) as refused:
        db.call(policies.save_policy, SYSTEM, key, first, 2)
    assert refused.value.changes == [
        Change("in_use", "Shown to customers", "Yes", "No")
    ]
    db.call(policies.save_policy, SYSTEM, key, first, refused.value.version)
    assert titles(db) == ["Keys and codes"]


def test_policies_can_be_reordered(db: Database) -> None:
    db.call(policies.save_policy, SYSTEM, "terms", KEYS, 0)
    one, two = add(db, request="r1"), add(db, request="r2")
    db.call(policies.archive_policy, SYSTEM, one)
    db.call(policies.reorder_policies, SYSTEM, [two, "cancellation", "terms", "gone"])
    assert [e.id for e in entries(db)] == [two, "terms", "cancellation", one]
    db.call(policies.restore_policy, SYSTEM, one)
    assert [e.id for e in entries(db)] == [two, one, "terms", "cancellation"]


def test_a_policy_is_archived_and_restored(db: Database) -> None:
    db.call(policies.save_policy, SYSTEM, "terms", KEYS, 0)
    for _ in range(2):
        db.call(policies.archive_policy, SYSTEM, "terms")
    assert (titles(db), db.query(policies.policy_paragraphs, "terms")) == ([], [])
    assert [(e.id, e.archived) for e in entries(db)] == [
        ("cancellation", False),
        ("terms", True),
    ]
    for _ in range(2):
        db.call(policies.restore_policy, SYSTEM, "terms")
    assert titles(db) == ["Keys and codes"]
    assert entries(db)[0].version == 3


def test_a_pack_restores_an_archived_policy(db: Database) -> None:
    wanted = [PolicyText("keys", "Keys", "In a safe."), PolicyText("pets", "Pets", "x")]
    assert db.call(policies.define_policies, SYSTEM, wanted) == 2
    assert db.call(policies.define_policies, SYSTEM, wanted) == 0
    db.call(policies.archive_policy, SYSTEM, "keys")
    assert db.query(policies.active_policies) == wanted[1:]
    assert db.call(policies.define_policies, SYSTEM, wanted) == 1
    assert db.query(policies.active_policies) == wanted


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
            PolicyForm(title="Re\x1bx", text="Re\x1bx"),
            {
                "title": "Please use only letters, numbers and signs.",
                "text": "Please use only letters, numbers and signs.",
            },
        ),
    ],
)
def test_an_invalid_policy_changes_nothing(
    db: Database, form: PolicyForm, wrong: dict[str, str]
) -> None:
    before = snapshot_without_logs(db)
    for attempt in (
        lambda: add(db, form),
        lambda: db.call(policies.save_policy, SYSTEM, "terms", form, 0),
    ):
        with pytest.raises(InvalidInput) as refused:
            attempt()
        assert refused.value.fields == wrong
    assert snapshot_without_logs(db) == before


def test_number_of_policies_is_limited(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "MAX_POLICIES", 1)
    add(db)
    with pytest.raises(Conflict):
        add(db, request="r2")
    assert titles(db) == ["Keys and codes"]


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.OFFICE])
def test_only_the_office_may_change_policies(db: Database, audience: Audience) -> None:
    key = add(db)
    before = snapshot_without_logs(db)
    who = Actor(audience=audience)
    for attempt in (
        lambda: db.call(policies.add_policy, who, KEYS, "r2"),
        lambda: db.call(policies.save_policy, who, key, PolicyForm(), 1),
        lambda: db.call(policies.reorder_policies, who, [key]),
        lambda: db.call(policies.archive_policy, who, key),
        lambda: db.call(policies.restore_policy, who, key),
        lambda: db.call(policies.define_policies, who, []),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert snapshot_without_logs(db) == before
    if audience is not Audience.READER:
        with pytest.raises(NotAllowed):
            db.query(policies.policies_for_office, who)


def test_an_unknown_policy_is_not_found(db: Database) -> None:
    before = snapshot_without_logs(db)
    for attempt in (
        lambda: db.call(policies.save_policy, SYSTEM, "keys", KEYS, 0),
        lambda: db.call(policies.archive_policy, SYSTEM, "terms"),
        lambda: db.call(policies.restore_policy, SYSTEM, "terms"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize(
    ("name", "value"), [("title", "Keys"), ("text", "In a safe.\n\nWith your name.")]
)
def test_one_changed_field_is_all_that_changes(
    db: Database, name: str, value: str
) -> None:
    key = add(db)
    add(db, replace(KEYS, title="Pets"), "r2")
    before = snapshot_without_logs(db)
    form = replace(KEYS, **{name: value})
    db.call(policies.save_policy, SYSTEM, key, form, 1)
    after = snapshot_without_logs(db)
    assert changed_columns(before, after) == {
        *(f"policy.{name}", "policy.version", "+change_entry")
    }
