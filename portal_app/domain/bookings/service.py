"""Everything a customer does with bookings; the one door to this package.

The wizard is in ``drafts`` and ``contacting``, the moment it becomes a booking in
``confirming``, what is read afterwards in ``reading``, and what can still be
changed in ``details``.
"""

from portal_app.domain.bookings.asking import asked
from portal_app.domain.bookings.completing import complete
from portal_app.domain.bookings.confirming import OverviewChanged, confirm
from portal_app.domain.bookings.contacting import choose_contact
from portal_app.domain.bookings.details import change_details, details
from portal_app.domain.bookings.drafts import (
    SlotGone,
    answer_option,
    choose_address,
    choose_location,
    choose_options,
    choose_time,
    draft,
    fieldworkers,
    free_days,
    free_times,
    open_draft,
)
from portal_app.domain.bookings.guests import (
    GuestTicket,
    guest_booking_number,
    sign_in_by_number,
)
from portal_app.domain.bookings.links import (
    booking_links,
    open_link,
    switch_off_link,
)
from portal_app.domain.bookings.reading import booking, calendar_entry, my_bookings
from portal_app.domain.bookings.rules import (
    PAST,
    UPCOMING,
    ContactForm,
    DetailsForm,
    Shown,
)
from portal_app.domain.bookings.timeline import timeline

__all__ = [
    "PAST",
    "UPCOMING",
    "ContactForm",
    "DetailsForm",
    "GuestTicket",
    "OverviewChanged",
    "Shown",
    "SlotGone",
    "answer_option",
    "asked",
    "booking",
    "booking_links",
    "calendar_entry",
    "change_details",
    "choose_address",
    "choose_contact",
    "choose_location",
    "choose_options",
    "choose_time",
    "complete",
    "confirm",
    "details",
    "draft",
    "fieldworkers",
    "free_days",
    "free_times",
    "guest_booking_number",
    "my_bookings",
    "open_draft",
    "open_link",
    "sign_in_by_number",
    "switch_off_link",
    "timeline",
]
