"""What the office writes down about a booking, which nobody else ever reads."""

from sqlmodel import Session, col, select

from portal_app.domain.accounts import names as accounts
from portal_app.domain.bookings import rules
from portal_app.domain.bookings.models import Booking, BookingNote
from portal_app.domain.bookings.views import BookingNoteView
from portal_app.domain.business import service as business
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ids import normalise_number
from portal_app.kernel.keys import required_request_key
from portal_app.kernel.ownership import require_office
from portal_app.kernel.statements import insert_once
from portal_app.kernel.text import is_readable, paragraphs


def add_note(tx: Session, actor: Actor, number: str, text: str, request: str) -> None:
    """Write something down about a booking, once per request.

    Args:
        tx: The transaction.
        actor: The office.
        number: The booking's.
        text: As typed.
        request: What the browser calls this request.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking.
        InvalidInput: For ``note``.
    """
    require_office(actor)
    key = required_request_key(request)
    booking_id = _booking_id(tx, number)
    note = paragraphs(text)
    if not note:
        raise InvalidInput({"note": "Please write something down."})
    if len(note) > rules.MAX_NOTES:
        raise InvalidInput(
            {"note": f"Please use at most {rules.MAX_NOTES} characters."}
        )
    if not is_readable(note, lines=True):
        raise InvalidInput({"note": "Please use only letters and numbers."})
    row = BookingNote(
        booking_id=booking_id,
        request_key=key,
        at=utc_now(),
        account_id=actor.account_id,
        text=note,
    )
    insert_once(tx, row, "booking_id", "request_key")


def remove_note(tx: Session, actor: Actor, number: str, note_id: str) -> None:
    """Delete a note; one that is not there any more is gone already.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking.
    """
    require_office(actor)
    note = tx.get(BookingNote, note_id)
    if note is not None and note.booking_id == _booking_id(tx, number):
        tx.delete(note)
        tx.flush()


def notes_of(tx: Session, booking_id: str) -> list[BookingNoteView]:
    """The notes about a booking, latest first."""
    formats = business.formats(tx)
    rows = tx.exec(
        select(BookingNote)
        .where(BookingNote.booking_id == booking_id)
        .order_by(col(BookingNote.at).desc(), col(BookingNote.id).desc())
    ).all()
    emails = accounts.emails_of(tx, [row.account_id for row in rows if row.account_id])
    return [
        BookingNoteView(
            id=row.id,
            when=f"{formats.short_day(row.at)}, {formats.time(row.at)}",
            who=emails.get(row.account_id or "", "The office"),
            text=row.text,
        )
        for row in rows
    ]


def _booking_id(tx: Session, number: str) -> str:
    found = tx.exec(
        select(Booking.id).where(Booking.number == normalise_number(number))
    ).one_or_none()
    if found is None:
        raise NotFound("We could not find that booking.")
    return found
