"""The page of one service: the service, and what a visitor asks next."""

from dataclasses import dataclass

from sqlmodel import Session

from portal_app.domain.business import service as business
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.views import ServiceCardView, ServiceView

_MOST_OTHERS = 3


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


def service_page(tx: Session, slug: str) -> ServicePageView:
    """Everything on the page of one service.

    Raises:
        NotFound: If there is none, or it is not offered any more.
    """
    service = catalogue.service_view(tx, slug)
    policy = business.current(tx).cancellation_policy
    paragraphs = [" ".join(part.split()) for part in policy.split("\n\n")]
    everything = [
        card
        for category in catalogue.catalogue(tx).categories
        for card in category.services
        if card.slug != slug
    ]
    everything.sort(key=lambda card: card.category_slug != service.category_slug)
    return ServicePageView(
        service=service,
        cancellation_policy=[paragraph for paragraph in paragraphs if paragraph],
        others=everything[:_MOST_OTHERS],
    )
