"""Asking for a price: the wizard's draft becomes a quote, once."""

from dataclasses import replace

import pytest
from sqlmodel import select

from portal_app.domain.bookings import drafts
from portal_app.domain.business import permissions
from portal_app.domain.business.features import Features
from portal_app.domain.catalogue.service import OnRequest
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.quotes import queries, requests
from portal_app.domain.quotes.requests import RequestForm
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.features import Feature
from tests.support.quotes import GARDEN, request_draft, requested_quote
from tests.support.sample_business import new_customer, ready_draft
from tests.support.snapshots import database_snapshot


def test_a_request_is_sent_once_and_the_office_is_told(
    db: Database, maya: Actor, office: Actor
) -> None:
    draft_id, version = db.call(request_draft, maya)
    form = RequestForm("  Mornings,\nplease ")
    number = db.call(requests.send_request, maya, draft_id, version, form)
    after = database_snapshot(db)
    assert db.call(requests.send_request, maya, draft_id, version, form) == number
    assert database_snapshot(db) == after
    with db.read() as tx:
        [mail] = tx.exec(select(OutboxMessage)).all()
    assert (mail.kind, mail.recipient) == (
        "quote_requested",
        "hello@brightside.example",
    )
    assert mail.payload["path"] == f"/office/quotes/{number}"
    assert mail.payload["choices"] == ["Size: Large"]
    quote = db.query(queries.get_office_quote, office, number)
    assert (quote.status, quote.request.minutes) == ("requested", 180)
    assert quote.preferred_times == "Mornings,\nplease"
    assert [line.description for line in quote.form.lines] == ["Garden makeover"]
    assert (quote.form.hours, quote.form.valid_days, quote.form.version) == (
        "3",
        "14",
        0,
    )
    [row] = db.query(queries.my_quotes, maya).rows
    assert (row.number, row.status_text, row.total) == (
        number,
        "Waiting for our answer",
        "",
    )


def test_what_was_sent_is_not_changed_any_more(db: Database, maya: Actor) -> None:
    draft_id, version = db.call(request_draft, maya)
    db.call(requests.send_request, maya, draft_id, version)
    before = database_snapshot(db)
    with pytest.raises(Conflict, match="This request was sent already"):
        db.call(drafts.choose_options, maya, draft_id, {"size": "small"})
    assert database_snapshot(db) == before


def test_a_request_needs_every_step_but_a_time(db: Database, maya: Actor) -> None:
    draft = db.call(drafts.open_draft, maya, GARDEN.slug)
    assert (draft.on_request, draft.total) == (True, "")
    before = database_snapshot(db)
    with pytest.raises(InvalidInput) as refused:
        db.call(requests.send_request, maya, draft.id, draft.shown.version)
    assert list(refused.value.fields) == ["address", "contact", "questions"]
    assert database_snapshot(db) == before


def test_an_overview_of_before_is_not_sent(db: Database, maya: Actor) -> None:
    draft_id, version = db.call(request_draft, maya)
    before = database_snapshot(db)
    with pytest.raises(Conflict, match="changed in another window"):
        db.call(requests.send_request, maya, draft_id, version - 1)
    assert database_snapshot(db) == before


def test_wishes_are_bounded_and_files_are_the_actors_own(
    db: Database, maya: Actor
) -> None:
    draft_id, version = db.call(request_draft, maya)
    before = database_snapshot(db)
    for form, field in (
        (RequestForm("a" * 501), "preferred_times"),
        (RequestForm(files=("1", "2", "3", "4")), "files"),
        (RequestForm(files=("unknown",)), "files"),
    ):
        with pytest.raises(InvalidInput) as refused:
            db.call(requests.send_request, maya, draft_id, version, form)
        assert list(refused.value.fields) == [field]
    assert database_snapshot(db) == before


def test_what_has_a_price_is_booked(db: Database, maya: Actor) -> None:
    draft = ready_draft(db, maya)
    before = database_snapshot(db)
    with pytest.raises(Conflict, match="you can book it"):
        db.call(requests.send_request, maya, draft.id, draft.shown.version)
    assert database_snapshot(db) == before


def test_somebody_elses_draft_is_none(db: Database, maya: Actor) -> None:
    draft_id, version = db.call(request_draft, maya)
    noah = db.call(new_customer, "noah@example.com")
    before = database_snapshot(db)
    with pytest.raises(NotFound):
        db.call(requests.send_request, noah, draft_id, version)
    assert database_snapshot(db) == before


def test_switched_off_nothing_is_asked_for_and_nothing_seen(
    db: Database, maya: Actor
) -> None:
    draft_id, version = db.call(request_draft, maya)
    number = requested_quote(db, db.call(new_customer, "noah@example.com"))
    features = db.query(permissions.current_features)
    off = replace(features, off=frozenset({Feature.QUOTES}))
    assert isinstance(off, Features)
    db.call(permissions.save_features, SYSTEM, off, features.version)
    before = database_snapshot(db)
    with pytest.raises(NotAllowed):
        db.call(requests.send_request, maya, draft_id, version)
    with pytest.raises(OnRequest):
        db.call(drafts.open_draft, maya, GARDEN.slug)
    with pytest.raises((NotAllowed, NotFound)):
        db.query(queries.get_quote, maya, number)
    assert database_snapshot(db) == before
