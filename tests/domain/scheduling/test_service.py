from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal_app.domain.business.models import Business
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import roster, service
from portal_app.domain.scheduling.models import (
    Fieldworker,
    FieldworkerSkill,
    TimeClaim,
    TimeOff,
)
from portal_app.domain.scheduling.roster import FieldworkerDefinition, weekly_hours
from portal_app.domain.scheduling.service import Slot, SlotTaken
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    SampleBusiness,
    create_sample_business,
)
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database

MONDAY = date(2026, 11, 2)
TUESDAY = date(2026, 11, 3)


def _after(minutes: int, start: datetime = TUESDAY_NINE) -> datetime:
    return start + timedelta(minutes=minutes)


def _claims(tx: Session) -> list[tuple[str, datetime, datetime]]:
    rows = tx.exec(select(TimeClaim).order_by(col(TimeClaim.starts_at))).all()
    return [(row.fieldworker_id, row.starts_at, row.ends_at) for row in rows]


def _all_of(db: Database, shop: SampleBusiness) -> list[int]:
    """Free starts of the walk on Tuesday, in minutes after nine."""
    slots = db.query(service.free_slots, shop.walk, 30, TUESDAY)
    return [(slot.starts_at - TUESDAY_NINE) // timedelta(minutes=1) for slot in slots]


def test_a_free_day_is_offered_in_steps_until_the_visit_no_longer_fits(
    db: Database,
) -> None:
    shop = db.call(create_sample_business)
    with frozen(NOW):
        assert _all_of(db, shop) == list(range(0, 480, 30))
        # 90 minutes and 30 of cleaning up: 15:00 is the last start.
        slots = db.query(service.free_slots, shop.cleaning, 90, TUESDAY)

    assert slots == [
        Slot(_after(minutes), (shop.ana, shop.ben)) for minutes in range(0, 361, 30)
    ]


def test_claims_and_their_buffers_leave_only_the_others(db: Database) -> None:
    shop = db.call(create_sample_business)
    db.call(service.claim_time, shop.ana, _after(60), _after(300))
    db.call(service.claim_time, shop.ben, _after(0), _after(180))

    with frozen(NOW):
        slots = db.query(service.free_slots, shop.cleaning, 90, TUESDAY)
        of_ana = db.query(
            service.free_slots, shop.cleaning, 90, TUESDAY, fieldworker_id=shop.ana
        )

    assert slots == [
        Slot(_after(180), (shop.ben,)),
        Slot(_after(210), (shop.ben,)),
        Slot(_after(240), (shop.ben,)),
        Slot(_after(270), (shop.ben,)),
        Slot(_after(300), (shop.ana, shop.ben)),
        Slot(_after(330), (shop.ana, shop.ben)),
        Slot(_after(360), (shop.ana, shop.ben)),
    ]
    assert of_ana == [Slot(_after(m), (shop.ana,)) for m in (300, 330, 360)]


def test_a_released_claim_takes_no_time(db: Database) -> None:
    shop = db.call(create_sample_business)
    claim_id = db.call(service.claim_time, shop.ana, _after(0), _after(480))

    def release(tx: Session) -> None:
        tx.get_one(TimeClaim, claim_id).released_at = NOW

    with frozen(NOW):
        assert _all_of(db, shop) == []
        db.call(release)
        assert _all_of(db, shop) == list(range(0, 480, 30))
        db.call(service.claim_time, shop.ana, _after(0), _after(480))


def test_a_claim_that_began_the_day_before_reaches_into_the_day(db: Database) -> None:
    shop = db.call(create_sample_business)
    db.call(service.claim_time, shop.ana, _after(-6 * 1440), _after(60))

    with frozen(NOW):
        assert _all_of(db, shop) == list(range(60, 480, 30))


def test_a_claim_that_ends_days_later_takes_the_day(db: Database) -> None:
    shop = db.call(create_sample_business)
    db.call(service.claim_time, shop.ana, _after(60), _after(60 + 7 * 1440))

    with frozen(NOW):
        assert _all_of(db, shop) == [0, 30]


def test_time_off_of_one_and_of_all(db: Database) -> None:
    shop = db.call(create_sample_business)
    db.call(roster.add_time_off, SYSTEM, shop.ana, _after(0), _after(120))
    db.call(roster.add_time_off, SYSTEM, None, _after(240), _after(480))

    with frozen(NOW):
        assert _all_of(db, shop) == [120, 150, 180, 210]
        slots = db.query(service.free_slots, shop.cleaning, 90, TUESDAY)

    assert slots == [
        Slot(_after(0), (shop.ben,)),
        Slot(_after(30), (shop.ben,)),
        Slot(_after(60), (shop.ben,)),
        Slot(_after(90), (shop.ben,)),
        Slot(_after(120), (shop.ana, shop.ben)),
    ]


def test_the_lead_time_may_be_used_to_the_second(db: Database) -> None:
    shop = db.call(create_sample_business)
    ten = datetime(2026, 11, 1, 23, 0, tzinfo=UTC)  # Monday 10:00 in Sydney

    with frozen(ten - timedelta(minutes=120)):
        at_the_limit = db.query(service.free_slots, shop.walk, 30, MONDAY)
    with frozen(ten - timedelta(minutes=120) + timedelta(microseconds=1)):
        just_after = db.query(service.free_slots, shop.walk, 30, MONDAY)

    assert at_the_limit[0].starts_at == ten
    assert just_after[0].starts_at == ten + timedelta(minutes=30)


def test_a_service_may_need_another_lead_time(db: Database) -> None:
    shop = db.call(create_sample_business)

    def needs_a_day(tx: Session) -> None:
        tx.get_one(Service, shop.walk).lead_minutes = 1440

    db.call(needs_a_day)
    with frozen(NOW):
        days = db.query(service.free_days, shop.walk, 30, MONDAY, TUESDAY)

    assert days == [TUESDAY]


def test_the_days_of_a_month_that_have_free_time(db: Database) -> None:
    shop = db.call(create_sample_business)
    db.call(service.claim_time, shop.ana, _after(0), _after(480))
    db.call(
        roster.add_time_off,
        SYSTEM,
        None,
        datetime(2026, 11, 4, 13, 0, tzinfo=UTC),  # the 5th and 6th in Sydney
        datetime(2026, 11, 6, 13, 0, tzinfo=UTC),
    )

    with frozen(NOW):
        days = db.query(
            service.free_days, shop.walk, 30, date(2026, 10, 1), date(2026, 11, 12)
        )

    assert days == [date(2026, 11, day) for day in (2, 4, 9, 10, 11, 12)]


def test_nothing_is_offered_after_the_horizon(db: Database) -> None:
    shop = db.call(create_sample_business)

    with frozen(NOW):
        days = db.query(service.free_days, shop.walk, 30, date(2026, 12, 28), date.max)

    # Sixty days after Monday 2 November is Friday 1 January.
    assert days[-1] == date(2027, 1, 1)
    assert len(days) == 5


@pytest.mark.parametrize("minutes", [-30, 0, 7 * 1440 + 1])
def test_a_visit_of_no_or_too_much_time_is_never_free(
    db: Database, minutes: int
) -> None:
    shop = db.call(create_sample_business)

    with frozen(NOW):
        assert db.query(service.free_slots, shop.walk, minutes, TUESDAY) == []
        assert db.query(service.free_days, shop.walk, minutes, MONDAY, TUESDAY) == []


def test_a_service_that_is_not_offered_has_no_time(db: Database) -> None:
    shop = db.call(create_sample_business)

    def retire(tx: Session) -> None:
        tx.get_one(Service, shop.walk).active = False

    db.call(retire)
    with frozen(NOW):
        for service_id in (shop.walk, "nothing"):
            with pytest.raises(NotFound):
                db.query(service.free_slots, service_id, 30, TUESDAY)


def test_who_does_a_service(db: Database) -> None:
    shop = db.call(create_sample_business)
    ana = FieldworkerView(shop.ana, "Ana", "Ana is kind.")
    ben = FieldworkerView(shop.ben, "Ben", "Ben is kind.")

    assert db.query(service.fieldworkers_for, shop.cleaning) == [ana, ben]
    assert db.query(service.fieldworkers_for, shop.walk) == [ana]

    def leave(tx: Session) -> None:
        tx.get_one(Fieldworker, shop.ana).archived_at = NOW

    db.call(leave)
    assert db.query(service.fieldworkers_for, shop.cleaning) == [ben]
    with frozen(NOW):
        assert db.query(service.free_slots, shop.walk, 30, TUESDAY) == []


def test_somebody_without_the_skill_is_not_free_for_it(db: Database) -> None:
    shop = db.call(create_sample_business)

    with frozen(NOW):
        found = db.query(
            service.free_slots, shop.walk, 30, TUESDAY, fieldworker_id=shop.ben
        )

    assert found == []


def test_the_nearest_free_times_around_a_taken_one(db: Database) -> None:
    shop = db.call(create_sample_business)
    db.call(service.claim_time, shop.ana, _after(90), _after(150))

    with frozen(NOW):
        found = db.query(service.nearest_slots, shop.walk, 30, _after(90))

    # 60 minutes away on both sides: the earlier counts as closer.
    assert found == [
        Slot(_after(30), (shop.ana,)),
        Slot(_after(60), (shop.ana,)),
        Slot(_after(150), (shop.ana,)),
    ]


def test_the_nearest_free_times_are_searched_up_to_the_horizon(db: Database) -> None:
    shop = db.call(create_sample_business)
    friday = datetime(2027, 1, 1, 4, 30, tzinfo=UTC)  # 15:30, the last but two
    db.call(roster.add_time_off, SYSTEM, None, NOW, friday, reason="Closed for summer")

    with frozen(NOW):
        found = db.query(service.nearest_slots, shop.walk, 30, TUESDAY_NINE)
        two = db.query(service.nearest_slots, shop.walk, 30, TUESDAY_NINE, limit=2)

    assert [slot.starts_at for slot in found] == [
        _after(30 * index, friday) for index in range(3)
    ]
    assert two == found[:2]


LONG_AGO = datetime.min.replace(tzinfo=UTC)
LONG_AFTER = datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("around", [LONG_AGO, LONG_AFTER])
def test_an_instant_from_anywhere_is_no_error(db: Database, around: datetime) -> None:
    shop = db.call(create_sample_business)

    with frozen(NOW):
        assert not db.query(service.is_free, shop.walk, 30, around)
        found = db.query(service.nearest_slots, shop.walk, 30, around, limit=1)

    first = datetime(2026, 11, 1, 23, 0, tzinfo=UTC)
    last = datetime(2027, 1, 1, 5, 30, tzinfo=UTC)
    assert found == [Slot(first if around == LONG_AGO else last, (shop.ana,))]


def test_only_offered_instants_are_free(db: Database) -> None:
    shop = db.call(create_sample_business)

    with frozen(NOW):
        answers = [
            db.query(service.is_free, shop.walk, 30, instant)
            for instant in (
                TUESDAY_NINE,
                TUESDAY_NINE + timedelta(minutes=1),
                TUESDAY_NINE + timedelta(microseconds=1),
                TUESDAY_NINE - timedelta(minutes=30),
            )
        ]

    assert answers == [True, False, False, False]


def test_two_claims_never_overlap_and_may_touch(db: Database) -> None:
    shop = db.call(create_sample_business)
    db.call(service.claim_time, shop.ana, _after(60), _after(120))
    db.call(service.claim_time, shop.ana, _after(0), _after(60))
    db.call(service.claim_time, shop.ana, _after(120), _after(180))
    db.call(service.claim_time, shop.ben, _after(60), _after(120))
    before = db.query(_claims)

    for starts, ends in [(60, 120), (119, 121), (0, 180), (70, 80), (-30, 1)]:
        with pytest.raises(SlotTaken) as refused:
            db.call(service.claim_time, shop.ana, _after(starts), _after(ends))
        assert refused.value.message == "That time is no longer available."

    assert db.query(_claims) == before
    assert len(before) == 4


def test_the_transaction_goes_on_after_a_refused_claim(db: Database) -> None:
    shop = db.call(create_sample_business)
    db.call(service.claim_time, shop.ana, _after(0), _after(60))

    def try_both(tx: Session) -> None:
        with pytest.raises(SlotTaken):
            service.claim_time(tx, shop.ana, _after(30), _after(90))
        service.claim_time(tx, shop.ben, _after(30), _after(90))

    db.call(try_both)

    assert db.query(_claims) == [
        (shop.ana, _after(0), _after(60)),
        (shop.ben, _after(30), _after(90)),
    ]


def test_only_the_guard_means_that_a_slot_is_taken(db: Database) -> None:
    shop = db.call(create_sample_business)

    with pytest.raises(IntegrityError, match="ck_time_claim_span"):
        db.call(service.claim_time, shop.ana, _after(60), _after(0))
    with pytest.raises(ValueError, match="seven days"):
        db.call(service.claim_time, shop.ana, _after(0), _after(7 * 1440 + 1))

    assert db.query(_claims) == []


def test_anyone_is_the_least_busy_fieldworker_of_the_day(db: Database) -> None:
    shop = db.call(create_sample_business)
    won = []
    with frozen(NOW):
        for minutes in (0, 0, 120, 240, 240):
            taken = db.call(service.claim_slot, shop.cleaning, 90, _after(minutes))
            won.append((minutes, taken.fieldworker_id))
        with pytest.raises(SlotTaken):
            db.call(service.claim_slot, shop.cleaning, 90, _after(30))

    assert won == [
        (0, shop.ana),
        (0, shop.ben),
        (120, shop.ana),
        (240, shop.ben),
        (240, shop.ana),
    ]
    assert db.query(_claims)[0][1:] == (_after(0), _after(120))


def test_what_is_claimed_another_day_does_not_count_as_todays_work(
    db: Database,
) -> None:
    shop = db.call(create_sample_business)
    db.call(service.claim_time, shop.ana, _after(1440), _after(1440 + 300))

    with frozen(NOW):
        taken = db.call(service.claim_slot, shop.cleaning, 90, _after(0))

    assert taken.fieldworker_id == shop.ana


def test_named_fieldworker_is_claimed_or_nobody(db: Database) -> None:
    shop = db.call(create_sample_business)
    with frozen(NOW):
        taken = db.call(
            service.claim_slot, shop.cleaning, 90, _after(0), fieldworker_id=shop.ben
        )
        with pytest.raises(SlotTaken):
            db.call(
                service.claim_slot,
                shop.cleaning,
                90,
                _after(0),
                fieldworker_id=shop.ben,
            )

    assert taken.fieldworker_id == shop.ben
    assert db.query(_claims) == [(shop.ben, _after(0), _after(120))]


def test_claiming_checks_hours_time_off_and_lead_time_again(db: Database) -> None:
    shop = db.call(create_sample_business)

    def away(tx: Session) -> None:
        roster.add_time_off(tx, SYSTEM, shop.ana, _after(30), _after(60))

    def new_hours(tx: Session) -> None:
        roster.define_fieldworker(
            tx,
            SYSTEM,
            FieldworkerDefinition(
                "Ana", skills=("dog-walk",), hours=weekly_hours([1], "10:30", "17:00")
            ),
        )

    def other_skills(tx: Session) -> None:
        skill = tx.get_one(FieldworkerSkill, (shop.ana, shop.walk))
        tx.delete(skill)

    def longer_steps(tx: Session) -> None:
        tx.get_one(Business, 1).slot_step_minutes = 60

    def shorter_horizon(tx: Session) -> None:
        tx.get_one(Business, 1).horizon_days = 0

    with frozen(NOW):
        for change, start in [
            (away, 30),
            (new_hours, 60),
            (longer_steps, 150),
            (shorter_horizon, 180),
            (other_skills, 180),
        ]:
            assert db.query(service.is_free, shop.walk, 30, _after(start))
            db.call(change)
            for fieldworker_id in (shop.ana, None):
                with pytest.raises(SlotTaken):
                    db.call(
                        service.claim_slot,
                        shop.walk,
                        30,
                        _after(start),
                        fieldworker_id=fieldworker_id,
                    )
            if change is shorter_horizon:
                db.call(lambda tx: setattr(tx.get_one(Business, 1), "horizon_days", 60))
    with frozen(NOW + timedelta(days=2)), pytest.raises(SlotTaken):
        db.call(service.claim_slot, shop.cleaning, 90, _after(0))

    assert db.query(_claims) == []


def test_search_makes_few_queries_however_many_fieldworkers(
    sqlite_db: Database,
) -> None:
    def employ(tx: Session) -> None:
        for index in range(20):
            roster.define_fieldworker(
                tx,
                SYSTEM,
                FieldworkerDefinition(
                    f"F{index}",
                    skills=("dog-walk",),
                    hours=weekly_hours(range(7), "07:00", "19:00"),
                ),
            )

    shop = sqlite_db.call(create_sample_business)
    sqlite_db.call(employ)

    with frozen(NOW), statements_of(sqlite_db) as asked:
        sqlite_db.query(service.free_days, shop.walk, 30, MONDAY, date(2026, 11, 30))

    # Service, business, holidays, fieldworkers, their hours, their dates, time off,
    # claims.
    assert len(asked) == 8


def test_a_search_scans_no_table_of_claims(sqlite_db: Database) -> None:
    shop = sqlite_db.call(create_sample_business)

    def fill(tx: Session) -> None:
        for day in range(60):
            service.claim_time(
                tx, shop.ana, _after(day * 1440), _after(day * 1440 + 60)
            )

    sqlite_db.call(fill)
    with frozen(NOW), statements_of(sqlite_db) as asked:
        sqlite_db.query(service.free_days, shop.walk, 30, MONDAY, TUESDAY)
        sqlite_db.call(service.claim_slot, shop.cleaning, 90, _after(120))

    plans = []
    with sqlite_db.read() as tx:
        for statement, parameters in asked:
            if "FROM time_claim" in statement:
                rows = tx.connection().exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement}", parameters
                )
                plans.append([row.detail for row in rows])
    steps = {step for plan in plans for step in plan if "time_claim" in step}
    assert len(plans) == 2
    assert steps == {
        "SEARCH time_claim USING COVERING INDEX ix_time_claim_active "
        "(fieldworker_id=? AND released_at=? AND ends_at>? AND ends_at<?)",
        # The first that ends later, of each person.
        "SEARCH time_claim USING INDEX sqlite_autoindex_time_claim_1 (id=?)",
        "SEARCH time_claim_1 USING INDEX ix_time_claim_active "
        "(fieldworker_id=? AND released_at=? AND ends_at>?)",
    }


def test_time_off_is_stored_once_and_widened_to_whole_minutes(db: Database) -> None:
    shop = db.call(create_sample_business)
    seconds = timedelta(seconds=1)

    first = db.call(
        roster.add_time_off,
        SYSTEM,
        shop.ana,
        _after(0) + seconds,
        _after(30) + seconds,
        reason="Dentist",
    )
    second = db.call(
        roster.add_time_off, SYSTEM, shop.ana, _after(0), _after(31), reason="Again"
    )

    assert first == second
    with db.read() as tx:
        rows = tx.exec(select(TimeOff)).all()
    assert [(r.starts_at, r.ends_at, r.reason) for r in rows] == [
        (_after(0), _after(31), "Again")
    ]
