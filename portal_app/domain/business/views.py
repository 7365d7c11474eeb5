"""What the browser and the mails may know of the business."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BusinessView:
    """The business as every visitor sees it.

    ``hero_url`` is the picture of the home page, with a neighbour ``…-small.webp``.
    """

    name: str = ""
    tagline: str = ""
    phone: str = ""
    email: str = ""
    logo_url: str = ""
    hero_url: str = ""
    hero_alt: str = ""
    demo: bool = False
    about: str = ""
    address: str = ""
    accent_color: str = ""
    country: str = ""
    opening_text: str = ""
    footer_text: str = ""


@dataclass(frozen=True, slots=True)
class Branding:
    """How what leaves the house looks: mails now, documents later.

    Attributes:
        accent_color: Such as ``#0f766e``.
        accent_ink: The colour of text on the accent colour.
        locale: A Babel locale such as ``en_AU``.
    """

    name: str
    tagline: str
    email: str
    phone: str
    address: str
    accent_color: str
    accent_ink: str
    locale: str


@dataclass(frozen=True, slots=True)
class Switches:
    """What the office switched; see ``rules.SwitchesForm``.

    ``version`` goes back with a change; it is the one of all settings.
    """

    google: bool = True
    apple: bool = True
    facebook: bool = True
    booking_number: bool = True
    guests_may_book: bool = False
    guest_session_minutes: int = 120
    session_hours: int = 12
    remembered_days: int = 30
    password_min_length: int = 10
    password_min_score: int = 2
    asks_birthday: bool = False
    asks_language: bool = False
    version: int = 0

    def provider(self, name: str) -> bool:
        """Whether a provider is switched on; ``False`` for an unknown one."""
        open_ones = {
            "google": self.google,
            "apple": self.apple,
            "facebook": self.facebook,
        }
        return open_ones.get(name, False)


@dataclass(frozen=True, slots=True)
class PermissionCell:
    """What customers may do with a feature while a booking is in one state.

    Attributes:
        key: Of the tick in the form.
        state: What the state is called.
        may: What they may do where the office lets them; empty where nobody may.
        see: What they see otherwise.
        open: Whether the office lets them.
    """

    key: str = ""
    state: str = ""
    may: str = ""
    see: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """A feature that the office switches, with a cell for each booking state."""

    feature: str = ""
    name: str = ""
    text: str = ""
    on: bool = True
    cells: list[PermissionCell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy to read, paragraph by paragraph; ``key`` is its anchor."""

    key: str = ""
    title: str = ""
    paragraphs: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PolicyEntryView:
    """A policy as the office edits it.

    Attributes:
        id: Its key.
        shown: Where customers see it besides the page of all policies, or empty.
        written: Whether there is one; the others are only asked for.
        version: Goes back with a change.
    """

    id: str = ""
    title: str = ""
    text: str = ""
    shown: str = ""
    written: bool = False
    archived: bool = False
    version: int = 0
