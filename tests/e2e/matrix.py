"""Who gets what: one row for each page, route and handler of the portal.

``test_matrix`` compares these tables with what is registered: whatever has no row
here, or a row that nothing belongs to any more, fails with its name. A new page,
route or handler therefore needs a decision, here, about everybody.
"""

from dataclasses import dataclass

STRANGER = "a stranger"
GUEST = "a guest of another booking"
CUSTOMER = "another customer"
FIELDWORKER = "a fieldworker who is not assigned"
OFFICE = "the office"
READER = "a read-only person of the office"
OWNER = "the owner"
OTHERS = (STRANGER, GUEST, CUSTOMER, FIELDWORKER, OFFICE, READER)
"""Everybody who has no part in what is tried; only the owner has."""

# --- What happens -----------------------------------------------------------------

SHOWN = "shown"
LOG_IN = "sent to log in"
HOME = "sent home"
BOOKINGS = "sent to /bookings"
OFFICE_PAGE = "sent to /office"

# --- Pages ------------------------------------------------------------------------

EVERYBODY = dict.fromkeys((*OTHERS, OWNER), SHOWN)
FOR_CUSTOMERS = {
    STRANGER: LOG_IN,
    GUEST: LOG_IN,
    CUSTOMER: SHOWN,
    FIELDWORKER: HOME,
    OFFICE: HOME,
    READER: HOME,
    OWNER: SHOWN,
}
# Free times are for everybody; who confirms is a customer.
FOR_BOOKERS = FOR_CUSTOMERS | {STRANGER: SHOWN, GUEST: SHOWN}
FOR_GUESTS = FOR_CUSTOMERS | {GUEST: SHOWN}
FOR_THE_OFFICE = {
    STRANGER: LOG_IN,
    GUEST: LOG_IN,
    CUSTOMER: HOME,
    FIELDWORKER: HOME,
    OFFICE: SHOWN,
    READER: SHOWN,
    OWNER: HOME,
}
# Who has an account already goes on to the first page of such people.
NOT_SIGNED_IN = {
    STRANGER: SHOWN,
    GUEST: SHOWN,
    CUSTOMER: BOOKINGS,
    FIELDWORKER: HOME,
    OFFICE: OFFICE_PAGE,
    READER: OFFICE_PAGE,
    OWNER: BOOKINGS,
}

# Whoever works here secures their own log-in.
FOR_THE_STAFF = FOR_THE_OFFICE | {FIELDWORKER: SHOWN}

PAGES = {
    "/": EVERYBODY,
    "/services": EVERYBODY,
    "/services/[slug]": EVERYBODY,
    "/policies": EVERYBODY,
    "/signup": NOT_SIGNED_IN,
    "/login": NOT_SIGNED_IN,
    "/login/booking": EVERYBODY,
    "/login/code": EVERYBODY,
    "/login/connect": EVERYBODY,
    "/forgot-password": EVERYBODY,
    "/reset-password": EVERYBODY,
    "/verify-email": EVERYBODY,
    "/verify-contact": EVERYBODY,
    "/stop-mails": EVERYBODY,
    "/confirm-email": EVERYBODY,
    "/join": EVERYBODY,
    "/two-step": FOR_THE_STAFF,
    "/account": FOR_CUSTOMERS,
    "/account/billing": FOR_CUSTOMERS,
    "/account/places": FOR_CUSTOMERS,
    "/account/security": FOR_CUSTOMERS,
    "/dependents": FOR_CUSTOMERS,
    "/dependents/add": FOR_CUSTOMERS,
    "/dependents/[id]": FOR_CUSTOMERS,
    "/book/[slug]": FOR_BOOKERS,
    "/bookings": FOR_CUSTOMERS,
    "/bookings/[number]": FOR_GUESTS,
    "/bookings/[number]/reschedule": FOR_GUESTS,
    # Without the link of its mail, it is there for its customer only.
    "/quotes/[number]": EVERYBODY,
    "/office": FOR_THE_OFFICE,
    "/office/bookings": FOR_THE_OFFICE,
    "/office/bookings/[number]": FOR_THE_OFFICE,
    "/office/booking-rules": FOR_THE_OFFICE,
    "/office/bookings/new": FOR_THE_OFFICE | {READER: HOME},
    "/office/business": FOR_THE_OFFICE,
    "/office/changes": FOR_THE_OFFICE,
    "/office/dependents": FOR_THE_OFFICE,
    "/office/fields": FOR_THE_OFFICE,
    "/office/import": FOR_THE_OFFICE | {READER: HOME},
    "/office/notifications": FOR_THE_OFFICE,
    "/office/people": FOR_THE_OFFICE,
    "/office/permissions": FOR_THE_OFFICE,
    "/office/policies": FOR_THE_OFFICE,
    "/office/quotes": FOR_THE_OFFICE,
    "/office/quotes/[number]": FOR_THE_OFFICE,
    "/office/security": FOR_THE_OFFICE,
    "/office/services": FOR_THE_OFFICE,
    "/office/services/[id]": FOR_THE_OFFICE,
    "/office/settings": FOR_THE_OFFICE,
    "/office/team": FOR_THE_OFFICE,
    "/office/team/[id]": FOR_THE_OFFICE,
    "/office/setup": FOR_THE_OFFICE,
    "404": EVERYBODY,
}
"""Every page: who sees it, and where the others are sent."""

