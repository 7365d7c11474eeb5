import pytest

from portal_app.state.core import toasts
from portal_app.state.core.toasts import ToastState
from tests.support.tabs import Tab


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Seconds that pass when the test says so."""
    clock = Clock()
    monkeypatch.setattr(toasts, "monotonic", clock)
    return clock


def _texts(tab: Tab) -> list[str]:
    return [toast.text for toast in tab.state(ToastState).toasts]


def test_the_last_three_messages_are_shown_each_once(clock: Clock) -> None:
    tab = Tab("/")
    for text in ("one", "two", "one", "three", "four"):
        tab.fire(ToastState.show, "info", text)
    assert _texts(tab) == ["one", "three", "four"]
    tab.fire(ToastState.show, "error", "four")
    assert _texts(tab) == ["three", "four", "four"]
    tab.fire(ToastState.dismiss, tab.state(ToastState).toasts[1].id)
    assert _texts(tab) == ["three", "four"]


def test_old_messages_do_not_come_back_with_the_page(clock: Clock) -> None:
    tab = Tab("/")
    tab.fire(ToastState.show, "success", "old")
    clock.now += 4
    tab.fire(ToastState.show, "success", "carried over")
    clock.now += 2
    tab.state(ToastState)._forget_old()
    assert _texts(tab) == ["carried over"]
