"""Every component draws with plain values as HTML and with Vars for the browser."""

from dataclasses import dataclass
from typing import Any

import pytest
import reflex as rx

from portal_app.components.auth.passwords import password_field, strength_meter
from portal_app.components.bookings.calendar import day_picker, slot_grid
from portal_app.components.catalogue.service_cards import card_grid, price, service_card
from portal_app.components.layout.document import error_content, not_found
from portal_app.components.layout.first_html import to_html
from portal_app.components.layout.navigation import CUSTOMER_MENU, bottom_bar_items
from portal_app.components.layout.shell import auth_shell, public_shell, shell
from portal_app.components.ui.buttons import (
    back_link,
    button,
    icon_button,
    link_button,
    text_link,
)
from portal_app.components.ui.choices import (
    check_card,
    chip,
    choice_group,
    radio_card,
    search_field,
)
from portal_app.components.ui.dialogs import dialog, dialog_button
from portal_app.components.ui.feedback import (
    badge,
    detail_skeleton,
    empty_state,
    form_skeleton,
    list_skeleton,
    note,
    status_badge,
)
from portal_app.components.ui.fields import (
    checkbox_field,
    email_field,
    phone_field,
    select_field,
    text_field,
    textarea_field,
)
from portal_app.components.ui.icons import avatar, icon, icon_choice, icon_names
from portal_app.components.ui.lists import icon_action
from portal_app.components.ui.surfaces import (
    card,
    page_header,
    pager,
    section,
    summary_list,
    summary_row,
    timeline,
    timeline_entry,
)
from portal_app.components.ui.tabs import stepper, tab, tab_list, tab_panel
from portal_app.domain.business.views import BusinessView
from portal_app.domain.sign_in.views import ViewerView
from portal_app.state.bookings.wizard import StepView


@dataclass
class Day:
    iso: str = "2026-12-11"
    label: str = "Friday 11 December 2026"
    number: int = 11
    available: bool = True
    chosen: bool = False
    today: bool = False
    blank: bool = False


@dataclass
class Week:
    days: list[Day]


@dataclass
class Slot:
    value: str = "s1"
    label: str = "9:00 am"
    note: str = ""
    chosen: bool = True


@dataclass
class Part:
    title: str
    icon: str
    slots: list[Slot]


@dataclass
class Service:
    slug: str = "deep-clean"
    name: str = "Deep clean"
    summary: str = "Everything."
    from_price: str = "$249"
    is_from: bool = False
    price_unit: str = ""
    duration: str = "5 h"
    image: str = "/services/deep-clean.webp"
    image_alt: str = "A kitchen"


def known_later(name: str, kind: Any) -> Any:
    return rx.Var(name, _var_type=kind).guess_type()


WORDS = known_later("words", str)
YES = known_later("yes", bool)
STEP = known_later("step", int)
VIEWER = ViewerView(signed_in=True, name="Maya Thompson", email="maya@example.com")
BUSINESS = BusinessView(name="Brightside", phone="123", email="hello@example.com")

STEPS = [
    StepView("options", "Options", done=True, here=False),
    StepView("time", "Day and time", done=False, here=True),
    StepView("address", "Address", done=False, here=False),
]

