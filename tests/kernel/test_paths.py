"""What counts as a path of this portal."""

import pytest

from portal_app.kernel.paths import local_path


@pytest.mark.parametrize("path", ["/", "/account?x=1#a", "/bookings/B-7K3M-9QXT", "/é"])
def test_local_paths_are_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "account",
        "//evil.example.com",
        "///evil.example.com",
        "/\\evil.example.com",
        "\\\\evil.example.com",
        "/a\\..\\b",
        "/\t/evil.example.com",
        "/\n/evil.example.com",
        " /account",
        "/a b",
        "https://evil.example.com",
        "javascript:alert(1)",
    ],
)
def test_other_paths_become_the_default(path: str | None) -> None:
    assert local_path(path) == "/"
    assert local_path(path, "/bookings") == "/bookings"
