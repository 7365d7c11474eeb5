import tomllib

import pytest

from portal_app.domain.packs.toml_reader import KeyPath, LineNumbers

TEXT = '''\
# A comment with [brackets] and "quotes
title = "one # not a comment" # a comment

[pack]
name = """
Three
lines"""
"quoted.key" = 'C:\\temp\\'
a.b.c = 1

[[services]]
key = "first"
price = 12.50
tags = [ # list
  "one", # comment ]
  'two',
  """three
  four""",
]

[[services.options]]
key = "size"
choices = [
  { name = "S", price = 0 },
  { name = "L [}", price = 1 }, { name = "XL" },
]

[[services.options]]
key = "more"

[services.extra]
note = """ends in a quote""""
last = true

[[services]]
key = "second"
when = 2026-11-24T09:00:00Z

[[services.options]]
key = "of the second"'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("pack",), 4),
        (("pack", "name"), 5),
        (("pack", "quoted.key"), 8),
        (("pack", "a", "b", "c"), 9),
        (("services", 0), 11),
        (("services", 0, "key"), 12),
        (("services", 0, "tags"), 14),
        (("services", 0, "tags", 0), 15),
        (("services", 0, "tags", 1), 16),
        (("services", 0, "tags", 2), 17),
        (("services", 0, "options", 0), 21),
        (("services", 0, "options", 0, "choices", 0, "price"), 24),
        (("services", 0, "options", 0, "choices", 1, "name"), 25),
        (("services", 0, "options", 0, "choices", 2, "name"), 25),
        (("services", 0, "options", 1, "key"), 29),
        (("services", 0, "extra", "note"), 32),
        (("services", 0, "extra", "last"), 33),
        (("services", 1), 35),
        (("services", 1, "when"), 37),
        (("services", 1, "options", 0, "key"), 40),
        # What is not there is on the line of what is around it.
        (("services", 1, "price"), 35),
        (("nothing", "at", "all"), 1),
        ((), 1),
    ],
)
def test_every_value_has_its_line_number(path: KeyPath, line: int) -> None:
    tomllib.loads(TEXT)
    assert LineNumbers(TEXT).of(path) == line
    assert LineNumbers(TEXT.replace("\n", "\r\n")).of(path) == line


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "a=1", "[a]"])
def test_line_numbers_of_short_texts(text: str) -> None:
    assert LineNumbers(text).of(("a",)) == 1
