"""One journey for two input methods: a keyboard alone, and a finger on a phone."""

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.e2e import steps

_MAX_RESULTS = 12


class InputMethod(Protocol):
    """What somebody does with a page."""

    def press(self, target: Locator) -> None:
        """Press a button, or follow a link."""

    def write(self, target: Locator, text: str) -> None:
        """Replace what a text field says."""

    def choose(self, target: Locator, begin: str, value: str) -> None:
        """Choose the option of a list whose words begin so, and whose value it is."""

    def find(self, box: Locator, text: str, found: Locator) -> None:
        """Search by a text, and choose one of what is found."""

    def tick(self, target: Locator) -> None:
        """Tick a box, or a first choice of several."""

    def pick(self, group: Locator, name: str) -> None:
        """Pick one of a group of radio buttons, of which one is picked already."""

    def move_pin(self, page: Page) -> None:
        """Move the pin of the map that is open."""


class Keyboard:
    """Tab, Enter, Space, arrows and letters; no pointer."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._keys = page.keyboard

    def press(self, target: Locator) -> None:
        steps.tab_to(self._page, target)
        self._keys.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        steps.tab_to(self._page, target)
        if target.get_attribute("type") == "date":
            year, month, day = text.split("-")
            assert month == day, "it is not known which of them is typed first"
            self._keys.type(f"{day}{month}{year}")
        else:
            self._keys.press("Control+a")
            self._keys.type(text)
        expect(target).to_have_value(text)

    def choose(self, target: Locator, begin: str, value: str) -> None:
        steps.tab_to(self._page, target)
        self._keys.type(begin)
        expect(target).to_have_value(value)

    def find(self, box: Locator, text: str, found: Locator) -> None:
        self.write(box, text)
        expect(found).to_be_visible()
        for _ in range(_MAX_RESULTS):
            if found.get_attribute("aria-selected") == "true":
                break
            self._keys.press("ArrowDown")
        self._keys.press("Enter")
        expect(found).to_be_hidden()

    def tick(self, target: Locator) -> None:
        steps.tab_to(self._page, target)
        self._keys.press("Space")
        expect(target).to_be_checked()

    def pick(self, group: Locator, name: str) -> None:
        steps.tab_to(self._page, group.locator("input:checked"))
        wanted = group.get_by_role("radio", name=name, exact=True)
        for _ in range(group.get_by_role("radio").count()):
            if wanted.is_checked():
                break
            self._keys.press("ArrowDown")
        expect(wanted).to_be_checked()

    def move_pin(self, page: Page) -> None:
        steps.tab_to(page, page.locator(".place-pin"))
        for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
            self._keys.press(key)


class Finger:
    """Taps, and the phone's own keyboard and lists."""

    def press(self, target: Locator) -> None:
        target.tap()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def choose(self, target: Locator, begin: str, value: str) -> None:
        del begin
        target.select_option(value)

    def find(self, box: Locator, text: str, found: Locator) -> None:
        box.fill(text)
        found.tap()
        expect(found).to_be_hidden()

    def tick(self, target: Locator) -> None:
        target.tap()
        expect(target).to_be_checked()

    def pick(self, group: Locator, name: str) -> None:
        wanted = group.get_by_role("radio", name=name, exact=True)
        wanted.tap()
        expect(wanted).to_be_checked()

    def move_pin(self, page: Page) -> None:
        page.locator(".place-map").scroll_into_view_if_needed()
        page.locator(".leaflet-container").tap(position={"x": 90, "y": 120})


class Mouse(Finger):
    """As a finger does it, with the pointer of a desktop."""

    def press(self, target: Locator) -> None:
        target.click()

    def find(self, box: Locator, text: str, found: Locator) -> None:
        box.fill(text)
        found.click()
        expect(found).to_be_hidden()

    def tick(self, target: Locator) -> None:
        target.check()

    def pick(self, group: Locator, name: str) -> None:
        group.get_by_role("radio", name=name, exact=True).check()

    def move_pin(self, page: Page) -> None:
        page.locator(".place-map").scroll_into_view_if_needed()
        page.locator(".leaflet-container").click(position={"x": 90, "y": 120})


def input_method_of(device: str, page: Page) -> InputMethod:
    """The hands that go with a size of screen."""
    return Finger() if device == "phone" else Keyboard(page)
