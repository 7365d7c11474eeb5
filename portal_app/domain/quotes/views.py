"""What a browser may see of quotes: texts, ready to be read."""

from dataclasses import dataclass, field

from portal_app.domain.bookings.requests import RequestView
from portal_app.domain.catalogue.views import LineView
from portal_app.domain.files.views import FileView


@dataclass(frozen=True, slots=True)
class QuoteRowView:
    """A quote in a list.

    Attributes:
        expires: Until when it can be accepted, in words; empty if it cannot.
        expires_soon: Whether that is before long.
        booking: The number of the booking it became, or empty.
    """

    number: str
    status: str
    status_text: str
    service_name: str
    contact_name: str
    total: str
    expires: str
    expires_soon: bool
    changed: str
    booking: str = ""


@dataclass(frozen=True, slots=True)
class QuotePage:
    """One page of quotes; ``total`` counts all pages."""

    rows: list[QuoteRowView] = field(default_factory=list)
    page: int = 1
    has_more: bool = False
    total: int = 0


@dataclass(frozen=True, slots=True)
class QuoteVersionView:
    """One answer of the office, as the customer reads it.

    Attributes:
        number: Which version; 0 for none.
        total: What the customer pays.
        tax_note: Which tax that holds, or an empty text.
        tax: How much of it that is, or an empty text.
        expires: The last day on which it can be accepted.
        day: Of the time that is proposed, or empty.
        decision: What was decided, in a sentence; empty for nothing.
        signature_url: The drawn signature, for whoever may see it.
    """

    number: int = 0
    lines: list[LineView] = field(default_factory=list)
    total: str = ""
    tax_note: str = ""
    tax: str = ""
    duration: str = ""
    notes: str = ""
    expires: str = ""
    day: str = ""
    time: str = ""
    fieldworker: str = ""
    files: list[FileView] = field(default_factory=list)
    decision: str = ""
    signature_url: str = ""


@dataclass(frozen=True, slots=True)
class QuoteEventView:
    """What happened to a quote: when, by whom, in one sentence."""

    when: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote as its customer sees it.

    Attributes:
        can_decide: Whether the version shown can be accepted or declined now.
        problem: Why it cannot, in words; empty while there is nothing to say.
        expires_soon: Whether it runs out before long.
        draft: The address of the wizard where a time is to be chosen, or empty.
        booking: The number of the booking it became, or empty.
        name: Who would sign.
        signed_in: Whether whoever looks is the customer, and no one with a link.
        earlier: The versions before, latest first.
    """

    number: str = ""
    status: str = ""
    status_text: str = ""
    request: RequestView = field(default_factory=RequestView)
    preferred_times: str = ""
    request_files: list[FileView] = field(default_factory=list)
    shown: QuoteVersionView = QuoteVersionView()
    earlier: list[QuoteVersionView] = field(default_factory=list)
    history: list[QuoteEventView] = field(default_factory=list)
    can_decide: bool = False
    problem: str = ""
    expires_soon: bool = False
    draft: str = ""
    booking: str = ""
    name: str = ""
    signed_in: bool = False


@dataclass(frozen=True, slots=True)
class LineFormView:
    """A line as the office edits it."""

    description: str
    quantity: str
    unit: str


@dataclass(frozen=True, slots=True)
class AnswerFormView:
    """The office's next answer, as its form shows it.

    Attributes:
        number: Which version it becomes.
        version: Of what is stored; 0 if nothing is.
        starts_day: ISO 8601, or empty.
        starts_time: Such as ``09:00``, or empty.
        tax: The tax on it, in words.
    """

    number: int = 1
    version: int = 0
    lines: list[LineFormView] = field(default_factory=list)
    hours: str = ""
    valid_days: str = ""
    notes: str = ""
    starts_day: str = ""
    starts_time: str = ""
    fieldworker_id: str = ""
    files: list[FileView] = field(default_factory=list)
    tax: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class OfficeQuoteView:
    """A quote as the office works on it.

    Attributes:
        answerable: Whether a (further) version can be sent.
        can_turn_down: Whether the request can be turned down.
        preview: The form's content as the customer would see it.
        fieldworkers: Pairs of id and name of those who do it.
        templates: Pairs of id and name.
    """

    number: str = ""
    status: str = ""
    status_text: str = ""
    expires_soon: bool = False
    request: RequestView = field(default_factory=RequestView)
    preferred_times: str = ""
    request_files: list[FileView] = field(default_factory=list)
    versions: list[QuoteVersionView] = field(default_factory=list)
    history: list[QuoteEventView] = field(default_factory=list)
    booking: str = ""
    answerable: bool = False
    can_turn_down: bool = False
    form: AnswerFormView = AnswerFormView()
    preview: QuoteVersionView = QuoteVersionView()
    fieldworkers: list[tuple[str, str]] = field(default_factory=list)
    templates: list[tuple[str, str]] = field(default_factory=list)
