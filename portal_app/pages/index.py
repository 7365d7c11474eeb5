import reflex as rx


class Hello(rx.State):
    n: int = 0

    @rx.event
    def up(self):
        self.n += 1


def index():
    return rx.el.main(
        rx.el.h1("Hello"),
        rx.el.button("Up ", Hello.n, on_click=Hello.up, class_name="bg-blue-500 p-2"),
    )


def slug():
    return rx.el.main(rx.el.h1("Slug ", rx.State.slug))
