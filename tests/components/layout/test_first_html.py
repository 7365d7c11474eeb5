"""A tree drawn with plain values becomes HTML; anything else is refused by name."""

from dataclasses import replace
from typing import Any

import pytest
import reflex as rx

from portal_app.components.layout.first_html import FirstHtml, page_slot, to_html
from portal_app.components.ui.buttons import link
from portal_app.domain.bookings.views import FreeDayTimesView, FreeTimeView
from portal_app.domain.business.views import BusinessView
from portal_app.domain.catalogue.views import (
    CatalogueView,
    CategoryServiceView,
    CategoryView,
    ChoiceView,
    HomeCategoryView,
    HomePageView,
    OptionView,
    ServiceCardView,
    ServicePageView,
    ServiceView,
)
from portal_app.domain.scheduling.views import NOTHING_YET
from portal_app.pages import index, service, services
from portal_app.state.core.viewer import ViewerState

BUSINESS = BusinessView(
    name="Bright & Early",
    tagline="Clean <quickly>.",
    phone="+61 2 5550 4321",
    email="hello@bright.example",
)


def test_texts_and_attributes_are_escaped() -> None:
    drawn = rx.el.p("a < b & \"c\" 'd'", title='"><script>', class_name="x & y")
    assert to_html(drawn) == (
        '<p title="&quot;&gt;&lt;script&gt;" class="x &amp; y">'
        "a &lt; b &amp; \"c\" 'd'</p>"
    )


def test_react_names_become_attributes_of_html() -> None:
    drawn = rx.el.input(
        name="q",
        auto_complete="off",
        default_value="dog",
        custom_attrs={"id": "find", "enterKeyHint": "search"},
    )
    assert to_html(rx.el.label("Find", drawn, html_for="find", tab_index=-1)) == (
        '<label tabindex="-1" for="find">Find<input autocomplete="off" value="dog" '
        'name="q" id="find" enterkeyhint="search"></label>'
    )


def test_flags_are_there_or_not_and_states_are_spelled_out() -> None:
    drawn = rx.el.button(
        "Go",
        disabled=True,
        hidden=False,
        draggable=False,
        spell_check=True,
        aria_pressed=False,
        aria_busy=True,
    )
    assert to_html(drawn) == (
        '<button draggable="false" spellcheck="true" disabled="" '
        'aria-pressed="false" aria-busy="true">Go</button>'
    )


def test_styles_are_written_in_the_element() -> None:
    drawn = rx.el.div(
        style={"font_size": "2rem", "margin_top": 4, "z_index": 3, "left": 0}
    )
    assert (
        to_html(drawn)
        == '<div style="font-size:2rem;margin-top:4px;z-index:3;left:0"></div>'
    )


def test_inline_pictures_keep_their_mixed_case() -> None:
    drawn = rx.el.svg(
        rx.el.path(d="M0 0", custom_attrs={"strokeLinecap": "round"}),
        view_box="0 0 24 24",
    )
    assert to_html(drawn) == (
        '<svg viewBox="0 0 24 24"><path d="M0 0" stroke-linecap="round"></path></svg>'
    )


def test_links_inside_the_portal_are_plain_links() -> None:
    assert (
        to_html(link("All", href="/services?q=a&b"))
        == '<a href="/services?q=a&amp;b">All</a>'
    )


def test_fragments_numbers_and_void_elements() -> None:
    drawn = rx.fragment("a", 3, rx.el.br(), rx.fragment(rx.el.hr()), None)
    assert to_html(drawn) == "a3<br><hr>"


def test_what_was_typed_into_a_text_area_stands_inside_it() -> None:
    drawn = rx.el.textarea(name="notes", default_value="</textarea><b>")
    assert (
        to_html(drawn) == '<textarea name="notes">&lt;/textarea&gt;&lt;b&gt;</textarea>'
    )


def test_handlers_keys_and_references_are_left_out() -> None:
    drawn = rx.el.button("Go", on_click=rx.noop(), key="k", id="go")
    assert to_html(drawn) == '<button id="go">Go</button>'


class _OnlyReact(rx.Component):
    library = "somewhere"
    tag = "Chart"


class _WithStandIn(_OnlyReact):
    def in_first_html(self) -> rx.Component:
        return rx.el.b("instead")


def test_a_react_component_may_say_what_stands_for_it() -> None:
    assert to_html(rx.el.p(_WithStandIn.create())) == "<p><b>instead</b></p>"


