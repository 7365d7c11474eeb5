"""A time that somebody chose vanishes where others choose, and comes back."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e import steps
from tests.support.bookings import demo_draft_before_contact
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.server import RunningPortal
from tests.support.services import DedicatedService, create_all_day_service

NewContext = Callable[[], BrowserContext]
AT_ONCE = 2_000
"""Milliseconds until everybody sees what somebody chose."""


def choosing_a_time(
    portal: RunningPortal, context: BrowserContext, offer: DedicatedService, name: str
) -> Page:
    """Somebody at the step of day and time, looking at next month's first free day."""
    person = new_customer(portal.database, name)
    who = actor_of(portal.database, session_cookie(portal.database, person))
    draft = demo_draft_before_contact(portal.database, who, offer.slug)
    page = steps.arrive_signed_in(context, portal, person)
    steps.visit(page, f"/book/{offer.slug}?step=time&draft={draft}")
    steps.at_step(page, "Day and time")
    steps.next_month(page)
    return page


def see_a_time_vanish_and_come_back(first: Page, second: Page) -> None:
    """What the first page chooses is no time for the second, until it is given up."""
    days = [
        steps.free_days(first).nth(index).get_attribute("aria-label") or ""
        for index in (0, 1)
    ]
    steps.free_days(second).first.click()
    offered = _times(second, days[0])
    expect(offered).to_have_count(1)
    steps.free_days(first).first.click()
    steps.pick_slot(first, days[0])
    expect(offered).to_have_count(0, timeout=AT_ONCE)
    steps.free_days(first).nth(1).click()
    steps.pick_slot(first, days[1])
    expect(offered).to_have_count(1, timeout=AT_ONCE)


def _times(page: Page, day: str) -> Locator:
    return page.get_by_role("group", name=day, exact=True).get_by_role("radio")


def test_a_chosen_time_vanishes_elsewhere_within_two_seconds(
    portal: RunningPortal, new_context: NewContext
) -> None:
    offer = create_all_day_service(portal.database)
    first, second = (
        choosing_a_time(portal, new_context(), offer, name) for name in ("Olga", "Pete")
    )
    see_a_time_vanish_and_come_back(first, second)
