"""Branching and repetition, for values known now and for values known later."""

import reflex as rx
from reflex_components_core.base.fragment import Fragment
from reflex_components_core.core.cond import Cond
from reflex_components_core.core.foreach import Foreach

from portal_app.components.ui.logic import (
    classes,
    each,
    equal,
    flag,
    is_var,
    joined,
    negate,
    when,
)

NAMES = rx.Var("names", _var_type=list[str]).guess_type()
NAME = rx.Var("name", _var_type=str).guess_type()
NUMBER = rx.Var("number", _var_type=int).guess_type()
READY = rx.Var("ready", _var_type=bool).guess_type()


def _span(text):
    return rx.el.span(text)


def test_each_draws_a_plain_list_at_once():
    drawn = each(["a", "b"], _span)
    assert isinstance(drawn, Fragment)
    assert [type(child).__name__ for child in drawn.children] == ["Span", "Span"]


def test_each_leaves_a_var_to_the_browser():
    assert isinstance(each(NAMES, _span), Foreach)


def test_each_gives_the_position_to_a_function_that_asks_for_it():
    seen = []

    def draw(item, at):
        seen.append((item, at))
        return rx.el.span(item)

    each(["a", "b"], draw)
    assert seen == [("a", 0), ("b", 1)]
    assert isinstance(each(NAMES, draw), Foreach)


def test_each_does_not_mistake_options_for_a_position():
    def draw(item, *, bold=False):
        return rx.el.b(item) if bold else rx.el.span(item)

    assert len(each(["a"], draw).children) == 1
    assert isinstance(each(NAMES, draw), Foreach)


def test_when_decides_plain_values_now():
    assert when(True, "yes", "no") == "yes"
    assert when("", "yes", "no") == "no"
    assert when(False, "yes") == ""
    missing = when(False, rx.el.span("x"))
    assert isinstance(missing, Fragment)
    assert missing.children == []


def test_when_leaves_vars_to_the_browser():
    [later] = when(READY, rx.el.span("x")).children
    assert isinstance(later, Cond)
    chosen = when(READY, "yes", "no")
    assert is_var(chosen)
    assert str(chosen) == '(ready ? "yes" : "no")'


def test_equal_takes_the_var_on_either_side():
    assert equal(2, 2) is True
    assert equal("a", "b") is False
    assert str(equal("a", NAME)) == str(equal(NAME, "a"))


def test_negate_and_flag():
    assert negate("") is True
    assert negate("x") is False
    assert str(negate(READY)) == "!(ready)"
    assert flag(1) == "true"
    assert flag(None) == "false"
    assert str(flag(READY)) == '(ready ? "true" : "false")'


def test_joined_keeps_plain_text_plain():
    assert joined("Step ", 2, " of ", 5) == "Step 2 of 5"


def test_joined_writes_vars_of_any_type_as_text():
    text = joined("Hello ", NAME, ", number ", NUMBER)
    assert is_var(text)
    assert text._var_type is str


def test_classes_drop_what_is_empty():
    assert classes("a", "", None, "b") == "a b"
    mixed = classes("a", when(READY, "on", "off"))
    assert mixed[0] == "a"
    assert is_var(mixed[1])
