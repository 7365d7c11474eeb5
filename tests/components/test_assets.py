"""The files that are served as they are: pictures, icons, colours, the worker."""

import re
from pathlib import Path

import pytest
from PIL import Image

ASSETS = Path(__file__).parents[2] / "assets"
_BREAKS = re.compile(r"\bbreak-(?:words|all)\b")
SERVICES = (
    "regular-house-clean",
    "deep-clean",
    "end-of-lease-clean",
    "window-cleaning",
    "lawn-mowing",
    "hedge-trimming",
    "garden-makeover",
    "pool-service",
    "pool-green-to-clean",
    "dog-walking",
    "dog-grooming",
    "cat-sitting",
    "car-wash-and-wax",
    "interior-detail",
    "babysitting",
    "after-school-care",
)


@pytest.mark.parametrize("slug", SERVICES)
def test_every_service_picture_comes_in_two_light_sizes(slug):
    for name, size, most in (
        (f"{slug}.webp", (960, 640), 40_000),
        (f"{slug}-small.webp", (480, 320), 15_000),
    ):
        path = ASSETS / "services" / name
        with Image.open(path) as picture:
            assert picture.size == size
        assert path.stat().st_size < most


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("icon-192.png", 192),
        ("icon-512.png", 512),
        ("icon-maskable-512.png", 512),
        ("apple-touch-icon.png", 180),
    ],
)
def test_icons_have_the_size_the_manifest_says(name, size):
    with Image.open(ASSETS / "icons" / name) as picture:
        assert picture.size == (size, size)


def test_an_icon_the_system_crops_has_no_transparent_corner():
    for name in ("icon-maskable-512.png", "apple-touch-icon.png"):
        with Image.open(ASSETS / "icons" / name) as picture:
            assert picture.convert("RGBA").getpixel((0, 0))[3] == 255


def test_the_offline_page_needs_nothing_else():
    page = (ASSETS / "offline.html").read_text(encoding="utf-8")
    assert not re.search(r"\b(?:src|srcset)=|<script|<link|url\(|https?://", page)
    assert re.findall(r'href="([^"]*)"', page) == [""]


def test_nothing_is_loaded_from_elsewhere():
    for path in ASSETS.rglob("*"):
        if path.suffix in {".css", ".js", ".jsx", ".html"}:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"""(?:url\(|["'`])https?://""", text), path


def test_scripts_need_no_eval():
    for path in ASSETS.rglob("*.js*"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function", text), path


def test_long_words_never_make_a_page_wider():
    """Only ``wrap-anywhere`` lets a part of a grid or row be narrower than a word."""
    drawn = [*ASSETS.rglob("*.jsx"), *(ASSETS.parent / "portal_app").rglob("*.py")]
    found = [path.name for path in drawn if _BREAKS.search(path.read_text("utf-8"))]
    assert found == []


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


STYLE = (ASSETS / "theme.css").read_text(encoding="utf-8")
LIGHT = _tokens(STYLE.split(":root {")[1].split("}")[0])
DARK = _tokens(STYLE.split("\n.dark {")[1].split("}")[0])


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_surface(tokens):
    for surface in ("canvas", "surface", "raised", "sunken"):
        for ink in ("ink", "ink-soft", "ink-faint"):
            assert _contrast(tokens[ink], tokens[surface]) >= 4.5, (ink, surface)
    for tone in ("success", "warning", "danger", "info", "quote"):
        assert _contrast(tokens[tone], tokens[f"{tone}-soft"]) >= 4.5, tone
    assert _contrast(tokens["danger"], tokens["surface"]) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(tokens):
    assert _contrast(tokens["field-line"], tokens["surface"]) >= 3


def test_the_default_accent_carries_its_text():
    assert _contrast(LIGHT["accent"], LIGHT["accent-contrast"]) >= 4.5
