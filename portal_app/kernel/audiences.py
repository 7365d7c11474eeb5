"""Who may ask: audiences, and the actor an intention is carried out for."""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """A group of people that a handler, route or file declares itself for.

    ``NEWCOMER`` works here and has to secure the log-in before anything else.
    ``READER`` is somebody of the office who may look at everything and change
    nothing; what changes something is for ``OFFICE`` alone. No session gives
    ``VISITOR``: it is whoever has none, as opposed to ``PUBLIC``, which opens
    something to everybody. Nor does one give ``ON_BEHALF``: it is somebody of the
    office in the wizard, with a draft they opened for a customer.
    """

    PUBLIC = "public"
    CUSTOMER = "customer"
    GUEST = "guest"
    OFFICE = "office"
    READER = "reader"
    NEWCOMER = "newcomer"
    FIELDWORKER = "fieldworker"
    VISITOR = "visitor"
    ON_BEHALF = "on_behalf"


STAFF = (Audience.OFFICE, Audience.READER)
"""Whoever may see what the office sees."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, resolved from the session cookie at the time of asking.

    Attributes:
        audience: The audience the session gives; ``PUBLIC`` without a session.
        account_id: The signed-in account, or ``None``.
        customer_id: The customer of that account, or ``None``.
        booking_id: The one booking that a guest may see, or ``None``.
        is_owner: Whether it is an owner of the business, one of the office who also
            decides who else is.
        looking: Whether it is somebody of the office who sees the portal as this
            customer does: may read what the customer may, and change nothing.
        on_behalf: Whether it is somebody of the office (``account_id``) who books for
            this customer: may do in the wizard what the customer may, and nothing else.
        session_id: The session's row id, or ``None``.
        address: The network address the request came from, for rate limits.
        device: The browser's own name for itself (user agent), shortened.
        device_hashes: Of the secrets by which accounts recognise the browser.
        visitor_hash: Of the secret by which the browser keeps drafts without an
            account; empty without one.
    """

    audience: Audience = Audience.PUBLIC
    account_id: str | None = None
    customer_id: str | None = None
    booking_id: str | None = None
    is_owner: bool = False
    looking: bool = False
    on_behalf: bool = False
    session_id: str | None = None
    address: str = ""
    device: str = ""
    device_hashes: tuple[str, ...] = ()
    visitor_hash: str = ""

    def may(self, audiences: frozenset[Audience]) -> bool:
        """Whether something declared for ``audiences`` is open to this actor."""
        if self.on_behalf:
            return Audience.ON_BEHALF in audiences or Audience.PUBLIC in audiences
        is_visitor = Audience.VISITOR in audiences and self.audience is Audience.PUBLIC
        return is_visitor or Audience.PUBLIC in audiences or self.audience in audiences


SYSTEM = Actor(audience=Audience.OFFICE, is_owner=True)
"""The portal itself: jobs and the command line."""
