"""What the browser may know of a customer."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ViewerView:
    """Who is looking, for the header and the menu.

    ``role`` is ``customer``, ``office``, ``fieldworker`` or empty.
    """

    signed_in: bool = False
    name: str = ""
    email: str = ""
    picture_url: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A customer's own profile.

    ``phone`` is written as people in the business's country write it;
    ``version`` goes back with a change.
    """

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class LocationView:
    """A saved place; ``lines`` is the address as on an envelope."""

    id: str = ""
    label: str = ""
    lines: list[str] = field(default_factory=list)
    street: str = ""
    unit: str = ""
    town: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    access_notes: str = ""
    is_default: bool = False
