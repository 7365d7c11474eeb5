"""Two tabs decide about a quote at the same instant: one of them wins."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlmodel import select

from portal_app.domain.bookings.models import Booking
from portal_app.domain.quotes import answers, decisions, queries
from portal_app.domain.quotes.decisions import ShownVersion
from portal_app.domain.quotes.models import QuoteDecision
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict
from tests.concurrency.threads import run_concurrently
from tests.support.quotes import ANSWER, create_garden_business, sent_quote
from tests.support.sample_business import NOW, new_customer

pytestmark = pytest.mark.each_database

PROPOSED = {"starts_day": "2026-11-03", "starts_time": "09:00"}


def _outcome(decide: Callable[[], object]) -> str:
    try:
        decide()
    except Conflict as refused:
        return refused.message
    return "done"


def _accept(db: Database, who: Actor, shown: ShownVersion) -> str:
    return _outcome(lambda: db.call(decisions.accept, who, shown, "typed:Maya Chen"))


def _decline(db: Database, who: Actor, shown: ShownVersion) -> str:
    return _outcome(lambda: db.call(decisions.decline, who, shown, "Too dear"))


def _send_another(db: Database, office: Actor, number: str) -> str:
    return _outcome(lambda: db.call(answers.send_answer, office, number, 1))


def test_of_accepting_and_declining_at_once_one_wins(own_db: Database) -> None:
    with frozen(NOW):
        office = own_db.call(create_garden_business).office
        for turn in range(5):
            maya = own_db.call(new_customer, f"maya{turn}@example.com")
            shown = sent_quote(own_db, maya, office)
            said = run_concurrently(
                [
                    partial(_accept, own_db, maya, shown),
                    partial(_decline, own_db, maya, shown),
                ]
            )
            won = _status(own_db, maya, shown.number)
            assert said == (
                ["done", "This quote was accepted already."]
                if won == "accepted"
                else ["This quote was declined already.", "done"]
            )
        with own_db.read() as tx:
            assert len(tx.exec(select(QuoteDecision)).all()) == 5


def _status(db: Database, who: Actor, number: str) -> str:
    """What became of a quote."""
    return db.query(queries.get_quote, who, number).status


def test_twenty_clicks_accept_and_book_once(own_db: Database) -> None:
    with frozen(NOW):
        office = own_db.call(create_garden_business).office
        maya = own_db.call(new_customer)
        shown = sent_quote(own_db, maya, office, **PROPOSED)
        said = run_concurrently([partial(_accept, own_db, maya, shown)] * 20)
        assert said == ["done"] * 20
        with own_db.read() as tx:
            assert len(tx.exec(select(QuoteDecision)).all()) == 1
            assert len(tx.exec(select(Booking)).all()) == 1


def test_of_two_quotes_for_one_time_one_books_it(own_db: Database) -> None:
    with frozen(NOW):
        office = own_db.call(create_garden_business).office
        people = [own_db.call(new_customer, f"p{n}@example.com") for n in range(4)]
        quotes = [sent_quote(own_db, who, office, **PROPOSED) for who in people]
        said = run_concurrently(
            [
                partial(_accept, own_db, who, shown)
                for who, shown in zip(people, quotes, strict=True)
            ]
        )
        assert said == ["done"] * 4
        with own_db.read() as tx:
            assert len(tx.exec(select(Booking)).all()) == 1


def test_a_newer_version_and_an_acceptance_do_not_cross(own_db: Database) -> None:
    with frozen(NOW):
        office = own_db.call(create_garden_business).office
        for turn in range(5):
            maya = own_db.call(new_customer, f"maya{turn}@example.com")
            shown = sent_quote(own_db, maya, office)
            own_db.call(answers.save_answer, office, shown.number, ANSWER, 0)
            accepted, sent = run_concurrently(
                [
                    partial(_accept, own_db, maya, shown),
                    partial(_send_another, own_db, office, shown.number),
                ]
            )
            assert [accepted, sent].count("done") == 1
            status = _status(own_db, maya, shown.number)
            assert status == ("accepted" if accepted == "done" else "sent")
