"""The logic of the scripts in ``assets/react``, tested by node's own runner."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from portal_app.domain.files import rules

ROOT = Path(__file__).parents[2]
NODE = Path(sys.executable).parent / "node"
TESTS = sorted((ROOT / "tests" / "react").glob("*.test.mjs"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_the_logic_of_scripts(path):
    finished = subprocess.run(
        # Their type is told by how they are written, which node warns about.
        [
            NODE,
            "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
            "--test",
            "--test-reporter=tap",
            path,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    expected = path.read_text(encoding="utf-8").count('\ntest("')
    assert expected > 0
    assert f"\n# pass {expected}\n" in finished.stdout


def test_every_script_of_logic_is_tested():
    tested = "".join(path.read_text(encoding="utf-8") for path in TESTS)
    for script in (ROOT / "assets" / "react").glob("*.js"):
        assert f"assets/react/{script.name}" in tested, script.name


def test_pages_say_the_limits_that_the_server_has():
    script = (
        'import { TAKES } from "./assets/react/uploads.js";'
        'import { MOST_PIXELS } from "./assets/react/picture_file.js";'
        "console.log(JSON.stringify([TAKES, MOST_PIXELS]));"
    )
    printed = subprocess.run(
        [NODE, "--input-type=module", "--eval", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    takes, millions = json.loads(printed.stdout)
    assert {key: one["most"] * rules.MEGABYTE for key, one in takes.items()} == {
        key: purpose.max_bytes for key, purpose in rules.PURPOSES.items()
    }
    for kind in (rules.PICTURE, rules.PHOTO, rules.DOCUMENT, rules.FIELD):
        types = {part for part in takes[kind]["accept"].split(",") if "/" in part}
        assert types == rules.PURPOSES[kind].media_types, kind
    assert millions * 1_000_000 == rules.MAX_PIXELS