PLAIN = {
    "avatar": lambda: avatar("Maya Thompson"),
    "button": lambda: button("Save", before="check", pending=True),
    "icon button": lambda: icon_button("pencil", "Edit"),
    "link button": lambda: link_button("Book", href="/services", after="arrow-right"),
    "fields": lambda: rx.el.div(
        text_field("First name", "first_name", error="Enter your first name."),
        email_field(help="For the confirmation."),
        phone_field(required=False),
        textarea_field("Notes", "notes"),
        select_field("Country", "country", [("AU", "Australia")], placeholder="Pick"),
        checkbox_field("Remember me", "remember"),
        password_field(new=True, meter=strength_meter(3, "Fine.")),
    ),
    "choices": lambda: choice_group(
        "Who?",
        radio_card("Anyone", name="who", value="any", text="Soonest"),
        check_card("Oven", name="extra", value="oven", aside="+ $45"),
    ),
    "search": lambda: rx.el.div(search_field(), chip("Garden", name="leaf")),
    "feedback": lambda: rx.el.div(
        note("Careful.", tone="warning", title="Note"),
        empty_state("Nothing yet", "Book something.", name="calendar-plus"),
        badge("New"),
        status_badge("confirmed"),
        status_badge("unheard of"),
    ),
    "dialog": lambda: rx.el.div(
        dialog("x", "Body", title="Sure?"), dialog_button("x", "Open")
    ),
    "calendar": lambda: rx.el.div(
        slot_grid([Part("Morning", "sunrise", [Slot()])], label="Friday"),
    ),
    "stepper": lambda: stepper(STEPS),
    "history": lambda: rx.el.div(
        timeline(timeline_entry("Booked", "Today", "You")), pager("1 to 2 of 2")
    ),
    "services": lambda: card_grid(service_card(Service()), price("$5")),
    "surfaces": lambda: rx.el.div(
        page_header("Title", text="Text", trail=[("Home", "/")], action=button("Go")),
        section("Part", card(summary_list(summary_row("When", "Now", name="clock")))),
        back_link("Back", "/"),
        text_link("Mail", href="mailto:a@example.com"),
    ),
    "tabs": lambda: rx.el.div(
        tab_list("Bookings", tab("up", "Upcoming", chosen="up", count=2)),
        tab_panel("up", "Panel", chosen="up"),
    ),
    "skeletons": lambda: rx.el.div(list_skeleton(), detail_skeleton(), form_skeleton()),
    "error": error_content,
}

