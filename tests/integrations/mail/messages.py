"""Letters for the tests of mail."""

from datetime import UTC, datetime
from typing import Any

from portal_app.domain.business.views import Branding

NOW = datetime(2026, 11, 24, 9, 30, 15, 42, tzinfo=UTC)
MESSAGE_ID = "01M800AH5V8MN7TBHNX62D7VSW"
BRANDING = Branding(
    name="Brightside & Söhne",
    tagline="A lighter week",
    email="hello@brightside.example.com",
    phone="(02) 5550 1234",
    address="1 Harbour Street, Sydney NSW 2000",
    accent_color="#0f766e",
    accent_ink="#ffffff",
    locale="en_AU",
)
BOOKING: dict[str, Any] = {
    "number": "B-7K3M-9QXT",
    "path": "/bookings/B-7K3M-9QXT",
    "service": "Home cleaning",
    "day": "Tuesday, 24 November 2026",
    "time": "9:00 am – 11:30 am",
    "fieldworker": "Sam Rivers",
    "lines": [
        {"description": "Home cleaning, 2 bedrooms", "amount": "$150"},
        {"description": "Oven", "amount": "$35"},
    ],
    "total": "$185",
    "address_lines": ["Unit 4, 12 Bay Street", "Bondi NSW 2026"],
    "access_notes": "Key under the mat",
    "contact_name": "Maya Chen",
    "contact_email": "maya@example.com",
    "contact_phone": "0412 345 678",
    "company": "Bay Studio",
    "company_tax_number": "51 824 753 556",
    "for_whom": "Rex, Tom",
    "notes": "The dog is friendly.",
    "answer_by": "",
}
FOR_THE_OFFICE: dict[str, Any] = {
    **{name: value for name, value in BOOKING.items() if name != "path"},
    "answers": [
        {"question": "Where do we meet?", "answer": "In the park"},
        {"question": "A favourite route?", "answer": "Down.\nAnd up <again>."},
    ],
    "speakers": [
        {"who": "Tom Chen, Partner", "phone": "0412 345 679"},
        {"who": "Ann, Receptionist", "phone": ""},
    ],
}
FOR_A_CONTACT: dict[str, Any] = {
    "customer": "Maya Chen",
    "contact": "Tom Chen",
    "service": BOOKING["service"],
    "day": BOOKING["day"],
    "time": BOOKING["time"],
    "stop_path": "/stop-mails?token=abc-DEF_123",
}
TO_SEE = {"number": BOOKING["number"], "path": "/login/booking?link=abc-DEF_123"}
NEWS: dict[str, Any] = {
    "news": "was moved",
    "service": BOOKING["service"],
    "day": BOOKING["day"],
    "time": BOOKING["time"],
    "before": "Monday, 23 November 2026, 9:00 am – 11:30 am",
}
QUOTE: dict[str, Any] = {
    "path": "/quotes/Q-7K3M-9QXT?link=abc-DEF_123",
    "number": "Q-7K3M-9QXT",
    "version": 2,
    "service": "Garden makeover",
    "contact_name": "Maya Chen",
    "lines": [{"description": "Planting, 2 × $150", "amount": "$300"}],
    "total": "$300 incl. 10% tax",
    "duration": "3 h",
    "notes": "Plants are <included>.",
    "expires": "Tuesday, 24 November 2026",
    "day": "Friday, 27 November 2026",
    "time": "9:00 am – 12:00 pm",
    "fieldworker": "Gus Green",
}
QUOTE_FOR_THE_OFFICE = {
    "path": "/office/quotes/Q-7K3M-9QXT",
    "number": "Q-7K3M-9QXT",
    "service": "Garden makeover",
}
QUOTES: dict[str, dict[str, Any]] = {
    "quote_sent": QUOTE,
    "quote_expires": QUOTE,
    "quote_told": {
        "customer": "Maya Chen",
        "contact": "Tom Chen",
        "service": "Garden makeover",
        "stop_path": "/stop-mails?token=abc-DEF_123",
    },
    "quote_turned_down": QUOTE_FOR_THE_OFFICE
    | {"contact_name": "Maya Chen", "reason": "We do not come there.\nSorry."},
    "quote_decided": QUOTE_FOR_THE_OFFICE
    | {
        "version": 2,
        "customer": "Maya Chen",
        "decided": "declined",
        "total": "$300",
        "reason": "Too dear",
    },
    "quote_requested": QUOTE_FOR_THE_OFFICE
    | {
        "choices": ["Size: Large"],
        "address_lines": ["12 Bay Street", "Bondi NSW 2026"],
        "access_notes": "Key under the mat",
        "contact_name": "Maya Chen",
        "contact_email": "maya@example.com",
        "contact_phone": "0412 345 678",
        "company": "Bay Studio",
        "for_whom": "Rex",
        "answers": [{"question": "How large?", "answer": "Quite\nlarge"}],
        "preferred_times": "Mornings",
        "notes": "The dog is friendly.",
    },
}
PAYLOADS: dict[str, dict[str, Any]] = {
    **QUOTES,
    "verify_email": {"path": "/verify-email?token=abc-DEF_123"},
    "already_registered": {"path": "/login"},
    "customer_imported": {"path": "/signup"},
    "verify_contact": {"path": "/verify-contact?token=abc", "customer": "Maya Chen"},
    "reset_password": {"path": "/reset-password?token=abc-DEF_123"},
    "password_changed": {"path": "/forgot-password"},
    "change_email": {"path": "/confirm-email?token=abc-DEF_123"},
    "email_taken": {"path": "/login"},
    "email_changed": {"path": "/", "email": "maya.chen@example.com"},
    "confirm_provider": {
        "path": "/login/connect?token=abc-DEF_123",
        "provider": "Facebook",
    },
    "invitation": {
        "path": "/join?token=abc-DEF_123",
        "name": "Sam Rivers",
        "days": "7",
    },
    "ways_changed": {"path": "/account/security", "what": "Google was connected"},
    "new_device": {
        "path": "/account/security",
        "device": "Firefox on Windows",
        "place": "Network 203.0.113.x",
        "when": "Tuesday, 24 November 2026, 8:30 pm (Sydney time)",
    },
    "booking_confirmed": BOOKING,
    "document_ends": {
        "path": "/dependents/01M800AH5V8MN7TBHNX62D7VSW",
        "customer": "Maya",
        "kind": "Pet",
        "dependent": "Biscuit",
        "document": "Vaccination certificate",
        "day": "Thursday, 24 December 2026",
        "expired": False,
        "ends": "expires soon",
    },
    "booking_told": FOR_A_CONTACT | TO_SEE,
    "booking_reminder": BOOKING | TO_SEE,
    "booking_news": NEWS
    | TO_SEE
    | {
        "text": "it has a new time.",
        "fee": "$20",
        "reason": "Sam is ill",
        "contact_name": "Maya Chen",
    },
    "booking_news_told": FOR_A_CONTACT | TO_SEE | NEWS,
    "booking_news_office": NEWS
    | {"number": BOOKING["number"], "fee": "$20", "contact_name": "Maya Chen"},
    "booking_received": FOR_THE_OFFICE,
}
