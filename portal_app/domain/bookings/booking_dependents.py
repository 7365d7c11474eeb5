"""The dependents of a booking: who can be chosen, and who was."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from portal_app.domain.bookings import history, rules
from portal_app.domain.bookings.models import Booking, BookingDependent
from portal_app.domain.bookings.views import BookingDependentView
from portal_app.domain.business import permissions
from portal_app.domain.catalogue.booked_for import booked_for_by_type
from portal_app.domain.catalogue.models import Service
from portal_app.domain.dependents import types
from portal_app.domain.dependents.models import Dependent, DependentType
from portal_app.domain.dependents.service import (
    Candidate,
    candidate_dependents,
    dependent_row_views,
)
from portal_app.domain.dependents.views import DependentRowView, TypeView
from portal_app.domain.files import attachments
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.features import Feature
from portal_app.kernel.ownership import customer_of

FORM_FIELD = "dependents"
"""Where a form is told that the choice is wrong."""
_CHOOSE_AGAIN = "Please choose again who it is for."


@dataclass(frozen=True, slots=True)
class DependentChoice:
    """Those to choose from; ``note`` says who is not among them, and why."""

    rows: list[DependentRowView] = field(default_factory=list)
    note: str = ""


def choice_of_dependents(
    tx: Session,
    actor: Actor,
    service: Service,
    *,
    already_booked: Collection[str] = (),
    added: str = "",
) -> DependentChoice:
    """The actor's dependents that fit a service, to choose from.

    Args:
        tx: The transaction.
        actor: A customer.
        service: Which one.
        already_booked: Ids of those that the booking is for already.
        added: The id of one that was added just now, which the note is about.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    found = candidate_dependents(
        tx, customer_of(actor), service.dependent_types, already_booked
    )
    others = {one.row.id: one for one in found if one.misfit}
    note = misfit_of(service, others[added]) if added in others else ""
    if others and not note:
        note = misfit_of(service, next(iter(others.values())), named=False)
    return DependentChoice(dependent_row_views(tx, actor, found), note)


def misfit_of(service: Service, candidate: Candidate, *, named: bool = True) -> str:
    """Why somebody does not fit a service, in words; empty for one who does."""
    if candidate.misfit is None:
        return ""
    name = candidate.row.name if named else ""
    return rules.misfit_text(
        service.name, candidate.kind.plural, candidate.misfit, name
    )


def chosen_dependents(
    tx: Session,
    actor: Actor,
    service: Service,
    dependent_ids: Sequence[str],
    *,
    already_booked: Collection[str] = (),
) -> list[Dependent]:
    """Those that were chosen, each once, in the order they were chosen.

    Args:
        tx: The transaction.
        actor: A customer.
        service: Whom it is for says who can be chosen.
        dependent_ids: From the browser.
        already_booked: Ids of those that the booking is for already; they can stay,
            whatever became of them.

    Raises:
        InvalidInput: For ``dependents``: if there are too many, or one is missing,
            somebody else's, archived or of another type, or does not fit.
    """
    wanted = list(dict.fromkeys(dependent_ids))
    if len(wanted) > rules.MAX_DEPENDENTS:
        most = f"Please choose at most {rules.MAX_DEPENDENTS} for one booking."
        raise InvalidInput({FORM_FIELD: most})
    if not wanted:
        return []
    found = {
        one.row.id: one
        for one in candidate_dependents(
            tx, customer_of(actor), service.dependent_types, already_booked
        )
    }
    if not found.keys() >= set(wanted):
        raise InvalidInput({FORM_FIELD: _CHOOSE_AGAIN})
    for one in wanted:
        if reason := misfit_of(service, found[one]):
            raise InvalidInput({FORM_FIELD: reason})
    return [found[one].row for one in wanted]


def set_booking_dependents(
    tx: Session, actor: Actor, booking: Booking, dependents: Sequence[Dependent]
) -> bool:
    """Say for whom a booking is, instead of what was said before.

    Args:
        tx: The transaction.
        actor: A customer.
        booking: One of theirs; the caller holds it.
        dependents: From ``chosen_dependents``.

    Returns:
        Whether anything changed.
    """
    before = booked_dependents(tx, booking.id)
    if {row.dependent_id for row in before} == {one.id for one in dependents}:
        return False
    for row in before:
        tx.delete(row)
    tx.flush()
    _add_dependents(tx, actor, booking, dependents)
    return True


def add_booking_dependents(
    tx: Session, actor: Actor, booking: Booking, dependents: Sequence[Dependent]
) -> None:
    """Say for whom a new booking is; arguments as ``set_booking_dependents``."""
    if dependents:
        _add_dependents(tx, actor, booking, dependents)


def _add_dependents(
    tx: Session, actor: Actor, booking: Booking, dependents: Sequence[Dependent]
) -> None:
    tx.add_all(
        BookingDependent(
            booking_id=booking.id,
            dependent_id=one.id,
            position=position,
            name=one.name,
        )
        for position, one in enumerate(dependents)
    )
    names = ", ".join(one.name for one in dependents)
    history.record(tx, actor, booking, "dependents_named", {"names": names})
    tx.flush()


def booked_dependents(tx: Session, booking_id: str) -> list[BookingDependent]:
    """For whom a booking is, in order."""
    return list(
        tx.exec(
            select(BookingDependent)
            .where(col(BookingDependent.booking_id) == booking_id)
            .order_by(col(BookingDependent.position))
        )
    )


def booked_names(tx: Session, booking_ids: Sequence[str]) -> dict[str, list[str]]:
    """For whom each of these bookings is, by the names they had then, in order.

    For nobody while dependents are switched off.
    """
    names: dict[str, list[str]] = {booking_id: [] for booking_id in booking_ids}
    if not names or not permissions.is_on(tx, Feature.DEPENDENTS):
        return names
    rows = tx.exec(
        select(BookingDependent)
        .where(col(BookingDependent.booking_id).in_(booking_ids))
        .order_by(col(BookingDependent.position))
    )
    for row in rows:
        names[row.booking_id].append(row.name)
    return names


def dependent_views(
    tx: Session, customer_id: str, names: Mapping[str, str]
) -> list[BookingDependentView]:
    """Dependents of a customer as they are drawn.

    Args:
        tx: The transaction.
        customer_id: Whose they are; what is not theirs is left out.
        names: Id to the name it goes by here, or an empty text for its own.

    Returns:
        None while dependents are switched off.
    """
    if not names or not permissions.is_on(tx, Feature.DEPENDENTS):
        return []
    rows = tx.exec(
        select(Dependent, DependentType.icon)
        .join(DependentType, col(DependentType.id) == Dependent.type_id)
        .where(
            col(Dependent.id).in_(list(names)),
            col(Dependent.customer_id) == customer_id,
        )
    )
    found = {
        row.id: BookingDependentView(
            id=row.id,
            name=names[row.id] or row.name,
            icon=icon,
            picture_url=attachments.picture_url(row.picture_id),
        )
        for row, icon in rows
    }
    return [found[one] for one in names if one in found]


def dependent_types_of(tx: Session, service: Service) -> list[TypeView]:
    """The types in use that a service is for, in the service's order.

    None while dependents are switched off.
    """
    if not permissions.is_on(tx, Feature.DEPENDENTS):
        return []
    offered = {view.slug: view for view in types.active_types(tx)}
    slugs = booked_for_by_type(service.dependent_types)
    return [offered[slug] for slug in slugs if slug in offered]
