"""What the customer decides: accepted, declined, or to be changed. Once per version.

The quote's row is locked, so that of two decisions at the same instant the second
finds the first; the database allows one decision per version whatever happens.
"""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from portal_app.domain.bookings import requests as drafts
from portal_app.domain.bookings.rules import AgreedPrice
from portal_app.domain.business import features as f
from portal_app.domain.business import permissions
from portal_app.domain.customers.rules import is_name_character
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.domain.quotes import history, notifications, rules, versions
from portal_app.domain.quotes.access import Opened, open_quote
from portal_app.domain.quotes.models import QuoteDecision, QuoteVersion
from portal_app.domain.quotes.rules import ACCEPTED, CHANGES, CHANGES_ASKED, DECLINED
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.features import BookingState, Feature
from portal_app.kernel.statements import insert_once
from portal_app.kernel.text import is_readable, one_line, paragraphs

_TYPED, _DRAWN = "typed:", "file:"
TIME_GONE = (
    "Thank you, the quote is accepted. The time we proposed was taken in the "
    "meantime: please choose another one."
)


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """What somebody looks at who decides.

    Attributes:
        number: The quote's, as a person may type it.
        version: The number of the version.
        secret: Of the link that opened it, or empty.
    """

    number: str
    version: int
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of accepting.

    Attributes:
        booking: The number of the booking of the time that was proposed, or empty:
            then a time is to be chosen.
        notice: What there is to say about that time; empty for nothing.
    """

    booking: str = ""
    notice: str = ""


def accept(tx: Session, actor: Actor, shown: ShownVersion, signature: str) -> Accepted:
    """Accept the version that was shown, and book the time it proposes, if any.

    A repetition changes nothing and gets the same answer.

    Args:
        tx: The transaction.
        actor: The customer, or whoever has the link.
        shown: What was looked at.
        signature: ``typed:NAME``, or ``file:ID`` of a drawing that was handed in.

    Raises:
        NotFound: As ``open_quote``.
        Conflict: If it was decided on, is expired or superseded, or customers may
            not decide now.
        InvalidInput: For ``signature``.
    """
    opened = open_quote(tx, actor, shown.number, shown.secret, lock=True)
    quote = opened.quote
    if quote.status == ACCEPTED and shown.version == quote.sent_number:
        booked = drafts.numbers_of_drafts(tx, [quote.draft_id])
        return Accepted(booked.get(quote.draft_id, ""))
    version = _version_to_decide(tx, opened, shown.version)
    name, drawing = _signed(tx, actor, opened, signature)
    _decide(tx, actor, opened, version, ACCEPTED, name=name, drawing=drawing)
    history.record(
        tx,
        opened.customer,
        quote,
        "accepted",
        number=version.number,
        name=name or quote.contact_name,
    )
    price = AgreedPrice(
        quote.number,
        version.currency,
        rules.agreed_breakdown(
            versions.lines_of(tx, version.id), versions.tax_of(version), version.minutes
        ),
    )
    drafts.agree(tx, quote.draft_id, price)
    outcome = _book_proposed_time(tx, opened, version)
    notifications.tell_office_of_decision(tx, quote, version, ACCEPTED)
    return outcome


def decline(tx: Session, actor: Actor, shown: ShownVersion, reason: str) -> None:
    """Decline the version that was shown; a repetition changes nothing.

    Args:
        tx: The transaction.
        actor: As for ``accept``.
        shown: As for ``accept``.
        reason: Why, in the customer's words; may be empty.

    Raises:
        NotFound: As ``open_quote``.
        Conflict: As for ``accept``.
        InvalidInput: For ``reason``.
    """
    _answer_back(tx, actor, shown, DECLINED, reason)


def ask_for_changes(
    tx: Session, actor: Actor, shown: ShownVersion, wishes: str
) -> None:
    """Say what should be different; as ``decline``, but ``reason`` must be given."""
    if not wishes.strip():
        raise InvalidInput({"reason": "Please tell us what should be different."})
    _answer_back(tx, actor, shown, CHANGES, wishes)


def _answer_back(
    tx: Session, actor: Actor, shown: ShownVersion, kind: str, reason: str
) -> None:
    opened = open_quote(tx, actor, shown.number, shown.secret, lock=True)
    quote = opened.quote
    becomes = CHANGES_ASKED if kind == CHANGES else kind
    if quote.status == becomes and shown.version == quote.sent_number:
        return
    version = _version_to_decide(tx, opened, shown.version)
    words = paragraphs(reason)
    if len(words) > rules.MAX_REASON:
        most = f"Please use at most {rules.MAX_REASON} characters."
        raise InvalidInput({"reason": most})
    if not is_readable(words, lines=True):
        raise InvalidInput({"reason": "Please use only letters and numbers."})
    _decide(tx, actor, opened, version, kind, reason=words)
    history.record(
        tx, opened.customer, quote, becomes, number=version.number, reason=words
    )
    notifications.tell_office_of_decision(tx, quote, version, kind, words)


def _version_to_decide(tx: Session, opened: Opened, number: int) -> QuoteVersion:
    """The version that was looked at, if it can be decided on.

    Raises:
        Conflict: With why it cannot.
    """
    features = permissions.current_features(tx)
    f.require_on(Feature.QUOTES, features)
    if not f.may(Feature.QUOTES, BookingState.REQUESTED, features):
        raise Conflict("Please call or write to us to accept or decline this quote.")
    quote = opened.quote
    if problem := rules.problem_of_deciding(
        quote.status, quote.expires_at, quote.sent_number, number, utc_now()
    ):
        raise Conflict(problem)
    return tx.exec(
        select(QuoteVersion).where(
            QuoteVersion.quote_id == quote.id, QuoteVersion.number == number
        )
    ).one()


def _decide(
    tx: Session,
    actor: Actor,
    opened: Opened,
    version: QuoteVersion,
    kind: str,
    *,
    name: str = "",
    drawing: str | None = None,
    reason: str = "",
) -> None:
    values: dict[str, Any] = {
        "quote_id": opened.quote.id,
        "version_id": version.id,
        "kind": kind,
        "at": utc_now(),
        "account_id": actor.account_id,
        "by_link": opened.by_link,
        "signed_name": name,
        "signature_id": drawing,
        "reason": reason,
    }
    if not insert_once(tx, QuoteDecision(**values), "version_id"):
        raise Conflict("This quote was decided on in the meantime.")
    opened.quote.status = CHANGES_ASKED if kind == CHANGES else kind


def _signed(
    tx: Session, actor: Actor, opened: Opened, signature: str
) -> tuple[str, str | None]:
    """The name that was typed, or the file of the drawing.

    Raises:
        InvalidInput: For ``signature``.
    """
    wrong = "Please sign with your name."
    if signature.startswith(_DRAWN):
        try:
            row = attachments.attach(
                tx,
                actor,
                signature.removeprefix(_DRAWN),
                {file_rules.SIGNATURE},
                customer_id=opened.quote.customer_id,
                features={Feature.QUOTES},
            )
        except NotFound:
            lost = "Your signature was lost on the way. Please sign again."
            raise InvalidInput({"signature": lost}) from None
        return "", row.id
    name = one_line(signature.removeprefix(_TYPED))
    if len(name) > rules.MAX_NAME:
        wrong = f"Please use at most {rules.MAX_NAME} characters."
    elif name and all(is_name_character(one) for one in name):
        return name, None
    raise InvalidInput({"signature": wrong})


def _book_proposed_time(tx: Session, opened: Opened, version: QuoteVersion) -> Accepted:
    """Book the time that the version proposes; what is in its way is said."""
    if version.starts_at is None:
        return Accepted()
    quote = opened.quote
    try:
        booking = drafts.book_agreed(
            tx,
            opened.customer,
            quote.draft_id,
            version.starts_at,
            version.fieldworker_id,
        )
    except (Conflict, InvalidInput):
        history.record(tx, opened.customer, quote, "time_gone")
        return Accepted(notice=TIME_GONE)
    history.record(tx, opened.customer, quote, "booked", booking=booking)
    return Accepted(booking)
