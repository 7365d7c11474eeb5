"""The business's own settings: read by everyone, changed by the office."""

from dataclasses import asdict, fields
from typing import Literal

from sqlalchemy import update
from sqlmodel import Session, col

from portal_app.domain.business import rules
from portal_app.domain.business.models import Business
from portal_app.domain.business.rules import SWITCH_COLUMNS, BusinessForm, SwitchesForm
from portal_app.domain.business.service_area import Place, ServiceArea
from portal_app.domain.business.views import Branding, BusinessView, Switches
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import get_cached
from portal_app.kernel.formats import Formats
from portal_app.kernel.ownership import require_office, require_owner
from portal_app.kernel.statements import affected, insert_once

DEFAULT_NAME = "My business"
"""What a business is called until the office names it."""

PictureColumn = Literal["logo_path", "hero_path"]
_PICTURES: dict[PictureColumn, str] = {
    "logo_path": "Logo",
    "hero_path": "Picture of the home page",
}


def current_business(tx: Session) -> Business:
    """The business this portal belongs to; read once in a transaction.

    Raises:
        RuntimeError: If none was set up yet.
    """
    business = get_cached(tx, Business, 1)
    if business is None:
        raise RuntimeError(
            "no business is set up: run `python -m portal_app demo load`"
        )
    return business


def is_set_up(tx: Session) -> bool:
    """Whether there is a business yet."""
    return get_cached(tx, Business, 1) is not None


def ensure_business(tx: Session) -> None:
    """Give a portal that has none a business with neutral settings.

    So that a fresh production database can be served and the office can log in
    to set it up. Never changes a business that is there.
    """
    insert_once(tx, Business(id=1, name=DEFAULT_NAME), "id")


def lock_business(tx: Session) -> None:
    """Let changes of what the business defines come one after the other.

    What is checked after this call still holds when the transaction ends; whoever
    only reads does not wait.
    """
    tx.get(Business, 1, with_for_update=True, populate_existing=True)


def formats(tx: Session) -> Formats:
    """How the business writes time and money."""
    business = current_business(tx)
    return Formats(business.locale, business.timezone, business.currency)


def business_view(tx: Session) -> BusinessView:
    """The business as every visitor sees it."""
    business = current_business(tx)
    return BusinessView(
        name=business.name,
        tagline=business.tagline,
        phone=business.phone,
        email=business.email,
        logo_url=business.logo_path,
        hero_url=business.hero_path,
        hero_alt=business.hero_alt,
        demo=business.demo,
        about=business.about,
        address=business.address,
        accent_color=business.accent_color,
        country=business.country,
        opening_text=business.opening_text,
        footer_text=business.footer_text,
    )


def branding(tx: Session) -> Branding:
    """How what leaves the house looks."""
    business = current_business(tx)
    return Branding(
        name=business.name,
        tagline=business.tagline,
        email=business.email,
        phone=business.phone,
        address=business.address,
        accent_color=business.accent_color,
        accent_ink=rules.ink_for(business.accent_color),
        locale=business.locale,
    )


def save_business(
    tx: Session, actor: Actor, form: BusinessForm, version: int | None = None
) -> None:
    """Set the business up, or change its settings; its pictures stay.

    Args:
        tx: The transaction.
        actor: The office, or the portal itself.
        form: All settings, as they shall be.
        version: The version the office read; ``None`` to write over any.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each wrong field.
        EditConflict: If the settings were changed since ``version`` and differ.
    """
    require_office(actor)
    form = rules.clean_settings(form)
    rules.check_settings(form)
    values = asdict(form)
    lock_business(tx)
    row = tx.get(Business, 1)
    thing = Thing("Business", "", form.name)
    if row is None:
        tx.add(Business(id=1, **values))
        tx.flush()
        change_log.record(tx, actor, "added", thing)
        return
    if version is not None and not rules.SETTINGS.is_current(row, values, version):
        return
    before = rules.SETTINGS.values(row)
    if version is not None and before == rules.SETTINGS.values(form):
        return  # a second click, or a save without a change
    differences = change_log.differences(rules.SETTINGS, before, values)
    statement = update(Business).where(col(Business.id) == 1)
    tx.execute(statement.values(**values, version=Business.version + 1))
    change_log.record(tx, actor, "changed", thing, differences)


def set_picture_path(
    tx: Session, actor: Actor, column: PictureColumn, path: str
) -> None:
    """Say where a picture of the business is served; empty for none.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    business = current_business(tx)
    before = "A picture" if getattr(business, column) else ""
    setattr(business, column, path)
    business.version += 1
    tx.add(business)
    tx.flush()
    after = ("Another picture" if before else "A picture") if path else ""
    change = Difference(_PICTURES[column], before, after)
    thing = Thing("Business", "", business.name)
    change_log.record(tx, actor, "changed", thing, [change])


def settings_form(tx: Session) -> tuple[BusinessForm, int]:
    """The settings as they are, and their version, for a form to begin with."""
    business = current_business(tx)
    values = {one.name: getattr(business, one.name) for one in fields(BusinessForm)}
    return BusinessForm(**values), business.version


def area_of(tx: Session) -> ServiceArea:
    """Where the business goes; see ``service_area.serves``."""
    business = current_business(tx)
    return ServiceArea(
        kind=business.area_kind,
        centre=Place("", business.latitude, business.longitude),
        kilometres=business.area_kilometres,
        postcodes=business.area_postcodes,
    )


def switches(tx: Session) -> Switches:
    """Which ways in are open now; the defaults where no business is set up."""
    business = get_cached(tx, Business, 1)
    if business is None:
        return Switches()
    return Switches(
        **{
            field.name: getattr(business, SWITCH_COLUMNS.get(field.name, field.name))
            for field in fields(Switches)
        }
    )


def save_switches(tx: Session, actor: Actor, form: SwitchesForm, version: int) -> None:
    """Switch. What is closed is refused from the next event on.

    Args:
        tx: The transaction.
        actor: The office, or the portal itself.
        form: All switches, as they shall be.
        version: ``Switches.version`` as it was read.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each wrong field.
        EditConflict: If the settings were changed since ``version`` and a
            switch differs.
    """
    require_office(actor)
    rules.check_switches(form)
    lock_business(tx)
    now, wanted = switches(tx), asdict(form)
    if not rules.SWITCHES.is_current(now, wanted, version):
        return
    before = rules.SWITCHES.values(now)
    if before == wanted:
        return  # a second click, or a save without a change
    values = {SWITCH_COLUMNS.get(k, k): v for k, v in wanted.items()}
    statement = update(Business).where(col(Business.id) == 1)
    tx.execute(statement.values(**values, version=Business.version + 1))
    thing = Thing("Settings", "", "Settings")
    differences = change_log.differences(rules.SWITCHES, before, wanted)
    change_log.record(tx, actor, "changed", thing, differences)


def set_second_factor_required(tx: Session, actor: Actor, required: bool) -> bool:
    """Say whether everybody who works here must have one; whether that is new.

    Raises:
        NotAllowed: If the actor is not an owner.
    """
    require_owner(actor)
    changed = affected(
        tx,
        update(Business)
        .where(col(Business.id) == 1, col(Business.second_factor_required) != required)
        .values(second_factor_required=required),
    )
    return bool(changed)
