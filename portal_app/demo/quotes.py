"""Quotes of the demo business, asked for and answered the way people do it.

What took days is done with the clock set back, as with past appointments.
"""

from datetime import timedelta

from sqlmodel import Session

from portal_app.demo.appointments import place_of
from portal_app.demo.content import DemoQuote
from portal_app.domain.bookings import drafts
from portal_app.domain.bookings.rules import BookingContactForm
from portal_app.domain.customers import profiles
from portal_app.domain.quotes import answers, decisions, expiry, queries, requests
from portal_app.domain.quotes.decisions import ShownVersion
from portal_app.domain.quotes.requests import RequestForm
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database


def load_quote(db: Database, actor: Actor, wanted: DemoQuote) -> None:
    """Ask for a quote and answer it unless the customer has it already."""
    if db.query(_has_quote, actor, wanted):
        return
    now = utc_now()
    with frozen(now - timedelta(days=wanted.asked)):
        number = db.call(_ask, actor, wanted)
    with frozen(now - timedelta(days=wanted.answered)):
        db.call(answers.save_answer, SYSTEM, number, wanted.answer, 0)
        db.call(answers.send_answer, SYSTEM, number, 1)
    if wanted.accepted is not None:
        with frozen(now - timedelta(days=wanted.accepted)):
            signed = f"typed:{db.query(_name, actor)}"
            shown = ShownVersion(number, 1)
            db.call(decisions.accept, actor, shown, signed)
    expiry.close_expired(db)


def _has_quote(tx: Session, actor: Actor, wanted: DemoQuote) -> bool:
    return any(
        queries.get_quote(tx, actor, row.number).request.notes == wanted.notes
        for row in queries.my_quotes(tx, actor).rows
    )


def _name(tx: Session, actor: Actor) -> str:
    profile = profiles.get_profile(tx, actor)
    return f"{profile.first_name} {profile.last_name}"


def _ask(tx: Session, actor: Actor, wanted: DemoQuote) -> str:
    """Walk through the wizard and send the request; returns the quote's number."""
    draft = drafts.open_draft(tx, actor, wanted.service)
    drafts.choose_options(tx, actor, draft.id, wanted.options)
    place = place_of(tx, actor, wanted.location)
    drafts.choose_location(tx, actor, draft.id, place)
    profile = profiles.get_profile(tx, actor)
    draft = drafts.choose_contact(
        tx,
        actor,
        draft.id,
        BookingContactForm(
            name=_name(tx, actor),
            email=profile.email,
            phone=profile.phone,
            notes=wanted.notes,
        ),
    )
    return requests.send_request(
        tx, actor, draft.id, draft.shown.version, RequestForm(wanted.preferred)
    )
