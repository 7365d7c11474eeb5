"""The team, as the office looks after it: who there is, and what each of them does.

Archived people keep their past and take no new bookings. Whatever would leave
bookings outside somebody's hours is asked about first, see ``outside``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

from sqlmodel import Session, col, func, select

from portal_app.domain.accounts.names import emails_of
from portal_app.domain.accounts.rules import FIELDWORKER
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue.models import Category, Service
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference
from portal_app.domain.customers.addresses import AddressForm, degrees_text
from portal_app.domain.customers.views import AddressView
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.domain.scheduling import dates, outside, roster, time_off
from portal_app.domain.scheduling import hours as wall_hours
from portal_app.domain.scheduling.models import Fieldworker, FieldworkerSkill
from portal_app.domain.scheduling.rules import (
    EVERY_WEEK,
    WEEK_A,
    WEEK_B,
    WeeklyHours,
    WorkPlan,
)
from portal_app.domain.scheduling.views import MemberRowView, MemberView, SkillView
from portal_app.domain.sign_in import invitations
from portal_app.domain.sign_in.invitations import Accepted
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import today_in
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.keys import required_request_key
from portal_app.kernel.ordering import next_position
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.versioned import Field, Record, Values

MAX_PEOPLE = 500

_TAKEN = "Somebody has this name already."
_RADIUS_OF_NOTHING = "Please enter the address that the radius is around."
_BASE = Record(
    "The base",
    Field("address", "Address", roster.check_base),
    Field("radius", "Radius (km)", roster.check_radius),
)
Week = Literal["a", "b"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileForm:
    """Who somebody is, and how much they do in a day, as typed."""

    name: str = ""
    bio: str = ""
    visits_per_day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursForm:
    """Weekly hours as typed.

    Attributes:
        days: The text of each field, by its name (``hours.field_of``).
        by_weeks: Whether weeks A and B differ.
        this_week: Which of them the current week is.
    """

    days: dict[str, str] = field(default_factory=dict)
    by_weeks: bool = False
    this_week: str = "a"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseForm:
    """Where somebody starts from and how far they go, as typed."""

    address: AddressForm = field(default_factory=AddressForm)
    radius: str = ""


def team_for_office(tx: Session, actor: Actor) -> list[MemberRowView]:
    """Everybody, in the business's order, archived people last.

    Raises:
        NotAllowed: If the actor is not of the staff.
    """
    require_staff(actor)
    locale = businesses.current_business(tx).locale
    rows = _rows(tx)
    hours = roster.hours_by_person(tx)
    counted = tx.exec(
        select(FieldworkerSkill.fieldworker_id, func.count()).group_by(
            FieldworkerSkill.fieldworker_id
        )
    ).all()
    services = dict(counted)
    emails = emails_of(tx, [row.account_id for row in rows if row.account_id])
    invited = dict(invitations.open_invitations(tx, actor, {FIELDWORKER}))
    found = []
    for row in rows:
        count = services.get(row.id, 0)
        waiting = invited.get(row.id)
        account = emails.get(row.account_id or "", "")
        if not account and waiting:
            account = f"Invited: {waiting.email}"
        found.append(
            MemberRowView(
                id=row.id,
                name=row.name,
                photo_url=attachments.picture_url(row.photo_id),
                hours=wall_hours.week_lines(hours.get(row.id, ()), locale),
                services="1 service" if count == 1 else f"{count} services",
                account=account,
                archived=row.archived_at is not None,
            )
        )
    return sorted(found, key=lambda view: view.archived)


def member(tx: Session, actor: Actor, fieldworker_id: str) -> MemberView:
    """Somebody of the team, whole.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
    """
    require_staff(actor)
    row = tx.get(Fieldworker, fieldworker_id)
    if row is None:
        raise NotFound(roster.NO_PERSON)
    settings = businesses.current_business(tx)
    hours = roster.stored_hours(tx, row.id)
    skills = _skill_views(tx, row.id)
    able = [skill.name for skill in skills if skill.able]
    waiting = dict(invitations.open_invitations(tx, actor, {FIELDWORKER})).get(row.id)
    return MemberView(
        id=row.id,
        name=row.name,
        bio=row.bio,
        visits_per_day=roster.number_text(row.visits_per_day),
        photo_url=attachments.picture_url(row.photo_id, 512),
        archived=row.archived_at is not None,
        skills=skills,
        services=", ".join(able),
        hours=wall_hours.write_week(hours),
        by_weeks=any(one.week != EVERY_WEEK for one in hours),
        hours_lines=wall_hours.week_lines(hours, settings.locale),
        this_week=_this_week(tx, row.first_week),
        dates=dates.date_views(tx, actor, row.id),
        time_off=time_off.time_off_views(tx, actor, row.id),
        base=_base_view(row, settings.country),
        base_lines=roster.base_lines(row.base, settings.country),
        radius=roster.number_text(row.radius_km),
        account=emails_of(tx, [row.account_id]).get(row.account_id, "")
        if row.account_id
        else "",
        invited=waiting.email if waiting else "",
        invited_on=waiting.sent if waiting else "",
        invitation_expired=waiting.expired if waiting else False,
        version=row.version,
    )


def add_member(tx: Session, actor: Actor, form: ProfileForm, request: str) -> str:
    """Employ somebody after the others, once per request; returns the id.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are as many as fit.
    """
    require_office(actor)
    businesses.lock_business(tx)
    key = required_request_key(request)
    rows = _rows(tx)
    known = next((row for row in rows if row.request_key == key), None)
    if known is not None:
        return known.id
    values = _checked_profile(tx, form)
    if len(rows) >= MAX_PEOPLE:
        raise Conflict(f"There can be at most {MAX_PEOPLE} people.")
    row = Fieldworker(
        **values,
        position=next_position(row.position for row in rows),
        request_key=key,
    )
    tx.add(row)
    tx.flush()
    change_log.record(tx, actor, "added", roster.thing_of(row))
    return row.id


def save_profile(
    tx: Session, actor: Actor, fieldworker_id: str, form: ProfileForm, version: int
) -> None:
    """Change somebody's name and what customers read about them.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
    """
    row = roster.hold(tx, actor, fieldworker_id)
    values = _checked_profile(tx, form, row)
    before = roster.PROFILE.values(row)
    if roster.PROFILE.save(tx, row, values, version):
        _log(tx, actor, row, roster.PROFILE, before, values)


def set_photo(tx: Session, actor: Actor, fieldworker_id: str, file_id: str) -> None:
    """Give somebody a picture, replace it, or take it away (empty id).

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person, or the file is not the actor's to use.
    """
    row = roster.hold(tx, actor, fieldworker_id)
    if (row.photo_id or "") == file_id:
        return
    if file_id:
        attachments.attach(
            tx,
            actor,
            file_id,
            {file_rules.PICTURE},
            customer_id=None,
            becomes=file_rules.PORTRAIT,
        )
    before, row.photo_id = row.photo_id, file_id or None
    row.version += 1
    tx.flush()
    attachments.release(tx, before)
    words = {True: "A picture", False: ""}
    difference = Difference("Picture", words[before is not None], words[bool(file_id)])
    if before is not None and file_id:
        difference = Difference("Picture", "A picture", "Another picture")
    change_log.record(tx, actor, "changed", roster.thing_of(row), [difference])


def save_skills(
    tx: Session,
    actor: Actor,
    fieldworker_id: str,
    service_ids: Sequence[str],
    version: int,
    *,
    accepted: str = "",
) -> None:
    """Say which services somebody does; archived services keep what was said.

    Args:
        tx: The transaction.
        actor: The office.
        fieldworker_id: Who.
        service_ids: Ids of services in use; unknown ones are left aside.
        version: Of the person that was read.
        accepted: See ``outside.check``.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
        EditConflict: If it was changed since ``version`` to something else.
        LeavesBookings: If they have bookings of a service they would not do.
    """
    row = roster.hold(tx, actor, fieldworker_id)
    services = tx.exec(select(Service.id, Service.name, Service.active)).all()
    names = {key: name for key, name, _ in services}
    shown = {key for key, _, active in services if active}
    now = _skills_of(tx, row.id)
    wanted = (shown & set(service_ids)) | (now - shown)

    def texts(ids: set[str]) -> Values:
        return {"skills": sorted(names[one] for one in ids)}

    before, after = texts(now), texts(wanted)
    if not roster.SKILLS.is_current(row, after, version, **before):
        return
    outside.check_one(
        tx,
        row.id,
        lambda schedule: replace(schedule, skills=frozenset(wanted)),
        accepted,
    )
    if roster.set_skills(tx, row.id, wanted):
        row.version += 1
        tx.flush()
        _log(tx, actor, row, roster.SKILLS, before, after)


def save_hours(
    tx: Session,
    actor: Actor,
    fieldworker_id: str,
    form: HoursForm,
    version: int,
    *,
    accepted: str = "",
) -> None:
    """Change somebody's weekly hours.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
        InvalidInput: With a sentence for each day's field that is wrong.
        EditConflict: If they were changed since ``version`` to something else.
        LeavesBookings: If bookings would be outside the new hours.
    """
    row = roster.hold(tx, actor, fieldworker_id)
    weeks = (WEEK_A, WEEK_B) if form.by_weeks else (EVERY_WEEK,)
    hours = _same_in_both(
        wall_hours.parse_week(
            {
                (week, day): form.days.get(wall_hours.field_of(week, day), "")
                for week in weeks
                for day in range(7)
            }
        )
    )
    first_week = row.first_week
    if form.by_weeks and form.this_week != _this_week(tx, first_week):
        first_week += timedelta(days=7)
    record = roster.hours_record(businesses.current_business(tx).locale)
    before = {"hours": roster.stored_hours(tx, row.id), "first_week": row.first_week}
    after = {"hours": hours, "first_week": first_week}
    if not record.is_current(row, after, version, **before):
        return

    def changed(schedule: outside.Schedule) -> outside.Schedule:
        plan = replace(schedule.plan, hours=hours, first_week=first_week)
        return replace(schedule, plan=plan)

    outside.check_one(tx, row.id, changed, accepted)
    if roster.set_hours(tx, row.id, hours) or first_week != row.first_week:
        row.first_week = first_week
        row.version += 1
        tx.flush()
        _log(tx, actor, row, record, before, after)


def save_base(
    tx: Session, actor: Actor, fieldworker_id: str, form: BaseForm, version: int
) -> None:
    """Say where somebody starts from, and how far they go.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
    """
    row = roster.hold(tx, actor, fieldworker_id)
    typed = _BASE.check(form)
    columns, radius = typed["address"], typed["radius"]
    if radius is not None and not columns["base"]:
        raise InvalidInput({"street": _RADIUS_OF_NOTHING})
    before = roster.BASE.values(row)
    after = {
        "base": columns["base"],
        "pin": (columns["base_latitude"], columns["base_longitude"]),
        "radius_km": radius,
    }
    if not roster.BASE.is_current(row, after, version) or before == after:
        return
    row.base, row.radius_km = columns["base"], radius
    row.base_latitude, row.base_longitude = after["pin"]
    row.version += 1
    tx.flush()
    _log(tx, actor, row, roster.BASE, before, after)


def archive_member(
    tx: Session, actor: Actor, fieldworker_id: str, accepted: str = ""
) -> None:
    """Give somebody no new bookings; their past stays. Safe to repeat.

    An invitation that they did not accept yet ends.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
        LeavesBookings: If they have bookings to come.
    """
    row = roster.hold(tx, actor, fieldworker_id)
    if row.archived_at is not None:
        return
    outside.check_one(
        tx, row.id, lambda schedule: replace(schedule, works=False), accepted
    )
    change_log.archive(tx, actor, row, roster.thing_of(row))
    invitations.withdraw(tx, actor, FIELDWORKER, reference=row.id)


def restore_member(tx: Session, actor: Actor, fieldworker_id: str) -> None:
    """Give an archived person bookings again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
    """
    row = roster.hold(tx, actor, fieldworker_id)
    change_log.restore(tx, actor, row, roster.thing_of(row))


def reorder_team(tx: Session, actor: Actor, ids: Sequence[str]) -> None:
    """Put people into this order, in which customers see them.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    businesses.lock_business(tx)
    change_log.store_order(tx, actor, _rows(tx), ids, roster.thing_of)


