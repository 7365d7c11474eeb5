"""What differs between two states of *Edit Info*, in words."""

from collections.abc import Sequence

from portal_app.domain.business.models import Business
from portal_app.domain.customers.views import ProfileView

LABELS = {
    "kind": "Profile",
    "company": "Business name",
    "first_name": "First name",
    "last_name": "Last name",
    "other_names": "Other names",
    "emails": "E-mails",
    "phones": "Phones",
    "birthday": "Birthday",
    "language": "Language",
    "billing": "Billing address",
    "booking_at_billing": "Booking address",
}


def texts_of(view: ProfileView, business: Business) -> dict[str, str]:
    """Every field of *Edit Info* as a person reads it; the main entries first."""
    texts = {
        "kind": "Business" if view.kind == "business" else "Personal",
        "company": view.company,
        "first_name": view.first_name,
        "last_name": view.last_name,
        "other_names": ", ".join(view.other_names),
        "emails": _listed([(one.email, one.primary) for one in view.emails]),
        "phones": _listed([(one.text, one.primary) for one in view.phones]),
        "birthday": view.birthday,
        "language": view.language_name,
        "billing": ", ".join(view.billing.lines),
        "booking_at_billing": "The billing address"
        if view.booking_at_billing
        else "Another one",
    }
    # What the business does not ask for is not in the form.
    if not business.asks_birthday:
        texts["birthday"] = ""
    if not business.asks_language:
        texts["language"] = ""
    return texts


def _listed(entries: Sequence[tuple[str, bool]]) -> str:
    main_first = sorted(entries, key=lambda entry: not entry[1])
    return ", ".join(text for text, _ in main_first)
