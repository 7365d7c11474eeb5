"""What a browser may see of the catalogue: texts, ready to be read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceCardView:
    """A service in a list. ``from_price`` and ``duration`` are the lowest."""

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
class ServiceView:
    """A service with all its details."""

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


@dataclass(frozen=True, slots=True)
class HomeCategoryView:
    """A category as the home page shows it.

    Attributes:
        from_price: The lowest starting price of its services.
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