def invite_member(tx: Session, actor: Actor, fieldworker_id: str, email: str) -> None:
    """Invite somebody by mail to an account of their own; again, to send it again.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
        Conflict: If they have an account.
        InvalidInput: For ``email``.
    """
    row = roster.hold(tx, actor, fieldworker_id)
    if row.account_id is not None:
        raise Conflict("This person has an account already.")
    if row.archived_at is not None:
        raise Conflict("This person is archived. Please restore them first.")
    sent_to = invitations.invite(
        tx, actor, email, FIELDWORKER, name=row.name, reference=row.id
    )
    change_log.record(
        tx,
        actor,
        "changed",
        roster.thing_of(row),
        [Difference("Invited", "", sent_to)],
    )


def withdraw_invitation(tx: Session, actor: Actor, fieldworker_id: str) -> None:
    """End the invitation of somebody who did not accept it yet. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
    """
    row = roster.hold(tx, actor, fieldworker_id)
    invitations.withdraw(tx, actor, FIELDWORKER, reference=row.id)


def link_account(tx: Session, actor: Actor, accepted: Accepted) -> None:
    """Let whoever accepted an invitation be the fieldworker it was meant for."""
    if accepted.role != FIELDWORKER:
        return
    row = tx.get(Fieldworker, accepted.reference, with_for_update=True)
    if row is None or row.account_id is not None:
        raise Conflict("This place is taken. Please ask whoever invited you.")
    other = tx.exec(
        select(Fieldworker).where(Fieldworker.account_id == accepted.account_id)
    ).first()
    if other is not None:
        raise Conflict("Your account belongs to somebody of the team already.")
    row.account_id = accepted.account_id
    row.version += 1
    tx.flush()
    change_log.record(
        tx,
        replace(actor, account_id=accepted.account_id),
        "changed",
        roster.thing_of(row),
        [Difference("Account", "", accepted.email)],
    )


