import reflex as rx

from portal_app.pages.index import index, slug

app = rx.App(toaster=None)
app.add_page(index, route="/")
app.add_page(slug, route="/services/[slug]")
