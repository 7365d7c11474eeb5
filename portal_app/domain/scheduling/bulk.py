"""The team as rows of a table: everybody read, and several written at once.

What somebody's day asks, such as bookings outside new hours, is asked here as well:
such a change is refused, because nobody can be asked about it in a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import hours as wall_hours
from portal_app.domain.scheduling import roster, team
from portal_app.domain.scheduling.models import Fieldworker, FieldworkerSkill
from portal_app.domain.scheduling.outside import LeavesBookings
from portal_app.domain.scheduling.rules import EVERY_WEEK, WeeklyHours
from portal_app.domain.scheduling.team import HoursForm, ProfileForm
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ids import new_id
from portal_app.kernel.ownership import require_office


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the team as a row of a table.

    Attributes:
        id: Empty for somebody new.
        skills: Ids of services.
    """

    id: str
    name: str
    bio: str = ""
    visits_per_day: int | None = None
    skills: tuple[str, ...] = ()
    hours: tuple[WeeklyHours, ...] = ()
    archived: bool = False


def all_members(tx: Session) -> list[Member]:
    """Everybody in order, archived ones too; in three queries."""
    hours = roster.hours_by_person(tx)
    skills: dict[str, list[str]] = {}
    for skill in tx.exec(select(FieldworkerSkill)):
        skills.setdefault(skill.fieldworker_id, []).append(skill.service_id)
    in_order = (col(Fieldworker.position), col(Fieldworker.name), col(Fieldworker.id))
    return [
        Member(
            id=row.id,
            name=row.name,
            bio=row.bio,
            visits_per_day=row.visits_per_day,
            skills=tuple(sorted(skills.get(row.id, ()))),
            hours=hours.get(row.id, ()),
            archived=row.archived_at is not None,
        )
        for row in tx.exec(select(Fieldworker).order_by(*in_order))
    ]


def service_names(tx: Session) -> dict[str, str]:
    """The services that somebody can be said to do: name by id, in order."""
    rows = tx.exec(
        select(Service.id, Service.name)
        .where(col(Service.active))
        .order_by(col(Service.position), col(Service.name))
    )
    return dict(rows.all())


def store_members(tx: Session, actor: Actor, wanted: Sequence[Member]) -> None:
    """Add people and change others, each in the change log.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: If somebody cannot be stored, or has bookings that would be
            outside their hours; nothing may be kept then.
        Conflict: If there are as many people as fit.
    """
    require_office(actor)
    for one in wanted:
        profile = ProfileForm(
            name=one.name,
            bio=one.bio,
            visits_per_day=roster.number_text(one.visits_per_day),
        )
        member_id = one.id or team.add_member(tx, actor, profile, new_id())
        try:
            _store(tx, actor, member_id, one, profile)
        except LeavesBookings as error:
            raise InvalidInput(
                {
                    "name": f"{one.name} has {len(error.claim_ids)} bookings that "
                    "would be outside the hours or services of the file. Please "
                    "change them under Team, where you see these bookings."
                }
            ) from None


def _store(
    tx: Session, actor: Actor, member_id: str, one: Member, profile: ProfileForm
) -> None:
    def version() -> int:
        return tx.get_one(Fieldworker, member_id).version

    team.save_profile(tx, actor, member_id, profile, version())
    team.save_skills(tx, actor, member_id, one.skills, version())
    form = HoursForm(
        days=wall_hours.write_week(one.hours),
        by_weeks=any(stretch.week != EVERY_WEEK for stretch in one.hours),
        this_week=team.this_week(tx, member_id),
    )
    team.save_hours(tx, actor, member_id, form, version())