@pytest.mark.parametrize(
    ("drawn", "complaint"),
    [
        (lambda: rx.el.p(ViewerState.business.name), r"a text in <p>"),
        (lambda: rx.el.p(f"Hi {ViewerState.viewer.name}"), r"a text in <p>"),
        (
            lambda: link("x", href=ViewerState.business.logo_url),
            r"to of <a> \(PortalLink\) is only known in the browser",
        ),
        (
            lambda: rx.el.i(class_name=["a", ViewerState.business.name]),
            r"className of <i> \(I\) is only known in the browser",
        ),
        (
            lambda: rx.el.main(rx.cond(ViewerState.loaded, rx.el.p(), rx.el.b())),
            r"Cond cannot be drawn in Python: <main>",
        ),
        (
            lambda: rx.el.ul(rx.foreach(ViewerState.business.name.split(), rx.el.li)),
            r"Foreach cannot be drawn in Python: <ul>",
        ),
        (
            lambda: rx.el.nav(_OnlyReact.create(), class_name="top"),
            r'_OnlyReact cannot be drawn in Python: <nav class="top">',
        ),
        (lambda: rx.el.script("alert(1)"), r"Script cannot be drawn in Python"),
        (lambda: rx.el.style("b{}"), r"cannot be drawn in Python"),
        (
            lambda: rx.el.select(rx.el.option("a"), default_value="a"),
            r"say which option is selected",
        ),
        (
            lambda: rx.el.p(style={"_hover": {"color": "red"}}),
            r"a nested style of <p> \(P\) needs a class instead",
        ),
        (
            lambda: rx.el.p(custom_attrs={"dangerouslySetInnerHTML": {"__html": "x"}}),
            r"raw HTML is not drawn",
        ),
    ],
)
def test_browser_only_values_are_refused(drawn: Any, complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        to_html(drawn())


def test_the_slot_is_the_one_that_the_server_looks_for() -> None:
    slot = page_slot(rx.el.p("soon"))
    assert isinstance(slot, FirstHtml)
    assert str(slot.name) == '"page"'


# --- The pages -------------------------------------------------------------------

CARD = ServiceCardView(
    slug="deep-clean",
    name="Deep <clean>",
    summary="All of it.",
    category="Cleaning",
    category_slug="cleaning",
    from_price="$85",
    from_price_minor=8500,
    price_unit="per visit",
    duration="1 h 30 min",
    duration_minutes=90,
    image="/services/deep-clean.webp",
    image_alt="A clean oven",
)
WALK = ServiceCardView(
    slug="dog-walk",
    name="Dog walk",
    summary="Once around the park.",
    category="Pets",
    category_slug="pets",
    from_price="$25",
    from_price_minor=2500,
    price_unit="per walk",
    duration="30 min",
    duration_minutes=30,
    image="",
    image_alt="",
)
CATALOGUE = CatalogueView(
    [
        CategoryView("cleaning", "Cleaning", "Spotless.", [CARD]),
        CategoryView("pets", "Pets", "Four legs.", [WALK]),
    ]
)
FRONT = HomePageView(
    [
        HomeCategoryView(
            "cleaning",
            "Cleaning",
            "Spotless.",
            "$85",
            "/services/deep-clean.webp",
            [CategoryServiceView("deep-clean", "Deep <clean>", "$85")],
            7,
        )
    ],
    ["We began in 2014."],
)
PAGE = ServicePageView(
    ServiceView(
        slug="deep-clean",
        name="Deep <clean>",
        summary="All of it.",
        category="Cleaning",
        category_slug="cleaning",
        from_price="$85",
        from_price_minor=8500,
        price_unit="per visit",
        duration="1 h 30 min",
        duration_minutes=90,
        image="/services/deep-clean.webp",
        image_alt="A clean oven",
        description=["First.", "Second."],
        included=["Kitchen"],
        needed=["Water"],
        options=[
            OptionView(
                "windows",
                "Windows",
                "Inside only.",
                "quantity",
                0,
                20,
                [ChoiceView("window", "Window", "+$3.99", "+5 min")],
            )
        ],
    ),
    ["Free until the day before."],
    [WALK],
)
DAYS = [
    FreeDayTimesView(
        "Mon, 2 Nov",
        "Monday, 2 November 2026",
        [
            FreeTimeView(
                "2026-11-02T10:00+11:00", "2026-11-02", "Mon, 2 Nov", "10:00 am"
            )
        ],
    )
]


def test_home_page_shows_business_services_and_prices() -> None:
    drawing = index.first_html(BUSINESS, FRONT, True)
    assert drawing.title == "Bright & Early – Clean <quickly>."
    assert drawing.description == "Clean <quickly>."
    assert drawing.image == "/services/deep-clean.webp"
    for text in (
        ">Clean &lt;quickly&gt;.</h1>",
        ">Deep &lt;clean&gt;</span>",
        'href="/services/deep-clean"',
        ">and 7 more</a>",
        ">We began in 2014.</p>",
        'href="tel:+61 2 5550 4321"',
    ):
        assert text in drawing.html


def test_the_home_page_begins_with_the_picture_of_the_business() -> None:
    path = "/api/brand/abc.webp"
    shown = replace(BUSINESS, hero_url=path, hero_alt="Two <people>")
    drawing = index.first_html(shown, FRONT, True)
    assert drawing.image == path
    assert f'src="{path}"' in drawing.html
    assert "/api/brand/abc-small.webp 480w" in drawing.html
    assert 'alt="Two &lt;people&gt;"' in drawing.html
    assert "/api/brand/" not in index.first_html(BUSINESS, FRONT, True).html


def test_all_services_are_there_with_their_starting_prices() -> None:
    drawing = services.first_html(BUSINESS, CATALOGUE, "", "", True)
    assert drawing.title == "All Services – Bright & Early"
    assert drawing.html.count("<article") == 2
    assert 'hidden=""' not in drawing.html.replace('<div hidden="">', "")
    assert '<p role="status"' in drawing.html
    assert ">2 services</p>" in drawing.html
    for text in (">$85</span>", ">$25</span>", ">1 h 30 min</span>"):
        assert text in drawing.html


def test_a_search_hides_what_does_not_fit() -> None:
    html = services.first_html(BUSINESS, CATALOGUE, "PÁRK", "", True).html
    assert ">1 service</p>" in html
    assert html.count('<li hidden="" class="grid">') == 1
    assert html.count('<section hidden="" ') == 1
    assert 'value="PÁRK"' in html
    assert 'href="/services?q=P%C3%81RK&amp;category=pets"' in html


def test_a_category_is_marked_as_the_current_filter() -> None:
    html = services.first_html(BUSINESS, CATALOGUE, "", "pets", True).html
    chip = html.split('href="/services?category=pets"')[1].split(">")[0]
    assert 'aria-current="true"' in chip
    assert ">1 service</p>" in html


def test_a_service_is_there_with_all_its_details() -> None:
    drawing = service.first_html(BUSINESS, PAGE, DAYS, True)
    assert drawing.title == "Deep <clean> – Bright & Early"
    assert drawing.description == "All of it. From $85 per visit."
    for text in (
        ">Deep &lt;clean&gt;</h1>",
        'alt="A clean oven"',
        ">Second.</p>",
        "<span>Kitchen</span>",
        "<span>Water</span>",
        ">Inside only.</p>",
        ">Up to 20</span>",
        ">+$3.99<span",
        ">+5 min</span>",
        ">Free until the day before.</p>",
        ">No reviews yet</p>",
        'href="/book/deep-clean"',
        'aria-label="Monday, 2 November 2026">Mon, 2 Nov</h3>',
        'href="/book/deep-clean?at=2026-11-02T10:00%2B11:00"',
        '>10:00 am<span class="sr-only">, Mon, 2 Nov</span></a>',
        'href="/services/dog-walk"',
    ):
        assert text in drawing.html


def test_a_service_without_free_times_says_so() -> None:
    html = service.first_html(BUSINESS, PAGE, [], True).html
    assert "There is no free time in the next weeks." in html
    assert "There is no free time" not in (
        service.first_html(BUSINESS, PAGE, DAYS, True).html
    )


def test_a_price_on_request_comes_without_times_and_without_a_way_to_book() -> None:
    priced = service.first_html(BUSINESS, PAGE, DAYS, True).html
    assert priced.count(">Next free times</h2>") == 1
    asked = replace(PAGE.service, on_request=True, from_price="Price on request")
    html = service.first_html(BUSINESS, replace(PAGE, service=asked), [], True).html
    assert ">Next free times</h2>" not in html
    assert 'href="/book/deep-clean"' not in html
    assert 'href="tel:+61 2 5550 4321"' in html


def test_a_service_that_is_not_offered_leads_to_those_that_are() -> None:
    drawing = service.missing_first_html(BUSINESS, True)
    assert drawing.title == "Service not found – Bright & Early"
    assert ">We do not offer that service</h1>" in drawing.html
    assert ">See all services</span></a>" in drawing.html


def test_before_the_business_opens_a_visitor_reads_so() -> None:
    drawing = service.not_open_first_html(BUSINESS, True)
    assert drawing.title == "Opening soon – Bright & Early"
    assert drawing.description == NOTHING_YET
    assert ">Bright &amp; Early opens soon</h1>" in drawing.html
    assert f">{NOTHING_YET}</p>" in drawing.html
    # Somebody of the staff sees the service as soon as the browser knows them.
    assert " opens soon" not in service.not_open_first_html(BUSINESS, False).html


@pytest.mark.parametrize(
    "draw",
    [
        lambda guest: index.first_html(BUSINESS, FRONT, guest),
        lambda guest: services.first_html(BUSINESS, CATALOGUE, "", "", guest),
        lambda guest: service.first_html(BUSINESS, PAGE, DAYS, guest),
        lambda guest: service.missing_first_html(BUSINESS, guest),
        lambda guest: service.not_open_first_html(BUSINESS, guest),
    ],
)
def test_header_offers_sign_up_only_to_visitors(draw: Any) -> None:
    header_of = {
        guest: draw(guest).html.split("<header")[1].split("</header>")[0]
        for guest in (True, False)
    }
    assert 'href="/signup"' in header_of[True]
    assert 'href="/signup"' not in header_of[False]
    assert "Account menu" not in header_of[False]
