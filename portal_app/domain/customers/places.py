"""The places that a customer saves."""

from sqlalchemy import update
from sqlmodel import Session, col

from portal_app.domain.business import service as businesses
from portal_app.domain.customers.addresses import (
    Address,
    AddressForm,
    address_lines,
    place_key,
    validate_address,
)
from portal_app.domain.customers.models import Customer, Location
from portal_app.domain.customers.ownership import customer_of, owned_by
from portal_app.domain.customers.views import LocationView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, NotFound

MAX_LOCATIONS = 50


def locations(tx: Session, actor: Actor) -> list[LocationView]:
    """The actor's saved places, the default first, then the oldest.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    home = businesses.current(tx).country
    rows = tx.exec(
        owned_by(actor, Location)
        .where(col(Location.archived_at).is_(None))
        .order_by(
            col(Location.is_default).desc(),
            col(Location.created_at),
            col(Location.id),
        )
        .limit(MAX_LOCATIONS)
    )
    return [_view(row, home) for row in rows]


def address_of(tx: Session, actor: Actor, location_id: str) -> Address:
    """The address of one of the actor's saved places.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
    """
    row = tx.exec(
        owned_by(actor, Location).where(
            col(Location.id) == location_id, col(Location.archived_at).is_(None)
        )
    ).first()
    if row is None:
        raise NotFound
    return _address(row)


def save_location(tx: Session, actor: Actor, form: AddressForm) -> str:
    """Save a place; one that is saved already is brought up to date.

    The first place becomes the default.

    Args:
        tx: The transaction.
        actor: A customer.
        form: As typed.

    Returns:
        The id of the place.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If 50 places are saved already.
    """
    customer_id = customer_of(actor)
    address = validate_address(form)
    # Held, so that two saves at once do not both make the first place.
    if tx.get(Customer, customer_id, with_for_update=True) is None:
        raise NotFound
    key = place_key(address)
    saved = tx.exec(
        owned_by(actor, Location).where(col(Location.archived_at).is_(None))
    ).all()
    same = next((row for row in saved if row.place_key == key), None)
    if same is None and len(saved) >= MAX_LOCATIONS:
        raise Conflict("You have saved as many places as fit. Remove one first.")
    becomes_default = form.is_default or not saved
    if becomes_default:
        tx.execute(
            update(Location)
            .where(col(Location.customer_id) == customer_id)
            .values(is_default=False)
        )
    row = same or Location(
        customer_id=customer_id,
        street=address.street,
        unit=address.unit,
        town=address.town,
        state=address.state,
        postcode=address.postcode,
        country=address.country,
        place_key=key,
        created_at=utc_now(),
    )
    row.label = " ".join(form.label.split()) or row.label
    row.access_notes = address.access_notes or row.access_notes
    row.is_default = becomes_default or row.is_default
    tx.add(row)
    tx.flush()
    return row.id


def _address(row: Location) -> Address:
    return Address(
        street=row.street,
        unit=row.unit,
        town=row.town,
        state=row.state,
        postcode=row.postcode,
        country=row.country,
        access_notes=row.access_notes,
    )


def _view(row: Location, home_country: str) -> LocationView:
    return LocationView(
        id=row.id,
        label=row.label,
        lines=address_lines(_address(row), home_country),
        street=row.street,
        unit=row.unit,
        town=row.town,
        state=row.state,
        postcode=row.postcode,
        country=row.country,
        access_notes=row.access_notes,
        is_default=row.is_default,
    )
