import pytest

from portal_app.kernel.ordering import next_place, places, reordered


@pytest.mark.parametrize(
    ("now", "wanted", "found"),
    [
        ({}, ["a", "b"], {"a": 0, "b": 1}),
        ({"a": 0, "b": 1}, ["a", "b"], {"a": 0, "b": 1}),
        ({"a": 3, "b": 7, "c": 5}, ["a", "b"], {"a": 3, "b": 7}),
        ({"a": 3, "b": 7, "c": 5}, ["b", "a"], {"b": 3, "a": 7}),
        ({"a": 0, "b": 1}, ["new", "a"], {"new": 0, "a": 2}),
        ({"a": 0, "b": 0}, ["b", "a"], {"b": 0, "a": 0}),
        ({"a": 0}, [], {}),
    ],
)
def test_places(now: dict[str, int], wanted: list[str], found: dict[str, int]) -> None:
    assert places(now, wanted) == found
    assert places(now | found, wanted) == found


def test_what_is_new_comes_after_all() -> None:
    assert next_place([]) == 0
    assert next_place([3, 7, 5]) == 8
    assert next_place([-1]) == 0  # a customer's own row stands before the first


def test_what_is_put_in_order_shares_the_places_it_has() -> None:
    now = ["a", "b", "archived", "c"]
    assert reordered(now, ["c", "a", "b"]) == {"c": 0, "a": 1, "archived": 2, "b": 3}
    assert reordered(now, ["b", "b", "gone", "a"]) == {
        "b": 0,
        "a": 1,
        "archived": 2,
        "c": 3,
    }
    assert reordered(now, []) == {"a": 0, "b": 1, "archived": 2, "c": 3}
    assert reordered([], ["gone"]) == {}
