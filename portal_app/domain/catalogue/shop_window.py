"""What the public pages show beside the catalogue itself."""

from dataclasses import dataclass

from sqlmodel import Session

from portal_app.domain.business import policies
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.views import ServiceCardView, ServiceView

_MOST_OTHERS = 3
_MOST_OFFERS = 4


@dataclass(frozen=True, slots=True)
class OfferView:
    """A line of the price list."""

    slug: str
    name: str
    from_price: str


@dataclass(frozen=True, slots=True)
class ShelfView:
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
    offers: list[OfferView]
    more: int


@dataclass(frozen=True, slots=True)
class FrontView:
    """The home page.

    Attributes:
        shelves: The categories, in the business's order.
        about: What the business says of itself, one paragraph an item.
    """

    shelves: list[ShelfView]
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


def front(tx: Session) -> FrontView:
    """The home page: what is on offer, from how much, and who offers it."""
    shelves = [
        ShelfView(
            slug=category.slug,
            name=category.name,
            description=category.description,
            from_price=min(
                category.services, key=lambda card: card.from_price_minor
            ).from_price,
            image=next((card.image for card in category.services if card.image), ""),
            offers=[
                OfferView(card.slug, card.name, card.from_price)
                for card in category.services[:_MOST_OFFERS]
            ],
            more=max(0, len(category.services) - _MOST_OFFERS),
        )
        for category in catalogue.catalogue(tx).categories
    ]
    return FrontView(shelves, _paragraphs(business.current(tx).about))


def service_page(tx: Session, slug: str) -> ServicePageView:
    """Everything on the page of one service.

    Raises:
        NotFound: If there is none, or it is not offered any more.
    """
    service = catalogue.service_view(tx, slug)
    everything = [
        card
        for category in catalogue.catalogue(tx).categories
        for card in category.services
        if card.slug != slug
    ]
    everything.sort(key=lambda card: card.category_slug != service.category_slug)
    return ServicePageView(
        service=service,
        cancellation_policy=policies.paragraphs(tx, policies.CANCELLATION),
        others=everything[:_MOST_OTHERS],
    )


def _paragraphs(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return [part for part in parts if part]
