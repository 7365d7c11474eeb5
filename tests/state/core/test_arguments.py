"""The typed door: what a handler's signature has room for."""

import math
from typing import Any, Literal

import pytest
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from portal_app.state.core.arguments import (
    LONGEST_TEXT,
    MOST_CHARACTERS,
    MOST_VALUES,
    Unfit,
    UnfitArguments,
    fitting_arguments,
)

GIVEN: dict[str, Any] = {
    "name": "Ann",
    "count": 3,
    "on": True,
    "by": -1,
    "form": {"a": "b"},
    "shown": {"version": 2},
}


def handler(  # noqa: PLR0917 - one argument of each type
    self: object,
    name: str,
    count: int,
    on: bool,
    by: Literal[-1, 1],
    form: dict[str, str],
    shown: dict[str, int],
    page: int = 1,
) -> None:
    """A handler with an argument of each type."""


def test_what_fits_goes_on_as_it_is() -> None:
    assert fitting_arguments(handler, GIVEN) == GIVEN
    most = GIVEN | {"name": "x" * LONGEST_TEXT, "count": 2**63 - 1, "page": -(2**63)}
    assert fitting_arguments(handler, most) == most
    # Letters that need a joiner, a cat of two characters, a character above 16 bits.
    words = GIVEN | {"name": "\u0928\u094d\u200d\u0930 \U0001f408\u200d\u2b1b \n\t"}
    assert fitting_arguments(handler, words) == words


def test_a_submitted_form_becomes_a_dict() -> None:
    fields = [["a", "1"], ["b", ""], ["a", "2"]]
    given = GIVEN | {"form": {FORM_DATA_ENTRIES_KEY: fields}}
    assert fitting_arguments(handler, given)["form"] == {"a": "2", "b": ""}


def test_a_literal_is_what_the_signature_names() -> None:
    by = fitting_arguments(handler, GIVEN | {"by": 1.0})["by"]
    assert (by, type(by)) == (1, int)


SHAPE, CHARACTERS = Unfit.SHAPE, Unfit.CHARACTERS
LENGTH, NUMBER = Unfit.LENGTH, Unfit.NUMBER
DEEP: Any = {"a": {"a": {"a": {"a": "x"}}}}


@pytest.mark.parametrize(
    ("argument", "value", "kind"),
    [
        *(("name", odd, SHAPE) for odd in (None, 1, True, 1.5, ["a"], {"a": "b"})),
        *(("count", odd, SHAPE) for odd in (None, "1", True, 1.0, 1.5, [1], {})),
        *(("on", odd, SHAPE) for odd in (None, "on", 1, 0, [])),
        *(("by", odd, SHAPE) for odd in (None, 0, 2, "1", [1])),
        *(
            ("form", odd, SHAPE)
            for odd in (None, "a", [], [["a", "b"]], {"a": 1}, DEEP)
        ),
        *(("form", {"a": odd}, SHAPE) for odd in (None, True, {"a": "b"}, ["a"])),
        ("form", {FORM_DATA_ENTRIES_KEY: "a"}, SHAPE),
        ("form", {FORM_DATA_ENTRIES_KEY: [["a"]]}, SHAPE),
        ("form", {FORM_DATA_ENTRIES_KEY: [["a", {}]]}, SHAPE),
        ("form", {FORM_DATA_ENTRIES_KEY: [[1, "b"]]}, SHAPE),
        ("form", {FORM_DATA_ENTRIES_KEY: [], "a": "b"}, SHAPE),
        ("shown", {"version": "2"}, SHAPE),
        ("shown", {"version": True}, SHAPE),
        ("another", "a", SHAPE),
        ("self", "a", SHAPE),
        *(("name", odd, CHARACTERS) for odd in ("\x00", "a\x00", "\ud83d", "a\udc00b")),
        ("form", {"a\x00": "b"}, CHARACTERS),
        ("form", {"a": "\ud800"}, CHARACTERS),
        ("form", {FORM_DATA_ENTRIES_KEY: [["a", "\x00"]]}, CHARACTERS),
        ("name", "x" * (LONGEST_TEXT + 1), LENGTH),
        ("form", {"x" * (LONGEST_TEXT + 1): ""}, LENGTH),
        ("form", {str(at): "x" * 20_000 for at in range(6)}, LENGTH),
        ("form", {str(at): "" for at in range(MOST_VALUES)}, LENGTH),
        *(("count", odd, NUMBER) for odd in (2**63, -(2**63) - 1, 10**300)),
        *(("count", odd, NUMBER) for odd in (math.nan, math.inf, -math.inf)),
        ("shown", {"version": 2**64}, NUMBER),
    ],
)
def test_what_does_not_fit_is_refused(argument: str, value: Any, kind: Unfit) -> None:
    with pytest.raises(UnfitArguments) as refused:
        fitting_arguments(handler, GIVEN | {argument: value})
    assert refused.value.kind is kind


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_every_argument_is_needed_that_has_no_default(name: str) -> None:
    with pytest.raises(UnfitArguments) as refused:
        fitting_arguments(handler, {k: v for k, v in GIVEN.items() if k != name})
    assert refused.value.kind is SHAPE


@pytest.mark.parametrize("payload", [None, "", [], 0, [["name", "Ann"]]])
def test_a_payload_names_its_arguments(payload: Any) -> None:
    with pytest.raises(UnfitArguments) as refused:
        fitting_arguments(handler, payload)
    assert refused.value.kind is SHAPE


def test_each_kind_is_told_in_words() -> None:
    assert {kind: UnfitArguments(kind).message for kind in Unfit} == {
        CHARACTERS: (
            "There are characters in it that cannot be stored. "
            "Please remove them and try again."
        ),
        LENGTH: "That is too long. Please shorten it and try again.",
        NUMBER: "That number is out of range. Please check it and try again.",
        SHAPE: "That did not work. Please reload the page and try again.",
    }
    assert MOST_CHARACTERS > LONGEST_TEXT