def _rows(tx: Session) -> list[Fieldworker]:
    return list(
        tx.exec(
            select(Fieldworker).order_by(
                col(Fieldworker.position), col(Fieldworker.name), col(Fieldworker.id)
            )
        )
    )


def _checked_profile(
    tx: Session, form: ProfileForm, row: Fieldworker | None = None
) -> dict[str, Any]:
    values = roster.PROFILE.check(form)
    same = roster.named(tx, values["name"])
    if same is not None and same is not row:
        raise InvalidInput({"name": _TAKEN})
    return values


def _log(
    tx: Session,
    actor: Actor,
    row: Fieldworker,
    record: Record,
    *changed: Values,
) -> None:
    """Record a change of somebody: the values before, and after."""
    before, after = changed
    found = change_log.differences(record, before, after)
    change_log.record(tx, actor, "changed", roster.thing_of(row), found)


def _skills_of(tx: Session, fieldworker_id: str) -> set[str]:
    return set(
        tx.exec(
            select(FieldworkerSkill.service_id).where(
                FieldworkerSkill.fieldworker_id == fieldworker_id
            )
        )
    )


def _skill_views(tx: Session, fieldworker_id: str) -> list[SkillView]:
    able = _skills_of(tx, fieldworker_id)
    rows = tx.exec(
        select(Service.id, Service.name, Category.name)
        .join(Category, col(Category.id) == Service.category_id)
        .where(col(Service.active))
        .order_by(
            col(Category.position),
            col(Category.name),
            col(Service.position),
            col(Service.name),
        )
    ).all()
    return [SkillView(one, name, group, one in able) for one, name, group in rows]