# --- Handlers ---------------------------------------------------------------------

HANDLERS = {
    "for everybody": {
        "confirm_email_state": "confirm load",
        "forgot_password_state": "load submit",
        "home_state": "load",
        "index_state": "load",
        "join_state": "load submit",
        "login_booking_state": "load open_link submit",
        "login_code_state": "load submit",
        "login_connect_state": "load prove_by_password send_mail use_link",
        "login_state": "load submit",
        "password_state": "clear rate",
        "policies_state": "load",
        "purpose_state": "load",
        "quote_decision_state": "accept ask_for_changes begin decline",
        "quote_state": "load",
        "resend_state": "clear send",
        "reset_password_state": "load submit",
        "service_state": "load",
        "service_times_state": "load",
        "services_state": "load",
        "sign_up_state": "load submit",
        "stop_mails_state": "load stop",
        "toast_state": "dismiss show",
        "verify_contact_state": "confirm load",
        "verify_email_state": "activate choose_password load",
        "viewer_state": "load",
    },
    "for customers": {
        "account_security_state": (
            "begin_email begin_password change_email change_password disconnect "
            "end_other_sessions end_session load send_reset switch_off_link"
        ),
        "calendar_feed_state": "create load",
        "account_business_profiles_state": "begin load remove save undo",
        "account_contacts_state": "begin load move remove save undo",
        "account_fields_state": "begin load save",
        "account_locations_state": "begin load remove save undo",
        "account_state": "begin load remove_picture resend save use_picture",
        "customer_preview_state": "stop",
        "wizard_dependents_state": "submit",
        "booking_details_state": "begin save",
        "booking_move_state": "move_following",
        "series_cancel_state": "begin choose save",
        "bookings_state": "load",
        "quotes_state": "load",
        "wizard_request_state": "send",
        "dependent_add_state": "load save",
        "dependent_state": (
            "archive begin load remove_document restore save save_document "
            "set_picture turn"
        ),
        "dependents_state": "archive find load pick restore turn",
    },
    "for visitors and customers": {
        "booking_wizard_state": (
            "answer confirm load next_from_options take_nearest_time tick"
        ),
        "wizard_contact_state": "load submit",
        "wizard_dependents_state": "load",
        "wizard_questions_state": "load submit",
        "booked_for_state": "load",
        "wizard_location_state": "load submit",
        "wizard_repeat_state": "change leave_out load take_back take_nearest",
        "wizard_time_state": (
            "load next_from_time pick_day pick_next_free pick_person pick_slot refresh "
            "turn"
        ),
    },
    "for customers and guests": {
        "booking_cancel_state": "begin save",
        "booking_move_state": (
            "back confirm load pick_day pick_next_free pick_person pick_slot refresh "
            "review turn"
        ),
        "booking_state": "confirm_attendance load",
    },
    "for visitors, customers and the office": {
        "address_form_state": (
            "locate find_pinned_address format_phone look_up pick search"
        ),
    },
    "for visitors, customers and all of the office": {
        "address_form_state": "load",
    },
    "for all of the office": {
        "office_closures_state": "begin load look_up",
        "office_member_state": "begin load",
        "office_team_state": "begin load",
        "office_booking_state": "begin load",
        "office_booking_move_state": "begin",
        "office_bookings_state": "load narrow turn",
        "office_booking_rules_state": "load",
        "office_business_state": "load",
        "office_calendar_feed_state": "load",
        "office_changes_state": "load narrow show_thing turn",
        "office_dependent_types_state": "load",
        "office_fields_state": "load turn",
        "office_notifications_state": "load",
        "office_permissions_state": "load",
        "office_overview_state": "load",
        "office_people_state": "load",
        "office_policies_state": "load",
        "office_quote_state": "load",
        "office_quotes_state": "find load",
        "office_security_state": "load",
        "office_classes_state": "load",
        "office_service_state": "load preview",
        "office_services_state": "load",
        "office_categories_state": "load",
        "office_tax_state": "load",
        "office_settings_state": "load",
        "office_setup_state": "load",
    },
    "for all who work here": {
        "two_step_state": "begin confirm load switch_off",
    },
    "for the office": {
        "office_dependent_types_state": "archive begin move restore save",
        "office_fields_state": "archive begin move restore save",
        "office_import_state": "begin carry_out follow load put_away show stop turn",
        "office_closures_state": "remove_time_off save_holidays save_time_off",
        "office_member_state": (
            "archive invite invite_again remove_date remove_picture remove_time_off "
            "restore save_base save_date save_hours save_profile save_skills "
            "save_time_off use_picture withdraw"
        ),
        "office_booking_move_state": "save",
        "office_booking_state": (
            "add_note cancel decline mark remove_note save_address save_contact "
            "save_lines"
        ),
        "office_new_booking_state": "add begin find load",
        "office_calendar_feed_state": "create",
        "office_notifications_state": "send_again",
        "office_people_state": (
            "begin change_role invite remove require_second_factor send_again withdraw"
        ),
        "customer_preview_state": "find start",
        "office_booking_rules_state": "save",
        "office_business_state": (
            "remove_hero remove_logo save show use_hero use_logo"
        ),
        "office_permissions_state": "save",
        "office_team_state": "move restore save",
        "office_quote_dialog_state": ("begin delete_template save_template turn_down"),
        "office_quote_state": "save send use_template",
        "office_policies_state": "archive begin move restore save",
        "office_settings_state": "save",
        "office_setup_state": "pick pick_country pick_trade remove_logo save use_logo",
        "office_classes_state": "cancel schedule",
        "office_service_state": "archive restore save",
        "office_services_state": "archive begin duplicate move place restore save",
        "office_categories_state": "archive begin move restore save",
        "office_tax_state": "begin save",
    },
    # Reflex's own, of every state (``setvar``) or by name: nobody may.
    "for nobody": {
        "update_vars_internal_state": "update_vars_internal",
    },
}
"""Every handler of every state, by the people it is for."""

