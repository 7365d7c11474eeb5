"""Journeys as small named steps; each ends when the page shows that it is done."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.people import Person, new_customer, session_cookie
from tests.support.server import RunningPortal

SERVICE = "dog-walking"
SERVICE_NAME = "Dog walking"
STREET, TOWN, STATE, POSTCODE = "12 Ocean Street", "Bondi", "New South Wales", "2026"
ADDRESS_LINES = ["12 Ocean Street", "Bondi NSW 2026"]
LINES = {
    "Dog walking": "$32",
    "Length of the walk: 45 minutes": "$10",
    "More dogs from the same home": "$12",
    "When we are back: A brush and towel-dry": "$8",
}
"""What ``answer_options`` costs, as the wizard says it."""
TOTAL, DURATION = "$62", "1 h"
NUMBER = re.compile(r"B-[0-9A-Z]{4}-[0-9A-Z]{4}")
SYDNEY = ZoneInfo("Australia/Sydney")
_MOST_TABS = 150
_TYPING_MS = 80


@dataclass(frozen=True)
class Appointment:
    """A day and a time as the page words them."""

    day: str
    time: str

    def starts_at(self) -> datetime:
        """The instant they mean on the business's clock."""
        begin = self.time.split(" – ")[0]
        words = f"{self.day} {plain(begin).upper()}"
        local = datetime.strptime(words, "%A, %d %B %Y %I:%M %p")  # noqa: DTZ007
        return local.replace(tzinfo=SYDNEY)


def plain(text: str) -> str:
    """A text with single, ordinary blanks, as ``to_have_text`` compares."""
    return " ".join(text.split())


# --- Being somewhere ----------------------------------------------------------------


def alive(page: Page) -> None:
    """Wait until the page is the live one, with all that it reads."""
    expect(page.locator("[data-first-html]")).to_have_count(0)
    expect(page.get_by_role("complementary", name="Notice")).to_be_visible()
    # After a reload it shows what it showed before, until it has read it anew.
    expect(page.locator("main[aria-busy=true]")).to_have_count(0)


def dismiss_news(page: Page) -> None:
    """Take away what lies over the buttons of a phone."""
    page.evaluate(
        "document.querySelectorAll('[data-toast] [data-dismiss]')"
        ".forEach(button => button.click())"
    )
    expect(page.locator("[data-toast]:visible")).to_have_count(0)


def sent_to_log_in(page: Page) -> None:
    """Wait until the log-in page, reached within the app, has loaded itself anew."""
    page.wait_for_function(
        """() => location.pathname === "/login" && location.pathname ===
          new URL(performance.getEntriesByType("navigation")[0].name).pathname"""
    )
    alive(page)
    expect(heading(page, "Log in")).to_be_visible()


def visit(page: Page, path: str) -> None:
    """Open an address as by typing it, and wait until it is alive."""
    page.goto(path)
    alive(page)


def reload(page: Page) -> None:
    """Reload, and wait until the page is alive."""
    page.reload()
    alive(page)


def heading(page: Page, name: str, level: int = 1) -> Locator:
    """A heading by its exact words."""
    return page.get_by_role("heading", name=name, exact=True, level=level)


def button(page: Page, name: str) -> Locator:
    """A button by its exact name."""
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page | Locator, name: str) -> Locator:
    """A link by its exact name."""
    return page.get_by_role("link", name=name, exact=True)


def schedule_link(page: Page) -> Locator:
    """The way from the page of a service into the wizard; a menu has its own."""
    return link(page.get_by_role("main"), "Schedule an appointment")


def field(page: Page, name: str) -> Locator:
    """A text field by its label."""
    return page.get_by_role("textbox", name=name, exact=True)


# --- People -------------------------------------------------------------------------


