"""What a browser may see of the catalogue: texts, ready to be read."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ServiceCardView:
    """A service in a list. ``from_price`` and ``duration`` are the lowest.

    Attributes:
        is_from: Whether the price is only where it starts.
        on_request: Whether there is no price: then ``from_price`` says so, and
            nobody can book it by themselves.
        tax_note: What to say of the tax beside the price, or an empty text.
    """

    slug: str
    name: str
    summary: str
    category: str
    category_slug: str
    from_price: str
    from_price_minor: int
    price_unit: str
    duration: str
    duration_minutes: int
    image: str
    image_alt: str
    is_from: bool = True
    on_request: bool = False
    tax_note: str = ""


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A category with its services."""

    slug: str
    name: str
    description: str
    services: list[ServiceCardView]


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """Everything that can be booked. Shelves with nothing on them are left out."""

    categories: list[CategoryView]


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One answer. ``price`` and ``minutes`` say what it adds, empty for nothing."""

    key: str
    name: str
    price: str
    minutes: str


@dataclass(frozen=True, slots=True)
class OptionView:
    """A question; ``kind`` is ``single``, ``several`` or ``quantity``."""

    key: str
    name: str
    help: str
    kind: str
    min_quantity: int
    max_quantity: int
    choices: list[ChoiceView]


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo: its address, and what it shows."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service with all its details; ``photos`` are those after the first.

    ``request_text`` says what becomes of a booking that the office confirms;
    ``by_quote`` that the price is asked for online.
    """

    slug: str
    name: str
    summary: str
    category: str
    category_slug: str
    from_price: str
    from_price_minor: int
    price_unit: str
    duration: str
    duration_minutes: int
    image: str
    image_alt: str
    description: list[str]
    included: list[str]
    needed: list[str]
    options: list[OptionView]
    is_from: bool = True
    on_request: bool = False
    tax_note: str = ""
    photos: list[PhotoView] = field(default_factory=list)
    by_quote: bool = False
    request_text: str = ""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a price, such as ``Windows × 3`` and ``$24.00``."""

    description: str
    amount: str


@dataclass(frozen=True, slots=True)
class QuoteView:
    """What some answers would cost now."""

    lines: list[LineView]
    total: str
    total_minor: int
    duration: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CategoryServiceView:
    """A line of the price list."""

    slug: str
    name: str
    from_price: str
    is_from: bool = True


@dataclass(frozen=True, slots=True)
class HomeCategoryView:
    """A category as the home page shows it.

    Attributes:
        from_price: The lowest starting price of its services, or an empty text.
        image: The picture of its first service that has one, or an empty string.
        offers: Its first few services.
        more: How many services there are besides them.
    """

    slug: str
    name: str
    description: str
    from_price: str
    image: str
    offers: list[CategoryServiceView]
    more: int


@dataclass(frozen=True, slots=True)
class HomePageView:
    """The home page.

    Attributes:
        categories: The categories, in the business's order.
        about: What the business says of itself, one paragraph an item.
    """

    categories: list[HomeCategoryView]
    about: list[str]


@dataclass(frozen=True, slots=True)
class ServicePageView:
    """Everything on the page of a service.

    Attributes:
        service: The service with all its details.
        cancellation_policy: The business's policy, one paragraph an item.
        others: Up to three other services, those of the same category first.
    """

    service: ServiceView
    cancellation_policy: list[str]
    others: list[ServiceCardView]


@dataclass(frozen=True, slots=True)
class CategoryEntryView:
    """A category as the office keeps it; ``count`` is of its services."""

    id: str
    slug: str
    name: str
    description: str
    count: int
    archived: bool
    version: int


@dataclass(frozen=True, slots=True)
class ServiceEntryView:
    """A service in the office's list.

    Attributes:
        category: The id of its category.
        price: As customers read it.
        state: ``published``, ``draft`` or ``archived``.
    """

    id: str
    slug: str
    name: str
    category: str
    category_name: str
    price: str
    duration: str
    image: str
    state: str
    archived: bool


@dataclass(frozen=True, slots=True)
class ChoiceEntryView:
    """A choice of an option as the office edits it."""

    key: str
    name: str
    price: str
    minutes: str


@dataclass(frozen=True, slots=True)
class OptionEntryView:
    """An option as the office edits it."""

    key: str
    name: str
    kind: str
    help: str
    required: bool
    minimum: str
    maximum: str
    choices: list[ChoiceEntryView]


@dataclass(frozen=True, slots=True)
class PhotoEntryView:
    """A photo as the office edits it; ``key`` is the id of its row."""

    key: str
    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class ServiceFormView:
    """Everything in the form of a service, as it is written there."""

    id: str = ""
    version: int = 0
    currency: str = ""
    name: str = ""
    slug: str = ""
    category: str = ""
    summary: str = ""
    description: str = ""
    included: str = ""
    needed: str = ""
    photos: list[PhotoEntryView] = field(default_factory=list)
    price_kind: str = "fixed"
    price: str = ""
    price_unit: str = ""
    tax: str = ""
    duration: str = ""
    buffer_before: str = ""
    buffer_after: str = ""
    notice: str = ""
    horizon: str = ""
    options: list[OptionEntryView] = field(default_factory=list)
    dependent_types: list[str] = field(default_factory=list)
    giftable: bool = True
    repeats: bool = True
    deposit_kind: str = "none"
    deposit: str = ""
    confirmation: str = "instant"
    people_needed: str = "1"
    seats: str = ""
    visits_per_day: str = ""
    dependent_minutes: str = ""
    dependent_price: str = ""
    published: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class TaxView:
    """The business's tax: the rate as a number, and whether prices hold it."""

    percent: str = "0"
    included: str = ""
    usual: str = ""
    text: str = ""
    version: int = 0
