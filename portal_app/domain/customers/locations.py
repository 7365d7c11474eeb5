"""The locations a customer saves."""

from dataclasses import replace

from sqlmodel import Session, col

from portal_app.domain.business import service as businesses
from portal_app.domain.customers.addresses import (
    Address,
    AddressForm,
    Pin,
    address_lines,
    degrees_text,
    pin_of,
    place_key,
    validate_address,
)
from portal_app.domain.customers.models import EMPTY_ADDRESS, Location
from portal_app.domain.customers.owned_list import OwnedList
from portal_app.domain.customers.views import LocationView
from portal_app.kernel import archival
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ownership import owned_by
from portal_app.kernel.text import one_line
from portal_app.kernel.versioned import Field, Record

MAX_LOCATIONS = 50

_LOCATIONS = OwnedList(
    Location,
    col(Location.is_default).desc(),
    col(Location.created_at),
    col(Location.id),
    limit=MAX_LOCATIONS,
    full="You have saved as many places as fit. Remove one first.",
)


def _record(home: str) -> Record:
    """What a saved place consists of; ``home`` is the business's country."""
    return Record(
        "This place",
        Field("label", "Name of this place"),
        Field("address", "Address", text=lambda it: ", ".join(address_lines(it, home))),
        Field("access_notes", "How to get in"),
        Field(
            "pin",
            "Pin on the map",
            text=lambda it: ", ".join(filter(None, map(degrees_text, it))),
        ),
        Field("is_default", "Used unless you choose another"),
    )


def list_locations(tx: Session, actor: Actor) -> list[LocationView]:
    """The actor's saved places, the default first, then the oldest.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    home = businesses.current_business(tx).country
    return [_view(row, home) for row in _LOCATIONS.rows(tx, actor)]


def location_address(tx: Session, actor: Actor, location_id: str) -> Address:
    """The address of one of the actor's saved places.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
    """
    return _address(_LOCATIONS.find(tx, actor, location_id))


def saved_place(tx: Session, actor: Actor, address: Address) -> Location | None:
    """The actor's saved place at this address, if there is one.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    key = place_key(address)
    rows = _LOCATIONS.rows(tx, actor)
    return next((row for row in rows if row.place_key == key), None)


def location_pin(tx: Session, actor: Actor, location_id: str) -> Pin:
    """The pin of one of the actor's saved places; errors as ``location_address``."""
    return _LOCATIONS.find(tx, actor, location_id).pin


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
    customer_id = _LOCATIONS.hold(tx, actor)
    address = validate_address(form)
    key = place_key(address)
    saved = _LOCATIONS.rows(tx, actor)
    same = next((row for row in saved if row.place_key == key), None)
    if same is None:
        _LOCATIONS.check_room(saved)
    becomes_default = form.is_default or not saved
    if becomes_default:
        _LOCATIONS.clear_default(tx, customer_id)
    row = same or Location(
        customer_id=customer_id,
        **EMPTY_ADDRESS,
        place_key=key,
        created_at=utc_now(),
    )
    if same is None:
        row.address = address
    row.label = one_line(form.label) or row.label
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
        EditConflict: If it was changed since ``version`` to something else.
    """
    customer_id = _LOCATIONS.hold(tx, actor)
    row = _LOCATIONS.find(tx, actor, location_id)
    address = validate_address(form)
    key = place_key(address)
    twins = owned_by(actor, Location).where(
        col(Location.place_key) == key,
        col(Location.id) != row.id,
        col(Location.archived_at).is_(None),
    )
    if tx.exec(twins).first() is not None:
        raise InvalidInput({"street": "This address is saved already."})
    record = _record(businesses.current_business(tx).country)
    values = {
        "label": one_line(form.label),
        "address": address,
        "access_notes": address.access_notes,
        "pin": pin_of(form),
        # There is always one default: it changes by choosing another.
        "is_default": form.is_default or row.is_default,
    }
    if not record.is_current(row, values, version):
        return
    if values["is_default"] and not row.is_default:
        _LOCATIONS.clear_default(tx, customer_id)
    row.place_key = key
    record.save(tx, row, values, version)


def remove_location(tx: Session, actor: Actor, location_id: str) -> None:
    """Offer a place no more; old bookings keep it. Safe to repeat.

    The oldest of the others becomes the default if this one was.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
    """
    row = _LOCATIONS.remove(tx, actor, location_id)
    if not row.is_default:
        return
    row.is_default = False
    tx.flush()
    heir = next(iter(_LOCATIONS.rows(tx, actor)), None)
    if heir is not None:
        heir.is_default = True
        tx.flush()


def restore_location(tx: Session, actor: Actor, location_id: str) -> None:
    """Take a removal back, unless the same place was saved again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
        Conflict: If as many places as fit are saved.
    """
    _LOCATIONS.hold(tx, actor)
    row = _LOCATIONS.find(tx, actor, location_id, removed=True)
    saved = _LOCATIONS.rows(tx, actor)
    if row.archived_at is None or any(r.place_key == row.place_key for r in saved):
        return
    _LOCATIONS.check_room(saved)
    row.is_default = not saved
    archival.restore(tx, row)


def _address(row: Location) -> Address:
    return replace(row.address, access_notes=row.access_notes)


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
        latitude=degrees_text(row.latitude),
        longitude=degrees_text(row.longitude),
        version=row.version,
    )
