"""What the office switches on and off for customers, and the states of a booking.

A handler, a page, a menu entry and a file name the feature they belong to; whether
it is on, and what customers may do with it, says ``domain.business.features``.
"""

from enum import StrEnum


class Feature(StrEnum):
    """A part of the portal that a business may do without."""

    DEPENDENTS = "dependents"
    CUSTOM_FIELDS = "custom_fields"
    BUSINESS_PROFILES = "business_profiles"
    ATTACHMENTS = "attachments"
    INSTRUCTIONS = "instructions"
    RESCHEDULING = "rescheduling"
    CANCELLATION = "cancellation"
    REPEATING_BOOKINGS = "repeating_bookings"
    WAITING_LIST = "waiting_list"
    QUOTES = "quotes"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    SAVED_CARDS = "saved_cards"
    GIFT_VOUCHERS = "gift_vouchers"
    MESSAGES = "messages"
    REVIEWS = "reviews"
    COMPLAINTS = "complaints"


class BookingState(StrEnum):
    """Where a booking stands, as far as permissions go."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"
