"""What customers see of the catalogue: nothing before somebody does what is on offer.

Services without anybody who does them would only lead to days without a free time.
"""

from dataclasses import replace

from sqlalchemy import or_
from sqlmodel import Session, col, select

from portal_app.domain.catalogue import rules
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.views import CatalogueView, HomePageView
from portal_app.domain.scheduling import roster


def is_open(tx: Session) -> bool:
    """Whether there is a service that somebody does, or that customers ask for."""
    useful = select(Service.id).where(
        catalogue.is_offered(),
        or_(
            col(Service.price_kind) == rules.ON_REQUEST,
            col(Service.id).in_(roster.services_done()),
        ),
    )
    return tx.exec(useful.limit(1)).first() is not None


def home_page(tx: Session) -> HomePageView:
    """The home page; without categories while the business is not open."""
    shown = catalogue.home_page(tx)
    return shown if is_open(tx) else replace(shown, categories=[])


def catalogue_view(tx: Session) -> CatalogueView:
    """Everything that can be booked; nothing while the business is not open."""
    return catalogue.catalogue_view(tx) if is_open(tx) else CatalogueView([])
