"""Who does a service, as seen from the service."""

from collections.abc import Callable, Collection
from dataclasses import replace

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import services
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.services import NewServiceForm
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.domain.scheduling import outside, roster
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


def add_service(tx: Session, actor: Actor, form: NewServiceForm, request: str) -> str:
    """As ``services.add_service``; whoever works here alone does it from the start.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are as many as fit.
    """
    return _added(tx, actor, lambda: services.add_service(tx, actor, form, request))


def duplicate_service(tx: Session, actor: Actor, service_id: str, request: str) -> str:
    """As ``services.duplicate_service``; see ``add_service``.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such service.
        Conflict: If there are as many as fit.
    """
    return _added(
        tx, actor, lambda: services.duplicate_service(tx, actor, service_id, request)
    )


def give_to_only_person(
    tx: Session, actor: Actor, service_ids: Collection[str]
) -> None:
    """Let whoever works here do new services; of several people the office says who.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    people = _employed(tx)
    if len(people) != 1 or not service_ids:
        return
    person = roster.hold(tx, actor, people[0].id)
    skill = select(FieldworkerSkill.service_id).where(
        FieldworkerSkill.fieldworker_id == person.id
    )
    before = set(tx.exec(skill))
    after = before | set(service_ids)
    if not roster.set_skills(tx, person.id, after):
        return
    person.version += 1
    tx.flush()
    names = tx.exec(
        select(Service.id, Service.name)
        .where(col(Service.id).in_(after))
        .order_by(col(Service.name))
    ).all()
    differences = change_log.differences(
        roster.SKILLS,
        {"skills": [name for key, name in names if key in before]},
        {"skills": [name for _, name in names]},
    )
    change_log.record(tx, actor, "changed", roster.thing_of(person), differences)


def _added(tx: Session, actor: Actor, add: Callable[[], str]) -> str:
    require_office(actor)
    known = set(tx.exec(select(Service.id)))
    added = add()
    # What was added before may have been taken from them since.
    give_to_only_person(tx, actor, {added} - known)
    return added


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
