"""One page, one var, one event."""

import reflex as rx


class Counter(rx.State):
    """Counts."""

    count: int = 0

    @rx.event
    def tell(self, kind: str, text: str) -> None:  # noqa: ARG002 - same shape
        """Count, with the arguments that the portal's event has."""
        self.count += 1


def index() -> rx.Component:
    """A heading, a number, a button."""
    return rx.el.main(
        rx.el.h1("Blank"),
        rx.el.p(Counter.count),
        rx.el.button("Count", on_click=Counter.tell("info", "x")),
    )


app = rx.App(toaster=None)
app.add_page(index, route="/")