def arrive_signed_in(
    context: BrowserContext, portal: RunningPortal, person: Person
) -> Page:
    """A tab of a browser in which this person has signed in before."""
    name, value = session_cookie(portal.database, person).split("=", 1)
    context.add_cookies(
        [
            {
                "name": name,
                "value": value,
                "url": portal.url,
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )
    return context.new_page()


def fill_sign_up(page: Page, person: Person) -> None:
    """Fill in the form, terms included."""
    field(page, "First name").fill(person.first_name)
    field(page, "Last name").fill(person.last_name)
    # A form that comes back faster than anybody types is taken for a robot's.
    field(page, "Email").fill("")  # what a guest's booking says stands there
    field(page, "Email").press_sequentially(person.email, delay=_TYPING_MS)
    field(page, "Password").fill(person.password)
    page.get_by_role("checkbox", name="I accept the terms").check()


def sign_up(page: Page, person: Person) -> None:
    """Sign up, up to *Check your mail*."""
    visit(page, "/signup")
    fill_sign_up(page, person)
    button(page, "Sign up").click()
    expect(heading(page, "Check your email")).to_be_visible()


def fill_log_in(page: Page, person: Person, password: str = "") -> None:
    """Fill in the form and press *Log in*."""
    field(page, "Email").fill(person.email)
    field(page, "Password").fill(password or person.password)
    button(page, "Log in").click()


def log_in(page: Page, person: Person) -> None:
    """Log in by the form; ends on *My Bookings*."""
    visit(page, "/login")
    fill_log_in(page, person)
    expect(heading(page, "My Bookings")).to_be_visible()


def log_out(page: Page) -> None:
    """Log out by the menu behind the picture; ends on the home page."""
    button(page, "Account menu").click()
    page.locator("#menu-account").get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile(r"^http://[^/]+/$"))
    expect(link(page, "Sign up").first).to_be_visible()


# --- The wizard ---------------------------------------------------------------------


def open_wizard(page: Page, slug: str = SERVICE) -> None:
    """Open the wizard of a service at its first step."""
    visit(page, f"/book/{slug}")
    at_step(page, "Options")


_STEP_KEYS = {
    "Who it is for": "who",
    "Address": "address",
    "Day and time": "time",
    "Contact details": "contact",
    "Details": "questions",
    "Overview": "overview",
}


def at_step(page: Page, name: str) -> None:
    """Stand at a step of the wizard, alive, with an address that does not say another.

    The step is shown before its address is written.
    """
    expect(heading(page, name, level=2)).to_be_visible()
    if name == "Options":
        expect(page).to_have_url(re.compile(r"^(?!.*[?&]step=(?!options))"))
    else:
        expect(page).to_have_url(re.compile(f"[?&]step={_STEP_KEYS[name]}(&|$)"))
    alive(page)


def go_on(page: Page) -> None:
    """Press *Next*."""
    button(page, "Next").click()


def answer_options(page: Page) -> None:
    """Answer every kind of question of the dog walk; ends with the new total."""
    # What is answered before may still be on its way back; the total has the last word.
    page.get_by_role("radio", name="45 minutes").click()
    button(page, "More: More dogs from the same home").click()
    page.get_by_role("checkbox", name="A brush and towel-dry").check()
    expect_total(page, TOTAL)


REFUSED_OPTIONS = "Please check the options."


def refuse_options(page: Page) -> None:
    """Ask for more dogs than can be walked, and be refused; ends as if not asked."""
    dogs = field(page, "More dogs from the same home")
    dogs.fill("99")
    go_on(page)
    expect(page.get_by_text(REFUSED_OPTIONS, exact=True)).to_be_visible()
    dogs.fill("0")


def expect_total(page: Page, total: str) -> None:
    """The total beside the step on a desktop, or in the phone's bar."""
    summary = page.get_by_role("complementary", name="Your booking")
    bar = page.locator("[data-step-actions]")
    expect(summary.or_(bar).filter(has_text=total).first).to_contain_text(total)


def options_as_answered(page: Page) -> None:
    """The answers of ``answer_options`` are there."""
    expect(page.get_by_role("radio", name="45 minutes")).to_be_checked()
    expect(field(page, "More dogs from the same home")).to_have_value("1")
    expect(page.get_by_role("checkbox", name="A brush and towel-dry")).to_be_checked()
    expect_total(page, TOTAL)


def free_days(page: Page) -> Locator:
    """The days of the month shown that can be picked."""
    return page.locator("[role=grid] [data-day][aria-disabled=false]")


def next_month(page: Page) -> None:
    """Turn to the next month; ends when it is shown and its days are known."""
    # The days may be drawn after what stands below them.
    days = page.locator("[role=grid]")
    before = days.get_attribute("aria-label") or ""
    button(page, "Next month").click()
    expect(days).not_to_have_attribute("aria-label", before)
    expect(days).to_have_attribute("aria-busy", "false")


def pick_time(page: Page, day: int = 0, time: int = 0) -> Appointment:
    """Pick a free day of the next month and one of its times.

    Next month: the times of the day that is first today end while a test runs.
    """
    next_month(page)
    picked = free_days(page).nth(day)
    name = picked.get_attribute("aria-label") or ""
    picked.click()
    return pick_slot(page, name, time)


def pick_slot(page: Page, day: str, time: int = 0) -> Appointment:
    """Pick one of the times of the day shown; ends when the server knows."""
    times = page.get_by_role("group", name=day, exact=True).get_by_role("radio")
    slot = times.nth(time)
    slot.check()
    begins = plain(slot.locator("xpath=..").inner_text())
    return Appointment(day, begins)


def fill_address(page: Page) -> None:
    """Fill in a right address."""
    field(page, "Street and number").fill(STREET)
    # Its towns are suggested, so it is no mere text field.
    page.get_by_label("Suburb or town", exact=True).fill(TOWN)
    page.get_by_role("combobox", name="State", exact=True).select_option(STATE)
    field(page, "Postcode").fill(POSTCODE)


def name_nobody(page: Page) -> None:
    """From whom the walk is for, which may be nobody in particular, to the address."""
    at_step(page, "Who it is for")
    go_on(page)
    at_step(page, "Address")


def give_address(page: Page) -> None:
    """From the address to the time."""
    at_step(page, "Address")
    fill_address(page)
    go_on(page)
    at_step(page, "Day and time")


def keep_details(page: Page) -> None:
    """From the details, of which none is needed, to the overview."""
    at_step(page, "Details")
    go_on(page)
    at_step(page, "Overview")


def walk_to_time(page: Page) -> None:
    """From the first step of the dog walk to the time, in the quickest way."""
    open_wizard(page)
    answer_options(page)
    go_on(page)
    name_nobody(page)
    give_address(page)


def walk_to_overview(page: Page) -> Appointment:
    """From the first step of the dog walk to the overview, in the quickest way."""
    walk_to_time(page)
    chosen = pick_time(page)
    go_on(page)
    at_step(page, "Contact details")
    go_on(page)
    keep_details(page)
    return chosen


def new_customer_with_overview(
    context: BrowserContext, portal: RunningPortal
) -> Person:
    """Somebody else, whose dog walk only waits to be confirmed."""
    person = new_customer(portal.database, "Victoria")
    walk_to_overview(arrive_signed_in(context, portal, person))
    return person


def confirm(page: Page) -> str:
    """Press *Confirm booking*; the booking's number."""
    button(page, "Confirm booking").click()
    return booked(page)


def booked(page: Page) -> str:
    """The number on the page that says the booking is confirmed."""
    expect(heading(page, "Your booking is confirmed")).to_be_visible()
    return plain(page.get_by_text(NUMBER).first.inner_text())


def facts(page: Page) -> dict[str, list[str]]:
    """Every term of the page's lists with the lines of what it says."""
    pairs: list[tuple[str, str]] = page.locator("main dl").evaluate_all(
        """lists => lists.flatMap(list => [...list.querySelectorAll("dt")].map(
            term => [term.innerText, term.nextElementSibling.innerText]))"""
    )
    return {
        plain(term): [plain(line) for line in said.splitlines() if line.strip()]
        for term, said in pairs
    }


# --- The keyboard -------------------------------------------------------------------


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as somebody without a mouse does."""
    expect(target).to_be_visible()
    for _ in range(_MOST_TABS):
        if _has_focus(target):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {target}")


def _has_focus(target: Locator) -> Any:
    return target.evaluate("element => element === document.activeElement")
