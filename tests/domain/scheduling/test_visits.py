"""Who does what in a visit of several services or people."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain.scheduling import visits
from portal_app.domain.scheduling.rules import Visit
from portal_app.domain.scheduling.visits import AT_ONCE, IN_TURN, Part, Role, Task

CLEAN = Part("clean", Visit(90, before=10, after=30))
WALK = Part("walk", Visit(30, before=5, after=15))


def test_a_service_for_two_is_two_roles_of_which_one_leads() -> None:
    [team] = visits.teams([Part("clean", Visit(90), people=2)])

    assert team == (
        Role((Task("clean", Visit(90), 0, leading=True),)),
        Role((Task("clean", Visit(90), 0, leading=False),)),
    )


def test_services_in_turn_are_done_by_the_same_person_or_each_by_another() -> None:
    same, others = visits.teams([CLEAN, WALK])

    # Between its services one person has nothing to prepare and nothing to clear up.
    [role] = same
    assert [(t.service_id, t.visit, t.offset) for t in role.tasks] == [
        ("clean", Visit(90, 10, 0), 0),
        ("walk", Visit(30, 0, 15), 90),
    ]
    assert role.services == {"clean", "walk"}
    assert [task.span(0) for task in role.tasks] == [(-600, 5400), (5400, 8100)]
    assert role.visit.span(0) == (-600, 8100)
    assert [role.visit.span(0) for role in others] == [(-600, 7200), (5100, 8100)]
    assert visits.minutes_of([CLEAN, WALK], IN_TURN) == 120


def test_services_at_once_begin_together_with_different_people() -> None:
    [team] = visits.teams([CLEAN, WALK], AT_ONCE)

    assert [role.visit for role in team] == [CLEAN.visit, WALK.visit]
    assert visits.minutes_of([CLEAN, WALK], AT_ONCE) == 90


def test_services_for_different_numbers_of_people_are_done_by_others_in_turn() -> None:
    [team] = visits.teams([Part("clean", Visit(60), people=2), WALK])

    assert [role.tasks[0].service_id for role in team] == ["clean", "clean", "walk"]
    assert [role.tasks[0].offset for role in team] == [0, 0, 60]


PEOPLE = "abcde"


@given(
    st.lists(
        st.lists(st.sampled_from(PEOPLE), unique=True, max_size=4),
        min_size=1,
        max_size=4,
    ),
    st.none() | st.sampled_from(PEOPLE),
)
def test_people_are_found_whenever_there_are_enough(
    able: list[list[str]], asked_for: str | None
) -> None:
    possible = [
        list(people)
        for people in permutations(PEOPLE, len(able))
        if all(one in able[role] for role, one in enumerate(people))
        and asked_for in (None, *people)
    ]
    found = visits.assign(able, asked_for)

    assert found in possible if possible else found is None


ranges = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6)), max_size=3).map(
    lambda pairs: [(start, start + length) for start, length in pairs]
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(PEOPLE), ranges, max_size=4),
        min_size=1,
        max_size=3,
    )
)
def test_a_team_is_free_at_just_the_starts_at_which_everybody_is(
    theirs: list[dict[str, list[tuple[int, int]]]],
) -> None:
    for role in theirs:  # separate ranges, as a search finds them
        for person, spans in role.items():
            kept: list[tuple[int, int]] = []
            for span in sorted(spans):
                if not kept or span[0] > kept[-1][1]:
                    kept.append(span)
            role[person] = kept
    expected = {}
    for at in range(20):
        able = [
            [p for p, spans in role.items() if any(a <= at < b for a, b in spans)]
            for role in theirs
        ]
        if visits.assign(able) is not None:
            expected[at] = able
    found = {
        at: able
        for (first, last), able in visits.together(theirs)
        for at in range(first, last)
    }
    assert found == expected
