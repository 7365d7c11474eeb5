"""What a browser may see of drafts and bookings: texts, ready to be read.

Instants are ISO 8601 in UTC next to their texts on the business's clock.
"""

from dataclasses import dataclass, field
from datetime import datetime

from portal_app.domain.bookings.rules import OverviewSnapshot
from portal_app.domain.catalogue.views import LineView
from portal_app.domain.customers.views import LocationView
from portal_app.domain.dependents.views import (
    DependentRowView,
    DocumentGapView,
    TypeView,
)
from portal_app.domain.fields.views import FieldView


@dataclass(frozen=True, slots=True)
class BookingAddressView:
    """Where to come, field by field, as the form shows it again.

    ``latitude`` and ``longitude`` are the pin in degrees, both or neither. ``label`` is
    of a place that is saved when it is booked.
    """

    street: str = ""
    unit: str = ""
    town: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    access_notes: str = ""
    label: str = ""
    latitude: str = ""
    longitude: str = ""


@dataclass(frozen=True, slots=True)
class SavedPlacesView:
    """The customer's saved places; ``outside`` are ids of where nobody goes."""

    places: list[LocationView] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BookingDependentView:
    """Whom or what a booking is for; a guest is told the name only."""

    id: str = ""
    name: str = ""
    icon: str = ""
    picture_url: str = ""


