"""What customers see of the catalogue: nothing before somebody does what is on offer.

Services without anybody who does them would only lead to days without a free time.
"""

from dataclasses import replace

from sqlalchemy import or_
from sqlmodel import Session, col, select

from portal_app.domain.catalogue import rules
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.views import (
    CatalogueView,
    HomePageView,
    ServicePageView,
)
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling.views import NOTHING_YET
from portal_app.kernel.audiences import STAFF, Actor
from portal_app.kernel.errors import Conflict


class NotOpenYet(Conflict):
    """Customers can book nothing yet, whatever its address."""

    def __init__(self) -> None:
        super().__init__(NOTHING_YET)


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


def service_page(tx: Session, actor: Actor, slug: str) -> ServicePageView:
    """The page of one service.

    Raises:
        NotFound: If there is none, or it is not offered any more.
        NotOpenYet: See ``require_open``.
    """
    page = catalogue.service_page(tx, slug)
    require_open(tx, actor)
    return page


def require_open(tx: Session, actor: Actor) -> None:
    """Let only the staff go on before customers can book something.

    Raises:
        NotOpenYet: If the business is not open, and it is anybody else.
    """
    is_staff = actor.audience in STAFF or actor.on_behalf
    if not is_staff and not is_open(tx):
        raise NotOpenYet
