"""Public pages, complete in the first HTML the browser gets.

Reflex prerenders static routes with the state's defaults and leaves dynamic ones
empty until the socket answers. So a public page is drawn twice by the same
component functions: with plain values, in Python, into the HTML that is served
(``to_html``), and with Vars, in the browser. The place where both meet is a slot,
``first_html``: the server fills it, hydration keeps what it was filled with, and
the live page takes its place when its data is there, looking the same.
"""

from html import escape
from typing import Any

import reflex as rx
from reflex.vars import Var
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import LiteralVar
from reflex_components_core.base.bare import Bare
from reflex_components_core.base.fragment import Fragment
from reflex_components_core.el.element import Element
from reflex_components_core.react_router.dom import ReactRouterLink

_LIBRARY = "$/public/react/first_html.jsx"

_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_RAW_TEXT = frozenset({"script", "style"})
_OF_REACT = frozenset({"key", "ref", "suppressHydrationWarning"})
_OF_THE_ROUTER = frozenset(
    {
        "discover",
        "prefetch",
        "preventScrollReset",
        "relative",
        "reloadDocument",
        "replace",
        "state",
        "viewTransition",
    }
)
_RENAMED = {
    "className": "class",
    "defaultChecked": "checked",
    "defaultValue": "value",
    "htmlFor": "for",
    "to": "href",
    # SVG attributes that HTML spells in small letters with hyphens.
    "clipRule": "clip-rule",
    "fillRule": "fill-rule",
    "strokeLinecap": "stroke-linecap",
    "strokeLinejoin": "stroke-linejoin",
    "strokeWidth": "stroke-width",
}
_MIXED_CASE = frozenset({"viewBox", "preserveAspectRatio"})
_TRUE_OR_FALSE = frozenset({"contenteditable", "draggable", "spellcheck"})
_WITHOUT_UNIT = frozenset(
    {"flex", "fontWeight", "lineHeight", "opacity", "order", "zIndex", "zoom"}
)


def to_html(component: rx.Component) -> str:
    """Write a component tree that was drawn with plain values as HTML.

    Event handlers are left out. A component that is no native element may say
    what stands for it with a method ``in_first_html() -> rx.Component``.

    Args:
        component: Native elements, fragments, texts and links inside the portal.

    Returns:
        HTML with every text and attribute escaped.

    Raises:
        TypeError: If anything in the tree is only known in the browser: a Var of a
            state, ``rx.cond``, ``rx.foreach``, a React component. The message names
            the element around it.
    """
    pieces: list[str] = []
    _write(component, pieces, "the root")
    return "".join(pieces)


def _write(component: Any, pieces: list[str], where: str) -> None:
    if isinstance(component, Bare):
        pieces.append(escape(_text(component.contents, where), quote=False))
        return
    stand_in = getattr(component, "in_first_html", None)
    if stand_in is not None:
        _write(stand_in(), pieces, where)
        return
    if isinstance(component, Fragment):
        for child in component.children:
            _write(child, pieces, where)
        return
    tag = _tag_of(component, where)
    attributes, value = _attributes(component, tag)
    pieces.append(f"<{tag}{attributes}>")
    if tag in _VOID:
        return
    pieces.append(escape(value, quote=False))
    for child in component.children:
        _write(child, pieces, f"<{tag}{attributes}>")
    pieces.append(f"</{tag}>")


def _tag_of(component: Any, where: str) -> str:
    if isinstance(component, ReactRouterLink):
        return "a"
    native = isinstance(component, Element) and component.library is None
    tag = component.tag if native else None
    if not tag or tag in _RAW_TEXT:
        raise TypeError(
            f"{type(component).__name__} cannot be drawn in Python: {where}"
        )
    return str(tag)


def _attributes(component: rx.Component, tag: str) -> tuple[str, str]:
    """The attributes of an element, and the text that belongs inside it."""
    where = f"<{tag}> ({type(component).__name__})"
    written: list[str] = []
    inside = ""
    for prop, var in component._render().props.items():
        if prop in _OF_REACT or prop in component.event_triggers or _is_event(prop):
            continue
        if tag == "a" and prop in _OF_THE_ROUTER:
            continue
        value = _plain(var, f"{prop} of {where}")
        if prop == "css":
            name, value = "style", _style(value, where)
        elif prop == "defaultValue" and tag in {"textarea", "select"}:
            if tag == "select":
                raise TypeError(f"say which option is selected: {where}")
            inside = str(value)
            continue
        elif prop == "dangerouslySetInnerHTML":
            raise TypeError(f"raw HTML is not drawn: {where}")
        else:
            name = _name(prop)
        written.append(_attribute(name, value, where))
    return "".join(written), inside


