import pytest

from portal_app.kernel.ordering import assign_positions, next_position, reorder


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
def test_assign_positions(
    now: dict[str, int], wanted: list[str], found: dict[str, int]
) -> None:
    assert assign_positions(now, wanted) == found
    assert assign_positions(now | found, wanted) == found


def test_the_next_position_is_last() -> None:
    assert next_position([]) == 0
    assert next_position([3, 7, 5]) == 8
    assert next_position([-1]) == 0  # a customer's own row stands before the first


def test_reordered_rows_share_their_positions() -> None:
    now = ["a", "b", "archived", "c"]
    assert reorder(now, ["c", "a", "b"]) == {"c": 0, "a": 1, "archived": 2, "b": 3}
    assert reorder(now, ["b", "b", "gone", "a"]) == {
        "b": 0,
        "a": 1,
        "archived": 2,
        "c": 3,
    }
    assert reorder(now, []) == {"a": 0, "b": 1, "archived": 2, "c": 3}
    assert reorder([], ["gone"]) == {}