WHO_MAY = {
    "for everybody": frozenset((*OTHERS, OWNER)),
    "for customers": frozenset({CUSTOMER, OWNER}),
    "for visitors and customers": frozenset({STRANGER, GUEST, CUSTOMER, OWNER}),
    "for customers and guests": frozenset({CUSTOMER, OWNER, GUEST}),
    "for visitors, customers and the office": frozenset(
        {STRANGER, GUEST, CUSTOMER, OWNER, OFFICE}
    ),
    "for visitors, customers and all of the office": frozenset(
        {STRANGER, GUEST, CUSTOMER, OWNER, OFFICE, READER}
    ),
    "for all of the office": frozenset({OFFICE, READER}),
    "for all who work here": frozenset({OFFICE, READER, FIELDWORKER}),
    "for the office": frozenset({OFFICE}),
    "for nobody": frozenset(),
}

# --- Routes -----------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """How a route is asked, and the status that everybody gets.

    Attributes:
        path: With ``{number}``, ``{file}`` and the like of the owner.
        status: By person; ``others`` where all but the owner get the same.
        data: The form that a POST sends.
    """

    path: str
    status: dict[str, int]
    data: tuple[tuple[str, str], ...] = ()


def _all(status: int) -> dict[str, int]:
    return dict.fromkeys((*OTHERS, OWNER), status)


_OWNER_ONLY = _all(404) | {OWNER: 200}

ROUTES: dict[str, Asked | tuple[Asked, ...]] = {
    "GET /": Asked("/", _all(200)),
    "GET /_health": Asked("/_health", _all(200)),
    "GET /api/account/export.zip": Asked(
        "/api/account/export.zip", _all(404) | {CUSTOMER: 200, OWNER: 200}
    ),
    "GET /api/auth/{provider}/callback": Asked("/api/auth/google/callback", _all(303)),
    "GET /api/auth/{provider}/start": Asked("/api/auth/google/start", _all(303)),
    "GET /api/brand.css": Asked("/api/brand.css", _all(200)),
    "GET /api/brand/icon": Asked("/api/brand/icon", _all(307)),
    # No such picture.
    "GET /api/brand/{file_id}.webp": Asked("/api/brand/x.webp", _all(404)),
    # An address that nobody was given.
    "GET /api/calendar/feed/{token}.ics": Asked(
        "/api/calendar/feed/unknown.ics", _all(404)
    ),
    "GET /api/calendar/{number}.ics": Asked("/api/calendar/{number}.ics", _OWNER_ONLY),
    "GET /api/files/{file_id}": (
        # Handed in, and used by nothing yet: only for who did.
        Asked("/api/files/{upload}", _OWNER_ONLY),
        Asked("/api/files/{picture}", _OWNER_ONLY | {OFFICE: 200, READER: 200}),
    ),
    "GET /api/photos/{name}.webp": Asked("/api/photos/none.webp", _all(404)),
    "GET /api/health": Asked("/api/health", _all(200)),
    "GET /api/health/live": Asked("/api/health/live", _all(200)),
    # A scanner of mails opens what is in them: it is led to the page that asks.
    "GET /api/mail/stop-mails": Asked("/api/mail/stop-mails?token=x", _all(303)),
    "GET /api/manifest.webmanifest": Asked("/api/manifest.webmanifest", _all(200)),
    "GET /api/office/changes.csv": Asked(
        "/api/office/changes.csv", _all(404) | {OFFICE: 200, READER: 200}
    ),
    "GET /api/office/export/{kind}.{ending}": (
        # What is in it is for the office: here it is enough to ask for the headings.
        Asked("/api/office/export/customers.csv?template=1", _all(404) | {OFFICE: 200}),
        Asked("/api/office/export/services.csv", _all(404) | {OFFICE: 200}),
        Asked("/api/office/export/planets.csv", _all(404)),
    ),
    # It gives a secret to whoever has none, and tells nothing.
    "GET /api/visitor": Asked("/api/visitor?next=/services", _all(303)),
    "GET /ping": Asked("/ping", _all(200)),
    "GET /policies": Asked("/policies", _all(200)),
    "GET /policies/": Asked("/policies/", _all(308)),
    "GET /services": Asked("/services", _all(200)),
    "GET /services/": Asked("/services/", _all(308)),
    "GET /services/{slug:slug}": Asked("/services/dog-walking", _all(200)),
    "GET /services/{slug:slug}/": Asked("/services/dog-walking/", _all(308)),
    # A ticket that nobody was given.
    "POST /api/auth/session": Asked(
        "/api/auth/session", _all(303), (("ticket", "x"), ("next", "/account"))
    ),
    "POST /api/auth/logout": Asked("/api/auth/logout", _all(303)),
    "POST /api/auth/{provider}/callback": Asked(
        "/api/auth/apple/callback", _all(303), (("state", "x"), ("code", "x"))
    ),
    # The same answer, whatever the link is worth.
    "POST /api/mail/stop-mails": Asked("/api/mail/stop-mails?token=x", _all(200)),
    # No form with a file: whoever may hand files in is told so.
    "POST /api/uploads": Asked(
        "/api/uploads?purpose=picture",
        _all(400) | {STRANGER: 401, GUEST: 401},
    ),
}
"""Every route beside the pages. ``HEAD`` is asked like ``GET``, and tells no more."""
HEAD_DIFFERS = {
    "/api/auth/{provider}/callback": 204,
    "/api/auth/{provider}/start": 204,
}
"""What only a person's GET begins."""
MOUNTED = frozenset({"/_event"})
"""The socket, which the handlers' rows are about."""
