"""Who does a service, as seen from the service."""

from collections.abc import Collection
from dataclasses import replace

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue.models import Service
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.domain.scheduling import outside
from portal_app.domain.scheduling.models import Fieldworker, FieldworkerSkill
from portal_app.domain.scheduling.views import ServicePersonView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ownership import require_office, require_staff


def people_of_service(
    tx: Session, actor: Actor, service_id: str
) -> list[ServicePersonView]:
    """Everybody who works here, and whether they do this service.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    doing = _people_doing(tx, service_id)
    return [
        ServicePersonView(row.id, row.name, row.id in doing) for row in _employed(tx)
    ]


def change_people(
    tx: Session,
    actor: Actor,
    service_id: str,
    *,
    added: Collection[str],
    removed: Collection[str],
    accepted: str = "",
) -> None:
    """Say who does a service from now on, and who no more; bookings stay.

    Args:
        tx: The transaction.
        actor: The office.
        service_id: Which service.
        added: Ids of people who do it from now on.
        removed: Ids of people who do it no more.
        accepted: See ``outside.check``.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such service.
        LeavesBookings: If somebody has bookings of it that they would not do.
    """
    require_office(actor)
    businesses.lock_business(tx)
    service = tx.get(Service, service_id)
    if service is None:
        raise NotFound("There is no such service.")
    people = {row.id: row.name for row in _employed(tx)}
    doing = _people_doing(tx, service_id) & people.keys()
    wanted = ((doing | set(added)) - set(removed)) & people.keys()
    schedules = outside.load_schedules(tx, doing - wanted)
    without = {
        who: replace(one, skills=one.skills - {service_id})
        for who, one in schedules.items()
    }
    outside.check(tx, schedules, without, accepted)
    for row in tx.exec(
        select(FieldworkerSkill).where(
            FieldworkerSkill.service_id == service_id,
            col(FieldworkerSkill.fieldworker_id).in_(doing - wanted),
        )
    ):
        tx.delete(row)
    for who in sorted(wanted - doing):
        tx.add(FieldworkerSkill(fieldworker_id=who, service_id=service_id))
    tx.flush()
    before, after = (
        ", ".join(name for who, name in people.items() if who in found)
        for found in (doing, wanted)
    )
    if before != after:
        thing = Thing("Service", service.id, service.name)
        difference = Difference("Who does it", before, after)
        change_log.record(tx, actor, "changed", thing, [difference])


def _people_doing(tx: Session, service_id: str) -> set[str]:
    return set(
        tx.exec(
            select(FieldworkerSkill.fieldworker_id).where(
                FieldworkerSkill.service_id == service_id
            )
        )
    )


def _employed(tx: Session) -> list[Fieldworker]:
    return list(
        tx.exec(
            select(Fieldworker)
            .where(col(Fieldworker.archived_at).is_(None))
            .order_by(col(Fieldworker.position), col(Fieldworker.name))
        )
    )