def _is_event(prop: str) -> bool:
    return prop.startswith("on") and prop[2:3].isupper()


def _name(prop: str) -> str:
    if prop in _RENAMED:
        return _RENAMED[prop]
    return prop if prop in _MIXED_CASE else prop.lower()


def _attribute(name: str, value: Any, where: str) -> str:
    if isinstance(value, list):
        value = " ".join(str(part) for part in value if part)
    if isinstance(value, dict):
        raise TypeError(f"{name} of {where} is not a plain value")
    if value is None:
        return ""
    if isinstance(value, bool):
        if name in _TRUE_OR_FALSE or name.startswith(("aria-", "data-")):
            value = "true" if value else "false"
        elif not value:
            return ""
        else:
            value = ""
    return f' {name}="{escape(str(value))}"'


def _style(rules: dict[str, Any], where: str) -> str:
    declarations = []
    for prop, value in rules.items():
        if isinstance(value, dict):
            raise TypeError(f"a nested style of {where} needs a class instead")
        name = "".join(f"-{c.lower()}" if c.isupper() else c for c in prop)
        is_length = isinstance(value, int | float) and prop not in _WITHOUT_UNIT
        declarations.append(f"{name}:{value}{'px' if is_length and value else ''}")
    return ";".join(declarations)


def _plain(value: Any, where: str) -> Any:
    """The Python value behind a prop."""
    if isinstance(value, LiteralVar):
        value = getattr(value, "_var_value", None)
    elif isinstance(value, Var):
        raise TypeError(f"{where} is only known in the browser: {value!s}")
    if isinstance(value, dict):
        return {key: _plain(item, where) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, where) for item in value]
    return value


def _text(contents: Any, where: str) -> str:
    value = _plain(contents, f"a text in {where}")
    return "" if value is None or isinstance(value, bool) else str(value)


class FirstHtml(rx.Component):
    """A slot that the server fills; its children stand there until it is."""

    library = _LIBRARY
    tag = "FirstHtml"

    name: Var[str]


class ServedTitle(rx.Component):
    """The title the server set, until a page sets its own."""

    library = _LIBRARY
    tag = "ServedTitle"


def page_slot(*skeleton: Any) -> rx.Component:
    """Draw the slot that ``api.public_pages`` fills with a whole page.

    Args:
        *skeleton: What stands there if nothing fills it.
    """
    return FirstHtml.create(*skeleton, name="page")


def until_hydrated(skeleton: rx.Component) -> rx.Component:
    """Draw what is in the HTML of every address with a parameter.

    Args:
        skeleton: What stands there where the server fills nothing in.
    """
    return rx.fragment(ServedTitle.create(), page_slot(skeleton))


def after_first_html(ready: Any, page: rx.Component) -> rx.Component:
    """Keep what the server drew until the live page has its data.

    Args:
        ready: A Var: whether the data of ``page`` is there.
        page: The live page. It brings skeletons for the time a client-side
            navigation has to wait for its data.

    Returns:
        The slot as long as it shows this very address and ``page`` is not ready;
        ``page`` otherwise.
    """
    return rx.cond(ready | ~_seen_by_the_browser("kept", bool), page, page_slot())


def current_path() -> Any:
    """Say where the browser is, without asking the server.

    Returns:
        A Var: the path, without a slash at its end; ``/`` for the home page.
    """
    return _seen_by_the_browser("path", str)


def live_title(ready: Any, title: Any, meanwhile: str) -> Any:
    """Keep the title of the first HTML until the live one is known.

    Args:
        ready: A Var: whether ``title`` can be told.
        title: The live title, a Var.
        meanwhile: The title while a client-side navigation waits for its data.
    """
    served = _seen_by_the_browser("title", str)
    return rx.cond(ready, title, rx.cond(served, served, meanwhile))


def _seen_by_the_browser(fact: str, kind: type) -> Any:
    return Var(
        _js_expr=f"firstHtml.{fact}",
        _var_type=kind,
        _var_data=VarData(
            imports={_LIBRARY: [ImportVar(tag="useFirstHtml")]},
            hooks={"const firstHtml = useFirstHtml()": None},
        ),
    ).to(kind)
