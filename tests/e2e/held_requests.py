"""Requests of a page that wait until the test lets them go."""

import re

from playwright.sync_api import Page, Route


class HeldRequests:
    """Holds what a page asks for at an address, from now until ``release``.

    What has not been asked yet at the release goes straight through, so a test
    need not know whether the browser or the test is quicker.
    """

    def __init__(self, page: Page, url: str | re.Pattern[str]) -> None:
        self._held: list[Route] = []
        self._released = False
        page.route(url, self._take)

    def _take(self, route: Route) -> None:
        if self._released:
            route.continue_()
        else:
            self._held.append(route)

    def release(self) -> None:
        """Let them all go, and whatever comes later."""
        self._released = True
        for route in self._held:
            route.continue_()
