"""The worst that each handler can be given: the most that the typed door takes.

Work is counted in statements, which are the same on every machine, and in CPU
time, of which several times the measured most is allowed.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle

import pytest

from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.state.core import arguments
from portal_app.state.core.access import acting_as
from portal_app.state.core.arguments import fitting_arguments
from tests.support.demo import MAYA, OFFICE, sign_in_demo_user
from tests.support.fuzzed_events import FIELDS, Endpoint, endpoints, fitting_value
from tests.support.statements import statements_of
from tests.support.tabs import STRANGER, Tab
from tests.support.wiring import wired

KNOWN = endpoints()
_WIZARD = next(
    one.name for one in KNOWN if one.name.endswith("booking_wizard_state.load")
)
# Measured: 12 at most.
MOST_STATEMENTS = 40
# Measured: 0.08 at most, for towns of a name of 25 thousand signs.
MOST_SECONDS = 0.6
LONG = arguments.LONGEST_TEXT
SHARE = (arguments.MOST_CHARACTERS - 10_000) // len(FIELDS)
"""What each field of a form holds when all of them are filled as far as they may."""
TEXTURES = {
    "letters": "abcdefghij",
    "digits": "0412345678",
    "signs": "4@8({[<361!|70$5+%29",
    "spaces": " \t \n",
    "combining": "e\u0301\u0323",
    "joined": "\U0001f469\u200d",
    "addresses": "a@b.c,",
    "words": "on a ",
}


def _text(texture: str, length: int) -> str:
    return (texture * (length // len(texture) + 1))[:length]


def _fitting(
    endpoint: Endpoint, long: Callable[[], str], part: Callable[[], str]
) -> dict[str, object]:
    return {
        name: fitting_value(annotation, long)
        if annotation is str
        else fitting_value(annotation, part, FIELDS)
        for name, annotation in endpoint.parameters.items()
    }


def _largest(endpoint: Endpoint) -> list[dict[str, object]]:
    """As much of each texture as the door takes, in one field and in all."""
    found = []
    for texture in TEXTURES.values():
        whole, part = _text(texture, LONG), _text(texture, SHARE)
        several = cycle([whole, whole, whole, *[""] * (len(FIELDS) - 3)])
        found.append(_fitting(endpoint, lambda w=whole: w, lambda p=part: p))
        if dict[str, str] in endpoint.parameters.values():
            found.append(
                _fitting(endpoint, lambda w=whole: w, lambda s=several: next(s))
            )
    if dict[str, str] in endpoint.parameters.values():
        rows = ("choices.{}.key", "documents.{}.key", "for.{}", "field.f{}")
        many = {name.format(at): "on" for at in range(480) for name in rows}
        found.append(
            {
                name: many if annotation == dict[str, str] else "x"
                for name, annotation in endpoint.parameters.items()
            }
        )
    return found if endpoint.parameters else [{}]


@pytest.fixture
def people(demo_db: Database) -> dict[Audience, Actor]:
    return {
        Audience.PUBLIC: STRANGER,
        Audience.CUSTOMER: sign_in_demo_user(demo_db, MAYA),
        Audience.OFFICE: sign_in_demo_user(demo_db, OFFICE),
    }


async def _cost(tab: Tab, endpoint: Endpoint, given: dict[str, object]) -> float:
    payload = fitting_arguments(endpoint.fn, given)
    started = time.process_time()
    # Most often it is refused as too long for what it is.
    with suppress(DomainError):
        await tab.call(endpoint.name, payload)
    await tab.root._get_resolved_delta()
    tab.root._clean()
    return time.process_time() - started


async def _costs(
    database: Database, people: dict[Audience, Actor]
) -> dict[str, tuple[int, float]]:
    """Statements and seconds of each handler, at the most expensive of its inputs."""
    found = {}
    for endpoint in KNOWN:
        who = next(people[one] for one in people if one in endpoint.audiences)
        acting_as(who)
        statements, seconds = 0, 0.0
        for given in _largest(endpoint):
            tab = Tab("/book/deep-clean", who)
            if "wizard" in endpoint.name:
                await tab.call(_WIZARD, {})
            with statements_of(database) as asked:
                spent = await _cost(tab, endpoint, given)
                if spent > MOST_SECONDS / 2:  # once more: the machine may be busy
                    spent = min(spent, await _cost(tab, endpoint, given))
            statements = max(statements, len(asked))
            seconds = max(seconds, spent)
        found[endpoint.name] = (statements, seconds)
    return found


@pytest.mark.usefixtures("hashing")
def test_each_handler_is_done_soon_with_the_most_it_can_be_given(
    demo_db: Database, people: dict[Audience, Actor]
) -> None:
    with wired(database=demo_db):
        costs = asyncio.run(_costs(demo_db, people))
    assert set(costs) == {one.name for one in KNOWN}
    assert {n: s for n, (s, _) in costs.items() if s > MOST_STATEMENTS} == {}
    assert {n: s for n, (_, s) in costs.items() if s > MOST_SECONDS} == {}