def _same_in_both(hours: Sequence[WeeklyHours]) -> tuple[WeeklyHours, ...]:
    """With what is the same in both weeks said once."""
    plain = {(one.weekday, one.starts, one.ends, one.week) for one in hours}
    found = set()
    for weekday, starts, ends, week in plain:
        if week != EVERY_WEEK and (weekday, starts, ends, 3 - week) in plain:
            week = EVERY_WEEK  # noqa: PLW2901
        found.add(WeeklyHours(weekday, starts, ends, week))
    return wall_hours.check_week(found)


def this_week(tx: Session, fieldworker_id: str) -> Week:
    """Which of two weeks in turn the current one is for somebody."""
    return _this_week(tx, tx.get_one(Fieldworker, fieldworker_id).first_week)


def _this_week(tx: Session, first_week: date) -> Week:
    today = today_in(businesses.formats(tx).zone)
    return "a" if WorkPlan(first_week=first_week).week_of(today) == WEEK_A else "b"


def _base_view(row: Fieldworker, home_country: str) -> AddressView | None:
    if not row.base:
        return None
    return AddressView(
        lines=roster.base_lines(row.base, home_country),
        **row.base,
        latitude=degrees_text(row.base_latitude),
        longitude=degrees_text(row.base_longitude),
    )
