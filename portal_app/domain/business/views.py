"""What the browser and the mails may know of the business."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BusinessView:
    """The business as every visitor sees it."""

    name: str = ""
    tagline: str = ""
    phone: str = ""
    email: str = ""
    logo_url: str = ""
    demo: bool = False
    about: str = ""
    address: str = ""
    accent_color: str = ""
    country: str = ""


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
