"""The forms of dependents compile, lean, and say what they are about."""

import pytest
import reflex as rx

from portal_app.components.dependents.cards import ICONS, type_icon
from portal_app.components.layout.first_html import to_html
from portal_app.components.layout.navigation import CUSTOMER_MENU, item_label
from portal_app.components.ui.icons import icon_names
from portal_app.components.ui.picture_editor import picture_field
from portal_app.domain.packs import service as packs
from portal_app.domain.packs.parser import parse_pack
from portal_app.pages import dependent, dependent_add, dependents

PAGES = (dependents.page, dependent_add.page, dependent.page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.route)
def test_every_page_compiles_without_radix_or_toast_library(page) -> None:
    drawn = page.draw()
    drawn.render()
    libraries = set(drawn._get_all_imports())
    assert not [lib for lib in libraries if "radix" in lib or "sonner" in lib]
    assert not [lib for lib in libraries if "lucide" in lib or "debounce" in lib]


def test_every_icon_of_the_shipped_packs_can_be_drawn() -> None:
    assert set(ICONS) <= set(icon_names())
    for name in packs.shipped_packs():
        for kind in parse_pack(packs.shipped_pack_text(name)).types:
            assert kind.definition.icon in ICONS, name


def test_an_unknown_icon_becomes_a_heart() -> None:
    assert to_html(type_icon("no-such-icon")) == to_html(type_icon("another"))
    assert to_html(type_icon("car")) != to_html(type_icon("another"))


def test_a_picture_is_named_after_its_field() -> None:
    assert "field-card_id" in str(picture_field("Card", "card_id").render())


def test_business_word_for_dependents_is_used() -> None:
    (item,) = [
        item
        for group in CUSTOMER_MENU
        for item in group.items
        if item.key == "dependents"
    ]
    assert item.label == item_label(item, None) == "Dependents"
    assert isinstance(item_label(item, rx.Var("viewer")), rx.Var)
