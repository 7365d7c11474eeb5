"""The office's answers: written, sent, never changed again; templates."""

from dataclasses import replace

import pytest
from sqlmodel import select

from portal_app.domain.business import tax
from portal_app.domain.files import attachments
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.quotes import answers, decisions, queries, templates
from portal_app.domain.quotes.answers import AnswerForm, LineForm
from portal_app.domain.quotes.models import QuoteVersion
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.changes import EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from tests.support.quotes import ANSWER, answered, requested_quote, sent_quote
from tests.support.snapshots import database_snapshot
from tests.support.uploads import upload_file


def _mails(db: Database) -> list[OutboxMessage]:
    with db.read() as tx:
        return list(tx.exec(select(OutboxMessage).order_by("id")))


def test_nothing_is_seen_of_an_answer_until_it_is_sent(
    db: Database, maya: Actor, office: Actor
) -> None:
    number = requested_quote(db, maya)
    db.call(answers.save_answer, office, number, ANSWER, 0)
    quote = db.query(queries.get_quote, maya, number)
    assert (quote.status, quote.shown.number) == ("requested", 0)
    work = db.query(queries.get_office_quote, office, number)
    assert (work.form.version, work.preview.total) == (1, "$399.50")
    db.call(answers.send_answer, office, number, 1)
    quote = db.query(queries.get_quote, maya, number)
    assert (quote.status, quote.can_decide) == ("sent", True)
    assert [(line.description, line.amount) for line in quote.shown.lines] == [
        ("Planting, 2 × $150", "$300"),
        ("Clearing", "$99.50"),
    ]
    assert (quote.shown.total, quote.shown.duration, quote.shown.expires) == (
        "$399.50",
        "3 h",
        "Monday, 16 November 2026",
    )
    mail = _mails(db)[-1]
    assert (mail.kind, mail.recipient) == ("quote_sent", "maya@example.com")
    assert (mail.payload["total"], mail.payload["expires"]) == (
        "$399.50",
        "Monday, 16 November 2026",
    )


def test_tax_goes_by_the_business(db: Database, maya: Actor, office: Actor) -> None:
    settings = db.query(tax.tax_settings)
    db.call(tax.save_tax, SYSTEM, 1000, "included", settings.version)
    shown = sent_quote(db, maya, office)
    first = db.query(queries.get_quote, maya, shown.number).shown
    assert (first.total, first.tax, first.tax_note) == (
        "$399.50",
        "$36.32",
        "incl. 10% tax",
    )
    settings = db.query(tax.tax_settings)
    db.call(tax.save_tax, SYSTEM, 1000, "added", settings.version)
    answered(db, office, shown.number, 2)
    second = db.query(queries.get_quote, maya, shown.number).shown
    assert (second.total, second.tax, second.tax_note) == ("$439.45", "$39.95", "")
    assert [line.description for line in second.lines][-1] == "Tax 10%"
    # What was sent before says what it said.
    [before] = db.query(queries.get_quote, maya, shown.number).earlier
    assert before == first


def test_every_wrong_field_is_named(db: Database, maya: Actor, office: Actor) -> None:
    number = requested_quote(db, maya)
    before = database_snapshot(db)
    wrong = AnswerForm(
        lines=(
            LineForm("", "1", "5"),
            LineForm("Planting", "none", "5"),
            LineForm("Planting", "1", "dear"),
            LineForm("Planting", "1", "5"),
        ),
        hours="0",
        valid_days="0",
        notes="a" * 2001,
        starts_day="2026-11-01",
        starts_time="09:00",
        fieldworker_id="nobody",
    )
    with pytest.raises(InvalidInput) as refused:
        db.call(answers.save_answer, office, number, wrong, 0)
    assert refused.value.fields == {
        "lines.0": "Please say what it is.",
        "lines.1": "Please enter a quantity from 1 to 10000.",
        "lines.2": "Please enter a number.",
        "hours": "Please enter the length of the visit, 24 hours at most.",
        "valid_days": "Please enter 1 to 365 days.",
        "notes": "Please use at most 2000 characters.",
        "starts_day": "Please choose a time that is still to come.",
        "fieldworker_id": "Please choose somebody who does this service.",
    }
    with pytest.raises(InvalidInput) as refused:
        db.call(answers.save_answer, office, number, replace(ANSWER, lines=()), 0)
    assert refused.value.fields == {"lines": "Please add at least one line."}
    assert database_snapshot(db) == before


def test_two_of_the_office_do_not_write_over_each_other(
    db: Database, maya: Actor, office: Actor
) -> None:
    number = requested_quote(db, maya)
    db.call(answers.save_answer, office, number, ANSWER, 0)
    before = database_snapshot(db)
    # The same again is no conflict.
    db.call(answers.save_answer, office, number, ANSWER, 0)
    with pytest.raises(EditConflict) as refused:
        db.call(answers.save_answer, office, number, replace(ANSWER, notes="Others"), 0)
    assert [change.field for change in refused.value.changes] == ["notes"]
    with pytest.raises(Conflict, match="Somebody else changed this quote"):
        db.call(answers.send_answer, office, number, 0)
    assert database_snapshot(db) == before