@dataclass(frozen=True, slots=True)
class DetailsFormView:
    """What a booking asks besides time, place and contact, to fill in.

    Attributes:
        types: Whom or what it can be for; none if it is not asked.
        dependents: The customer's own of these types, and those chosen before.
        note: Who is not among them, and why; empty if everybody is.
        chosen: The ids of those it is for.
        fields: The service's own, with what was entered.
        about_you: What every customer has to answer, as far as this one has not.
        editable: Whether anything can be changed, and there is anything to change.
        version: Of the booking; goes back with a change.
    """

    types: list[TypeView] = field(default_factory=list)
    dependents: list[DependentRowView] = field(default_factory=list)
    note: str = ""
    chosen: list[str] = field(default_factory=list)
    fields: list[FieldView] = field(default_factory=list)
    about_you: list[FieldView] = field(default_factory=list)
    editable: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class KnownPersonView:
    """Whom a booking was made for, as far as a sign-up form asks."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class DraftView:
    """A booking on its way through the wizard.

    Attributes:
        id: The idempotency key; sent back with every step.
        answers: Option key to choice key, list of choice keys, or quantity.
        lines: What it costs now, line by line; empty until the options are
            complete.
        tax_note: Which tax the total holds, such as ``incl. 10% tax``, or empty.
        deposit: What is asked in advance, in words; empty for nothing.
        starts_at: The chosen start, or empty.
        held_until: Until when it is held, or empty for not (any more).
        held_until_text: The same on the business's clock.
        held_seconds: How long that is.
        day_iso: The chosen day on the business's calendar, or empty.
        time: Such as ``9:00 am – 11:30 am``, or empty.
        short_time: Day and start in short, such as ``Tue, 24 Nov, 9:00 am``.
        fieldworker_id: Who was asked for, or empty for anyone.
        contact_name: As chosen, or from the profile until then.
        for_whom: Whom or what it is for.
        gaps: What lacks of their required papers on the chosen day, or today.
        fields: What the service asks, with what was entered.
        steps: What it is asked for, of ``rules.STEPS``, in that order.
        done: Those of them that are complete.
        ready: Whether nothing is missing for the overview.
        shown: Hand this back to ``confirm``.
        number: The booking's number once it was confirmed, or empty.
        notice: What changed since the customer was last here, or empty.
        on_request: Whether it asks for a price, and not for a time.
        sent: Whether it was sent for that, and waits for the price.
        agreed: The number of the quote whose price it has, or empty.
    """

    id: str
    service_slug: str
    service_name: str
    answers: dict[str, str | int | list[str]]
    lines: list[LineView]
    total: str
    total_minor: int
    duration: str
    minutes: int
    starts_at: str
    day_iso: str
    day: str
    time: str
    fieldworker_id: str
    fieldworker: str
    location_id: str
    address: BookingAddressView
    address_lines: list[str]
    contact_name: str
    contact_email: str
    contact_phone: str
    notes: str
    steps: list[str]
    done: list[str]
    ready: bool
    shown: OverviewSnapshot
    number: str
    notice: str
    short_time: str = ""
    held_until: str = ""
    held_until_text: str = ""
    held_seconds: int = 0
    tax_note: str = ""
    deposit: str = ""
    company_id: str = ""
    company: str = ""
    for_whom: list[BookingDependentView] = field(default_factory=list)
    gaps: list[DocumentGapView] = field(default_factory=list)
    fields: list[FieldView] = field(default_factory=list)
    on_request: bool = False
    sent: bool = False
    agreed: str = ""


@dataclass(frozen=True, slots=True)
class FreeDayView:
    """A day on which the visit can start; ``day`` is ISO 8601."""

    day: str
    text: str


@dataclass(frozen=True, slots=True)
class FreeTimeView:
    """A free start: ``time`` such as ``9:00 am``, ``day`` such as ``Tue, 24 Nov``.

    ``note`` says of a class how many places are left.
    """

    starts_at: str
    day_iso: str
    day: str
    time: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FreeDayTimesView:
    """Free starts of a day: ``day`` such as ``Tue, 24 Nov``, ``label`` in full."""

    day: str
    label: str
    times: list[FreeTimeView]


@dataclass(frozen=True, slots=True)
class BookingRowView:
    """A booking in a list.

    Attributes:
        for_whom: The names of the dependents it is for; else whom to ask for.
        next_action: ``wait``, ``calendar``, ``again``, or empty; see
            ``rules.next_action``.
        series: Which visit it is of a booking that repeats, in words; or empty.
    """

    number: str
    status: str
    status_text: str
    service_name: str
    service_slug: str
    image: str
    image_alt: str
    starts_at: str
    ends_at: str
    day: str
    short_day: str
    time: str
    duration: str
    fieldworker: str
    place: str
    total: str
    for_whom: str = ""
    next_action: str = ""
    series: str = ""


@dataclass(frozen=True, slots=True)
class BookingPage:
    """One page of bookings; ``total`` counts all pages."""

    rows: list[BookingRowView]
    page: int
    has_more: bool
    total: int


@dataclass(frozen=True, slots=True)
class BookedServiceView:
    """A service that was booked before: ``number`` is its last booking."""

    number: str
    service_slug: str
    service_name: str
    image: str
    last_day: str


@dataclass(frozen=True, slots=True)
class BegunBookingView:
    """A booking that was begun, on whatever device, and not confirmed."""

    draft_id: str
    service_slug: str
    service_name: str
    image: str
    last_day: str


@dataclass(frozen=True, slots=True)
class HomeBookingsView:
    """A customer's shortcuts: what comes next, what again, and what was begun."""

    upcoming: list[BookingRowView] = field(default_factory=list)
    again: list[BookedServiceView] = field(default_factory=list)
    begun: list[BegunBookingView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BookingEventView:
    """What happened to a booking: when, by whom, in one sentence.

    ``told`` says which contacts were told; only the customer reads it.
    """

    at: str
    when: str
    who: str
    text: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class ChangeOptionsView:
    """What may be done about a booking, and by which terms, or why it may not.

    A text is empty where there is nothing to say: it is over, or switched off.
    ``may_confirm`` says that the customer may say somebody will be there, and
    ``attends`` that they did.
    ``series`` says which visit it is of a booking that repeats.
    """

    may_move: bool = False
    may_cancel: bool = False
    move_text: str = ""
    cancel_text: str = ""
    may_confirm: bool = False
    attends: bool = False
    series: str = ""


@dataclass(frozen=True, slots=True)
class ChangeOfferView:
    """What a change costs, as it is offered; amounts in words, empty for none.

    Attributes:
        id: The key of the change.
        now: When the booking is as yet.
        day: The new day of a move, with ``time``.
        fee: What the change costs.
        total: The price of the booking.
        rest: What of the price is not to be paid, or given back.
        words: The terms.
        until: Until when this binds, on the clock.
    """

    id: str = ""
    now: str = ""
    day: str = ""
    time: str = ""
    fee: str = ""
    total: str = ""
    rest: str = ""
    words: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking with everything it was booked with.

    ``for_whom`` and ``fields`` are whom it is for and what the service asked, with
    what was entered; a guest is told no answers. ``place`` is the address field by
    field, ``directions`` the page of a map service that shows the way there. ``fee``
    is what changes cost besides the price, or of a cancelled one instead of it;
    ``bookable`` says that the service can be booked again, ``answer_by`` until when
    the office answers a request, ``series`` which visit it is of a booking that
    repeats, in words.
    """

    number: str
    status: str
    status_text: str
    upcoming: bool
    service_name: str
    service_slug: str
    image: str
    image_alt: str
    starts_at: str
    ends_at: str
    day: str
    time: str
    duration: str
    fieldworker: str
    lines: list[LineView]
    total: str
    address_lines: list[str]
    access_notes: str
    contact_name: str
    contact_email: str
    contact_phone: str
    notes: str
    history: list[BookingEventView]
    company: str = ""
    company_tax_number: str = ""
    for_whom: list[BookingDependentView] = field(default_factory=list)
    fields: list[FieldView] = field(default_factory=list)
    place: BookingAddressView = BookingAddressView()
    directions: str = ""
    fee: str = ""
    bookable: bool = False
    answer_by: str = ""
    series: str = ""


@dataclass(frozen=True, slots=True)
class OfficeBookingRowView:
    """A booking in the office's list; ``place`` is the town."""

    number: str
    status: str
    day: str
    time: str
    customer: str
    phone: str
    service: str
    fieldworker: str
    place: str
    total: str


@dataclass(frozen=True, slots=True)
class OfficeBookingsPage:
    """One page of the office's list.

    Attributes:
        since: The first day of the list, in ISO 8601; empty for all days.
        soonest_first: Its order; latest first otherwise.
        services: Pairs of id and name, of all that can be asked for; so are
            ``fieldworkers`` and ``statuses``.
    """

    rows: list[OfficeBookingRowView] = field(default_factory=list)
    has_more: bool = False
    has_previous: bool = False
    since: str = ""
    soonest_first: bool = True
    services: list[list[str]] = field(default_factory=list)
    fieldworkers: list[list[str]] = field(default_factory=list)
    statuses: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OfficeDayView:
    """What the office begins the day with: visits, soonest first."""

    today: list[OfficeBookingRowView] = field(default_factory=list)
    has_more_today: bool = False
    waiting: list[OfficeBookingRowView] = field(default_factory=list)
    has_more_waiting: bool = False


@dataclass(frozen=True, slots=True)
class BookingNoteView:
    """What the office wrote down about a booking: when, who, what."""

    id: str
    when: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class BookingLineFormView:
    """A line of a price as a form shows it; ``unit`` is an amount to edit."""

    description: str = ""
    quantity: str = "1"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class MoveFormView:
    """When a visit is and who comes, as the office's form shows it.

    Attributes:
        day: In ISO 8601.
        time: ``HH:MM`` on the business's clock.
        fieldworker: Who comes, by id.
        team: Pairs of id and name.
        possible: Whether the booking can be moved.
    """

    day: str = ""
    time: str = ""
    fieldworker: str = ""
    team: list[list[str]] = field(default_factory=list)
    possible: bool = False


@dataclass(frozen=True, slots=True)
class OfficeBookingView:
    """A booking as the office sees it, with whose it is.

    Attributes:
        booking: What its customer sees, answers for the office included.
        version: Goes back with what the office changes.
        actions: What can be done with it now; see ``office_actions``.
        editable: Whether what was agreed can be changed.
        lines: Its lines as their form shows them.
        move: When it is and who comes, as the form shows it.
        customer: The customer's name; whom to ask for is in ``booking``.
        has_account: Whether the customer can log in.
        office_notes: Latest first.
    """

    booking: BookingView
    customer: str
    customer_email: str
    customer_phone: str
    has_account: bool
    version: int
    actions: list[str]
    editable: bool
    lines: list[BookingLineFormView]
    move: MoveFormView
    office_notes: list[BookingNoteView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What a calendar file says. ``sequence`` grows with every change."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    cancelled: bool
    title: str
    place: str
    description: str
    timezone: str
    number: str
    business_name: str
    business_email: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class BookingLinkView:
    """A link to a booking that was mailed, in My Account.

    Attributes:
        id: For ``switch_off_link``.
        number: Of the booking it opens.
        service: What was booked.
        created: The day it was mailed, in words.
        expires: The last day it opens anything, in words.
        last_used: When it was followed last, in words; empty if never.
        contact: Whose own it is; empty for the booking's contact details.
        active: Whether it opens the booking; not once it is switched off, or its
            contact may not see bookings any more.
    """

    id: str = ""
    number: str = ""
    service: str = ""
    created: str = ""
    expires: str = ""
    last_used: str = ""
    contact: str = ""
    active: bool = True
