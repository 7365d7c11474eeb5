"""The next free times of a service, for whoever looks at it before booking."""

from sqlmodel import Session

from portal_app.domain.bookings.view_builders import free_time_views
from portal_app.domain.bookings.views import FreeDayTimesView
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import rules as pricing
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.scheduling import service as scheduling
from portal_app.kernel.errors import Conflict

_DAYS, _TIMES = 3, 5


def next_free_times(tx: Session, slug: str) -> list[FreeDayTimesView]:
    """Some times of the next free days, for the shortest visit with anyone.

    None for a service whose price is on request.

    Raises:
        NotFound: If the service is not offered.
    """
    try:
        service = catalogue.bookable_service(tx, slug)
    except Conflict:
        return []
    offer = catalogue.offer_of(tx, service)
    minutes = pricing.price(offer, pricing.cheapest_answers(offer)).minutes
    formats = business.formats(tx)
    return [
        FreeDayTimesView(
            day=formats.short_day(day),
            label=formats.day(day),
            times=free_time_views(formats, slots[:_TIMES]),
        )
        for day, slots in scheduling.next_free_slots(tx, service.id, minutes, _DAYS)
    ]
