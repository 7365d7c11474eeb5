"""The locations a customer saves."""

from dataclasses import replace

from sqlalchemy import update
from sqlmodel import Session, col

from portal_app.domain.business import service as businesses
from portal_app.domain.customers.addresses import (
    Address,
    AddressForm,
    address_lines,
    pin_of,
    place_key,
    validate_address,
)
from portal_app.domain.customers.models import Customer, Location
from portal_app.domain.customers.views import LocationView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import EditConflict, compare
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.ownership import customer_of, owned_by

MAX_LOCATIONS = 50
LABELS = {
    "label": "Name of this place",
    "address": "Address",
    "access_notes": "How to get in",
    "pin": "Pin on the map",
    "is_default": "Chosen by itself",
}


def list_locations(tx: Session, actor: Actor) -> list[LocationView]:
    """The actor's saved places, the default first, then the oldest.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    home = businesses.current_business(tx).country
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


def location_address(tx: Session, actor: Actor, location_id: str) -> Address:
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
    pin = pin_of(form)
    if pin[0] is not None:
        row.latitude, row.longitude = pin
    row.is_default = becomes_default or row.is_default
    if same is not None and tx.is_modified(same):
        row.version += 1
    tx.add(row)
    tx.flush()
    return row.id


def update_location(
    tx: Session, actor: Actor, location_id: str, form: AddressForm, version: int
) -> None:
    """Change a saved place. Bookings made keep the address they were made with.

    Args:
        tx: The transaction.
        actor: A customer.
        location_id: From the browser.
        form: As typed; whole, so an empty field becomes empty.
        version: Of the place that was read.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
        InvalidInput: With a sentence for each field that is wrong.
        ChangedMeanwhile: If it was changed since ``version`` to something else.
    """
    customer_id = customer_of(actor)
    _lock_customer(tx, actor)
    row = _find(tx, actor, location_id)
    address = validate_address(form)
    key = place_key(address)
    twins = owned_by(actor, Location).where(
        col(Location.place_key) == key,
        col(Location.id) != row.id,
        col(Location.archived_at).is_(None),
    )
    if tx.exec(twins).first() is not None:
        raise InvalidInput({"street": "This address is saved already."})
    label, pin = " ".join(form.label.split()), pin_of(form)
    # There is always one default: it changes by choosing another.
    is_default = form.is_default or row.is_default
    if row.version != version:
        home = businesses.current_business(tx).country
        yours = replace(
            _view(row, home),
            label=label,
            lines=address_lines(address, home),
            access_notes=address.access_notes,
            latitude=_degrees_text(pin[0]),
            longitude=_degrees_text(pin[1]),
            is_default=is_default,
        )
        changes = compare(
            LABELS, _comparable_texts(yours), _comparable_texts(_view(row, home))
        )
        if changes:
            raise EditConflict("This place", changes, row.version)
        return
    if is_default and not row.is_default:
        _clear_default(tx, customer_id)
    row.label, row.access_notes, row.place_key = label, address.access_notes, key
    row.street, row.unit, row.town = address.street, address.unit, address.town
    row.state, row.postcode = address.state, address.postcode
    row.country = address.country
    row.latitude, row.longitude = pin
    row.is_default = is_default
    row.version += 1
    tx.add(row)
    tx.flush()


def remove_location(tx: Session, actor: Actor, location_id: str) -> None:
    """Offer a place no more; old bookings keep it. Safe to repeat.

    The oldest of the others becomes the default if this one was.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
    """
    _lock_customer(tx, actor)
    row = _find(tx, actor, location_id, removed=True)
    if row.archived_at is not None:
        return
    was_default = row.is_default
    row.archived_at, row.is_default = utc_now(), False
    row.version += 1
    tx.add(row)
    tx.flush()
    heir = tx.exec(
        owned_by(actor, Location)
        .where(col(Location.archived_at).is_(None))
        .order_by(col(Location.created_at), col(Location.id))
    ).first()
    if was_default and heir is not None:
        heir.is_default = True
        tx.add(heir)
        tx.flush()


def restore_location(tx: Session, actor: Actor, location_id: str) -> None:
    """Take a removal back, unless the same place was saved again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
        Conflict: If as many places as fit are saved.
    """
    _lock_customer(tx, actor)
    row = _find(tx, actor, location_id, removed=True)
    saved = tx.exec(
        owned_by(actor, Location).where(col(Location.archived_at).is_(None))
    ).all()
    if row.archived_at is None or any(r.place_key == row.place_key for r in saved):
        return
    if len(saved) >= MAX_LOCATIONS:
        raise Conflict("You have saved as many places as fit. Remove one first.")
    row.archived_at = None
    row.is_default = not any(other.is_default for other in saved)
    row.version += 1
    tx.add(row)
    tx.flush()


def _lock_customer(tx: Session, actor: Actor) -> None:
    if tx.get(Customer, customer_of(actor), with_for_update=True) is None:
        raise NotFound


def _find(
    tx: Session, actor: Actor, location_id: str, *, removed: bool = False
) -> Location:
    query = owned_by(actor, Location).where(col(Location.id) == location_id)
    if not removed:
        query = query.where(col(Location.archived_at).is_(None))
    row = tx.exec(query).first()
    if row is None:
        raise NotFound
    return row


def _clear_default(tx: Session, customer_id: str) -> None:
    tx.execute(
        update(Location)
        .where(col(Location.customer_id) == customer_id)
        .values(is_default=False)
    )


def _comparable_texts(view: LocationView) -> dict[str, str]:
    return {
        "label": view.label,
        "address": ", ".join(view.lines),
        "access_notes": view.access_notes,
        "pin": ", ".join(part for part in (view.latitude, view.longitude) if part),
        "is_default": "Yes" if view.is_default else "No",
    }


def _degrees_text(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


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
        latitude=_degrees_text(row.latitude),
        longitude=_degrees_text(row.longitude),
        version=row.version,
    )
