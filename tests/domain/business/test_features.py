"""The table of features and booking states, and the switches the office has."""

import pytest
from sqlmodel import select

from portal_app.domain.business import features, permissions
from portal_app.domain.business.features import OFFERED, TABLE, Features, may, words
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed
from portal_app.kernel.features import BookingState, Feature
from tests.support.accounts import set_up_business, snapshot_without_logs

DEPENDENTS, FIELDS = Feature.DEPENDENTS, Feature.CUSTOM_FIELDS


def test_every_feature_has_a_row_and_words() -> None:
    assert set(TABLE) == set(Feature)
    for feature, rule in TABLE.items():
        assert rule.name, feature
        assert rule.text.endswith("."), feature
        assert bool(rule.may) == bool(rule.changes), feature


def test_what_may_be_done_follows_from_state_and_switches() -> None:
    everything = Features()
    assert [may(DEPENDENTS, state, everything) for state in BookingState] == [
        *(True, True, True, False, False)
    ]
    off = Features(off=frozenset({DEPENDENTS}))
    assert not any(may(DEPENDENTS, state, off) for state in BookingState)
    assert may(FIELDS, BookingState.CONFIRMED, off)
    closed = Features(closed=frozenset({(FIELDS, BookingState.CONFIRMED)}))
    assert not may(FIELDS, BookingState.CONFIRMED, closed)
    assert may(FIELDS, BookingState.REQUESTED, closed)
    assert [words(FIELDS, state, closed) for state in BookingState] == [
        *("Change the answers", "See the answers", "Change the answers"),
        *("See the answers", "See the answers"),
    ]
    assert words(DEPENDENTS, BookingState.DONE, off) == "–"


def test_what_is_stored_is_read_again_and_strange_values_are_not() -> None:
    wanted = Features(
        off=frozenset({DEPENDENTS}),
        closed=frozenset({(FIELDS, BookingState.CONFIRMED)}),
        version=3,
    )
    assert features.from_stored(features.as_stored(wanted), 3) == wanted
    strange = {"off": ["teleport"], "closed": ["teleport:done", "dependents:x", "y"]}
    assert features.from_stored(strange, 3) == Features(version=3)


@pytest.mark.each_database
def test_the_office_switches_and_it_is_written_down(db: Database) -> None:
    set_up_business(db)
    assert db.query(permissions.current_features) == Features(version=1)
    wanted = Features(
        off=frozenset({DEPENDENTS, Feature.PAYMENTS}),
        closed=frozenset(
            {(FIELDS, BookingState.IN_PROGRESS), (FIELDS, BookingState.DONE)}
        ),
    )
    db.call(permissions.save_features, SYSTEM, wanted, 1)
    # Neither what is not there yet nor what nobody may anyway.
    stored = Features(
        off=frozenset({DEPENDENTS}),
        closed=frozenset({(FIELDS, BookingState.IN_PROGRESS)}),
        version=2,
    )
    assert db.query(permissions.current_features) == stored
    db.call(permissions.save_features, SYSTEM, wanted, 2)
    assert db.query(permissions.current_features) == stored
    with db.read() as tx:
        (entry,) = tx.exec(
            select(ChangeEntry).where(ChangeEntry.thing_kind == "Permissions")
        ).all()
    assert entry.differences == [
        {"label": "Dependents", "before": "On", "after": "Off"},
        {"label": "Change the answers: in progress", "before": "Yes", "after": "No"},
    ]


def test_two_people_who_switch_are_shown_what_differs(db: Database) -> None:
    set_up_business(db)
    first = Features(off=frozenset({DEPENDENTS}))
    db.call(permissions.save_features, SYSTEM, first, 1)
    before = snapshot_without_logs(db)
    second = Features(off=frozenset({FIELDS}))
    with pytest.raises(EditConflict) as refused:
        db.call(permissions.save_features, SYSTEM, second, 1)
    assert refused.value.changes == [
        Change("dependents", "Dependents", "On", "Off"),
        Change("custom_fields", "Your own questions", "Off", "On"),
    ]
    db.call(permissions.save_features, SYSTEM, first, 1)  # what is so already
    assert snapshot_without_logs(db) == before


def test_only_the_office_switches_and_the_staff_is_not_refused(db: Database) -> None:
    set_up_business(db)
    off = Features(off=frozenset(OFFERED))
    before = snapshot_without_logs(db)
    for audience in set(Audience) - {Audience.OFFICE}:
        with pytest.raises(NotAllowed):
            db.call(permissions.save_features, Actor(audience), off, 1)
    assert snapshot_without_logs(db) == before
    db.call(permissions.save_features, SYSTEM, off, 1)
    for audience in (Audience.OFFICE, Audience.READER, Audience.FIELDWORKER):
        db.query(permissions.require_feature, Actor(audience), DEPENDENTS)
    for audience in (Audience.CUSTOMER, Audience.GUEST, Audience.PUBLIC):
        with pytest.raises(NotAllowed) as refused:
            db.query(permissions.require_feature, Actor(audience), DEPENDENTS)
        assert refused.value.message == "Dependents are not offered at the moment."
