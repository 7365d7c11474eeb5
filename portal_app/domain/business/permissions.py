"""What customers see and may do: read by everybody, switched by the office."""

from sqlalchemy import update
from sqlmodel import Session, col

from portal_app.domain.business import features as f
from portal_app.domain.business import service as businesses
from portal_app.domain.business.features import OFFERED, STATE_NAMES, TABLE, Features
from portal_app.domain.business.models import Business
from portal_app.domain.business.views import PermissionCell, PermissionRow
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.kernel.audiences import STAFF, Actor, Audience
from portal_app.kernel.db import get_cached
from portal_app.kernel.features import BookingState, Feature
from portal_app.kernel.ownership import require_office
from portal_app.kernel.versioned import Field, Record

_EVERYTHING = "portal: every feature"
_WHO_WORKS_HERE = frozenset({*STAFF, Audience.FIELDWORKER})


def current_features(tx: Session) -> Features:
    """What is on now; everything where no business is set up."""
    business = get_cached(tx, Business, 1)
    if business is None or tx.info.get(_EVERYTHING):
        return Features()
    return f.from_stored(business.features, business.features_version)


def ignore_switches(tx: Session) -> None:
    """Read as if everything were on, until the session ends.

    For the download of one's own data: people have a right to it, whatever the
    business offers.
    """
    tx.info[_EVERYTHING] = True


def is_on(tx: Session, feature: Feature) -> bool:
    """Whether customers have a feature."""
    return current_features(tx).is_on(feature)


def require_feature(
    tx: Session, actor: Actor, feature: Feature, *others: Feature
) -> None:
    """Refuse what is off, with all of the others it serves; the staff goes on.

    Raises:
        NotAllowed: With words for the customer.
    """
    features = current_features(tx)
    if actor.audience not in _WHO_WORKS_HERE and not any(map(features.is_on, others)):
        f.require_on(feature, features)


def permission_rows(features: Features) -> list[PermissionRow]:
    """The table as the office reads it: the features there are, by booking state."""
    return [
        PermissionRow(
            feature=feature.value,
            name=TABLE[feature].name,
            text=TABLE[feature].text,
            on=features.is_on(feature),
            cells=[
                PermissionCell(
                    key=f"{feature}:{state}",
                    state=STATE_NAMES[state],
                    may=TABLE[feature].may if state in TABLE[feature].changes else "",
                    see=TABLE[feature].see or "–",
                    open=(feature, state) not in features.closed,
                )
                for state in BookingState
            ],
        )
        for feature in OFFERED
    ]


def save_features(tx: Session, actor: Actor, wanted: Features, version: int) -> None:
    """Switch. What is off is gone from the next event on; its data stay.

    What the office is not offered (yet) stays as it is.

    Args:
        tx: The transaction.
        actor: The office.
        wanted: Everything, as it shall be.
        version: ``Features.version`` as it was read.

    Raises:
        NotAllowed: If the actor is not the office.
        EditConflict: If it was changed since ``version`` to something else.
    """
    require_office(actor)
    businesses.lock_business(tx)
    now = current_features(tx)
    before, after = _values(now), _values(wanted)
    if not _RECORD.is_current(now, after, version, **before):
        return
    if before == after:
        return
    kept = Features(
        off=frozenset(one for one in now.off if one not in OFFERED)
        | frozenset(one for one in wanted.off if one in OFFERED),
        closed=frozenset(pair for pair in now.closed if pair[0] not in OFFERED)
        | frozenset(pair for pair in wanted.closed if _can_be_closed(*pair)),
    )
    tx.execute(
        update(Business)
        .where(col(Business.id) == 1)
        .values(features=f.as_stored(kept), features_version=now.version + 1)
    )
    differences = change_log.differences(_RECORD, before, after)
    thing = Thing("Permissions", "", "What customers may do")
    change_log.record(tx, actor, "changed", thing, differences)


def _can_be_closed(feature: Feature, state: BookingState) -> bool:
    return feature in OFFERED and state in TABLE[feature].changes


def _values(features: Features) -> dict[str, bool]:
    switches = {feature.value: features.is_on(feature) for feature in OFFERED}
    return switches | {
        f"{feature}:{state}": (feature, state) not in features.closed
        for feature in OFFERED
        for state in BookingState
        if _can_be_closed(feature, state)
    }


def _on_or_off(value: bool) -> str:
    return "On" if value else "Off"


_RECORD = Record(
    "What customers may do",
    *(
        Field(feature.value, TABLE[feature].name, text=_on_or_off)
        for feature in OFFERED
    ),
    *(
        Field(
            f"{feature}:{state}",
            f"{TABLE[feature].may}: {STATE_NAMES[state].lower()}",
        )
        for feature in OFFERED
        for state in BookingState
        if _can_be_closed(feature, state)
    ),
)
