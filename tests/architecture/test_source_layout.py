"""Rules of the house that no linter knows."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_MAX_LINES = 800


def _tracked(*suffixes: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    paths = [ROOT / name for name in listing]
    return [p for p in paths if p.exists() and p.name.endswith(suffixes)]


def test_no_catch_all_module_names() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
    assert [p for p in _tracked(".py") if p.stem in vague] == []


def test_no_file_exceeds_the_line_limit() -> None:
    long = {
        str(p.relative_to(ROOT)): lines
        for p in _tracked(".py")
        if "portal_app" in p.relative_to(ROOT).parts
        and (lines := len(p.read_text().splitlines())) > _MAX_LINES
    }
    assert long == {}


def test_no_radix_themes() -> None:
    pattern = re.compile(
        r"\brx\.(box|flex|text|heading|button|card|dialog|vstack|hstack|grid|theme|"
        r"container|center|spacer|badge|callout|select|input|tabs|switch|checkbox)\b"
    )
    users = [
        str(p.relative_to(ROOT))
        for p in _tracked(".py")
        if "portal_app" in p.parts and pattern.search(p.read_text())
    ]
    assert users == []


def test_the_content_security_policy_is_not_undermined() -> None:
    pattern = re.compile(r"\brx\.(call_script|call_function|toast)\(")
    users = [
        str(p.relative_to(ROOT))
        for p in _tracked(".py")
        if "portal_app" in p.parts and pattern.search(p.read_text())
    ]
    assert users == []
