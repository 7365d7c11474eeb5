"""Searching and filtering the catalogue, at once and without the server.

The browser's side is ``react/service_finder.jsx``. Each part says what stands for it in
the first HTML, where ``Search`` (what the address asks for) decides what is shown.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each
from portal_app.domain.catalogue.views import CatalogueView, CategoryView

_LIBRARY = "$/public/react/service_finder.jsx"
_PATH = "/services"
_LONGEST_QUERY = 80
_ONE, _MANY = "service", "services"
_CHIP = (
    "inline-flex min-h-11 items-center whitespace-nowrap rounded-full border "
    "border-line-strong bg-surface px-4.5 text-[0.9375rem] font-semibold "
    "text-ink-soft transition-colors "
    "hover:border-field-line hover:text-ink aria-[current]:border-transparent "
    "aria-[current]:bg-ink aria-[current]:text-canvas"
)


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(part for part in parts if unicodedata.category(part)[0] != "M")


@dataclass(frozen=True)
class Search:
    """What somebody looks for in the catalogue.

    Attributes:
        query: Words that all occur in name, summary or category, in any order,
            whatever their case and accents.
        category: The slug of the only category to show; one that does not exist
            filters nothing.
    """

    query: str = ""
    category: str = ""

    def found(self, catalogue: CatalogueView) -> frozenset[str]:
        """Tell which services are found.

        Args:
            catalogue: Everything there is.

        Returns:
            Their slugs.
        """
        wanted = _folded(self.query[:_LONGEST_QUERY]).split()
        known = any(shelf.slug == self.category for shelf in catalogue.categories)
        return frozenset(
            service.slug
            for shelf in catalogue.categories
            if not known or shelf.slug == self.category
            for service in shelf.services
            for text in [_folded(f"{service.name} {service.summary} {shelf.name}")]
            if all(word in text for word in wanted)
        )

    def address(self) -> str:
        """Where this search is."""
        asked = {"q": self.query.strip(), "category": self.category}
        text = urlencode({name: value for name, value in asked.items() if value})
        return f"{_PATH}?{text}" if text else _PATH


class _Part(rx.Component):
    library = _LIBRARY


class ServiceFinder(_Part):
    """Knows what is looked for and what is found; draws only its children."""

    tag = "ServiceFinder"

    categories: rx.Var[list[CategoryView]]


class FinderForm(_Part):
    """The form around the field; without script it asks the server."""

    tag = "FinderForm"


class FinderInput(_Part):
    """The field."""

    tag = "FinderInput"


class FinderLink(_Part):
    """A filter by category, or the way back to everything."""

    tag = "FinderLink"

    category: rx.Var[str]
    everything: rx.Var[bool]


class FinderCount(_Part):
    """How many are found; announced when it changes."""

    tag = "FinderCount"

    one: rx.Var[str]
    many: rx.Var[str]


class FinderShelf(_Part):
    """A section that is there while something of it is found."""

    tag = "FinderShelf"

    slug: rx.Var[str]


class FinderItem(_Part):
    """An item of a list that is there while it is found."""

    tag = "FinderItem"

    slug: rx.Var[str]


class FinderEmpty(_Part):
    """What is there while nothing is found."""

    tag = "FinderEmpty"


@dataclass(frozen=True)
class Finder:
    """Draws the parts of a searchable catalogue.

    Attributes:
        catalogue: What is searched; a Var in the page, a view in the first HTML.
        search: What the address asks for, in the first HTML only.
    """

    catalogue: Any
    search: Search | None = None

    def around(self, *children: Any) -> rx.Component:
        """Put everything that searches, or is searched, into one finder.

        Args:
            *children: The page.

        Returns:
            The same page, searchable.
        """
        if self.search is not None:
            return rx.fragment(*children)
        return ServiceFinder.create(*children, categories=self.catalogue.categories)

    def field(self, label: str, placeholder: str) -> rx.Component:
        """Draw the search field.

        Args:
            label: Its visible label and accessible name.
            placeholder: An example of what to type.

        Returns:
            A ``form`` that is a search landmark.
        """
        look = {
            "class_name": "field-input min-h-13 rounded-2xl pl-12 shadow-soft",
            "custom_attrs": {
                "id": "find-service",
                "type": "search",
                "name": "q",
                "placeholder": placeholder,
                "autoComplete": "off",
                "enterKeyHint": "search",
            },
        }
        around = {
            "class_name": "w-full lg:max-w-md",
            "custom_attrs": {"role": "search", "action": _PATH},
        }
        content = [
            rx.el.label(
                label,
                class_name="field-label mb-1.5 block",
                custom_attrs={"htmlFor": "find-service"},
            ),
            rx.el.div(
                icon(
                    "search",
                    "pointer-events-none absolute left-4 top-1/2 -translate-y-1/2 "
                    "text-ink-faint",
                ),
                rx.el.input(default_value=self.search.query, **look)
                if self.search is not None
                else FinderInput.create(**look),
                class_name="relative",
            ),
        ]
        if self.search is not None:
            return rx.el.form(*content, **around)
        return FinderForm.create(*content, **around)

    def filters(self, label: str, everything: str) -> rx.Component:
        """Draw a chip for each category and one for all of them.

        Args:
            label: What the row is called for assistive technology.
            everything: The chip that filters nothing.

        Returns:
            A ``nav``, to be scrolled sideways on a phone.
        """
        return rx.el.nav(
            rx.el.ul(
                rx.el.li(self._chip("", everything)),
                each(
                    self.catalogue.categories,
                    lambda shelf: rx.el.li(self._chip(shelf.slug, shelf.name)),
                ),
                class_name="flex gap-2 lg:flex-wrap",
            ),
            aria_label=label,
            class_name=(
                "-mx-4 overflow-x-auto px-4 py-1 [scrollbar-width:none] sm:-mx-6 "
                "sm:px-6 lg:mx-0 lg:overflow-visible lg:px-0"
            ),
        )

    def _chip(self, category: Any, label: Any) -> rx.Component:
        if self.search is None:
            return FinderLink.create(label, category=category, class_name=_CHIP)
        current = self.search.category == category
        return rx.el.a(
            label,
            href=Search(self.search.query, category).address(),
            class_name=_CHIP,
            **({"aria_current": "true"} if current else {}),
        )

    def count(self, class_name: str = "") -> rx.Component:
        """Draw how many services are found.

        Args:
            class_name: Extra classes.

        Returns:
            A live region.
        """
        if self.search is None:
            return FinderCount.create(one=_ONE, many=_MANY, class_name=class_name)
        count = len(self._found)
        return rx.el.p(
            f"{count} {_ONE if count == 1 else _MANY}",
            role="status",
            class_name=class_name,
        )

    def shelf(self, slug: Any, *children: Any, class_name: str = "") -> rx.Component:
        """Draw a category's section, there while something of it is found.

        Args:
            slug: The category.
            *children: Its heading and its services.
            class_name: Extra classes.

        Returns:
            A ``section``.
        """
        look = {"class_name": class_name}
        if self.search is None:
            return FinderShelf.create(*children, slug=slug, **look)
        shown = any(
            service.slug in self._found
            for shelf in self.catalogue.categories
            if shelf.slug == slug
            for service in shelf.services
        )
        return rx.el.section(*children, hidden=not shown, **look)

    def item(self, slug: Any, *children: Any, class_name: str = "") -> rx.Component:
        """Draw an item of a list, there while it is found.

        Args:
            slug: The service.
            *children: What is inside.
            class_name: Extra classes.

        Returns:
            An ``li``.
        """
        if self.search is None:
            return FinderItem.create(*children, slug=slug, class_name=class_name)
        hidden = slug not in self._found
        return rx.el.li(*children, hidden=hidden, class_name=class_name)

    def empty(self, *children: Any) -> rx.Component:
        """Draw what is there while nothing is found.

        Args:
            *children: Words, and ``back_to_everything``.

        Returns:
            A ``div``.
        """
        if self.search is None:
            return FinderEmpty.create(*children)
        return rx.el.div(*children, hidden=bool(self._found))

    def back_to_everything(self, label: str, class_name: str) -> rx.Component:
        """Draw the link that forgets what was looked for.

        Args:
            label: Its words.
            class_name: Its classes.

        Returns:
            An anchor.
        """
        if self.search is None:
            return FinderLink.create(
                label, category="", everything=True, class_name=class_name
            )
        return rx.el.a(label, href=_PATH, class_name=class_name)

    @cached_property
    def _found(self) -> frozenset[str]:
        return self.search.found(self.catalogue) if self.search else frozenset()
