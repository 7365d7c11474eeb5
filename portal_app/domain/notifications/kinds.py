"""The kinds of mails, in words for the office."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mail.

    Attributes:
        words: What it is.
        renewal: How its receiver gets a fresh link, where it has one that runs out.
    """

    words: str
    renewal: str = ""


KINDS = {
    "verify_email": Kind(
        "Activation of an account", "They can ask for a new one by signing up again."
    ),
    "verify_contact": Kind(
        "Confirmation of a contact's email",
        "The customer can ask for a new one in Profile.",
    ),
    "already_registered": Kind("Sign-up with an email that has an account"),
    "reset_password": Kind(
        "Link to choose a new password",
        "They can ask for a new one by Forgot password? on the log-in page.",
    ),
    "password_changed": Kind("Notice that the password was changed"),
    "change_email": Kind(
        "Confirmation of a new email", "They can ask for a new one in Profile."
    ),
    "email_taken": Kind("Notice that an email has an account already"),
    "email_changed": Kind("Notice that the email was changed"),
    "confirm_provider": Kind(
        "Confirmation of a log-in by a provider",
        "They get a new one by logging in that way again.",
    ),
    "invitation": Kind(
        "Invitation to work here", "Somebody of the office can invite them again."
    ),
    "ways_changed": Kind("Notice of a changed way to log in"),
    "new_device": Kind("Notice of a log-in from a new device"),
    "booking_confirmed": Kind("Confirmation of a booking"),
    "booking_told": Kind("Notice of a booking to a contact"),
    "booking_received": Kind("New booking, for the office"),
    "booking_reminder": Kind("Reminder of a booking"),
    "booking_news": Kind("News of a booking"),
    "booking_news_told": Kind("News of a booking to a contact"),
    "booking_news_office": Kind("News of a booking, for the office"),
    "quote_requested": Kind("Request of a quote, for the office"),
    "quote_sent": Kind("Quote to a customer", "The office can send it once more."),
    "quote_told": Kind("Notice of a quote to a contact"),
    "quote_expires": Kind("Reminder of a quote that expires"),
    "quote_decided": Kind("Decision about a quote, for the office"),
    "quote_turned_down": Kind("Word to a customer that there will be no quote"),
    "customer_imported": Kind("Word to a customer that they can have an account"),
    "document_ends": Kind("Reminder of a document that expires"),
}


def kind_of(kind: str) -> Kind:
    """A kind by its key; one that is no more is called a mail."""
    return KINDS.get(kind, Kind("Email"))