LATER = {
    "avatar": lambda: avatar(WORDS, WORDS),
    "button": lambda: button(WORDS, pending=YES, disabled=YES),
    "fields": lambda: rx.el.div(
        text_field("Name", "name", error=WORDS, help=WORDS),
        select_field("Pick", "pick", known_later("pairs", list[tuple[str, str]])),
        checkbox_field("Terms", "terms", error=WORDS),
        password_field(meter=strength_meter(STEP, WORDS)),
    ),
    "choices": lambda: rx.el.div(
        radio_card(WORDS, name="who", value=WORDS, checked=YES), chip("A", chosen=YES)
    ),
    "badge": lambda: status_badge(WORDS),
    "calendar": lambda: rx.el.div(
        day_picker(WORDS, known_later("weeks", list[Week]), has_next=YES, loading=YES),
        slot_grid(known_later("parts", list[Part]), label=WORDS),
    ),
    "stepper": lambda: stepper(known_later("steps", list[StepView])),
    "service": lambda: service_card(known_later("service", Service)),
    "tabs": lambda: rx.el.div(
        tab("a", "A", chosen=WORDS), tab_panel("a", "x", chosen=WORDS)
    ),
    "pager": lambda: pager(WORDS, has_next=YES),
    "history": lambda: timeline_entry(WORDS, WORDS, WORDS, WORDS),
    "icon": lambda: icon_choice(WORDS, ("sun", "moon")),
    "shell": lambda: shell("Page", title="My Bookings", active="bookings"),
    "public shell": lambda: public_shell("Page"),
    "auth shell": lambda: auth_shell("Form", title="Log in"),
    "not found": not_found,
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_values_become_html(name):
    assert to_html(PLAIN[name]()).startswith("<")


@pytest.mark.parametrize("name", [*LATER, *PLAIN])
def test_everything_compiles_without_radix_or_toast_library(name):
    component = {**PLAIN, **LATER}[name]()
    component.render()
    libraries = set(component._get_all_imports())
    assert not [lib for lib in libraries if "radix" in lib or "sonner" in lib]
    assert not [lib for lib in libraries if "lucide" in lib or "debounce" in lib]


def test_a_field_is_named_by_its_label_and_described_by_its_error():
    html = to_html(text_field("First name", "first_name", error="Enter it.", help="H"))
    assert (
        '<label class="field-label" for="field-first_name">First name</label>' in html
    )
    assert 'id="field-first_name"' in html
    assert 'aria-describedby="field-first_name-error field-first_name-help"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="field-first_name-error"' in html


def test_a_field_without_an_error_claims_none():
    html = to_html(text_field("First name", "first_name"))
    assert "aria-invalid" not in html
    assert "aria-describedby" not in html


def test_fields_make_no_react_references():
    field = text_field("Name", "name", error=WORDS)
    assert not any("useRef" in str(hook) for hook in field._get_all_hooks())


def test_passwords_tell_managers_whether_they_are_new():
    assert 'autocomplete="new-password"' in to_html(password_field(new=True))
    assert 'autocomplete="current-password"' in to_html(password_field())


def test_a_pending_button_is_busy_and_refuses_clicks():
    html = to_html(button("Save", pending=True))
    assert 'aria-busy="true"' in html
    assert 'aria-disabled="true"' in html
    assert "disabled" not in to_html(button("Save"))


def test_a_button_that_refuses_clicks_keeps_the_focus():
    for drawn in (
        button("Save", disabled=True),
        button("Save", pending=True, disabled=True),
        icon_action("x", "Close", disabled=True),
        pager("1 to 20 of 20"),
    ):
        html = to_html(drawn)
        assert 'aria-disabled="true"' in html
        assert " disabled" not in html


def test_days_are_named_by_their_date_and_only_free_ones_can_be_picked():
    weeks = [Week([Day(), Day(available=False)])]
    drawn = str(day_picker("December 2026", weeks))
    days = drawn.split('role:"gridcell"')[1:]
    assert ['"Friday 11 December 2026"' in day for day in days] == [True, True]
    assert ['"aria-pressed"' in day for day in days] == [
        True,
        True,
    ]
    assert ['"aria-disabled":"true"' in day for day in days] == [False, True]


def test_equal_wall_times_have_different_names():
    html = to_html(
        slot_grid(
            [
                Part(
                    "Morning",
                    "sunrise",
                    [
                        Slot("1", "2:30 am", "before the clocks change", False),
                        Slot("2", "2:30 am", "after the clocks change", True),
                    ],
                )
            ],
            label="Sunday 5 April",
        )
    )
    assert "before the clocks change" in html
    assert "after the clocks change" in html
    assert html.count('type="radio"') == 2
    assert html.count(" checked") == 1


def test_current_step_is_marked():
    html = to_html(stepper(STEPS))
    assert html.count('aria-current="step"') == 1
    assert "Step 2 of 3" in html
    assert "Step 1 of 3" not in html


def test_finished_steps_are_links():
    html = to_html(stepper(STEPS, lambda step: f"/at/{step.key}"))
    assert [one.key for one in STEPS if f"/at/{one.key}" in html] == ["options"]


def test_status_has_a_text():
    assert ">Confirmed</span>" in to_html(status_badge("confirmed"))
    assert ">Quoted</span>" in to_html(status_badge("quoted"))


def test_initials_are_of_the_first_and_the_last_name():
    assert ">MT<" in to_html(avatar("Maya van der Thompson"))
    assert ">M<" in to_html(avatar("maya"))
    assert "<img" in to_html(avatar("Maya", "/api/files/1"))


def test_a_service_card_offers_two_sizes_of_its_picture():
    html = to_html(service_card(Service()))
    assert 'href="/services/deep-clean"' in html
    assert "/services/deep-clean-small.webp 480w" in html
    assert "/services/deep-clean.webp 960w" in html
    assert 'loading="lazy"' in html


def test_every_icon_is_one_absolute_path():
    assert len(icon_names()) > 100
    for name in icon_names():
        assert 'aria-hidden="true"' in to_html(icon(name))


def test_an_unknown_icon_is_refused():
    with pytest.raises(KeyError):
        icon("no-such-icon")


def test_menu_labels_are_the_contracted_ones():
    labels = [item.label for group in CUSTOMER_MENU for item in group.items]
    assert labels[:1] == ["Schedule an appointment"]
    assert {"My Bookings", "Profile"} <= set(labels)
    known = set(icon_names())
    for group in CUSTOMER_MENU:
        for item in group.items:
            assert item.icon in known
            assert item.bar in item.label


def test_the_bottom_bar_has_at_most_five_places():
    assert 3 <= len(bottom_bar_items()) <= 5
