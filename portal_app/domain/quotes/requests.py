"""A customer asks for a price: the wizard's draft becomes a quote to be answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.bookings import requests as drafts
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.domain.quotes import history, notifications, rules
from portal_app.domain.quotes.models import Quote, QuoteFile
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.ids import new_number
from portal_app.kernel.ownership import owned_by
from portal_app.kernel.statements import insert_once
from portal_app.kernel.text import is_readable, paragraphs

_NUMBER_PREFIX = "Q"
_NUMBER_TRIES = 5


@dataclass(frozen=True, slots=True)
class RequestForm:
    """What a request says besides its draft.

    Attributes:
        preferred_times: When it would suit them, in their words.
        files: Ids of what they handed in to show what it is about.
    """

    preferred_times: str = ""
    files: Sequence[str] = ()


def send_request(
    tx: Session,
    actor: Actor,
    draft_id: str,
    version: int,
    form: RequestForm = RequestForm(),
) -> str:
    """Ask the office for a price; returns the quote's number.

    A repetition (double click, second tab, retry) returns the same number.

    Args:
        tx: The transaction.
        actor: The customer.
        draft_id: Of a service whose price is on request.
        version: Of the draft, as the overview showed it.
        form: What the overview asks besides.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        InvalidInput: For ``preferred_times`` or ``files``, or if a step is missing.
        Conflict: As ``bookings.requests.send_draft``.
    """
    known = tx.exec(
        owned_by(actor, Quote).where(col(Quote.draft_id) == draft_id)
    ).first()
    if known is not None:
        return known.number
    wishes = paragraphs(form.preferred_times)
    wrong: dict[str, str] = {}
    if len(wishes) > rules.MAX_PREFERRED:
        wrong["preferred_times"] = (
            f"Please use at most {rules.MAX_PREFERRED} characters."
        )
    elif not is_readable(wishes, lines=True):
        wrong["preferred_times"] = "Please use only letters and numbers."
    wanted = list(dict.fromkeys(one for one in form.files if one))
    if len(wanted) > rules.MAX_FILES:
        wrong["files"] = f"Please add at most {rules.MAX_FILES} files."
    if wrong:
        raise InvalidInput(wrong)
    sent = drafts.send_draft(tx, actor, draft_id, version)
    quote = _insert_with_new_number(
        tx,
        {
            "customer_id": sent.customer_id,
            "service_id": sent.service_id,
            "draft_id": draft_id,
            "status": rules.REQUESTED,
            "service_name": sent.service_name,
            "contact_name": sent.contact_name,
            "contact_email": sent.contact_email,
            "preferred_times": wishes,
        },
    )
    attach_files(tx, actor, quote, wanted)
    history.record(tx, actor, quote, "requested")
    notifications.tell_office_of_request(tx, quote)
    return quote.number


def number_of(tx: Session, actor: Actor, draft_id: str) -> str:
    """The number of the quote that a draft of the customer became.

    Raises:
        NotFound: If it became none.
        NotAllowed: If nobody is signed in as a customer.
    """
    row = tx.exec(owned_by(actor, Quote).where(col(Quote.draft_id) == draft_id)).first()
    if row is None:
        raise NotFound("We could not find that quote.")
    return row.number


def attach_files(
    tx: Session,
    actor: Actor,
    quote: Quote,
    file_ids: Sequence[str],
    version_id: str | None = None,
) -> None:
    """Take files into use that were handed in just now.

    Raises:
        InvalidInput: For ``files``, if one is missing or was used already.
    """
    for position, file_id in enumerate(file_ids):
        try:
            attachments.attach(
                tx,
                actor,
                file_id,
                {file_rules.QUOTE},
                customer_id=quote.customer_id,
                features={Feature.QUOTES},
            )
        except NotFound:
            lost = "A file was lost on the way. Please add it again."
            raise InvalidInput({"files": lost}) from None
        tx.add(
            QuoteFile(
                quote_id=quote.id,
                version_id=version_id,
                file_id=file_id,
                position=position,
            )
        )
    tx.flush()


def _insert_with_new_number(tx: Session, values: dict[str, Any]) -> Quote:
    for _ in range(_NUMBER_TRIES):
        number = new_number(_NUMBER_PREFIX)
        if insert_once(tx, Quote(number=number, **values), "number"):
            return tx.exec(select(Quote).where(Quote.number == number)).one()
    raise RuntimeError("no free quote number found")
