"""What changes of a booking cost, and how the office says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal_app.domain.business import booking_rules
from portal_app.domain.business.booking_rules import (
    FLAT,
    FREE,
    PERCENT,
    REFUSED,
    BookingRules,
    ChangeTerms,
)
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed
from portal_app.kernel.formats import Formats
from tests.support.sample_business import TUESDAY_NINE, create_sample_business
from tests.support.snapshots import database_snapshot

SYDNEY = Formats("en_AU", "Australia/Sydney", "AUD")
CUT_OFF = TUESDAY_NINE - timedelta(hours=24)
SECOND = timedelta(seconds=1)
HALF = ChangeTerms(24, PERCENT, percent=50)


@pytest.mark.parametrize(
    ("terms", "late", "words"),
    [
        (HALF, 4250, "then 50 %"),
        (replace(HALF, percent=33), 2805, "then 33 %"),
        (ChangeTerms(24, FLAT, amount_minor=2000), 2000, "then $20"),
        (ChangeTerms(24, FLAT, amount_minor=9900), 8501, "then $99"),
        (ChangeTerms(24, REFUSED), None, "then not possible"),
    ],
)
def test_the_fee_is_due_from_the_cut_off_on(
    terms: ChangeTerms, late: int | None, words: str
) -> None:
    def fee(now: object) -> int | None:
        return terms.fee_minor(8501, TUESDAY_NINE, now)  # type: ignore[arg-type]

    assert fee(CUT_OFF - SECOND) == 0
    assert fee(CUT_OFF) == late
    assert fee(TUESDAY_NINE - SECOND) == late
    assert fee(TUESDAY_NINE) is None
    assert terms.fee_minor(8501, TUESDAY_NINE, CUT_OFF - SECOND, due=True) == late
    until = "Free until Mon, 2 Nov, 9:00\u202fam, "
    assert terms.words(SYDNEY, TUESDAY_NINE) == until + words


def test_free_terms_hold_until_the_visit_starts() -> None:
    terms = ChangeTerms(24, FREE)
    assert terms.free_until(TUESDAY_NINE) == TUESDAY_NINE
    assert terms.fee_minor(8500, TUESDAY_NINE, TUESDAY_NINE - SECOND) == 0
    assert terms.fee_minor(8500, TUESDAY_NINE, TUESDAY_NINE) is None
    assert terms.words(SYDNEY, TUESDAY_NINE) == "Free until the visit starts"


def test_terms_before_there_is_a_visit(db: Database) -> None:
    db.call(create_sample_business)
    assert db.query(booking_rules.terms_paragraphs) == []
    rules = BookingRules(
        move_hours=36, move_fee=REFUSED, cancel_fee=PERCENT, cancel_percent=50
    )
    db.call(booking_rules.save_rules, SYSTEM, rules, 1)
    assert db.query(booking_rules.terms_paragraphs) == [
        "Cancelling is free until 1 day before, then 50 %. "
        "Moving is free until 36 hours before, then not possible."
    ]


WANTED = BookingRules(
    move_hours=4,
    move_fee=REFUSED,
    free_moves=2,
    cancel_hours=48,
    cancel_fee=FLAT,
    cancel_amount=2500,
    answer_hours=6,
    reminders=(120, 2880),
)


def test_the_office_changes_the_rules_once(db: Database) -> None:
    db.call(create_sample_business)
    first = db.query(booking_rules.current_rules)
    assert replace(first, version=0) == BookingRules()
    db.call(booking_rules.save_rules, SYSTEM, WANTED, first.version)
    db.call(booking_rules.save_rules, SYSTEM, WANTED, first.version)
    now = db.query(booking_rules.current_rules)
    assert now == replace(WANTED, reminders=(2880, 120), version=first.version + 1)
    before = database_snapshot(db)
    with pytest.raises(EditConflict):
        db.call(booking_rules.save_rules, SYSTEM, BookingRules(), first.version)
    for audience in (Audience.READER, Audience.CUSTOMER):
        with pytest.raises(NotAllowed):
            db.call(booking_rules.save_rules, Actor(audience), WANTED, now.version)
    assert database_snapshot(db) == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"move_hours": -1}, "move_hours"),
        ({"cancel_hours": 1441}, "cancel_hours"),
        ({"free_moves": 101}, "free_moves"),
        ({"answer_hours": 0}, "answer_hours"),
        ({"move_fee": "double"}, "move_fee"),
        ({"move_fee": PERCENT}, "move_percent"),
        ({"cancel_fee": PERCENT, "cancel_percent": 101}, "cancel_percent"),
        ({"cancel_fee": FLAT, "cancel_amount": 0}, "cancel_amount"),
        ({"reminders": (61,)}, "reminders"),
    ],
)
def test_odd_rules_are_refused(
    db: Database, wrong: dict[str, object], field: str
) -> None:
    db.call(create_sample_business)
    before = database_snapshot(db)
    odd = replace(BookingRules(), **wrong)
    with pytest.raises(InvalidInput) as refused:
        db.call(booking_rules.save_rules, SYSTEM, odd, 1)
    assert set(refused.value.fields) == {field}
    assert database_snapshot(db) == before


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(60, "1 hour"), (240, "4 hours"), (1440, "1 day"), (10080, "7 days")],
)
def test_reminders_in_words(minutes: int, text: str) -> None:
    assert booking_rules.reminder_text(minutes) == text