def test_a_sent_version_never_changes(db: Database, maya: Actor, office: Actor) -> None:
    shown = sent_quote(db, maya, office)
    with pytest.raises(Conflict, match="nothing to send"):
        db.call(answers.send_answer, office, shown.number, 1)
    first = db.query(queries.get_quote, maya, shown.number).shown
    db.call(
        answers.save_answer,
        office,
        shown.number,
        replace(ANSWER, notes="Cheaper now."),
        0,
    )
    quote = db.query(queries.get_quote, maya, shown.number)
    assert (quote.shown, quote.can_decide) == (first, True)
    with db.read() as tx:
        found = tx.exec(select(QuoteVersion.number, QuoteVersion.notes)).all()
    assert sorted(found) == [(1, "Plants are included."), (2, "Cheaper now.")]


def test_what_is_accepted_is_not_answered_anew(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    db.call(decisions.accept, maya, shown, "typed:Maya Chen")
    before = database_snapshot(db)
    with pytest.raises(Conflict, match="what is agreed stays"):
        db.call(answers.save_answer, office, shown.number, ANSWER, 0)
    with pytest.raises(Conflict, match="accepted, or closed"):
        db.call(answers.turn_down, office, shown.number, "No")
    assert database_snapshot(db) == before


def test_a_request_is_turned_down_with_words(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    with pytest.raises(InvalidInput):
        db.call(answers.turn_down, office, shown.number, " ")
    db.call(answers.turn_down, office, shown.number, "We do not come there.")
    mail = _mails(db)[-1]
    assert (mail.kind, mail.payload["reason"]) == (
        "quote_turned_down",
        "We do not come there.",
    )
    with pytest.raises(Conflict, match="This request is closed"):
        db.call(decisions.accept, maya, shown, "typed:Maya Chen")
    quote = db.query(queries.get_quote, maya, shown.number)
    assert (quote.status, quote.can_decide) == ("turned_down", False)


def test_files_go_along_with_a_version(
    db: Database, maya: Actor, office: Actor
) -> None:
    number = requested_quote(db, maya)
    plan, photo = (upload_file(db, office, "quote").id for _ in range(2))
    form = replace(ANSWER, files=(plan, photo))
    db.call(answers.save_answer, office, number, form, 0)
    # One of them is taken away again.
    db.call(answers.save_answer, office, number, replace(form, files=(plan,)), 1)
    db.call(answers.send_answer, office, number, 2)
    shown = db.query(queries.get_quote, maya, number).shown
    assert [file.id for file in shown.files] == [plan]
    assert db.query(attachments.readable_file, maya, plan).name == "quote.webp"
    with pytest.raises(NotFound):
        db.query(attachments.readable_file, maya, photo)
    # The next version begins with the same.
    again = db.query(queries.get_office_quote, office, number).form
    assert [file.id for file in again.files] == [plan]
    db.call(answers.save_answer, office, number, replace(form, files=(plan,)), 0)
    before = database_snapshot(db)
    with pytest.raises(InvalidInput) as refused:
        db.call(
            answers.save_answer, office, number, replace(form, files=("unknown",)), 1
        )
    assert list(refused.value.fields) == ["files"]
    assert database_snapshot(db) == before


def test_a_template_fills_in_the_next_answer(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    db.call(templates.save_template, office, shown.number, " Gardens ")
    [(template_id, name)] = db.query(templates.template_choices, office)
    assert name == "Gardens"
    number = requested_quote(db, maya)
    db.call(templates.use_template, office, number, template_id, 0)
    form = db.query(queries.get_office_quote, office, number).form
    assert [(one.description, one.quantity, one.unit) for one in form.lines] == [
        ("Planting", "2", "150.00"),
        ("Clearing", "1", "99.50"),
    ]
    assert (form.hours, form.notes, form.version) == ("3", "Plants are included.", 1)
    # One of the same name takes its place.
    db.call(
        answers.save_answer,
        office,
        number,
        replace(ANSWER, lines=(LineForm("All", "1", "80"),)),
        1,
    )
    db.call(templates.save_template, office, number, "Gardens")
    assert len(db.query(templates.template_choices, office)) == 1
    db.call(templates.delete_template, office, template_id)
    assert db.query(templates.template_choices, office) == []


def test_a_template_needs_a_name_and_an_answer(
    db: Database, maya: Actor, office: Actor
) -> None:
    number = requested_quote(db, maya)
    before = database_snapshot(db)
    with pytest.raises(InvalidInput):
        db.call(templates.save_template, office, number, "  ")
    with pytest.raises(Conflict, match="Please save the quote first"):
        db.call(templates.save_template, office, number, "Gardens")
    assert database_snapshot(db) == before


def test_the_lists_of_the_office(db: Database, maya: Actor, office: Actor) -> None:
    asked = requested_quote(db, maya)
    sent = sent_quote(db, maya, office).number
    declined = sent_quote(db, maya, office)
    db.call(decisions.decline, maya, declined, "")

    def numbers(which: str, search: str = "") -> set[str]:
        found = db.query(queries.office_quotes, office, which, search)
        return {row.number for row in found.rows}

    assert numbers("open") == {asked, sent}
    assert numbers("closed") == {declined.number}
    assert numbers("soon") == set()
    assert numbers("all") == {asked, sent, declined.number}
    assert numbers("all", "maya") == {asked, sent, declined.number}
    assert numbers("all", sent.lower().replace("-", "")) == {sent}
    assert numbers("all", "nobody") == set()
