"""What a browser may see of the catalogue: texts, ready to be read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceCardView:
    """A service on its shelf. ``from_price`` and ``duration`` are the lowest."""

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
    """A shelf of the shop window with its services."""

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
